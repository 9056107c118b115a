"""How many examples Hypothesis tries: few where every change is judged, all in the long profile."""

from typing import Any

from hypothesis import settings

QUICK = 50
"""What the quick profile tries where a test says nothing; `conftest.py` has the profiles."""


def trying(few: int, whole: int, **more: Any) -> settings:
    """Return settings that try a `few` examples in the quick profile, and the `whole` number in the long one."""
    return settings(max_examples=few if settings().max_examples <= QUICK else whole, deadline=None, **more)
