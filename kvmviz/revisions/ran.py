"""How often a reader's own functions ran: counted in the run that is watched, not in the TD before it.

>>> with counted() as ran:
...     counting("tdp_mmu_free_sp", lambda vm, sp: None)(None, None)
>>> ran
Counter({'tdp_mmu_free_sp': 1})
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, Final

from kvmviz.revisions.telling import is_kvmviz

_RAN: "Final[ContextVar[Counter[str] | None]]" = ContextVar("ran", default=None)


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """Count calls of functions that are `counting` until the end of the block; `clear` begins anew."""
    ran = Counter[str]()
    token = _RAN.set(ran)
    try:
        yield ran
    finally:
        _RAN.reset(token)


def is_readers(function: Callable[..., Any]) -> bool:
    """Say whether a function is a reader's own: Python of theirs, or made from their C."""
    return hasattr(function, "c_source") or not is_kvmviz(function)


def counting(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function with its calls counted under the kernel's name."""

    @wraps(function)
    def call(*arguments: Any) -> Any:
        ran = _RAN.get()
        if ran is not None:
            ran[name] += 1
        return function(*arguments)

    return call
