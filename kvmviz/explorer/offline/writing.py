"""Writing a file whole or not at all.

What is written has no name until it is whole, so that a run that is killed leaves
nothing.  A file that is replaced needs a second name for a moment, as does any
file where nameless ones cannot be had (macOS, a memory stick): a run that is
killed in that moment leaves a hidden `.kvmviz-...` beside the file, which the next
run for the same file removes.  Who still writes holds a lock on it.
"""

import os
import secrets
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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
        raise ExportError(f"{path} exists; give --replace to overwrite it.")
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
        write_text(path.resolve(), text, replace=replace)
    except FileExistsError:
        raise ExportError(f"{path} exists; give --replace to overwrite it.") from None
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror}.") from None


def write_text(path: Path, text: str, *, replace: bool) -> None:
    """Write any file so; raise FileExistsError if it may not be replaced, OSError if it cannot be written."""
    _clear(path)
    with _opened(path) as (descriptor, name):
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n", closefd=False) as file:
            file.write(text)
        os.fchmod(descriptor, path.stat().st_mode & 0o777 if replace and path.exists() else 0o666 & ~_umask())
        os.fsync(descriptor)
        if replace:
            _put_in_place(descriptor, name or _rest(path), path, linked=name is not None)
        else:
            _name(descriptor, name, path)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[int, Path | None]]:
    """Open a new file in the folder of another, locked; without a name where that can be, else with one for a rest."""
    descriptor, name = _nameless(path) or _named(path)
    try:
        yield descriptor, name
    finally:
        if name:
            name.unlink(missing_ok=True)
        os.close(descriptor)


def _nameless(path: Path) -> tuple[int, None] | None:
    """Open a file that is gone when it is closed, unless it is given a name; None where there are no such files."""
    with suppress(AttributeError, OSError):
        if Path("/proc/self/fd").is_dir():  # by which it gets its name
            descriptor = os.open(path.parent, os.O_TMPFILE | os.O_WRONLY, 0o600)
            _lock(descriptor)
            return descriptor, None
    return None


def _named(path: Path) -> tuple[int, Path]:
    while True:
        name = _rest(path)
        descriptor = os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        _lock(descriptor)
        if os.fstat(descriptor).st_nlink:  # else another run has taken it for a rest before it was locked
            return descriptor, name
        os.close(descriptor)


def _lock(descriptor: int, *, wait: bool = True) -> bool:
    """Hold a file until it is closed; False if another does, or the file system knows no locks."""
    try:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except (ImportError, OSError):
        return False
    return True


def _rests(path: Path) -> str:
    """Return how the names of rests for this file begin; a file's own may be too long to stand in another's."""
    return f".kvmviz-{zlib.crc32(os.fsencode(path.name)):08x}-"


def _rest(path: Path) -> Path:
    return path.with_name(f"{_rests(path)}{secrets.token_hex(4)}")


def _clear(path: Path) -> None:
    """Remove what runs for the same file left that were killed."""
    for rest in path.parent.glob(f"{_rests(path)}*"):
        with suppress(OSError):  # another run was quicker, or the file is not ours to touch
            descriptor = os.open(rest, os.O_RDONLY)
            try:
                if _lock(descriptor, wait=False):
                    rest.unlink()
            finally:
                os.close(descriptor)


def _put_in_place(descriptor: int, name: Path, path: Path, *, linked: bool) -> None:
    """Replace a file by an open one, which gets a name of its own for as long as it takes."""
    try:
        if not linked:
            _link(descriptor, name)
        name.replace(path)
    finally:
        name.unlink(missing_ok=True)


def _link(descriptor: int, name: Path) -> None:
    """Give an open file without a name this one; raise FileExistsError if a file has it."""
    folder = os.open(name.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.link(f"/proc/self/fd/{descriptor}", name.name, dst_dir_fd=folder, follow_symlinks=True)
    finally:
        os.close(folder)


def _name(descriptor: int, written: Path | None, path: Path) -> None:
    """Give a file its name if no file has it; raise FileExistsError otherwise."""
    if written is None:
        _link(descriptor, path)
        return
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
