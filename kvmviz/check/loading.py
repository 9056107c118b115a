"""A reader's own class from a file: `PATH.py:CLASS`, a revision or a design.

The file is run as Python, first in a worker, which ends it if it does not end,
ends Python or starts a thread, and then here.  What is wrong with it is said in one
sentence, without a traceback.  It may import what lies beside it; what Python and
its packages have comes first, so that a `random.py` there is not taken for Python's.
That is no sandbox: files and network are not looked at.
"""

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, Final, TypeVar

from kvmviz.apart import AVAILABLE, ask
from kvmviz.errors import KvmvizError
from kvmviz.revisions import Revision, RevisionError, check_defines
from kvmviz.revisions.guard import Refused, loading, refused
from kvmviz.revisions.telling import said

FORM: Final = "use PATH.py:CLASS, as in mine.py:MyPatch"

T = TypeVar("T")


def load_revision(text: str) -> type[Revision]:
    """Return the revision that `PATH.py:CLASS` names; raise RevisionError, or PatchError for what it does."""
    found = load_class(text, Revision, '(kvmviz.Revision, base="v1")')
    check_defines(found)
    return found


def load_class(text: str, kind: type[T], written: str = "") -> type[T]:
    """Return the class derived from `kind` that `PATH.py:CLASS` names; `written` is how one derives from it.

    Raises RevisionError, or PatchError for what the file does.
    """
    path, _, name = text.rpartition(":")
    if not path or not name.isidentifier():
        raise RevisionError(f"{text[:80]!r} names no class in a file; {FORM}.")
    source, folder = _read(path), str(Path(path).resolve().parent)
    if AVAILABLE:
        ask(path, _try, path, source, folder)
    # What the file prints was shown when it was tried.
    with redirect_stdout(io.StringIO() if AVAILABLE else sys.stderr), redirect_stderr(io.StringIO()):
        found: Any = vars(_run(path, source, folder)).get(name)
    if isinstance(found, type) and issubclass(found, kind) and found is not kind:
        return found
    what = f"is no class in {path}" if found is None else f"is not derived from kvmviz.{kind.__name__}"
    raise RevisionError(f"{name} {what}; write `class {name}{written or f'(kvmviz.{kind.__name__})'}` there.")


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no file has such a name"
        raise RevisionError(f"Cannot read {path}: {reason}; {FORM}.") from None


def _try(path: str, source: bytes, folder: str) -> None:
    """Run the file where it can be ended."""
    with loading(path):
        _run(path, source, folder)


def _run(path: str, source: bytes, folder: str) -> ModuleType:
    """Run the file and return its names; modules that lie beside it can be imported, last of all."""
    if folder not in sys.path:
        sys.path.append(folder)
    name = f"patch_{Path(path).stem}"
    module = sys.modules[name] = ModuleType(name)
    module.__file__ = path
    try:
        exec(_compiled(path, source), vars(module))
    except KvmvizError:
        raise
    except Refused as error:
        raise refused(path, error) from None
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt) and not _raised_there(error, path):
            raise  # somebody is at the keyboard
        raise RevisionError(f"{path} fails{_line(error, path)} while it is loaded: {said(error)}.") from None
    return module


def _compiled(path: str, source: bytes) -> CodeType:
    try:
        code: CodeType = compile(source, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        raise RevisionError(f"{path}{f', line {line},' if line else ''} is not Python: {said(error)}.") from None
    return code


def _raised_there(error: BaseException, path: str) -> bool:
    """Say whether the file itself raised it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_code.co_filename == path


def _line(error: BaseException, path: str) -> str:
    """Return the line of the file that was running."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            line = trace.tb_lineno
        trace = trace.tb_next
    return f" in line {line}" if line else ""
