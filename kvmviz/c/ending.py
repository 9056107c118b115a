"""C is held to what a kernel function could do: it ends.  What goes wrong in it becomes a sentence with the C's line.

The translated functions count for themselves, at each turn of a loop and at each
call; no trace function is needed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import repeat
from types import TracebackType
from typing import Final

from kvmviz.c.runtime import Endless, Stopped
from kvmviz.errors import KvmvizError
from kvmviz.revisions.guard import PatchError

TURNS_PER_TABLE: Final = 2_000
"""Turns of loops and calls of C functions for each table of the tree (and as many for the root)."""


class Budget:
    """How many turns and calls are left in the run that is under way; of one revision."""

    def __init__(self) -> None:
        self.turns: repeat[int] = repeat(1, 0)

    def fill(self, tables: int) -> None:
        """Begin a run on a tree of so many tables."""
        self.turns = repeat(1, TURNS_PER_TABLE * (tables + 1))

    def __reduce__(self) -> tuple[type["Budget"], tuple[()]]:
        """Be pickled empty: each run fills it, and Python 3.14 pickles no iterator of itertools."""
        return Budget, ()


@contextmanager
def bounded(name: str, budget: Budget, tables: int, where: object, files: frozenset[str]) -> Iterator[None]:
    """Bound the turns and calls of a revision's C, and turn what goes wrong into a PatchError.

    `name` is the revision's, `tables` sets the bound, `where` (the scenario) stands in
    the sentence, `files` are those of the C.
    """
    budget.fill(tables)
    try:
        yield
    except Endless as error:
        at = _place(error.__traceback__, files, error.line)
        raise PatchError(f"{name}: {at} {error}, with {where}{_retries(where)}.") from None
    except RecursionError as error:
        at = _place(error.__traceback__, files, head=True)
        raise PatchError(f"{name}: {at} is called without end, with {where}.") from None
    except Exception as error:
        if isinstance(error, KvmvizError) and not isinstance(error, Stopped):
            raise
        said = _said(error)
        raise PatchError(f"{name}: {_place(error.__traceback__, files)} fails with {where}: {said}.") from error


def _retries(where: object) -> str:
    """Return what C that asks again and again should know of the scenario."""
    fails = getattr(where, "fail", None)
    return "; a reclaim that the scenario lets fail fails each time it is asked for" if fails else ""


def _place(trace: TracebackType | None, files: frozenset[str], line: int = 0, head: bool = False) -> str:
    """Return the innermost function of C that was running, or the model's if there was none.

    The line is the one that ran, or `line`, or with `head` the function's first.
    """
    found, last = "", ""
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename in files:
            at = line or (code.co_firstlineno if head else trace.tb_lineno)
            found = f"{code.co_filename}:{at}: {code.co_name.partition('#')[0]}"
        elif not code.co_name.startswith("<"):
            last = f"{code.co_name} of the model, after this patch,"
        trace = trace.tb_next
    return found or last


def _said(error: Exception) -> str:
    """Return what went wrong, in C's words."""
    if isinstance(error, Stopped):
        return str(error)
    if isinstance(error, NameError):
        return f"{error.name or 'a variable'} is read before it has a value"
    if isinstance(error, AttributeError) and error.obj is None:
        return f"NULL is dereferenced for .{error.name}"
    if isinstance(error, AttributeError) and error.name == "v":
        return "a variable is read before it has a value"
    if isinstance(error, TypeError) and "NoneType" in str(error):
        return "NULL is used for an object"
    return f"{type(error).__name__}: {error}".rstrip(": .")
