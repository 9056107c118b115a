"""A reader's own revision, held to what a kernel function could do: it ends, and it sees what KVM sees.

>>> from kvmviz.revisions import Revision
>>> class Peek(Revision, base="v1"):
...     def tdx_sept_free_private_spt(vm, gfn, sp):
...         if sp.external_spt.fails: sp.external_spt = None
Traceback (most recent call last):
  ...
kvmviz.revisions.guard.PatchError: Peek: tdx_sept_free_private_spt, line 3, uses .fails: no kernel function can see \
which reclaim the scenario lets fail; decide by what tdx_reclaim_page returns.

It is no sandbox: the functions are Python like any other and can do whatever
Python can.  What is refused here are the mistakes that would make an answer wrong
or late.
"""

import dis
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from os.path import normpath
from threading import Lock
from types import CodeType, FrameType, TracebackType
from typing import Any, Final

from kvmviz.errors import KvmvizError

LINES_PER_TABLE: Final = 1_000
"""Lines of a reader's own Python that may run for each table of the tree (and as many for the root)."""

INSTRUCTIONS_PER_LINE: Final = 100
"""How many of Python's instructions count as a line, since a loop can stand on one."""

SETTABLE: Final = frozenset({"external_spt", "header", "invalid", "tdp_mmu_pages"})
"""Fields that the functions which a patch changes may set."""

_ALLOCATOR: Final = "only the allocator sets it; use vm.host.memory.free_page"
_LEDGER: Final = "the TDX module's ledger cannot be seen from KVM; decide by what tdx_reclaim_page returns"
_BOOKS: Final = "it belongs to the model's own books, and no kernel function has it"
HIDDEN: Final = {
    "fails": "no kernel function can see which reclaim the scenario lets fail; decide by what tdx_reclaim_page returns",
    "faults": "no kernel function can see what the scenario lets fail; decide by what the SEAMCALLs return",
    "pamt": _LEDGER, "owned": _LEDGER, "tds": _LEDGER, "would_give_back": _LEDGER,
    "allocated": _ALLOCATOR, "in_rcu_callback": _ALLOCATOR, "next_address": _ALLOCATOR,
    "recorder": _BOOKS, "watch": _BOOKS, "sept_pages": _BOOKS, "guest_pages": _BOOKS, "sps": _BOOKS,
    "_external_spt": "use external_spt",
}  # fmt: skip
"""Attributes that a reader's functions cannot use, with the reason."""

_HANDLER_ENDS: Final = {"CHECK_EXC_MATCH", "RERAISE", "RAISE_VARARGS", "WITH_EXCEPT_START", "POP_EXCEPT"}
"""What comes first in an exception handler says what it catches; POP_EXCEPT: everything, and it goes on."""

_NAMES: Final = {
    "setattr": "sets fields by name; set them as in C", "delattr": "removes fields by name; set them as in C",
    "BaseException": "would also catch the host's panic; name the errors that are meant",
}  # fmt: skip


class PatchError(KvmvizError):
    """A reader's revision did what no patch can; its text is one sentence with function and line."""


class _TooManyLines(BaseException):
    """The bound is reached; not an `Exception`, so that the code under test does not catch it."""


def check_function(owner: str, name: str, function: Callable[..., Any]) -> None:
    """Raise PatchError if the function touches what none of the kernel's could; it does not run."""
    for code in _codes(function.__code__):
        for line, operation, argument in _instructions(code):
            reason = _refusal(operation, argument)
            if reason:
                raise PatchError(f"{owner}: {name}, line {line}, {reason[0]}: {reason[1]}.")


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _codes(inner)


def _instructions(code: CodeType) -> list[tuple[int, str, str]]:
    """Return line, operation and argument of each instruction; a handler that catches all is marked CATCH_ALL."""
    line, found = code.co_firstlineno, list[tuple[int, str, str]]()
    for instruction in dis.get_instructions(code):
        line = instruction.positions.lineno if instruction.positions and instruction.positions.lineno else line
        found.append((line, instruction.opname, str(instruction.argval)))
    for number, (line, operation, _) in enumerate(found):
        following = (name for _, name, _ in found[number:] if name in _HANDLER_ENDS)
        if operation == "PUSH_EXC_INFO" and next(following, "") == "POP_EXCEPT":
            found[number] = (line, "CATCH_ALL", "")
    return found


def _refusal(operation: str, name: str) -> tuple[str, str] | None:
    """Return what an instruction does that it must not, and what would be right."""
    if operation in ("STORE_ATTR", "DELETE_ATTR") and name not in SETTABLE:
        return f"sets .{name}", HIDDEN.get(name, f"what a patch may set is {', '.join(sorted(SETTABLE))}")
    if operation.startswith("LOAD_") and operation.endswith(("ATTR", "METHOD")) and name in HIDDEN:
        return f"uses .{name}", HIDDEN[name]
    if operation == "CATCH_ALL":
        return "catches everything", "that includes the host's panic; name the errors that are meant"
    if operation in ("STORE_GLOBAL", "DELETE_GLOBAL"):
        return f"keeps {name}", "what outlives a run makes the answer depend on the runs before; use the VM or the sp"
    if operation in ("LOAD_GLOBAL", "LOAD_NAME") and name in _NAMES:
        return f"uses {name}", f"it {_NAMES[name]}"
    return None


_TRACING: Final = Lock()
"""Held while a trace function is put in place: two threads at once is an error of Python's."""

_COUNTER: "Final[ContextVar[_Counter | None]]" = ContextVar("counter", default=None)


def watched(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function with its lines counted while a run is `guarded`."""

    @wraps(function)
    def call(*arguments: Any) -> Any:
        counter, before = _COUNTER.get(), sys.gettrace()
        if counter is None:
            return function(*arguments)
        with _TRACING:
            sys.settrace(counter.call)
        try:
            return function(*arguments)
        finally:
            with _TRACING:
                sys.settrace(before)

    return call


@contextmanager
def guarded(name: str, tables: int, where: object) -> Iterator[None]:
    """Bound the lines of a reader's functions, which are `watched`; turn what goes wrong into a PatchError.

    `name` is the revision's, `tables` sets the bound, `where` (the scenario) stands
    in the sentence.
    """
    bound = LINES_PER_TABLE * (tables + 1)
    token = _COUNTER.set(_Counter(bound))
    try:
        yield
    except _TooManyLines as error:
        raise PatchError(_too_long(name, error.__traceback__, bound, where)) from None
    except (Exception, SystemExit) as error:
        raise PatchError(_failed(name, error, where)) from error
    finally:
        _COUNTER.reset(token)


class _Counter:
    """Counts the lines that run in code that is neither kvmviz's nor the standard library's."""

    def __init__(self, bound: int) -> None:
        self.left = bound * INSTRUCTIONS_PER_LINE
        self.foreign: dict[CodeType, bool] = {}

    def call(self, frame: FrameType, event: str, argument: object) -> Callable[..., Any] | None:
        code = frame.f_code
        if code not in self.foreign:
            self.foreign[code] = _is_foreign(frame)
        if not self.foreign[code]:
            return None
        frame.f_trace_opcodes = True
        return self.line

    def line(self, frame: FrameType, event: str, argument: object) -> Callable[..., Any]:
        self.left -= INSTRUCTIONS_PER_LINE if event == "line" else 1
        if self.left < 0:
            raise _TooManyLines
        return self.line


_KVMVIZ: Final = __file__.removesuffix(normpath("revisions/guard.py"))
_PYTHON: Final = (str(dis.__file__).removesuffix("dis.py"), "<frozen")


def is_kvmviz(function: Callable[..., Any]) -> bool:
    """Say whether a function stands in one of kvmviz's files, or was made by it from C, and so counts for itself."""
    return _in_kvmviz(function.__code__) or hasattr(function, "c_source")


def _in_kvmviz(code: CodeType) -> bool:
    return code.co_filename.startswith(_KVMVIZ)


def _is_foreign(frame: FrameType) -> bool:
    """Say whether a frame is neither kvmviz's nor the standard library's; `<string>` is what dataclasses write."""
    code = frame.f_code
    if _in_kvmviz(code) or code.co_filename.startswith(_PYTHON):
        return False
    return code.co_filename != "<string>" or not str(frame.f_globals.get("__name__")).startswith("kvmviz.")


def _place(trace: TracebackType | None) -> str:
    """Return the reader's function and line that was running, or the model's if none was."""
    theirs, last = "", ""
    while trace is not None:
        code = trace.tb_frame.f_code
        if _is_foreign(trace.tb_frame):
            theirs = f"{code.co_name}, line {trace.tb_lineno},"
        elif _in_kvmviz(code):
            last = f"{code.co_name} of the model, after this patch,"
        trace = trace.tb_next
    return theirs or last


def _too_long(name: str, trace: TracebackType | None, bound: int, where: object) -> str:
    return (
        f"{name}: {_place(trace)} comes to no end and was stopped after {bound:,} lines of Python, with "
        f"{where}; a patch may run {LINES_PER_TABLE:,} lines for each table."
    )


def _failed(name: str, error: BaseException, where: object) -> str:
    said = f"{type(error).__name__}: {error}".rstrip(": .")
    return f"{name}: {_place(error.__traceback__)} fails with {where}: {said}{_hint(error)}."


def _hint(error: BaseException) -> str:
    """Say what an object of the model has, where something else was asked of it."""
    if isinstance(error, RecursionError):
        return "; it calls itself, perhaps by way of the model"
    if isinstance(error, AttributeError) and type(error.obj).__module__.startswith("kvmviz."):
        has = [n for n in dir(error.obj) if not n.startswith("_") and n not in HIDDEN]
        return f"; it has {', '.join(has)}"
    return ""
