"""How much is tried where every change is judged (`make test`), and how much by `make test-all`."""

from collections.abc import Iterable
from typing import Any

import pytest
from _pytest.mark import ParameterSet
from hypothesis import settings

QUICK = 50
"""What the quick profile tries where a test says nothing; `conftest.py` has the profiles."""


def trying(few: int, whole: int, **more: Any) -> settings:
    """Return settings that try a `few` examples in the quick profile, and the `whole` number in the long one."""
    return settings(max_examples=few if settings().max_examples <= QUICK else whole, deadline=None, **more)


def sampled(cases: Iterable[Any], few: int) -> list[ParameterSet]:
    """Return all cases for `parametrize`: a `few`, spread evenly, are quick, the others slow."""
    every = [case if isinstance(case, tuple) else (case,) for case in cases]
    quick = {round(n * (len(every) - 1) / max(1, few - 1)) for n in range(few)}
    return [pytest.param(*case, marks=() if n in quick else pytest.mark.slow) for n, case in enumerate(every)]
