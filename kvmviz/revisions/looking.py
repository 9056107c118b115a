"""What is seen in a function's instructions: what it would remember, and where it catches everything.

>>> def once(vm, sp):
...     global seen
...     seen = True
>>> remembers(once)
(3, 'seen')
"""

import dis
from collections.abc import Callable, Iterator
from types import CodeType
from typing import Any, Final

_HANDLER_ENDS: Final = {"CHECK_EXC_MATCH", "RERAISE", "RAISE_VARARGS", "WITH_EXCEPT_START", "POP_EXCEPT"}
"""What comes first in an exception handler says what it catches; POP_EXCEPT: everything, and it goes on."""


def remembers(function: Callable[..., Any]) -> tuple[int, str] | None:
    """Return the first line that sets a global, and which; None if none does."""
    for line, operation, name in _all(function.__code__):
        if operation in ("STORE_GLOBAL", "DELETE_GLOBAL"):
            return line, name
    return None


def catches_all(function: Callable[..., Any]) -> int | None:
    """Return the first line of a handler that catches everything and goes on, or that names BaseException."""
    for line, operation, name in _all(function.__code__):
        if operation == "CATCH_ALL" or (operation.startswith("LOAD_") and name == "BaseException"):
            return line
    return None


def _all(code: CodeType) -> Iterator[tuple[int, str, str]]:
    yield from _instructions(code)
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _all(inner)


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
