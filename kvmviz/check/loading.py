"""A reader's own revision from a file: `PATH.py:CLASS`.

Loading runs the file, as `python PATH.py` would; this is no sandbox.  What is wrong
with the file is said in one sentence, without a traceback.
"""

from pathlib import Path
from types import ModuleType
from typing import Final

from kvmviz.errors import KvmvizError
from kvmviz.revisions import Revision, RevisionError

FORM: Final = "use PATH.py:CLASS, as in mine.py:MyPatch"


def load_revision(text: str) -> type[Revision]:
    """Return the class that `PATH.py:CLASS` names; raise RevisionError, or PatchError for what it does."""
    path, _, name = text.rpartition(":")
    if not path or not name.isidentifier():
        raise RevisionError(f"{text[:80]!r} names no class in a file; {FORM}.")
    found = vars(_run(path)).get(name)
    if isinstance(found, type) and issubclass(found, Revision) and found is not Revision:
        return found
    what = f"is no class in {path}" if found is None else "is not derived from kvmviz.Revision"
    raise RevisionError(f'{name} {what}; write `class {name}(kvmviz.Revision, base="v1")` there.')


def _run(path: str) -> ModuleType:
    """Run the file and return its names; it does not become a module that others could import."""
    module = ModuleType(f"patch_{Path(path).stem}")
    module.__file__ = path
    try:
        exec(compile(Path(path).read_bytes(), path, "exec"), vars(module))
    except OSError as error:
        raise RevisionError(f"Cannot read {path}: {error.strerror}; {FORM}.") from None
    except KvmvizError:
        raise
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise RevisionError(f"{path}{f', line {line},' if line else ''} is not Python: {_said(error)}.") from None
    except (Exception, SystemExit) as error:
        raise RevisionError(f"{path} fails{_line(error, path)} while it is loaded: {_said(error)}.") from None
    return module


def _said(error: BaseException) -> str:
    words = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{type(error).__name__}: {words}".rstrip(": .")


def _line(error: BaseException, path: str) -> str:
    """Return the line of the file that was running."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == path:
            line = trace.tb_lineno
        trace = trace.tb_next
    return f" in line {line}" if line else ""
