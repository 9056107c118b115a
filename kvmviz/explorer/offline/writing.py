"""Writing a file whole or not at all.

A run that is killed may leave a rest beside the file: its name starts with a dot and
does not end in `.html`, nobody reads it, and it can be deleted.
"""

import os
import tempfile
from pathlib import Path

from kvmviz.errors import KvmvizError


class ExportError(KvmvizError):
    """The page cannot be written; the text says why and what would be right."""


def check_target(path: Path, *, replace: bool) -> None:
    """Raise ExportError with one sentence if a page may not or cannot be written there."""
    if path.suffix.lower() not in (".html", ".htm"):
        raise ExportError(f"{path}: a page is an HTML file; name one that ends in .html.")
    if not path.parent.is_dir():
        raise ExportError(f"{path}: there is no folder {path.parent}; make it first.")
    if path.is_dir():
        raise ExportError(f"{path} is a folder; name a file in it.")
    if (path.exists() or path.is_symlink()) and not replace:
        raise ExportError(f"{path} exists; give --replace to write it anew.")
    _check_place(path, path.resolve())


def _check_place(path: Path, place: Path) -> None:
    """Raise ExportError if the file that a path leads to must not be replaced, or its folder takes no file."""
    if place.exists() and not place.is_file():
        raise ExportError(f"{path} is no file; name one that ends in .html.")
    if place.exists() and not (place.stat().st_mode & 0o222 and os.access(place, os.W_OK)):
        raise ExportError(f"{path} is read-only and stays as it is; make it writable first, or name another file.")
    try:
        with tempfile.TemporaryFile(prefix=f".{place.name}.", dir=place.parent):
            pass
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {place.parent} takes no file ({error.strerror}).") from None


def write_whole(path: Path, text: str, *, replace: bool = False) -> None:
    """Write a file beside its place and move it there in one step; whoever looks sees the old file or the new one.

    A symbolic link stays one: the file that it leads to is replaced.
    """
    check_target(path, replace=replace)
    try:
        _write(path.resolve(), text, replace=replace)
    except FileExistsError:
        raise ExportError(f"{path} exists; give --replace to write it anew.") from None
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror}.") from None


def _write(path: Path, text: str, *, replace: bool) -> None:
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    written = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        written.chmod(path.stat().st_mode & 0o777 if replace and path.exists() else 0o666 & ~_umask())
        if replace:
            written.replace(path)
        else:
            _name(written, path)
    finally:
        written.unlink(missing_ok=True)


def _name(written: Path, path: Path) -> None:
    """Give a file its name if no file has it; raise FileExistsError otherwise."""
    try:
        path.hardlink_to(written)
    except FileExistsError:
        raise
    except OSError as error:  # a memory stick's file system knows one name for a file
        if path.exists():
            raise FileExistsError(path) from error
        written.replace(path)


def _umask() -> int:
    now = os.umask(0)
    os.umask(now)
    return now
