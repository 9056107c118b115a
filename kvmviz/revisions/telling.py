"""What is said of a reader's function that cannot go on: one sentence with function, line and scenario.

>>> print(late("Mine", "tdx_sept_free_private_spt, line 4,", 10, "tree=1x1x1"))
Mine: tdx_sept_free_private_spt, line 4, does not end: it was stopped after 10 s, with tree=1x1x1; --timeout \
allows more.
"""

import os
from collections.abc import Callable
from os.path import normpath
from types import CodeType, TracebackType
from typing import Any, Final

from kvmviz.errors import KvmvizError

LONGEST: Final = 300
"""Characters of an error's own text that are shown."""


class PatchError(KvmvizError):
    """A reader's revision did what no patch can; its text is one sentence with function and line."""


_KVMVIZ: Final = __file__.removesuffix(normpath("revisions/telling.py"))
_PYTHON: Final = (str(os.__file__).removesuffix("os.py"), "<frozen")


def in_kvmviz(code: CodeType) -> bool:
    """Say whether code stands in one of kvmviz's files."""
    return code.co_filename.startswith(_KVMVIZ)


def is_kvmviz(function: Callable[..., Any]) -> bool:
    """Say whether a function stands in one of kvmviz's files, or was made by it from C, and so counts for itself."""
    return in_kvmviz(function.__code__) or hasattr(function, "c_source")


def is_foreign(code: CodeType, names: dict[str, Any]) -> bool:
    """Say whether code is neither kvmviz's nor the standard library's; `<string>` is what dataclasses write."""
    if code.co_filename.startswith((_KVMVIZ, *_PYTHON)):
        return False
    return code.co_filename != "<string>" or not str(names.get("__name__")).startswith("kvmviz.")


def place(trace: TracebackType | None) -> str:
    """Return the reader's function and line that was running, or the model's if none was."""
    theirs, last = "", ""
    while trace is not None:
        code = trace.tb_frame.f_code
        if is_foreign(code, trace.tb_frame.f_globals):
            theirs = _named(code.co_name, trace.tb_lineno)
        elif in_kvmviz(code):
            last = f"{code.co_name} of the model, after this patch,"
        trace = trace.tb_next
    return theirs or last


def _named(function: str, line: int) -> str:
    return f"line {line} of the file" if function == "<module>" else f"{function}, line {line},"


def place_in_dump(text: str) -> str:
    """Return the same from what `faulthandler` writes, innermost call first.

    >>> place_in_dump('  File "mine.py", line 7 in helper')
    'helper, line 7,'
    """
    import re

    for file, line, function in re.findall(r'File "(.*)", line (\d+) in (\S+)', text):
        if not file.startswith((_KVMVIZ, *_PYTHON)) and file != "<string>":
            return _named(function, int(line))
    return ""


def late(name: str, at: str, bound: float, where: str) -> str:
    """Say that something was stopped because it took longer than `bound` seconds."""
    with_ = f", with {where}" if where else ""
    return f"{name}: {at or 'it'} does not end: it was stopped after {bound:.3g} s{with_}; --timeout allows more."


def too_long(name: str, trace: TracebackType | None, bound: int, where: object, allowed: str) -> PatchError:
    """Say that a loop was stopped."""
    return PatchError(
        f"{name}: {place(trace)} does not end and was stopped after {bound:,} lines of Python, "
        f"with {where}; {allowed}."
    )


def failed(name: str, error: BaseException, where: object = "") -> PatchError:
    """Say that a reader's function raised an error."""
    with_ = f" with {where}" if where else ""
    return PatchError(f"{name}: {place(error.__traceback__)} fails{with_}: {said(error)}{_hint(error)}.")


def said(error: BaseException) -> str:
    """Return an error's kind and text as a line of printable ASCII, whatever it holds."""
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
    except BaseException as again:
        text = f"its own text cannot be reclaimed: {type(again).__name__}"
    return plain(f"{type(error).__name__}: {text}").rstrip(": .")


def plain(text: str) -> str:
    """Return a text as one line of printable ASCII, cut at a length."""
    words = " ".join(str(text).split()).encode("ascii", "backslashreplace").decode()
    shown = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in words)
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]} ..."


def _hint(error: BaseException) -> str:
    """Say what an object of the model has, where something else was asked of it."""
    if isinstance(error, RecursionError):
        return "; it calls itself, perhaps by way of the model"
    if isinstance(error, MemoryError):
        return "; it needs more memory than a patch may have"
    if isinstance(error, AttributeError) and type(error.obj).__module__.startswith("kvmviz."):
        shown = getattr(type(error.obj), "shown", None) or [n for n in dir(error.obj) if not n.startswith("_")]
        return f"; it has {', '.join(shown)}"
    return ""
