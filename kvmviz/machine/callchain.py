"""The running Python is the kernel call chain: which functions count, and where they stand.

>>> @kernel("arch/x86/kvm/mmu/tdp_mmu.c")
... def handle_removed_pt() -> str:
...     return caller().name
>>> handle_removed_pt()
'handle_removed_pt'

A function of the model that follows a kernel function is marked with `@kernel`
and the file that holds it in the kernel.  The mark changes nothing about the
function; it only enters its code into a register, so that the frames of a
running model can be read as a call chain at source level.  Macros, wrappers
(`vt_*`) and static-call dispatch carry no mark and so do not appear.
"""

import sys
from collections.abc import Callable, Iterator
from types import CodeType, FrameType
from typing import Any, Final, NamedTuple, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class KernelFunction(NamedTuple):
    """A kernel function that the model follows: its name and the kernel's path of its file."""

    name: str
    path: str

    @property
    def file(self) -> str:
        """The file's own name, as the recorded runs and `site`s write it."""
        return self.path.rpartition("/")[2]


class Location(NamedTuple):
    """One frame of a call chain: the function, and the line of Python that it stands on.

    `source` names the Python code (module and qualified name); `line` counts from
    the top of the Python file, as tracebacks do.
    """

    function: KernelFunction
    source: str
    line: int


_REGISTER: Final[dict[int, KernelFunction]] = {}
_SOURCES: Final[dict[str, Callable[..., Any]]] = {}
_BOTTOMS: Final[set[int]] = set()
_NAMES: Final[dict[int, str]] = {}
_LOCATIONS: Final[dict[tuple[int, int], Location]] = {}
_MET: Final[dict[tuple[int, int], tuple[bool, Location | None]]] = {}
"""By code and instruction, which a frame tells sooner than its line: whether it is a foot, and where it stands."""
_KEYS: Final[dict[int, str]] = {}
_MARKED: Final[dict[int, CodeType]] = {}
"""Code by its `id`, as in all of these: its hash would be worked out anew each time from all that is in it.

What is marked is kept here, so that its `id` is no other's; and of all that is not marked the same is said.
"""


def kernel(path: str) -> Callable[[F], F]:
    """Mark a function as following the kernel function of its name in the kernel file `path`."""

    def mark(function: F) -> F:
        enroll(function, function.__name__, path)
        return function

    return mark


def enroll(function: Callable[..., Any], name: str, path: str) -> None:
    """Enter `function` into the register under the kernel's name and file."""
    code = _mark(function.__code__)
    key = f"{function.__module__}:{function.__qualname__}"
    _REGISTER[code] = KernelFunction(name, path)
    _NAMES[code] = name
    _SOURCES[key] = function
    _KEYS[code] = key


def enroll_like(function: Callable[..., Any], model: Callable[..., Any]) -> None:
    """Enter a function that stands in call chains as `model` does: under its name, and as part of its source."""
    meant = id(model.__code__)
    if meant in _REGISTER:
        code = _mark(function.__code__)
        _REGISTER[code], _KEYS[code], _NAMES[code] = _REGISTER[meant], _KEYS[meant], _NAMES[meant]


def _mark(code: CodeType) -> int:
    """Keep code that is marked, and forget what was met without its mark; return its `id`."""
    _MARKED[id(code)] = code
    _MET.clear()
    return id(code)


def is_kernel(function: Callable[..., Any]) -> bool:
    """Say whether the function is marked as following a kernel function."""
    return id(function.__code__) in _REGISTER


def bottom(function: F) -> F:
    """Mark a function of the machine as the foot of a stack: what runs in it has no callers below."""
    code = _mark(function.__code__)
    _BOTTOMS.add(code)
    _NAMES[code] = ""
    return function


name_of: Final = _NAMES.get
"""Takes the `id` of code; returns the kernel function's name, empty for the foot of a stack, None without a mark."""


def function_of(function: Callable[..., Any]) -> KernelFunction:
    """Return what the register holds for this function; raise KeyError if it is not marked."""
    return _REGISTER[id(function.__code__)]


def source_of(key: str) -> Callable[..., Any]:
    """Return the Python function that a `Location.source` names."""
    return _SOURCES[key]


def location_of(function: Callable[..., Any]) -> Location:
    """Return the location of a function's first line."""
    while not is_kernel(function) and hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return _location(id(function.__code__), function.__code__.co_firstlineno)


def caller() -> KernelFunction:
    """Return the kernel function that is running: the innermost marked frame."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        found = _REGISTER.get(id(frame.f_code))
        if found is not None:
            return found
        frame = frame.f_back
    return KernelFunction("?", "?")


def callers() -> tuple[Location, ...]:
    """Return the chain of marked frames that are running now, outermost first."""
    chain: list[Location] = []
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        met = (id(frame.f_code), frame.f_lasti)
        foot, location = _MET.get(met) or _MET.setdefault(met, _meet(frame))
        if foot:
            break
        if location is not None:
            chain.append(location)
        frame = frame.f_back
    return tuple(reversed(chain))


def _meet(frame: FrameType) -> tuple[bool, Location | None]:
    code = id(frame.f_code)
    return code in _BOTTOMS, _location(code, frame.f_lineno) if code in _REGISTER else None


def arguments() -> Iterator[Any]:
    """Yield what the marked functions that run now work on: innermost first, of each the last argument first."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and id(frame.f_code) not in _BOTTOMS:
        if id(frame.f_code) in _REGISTER:
            names = frame.f_code.co_varnames[: frame.f_code.co_argcount]
            yield from [frame.f_locals.get(name) for name in reversed(names)]
        frame = frame.f_back


def _location(code: int, line: int) -> Location:
    location = _LOCATIONS.get((code, line))
    if location is None:
        location = _LOCATIONS[code, line] = Location(_REGISTER[code], _KEYS[code], line)
    return location
