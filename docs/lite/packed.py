"""All packages as one file, which a browser unpacks at once; Python would take one wheel after the other apart.

The file is gzip of: four bytes with the length of a list, the list as JSON (`[[path, size], ...]`), and what
stands in the files, one behind the other.  `start.mjs` reads it.
"""

import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from zipfile import ZipFile

NAME: Final = "packages.bin"
"""Not `.gz`: there are servers that unpack what is called so as they hand it out."""

UNREACHED: Final = (
    "jedi/third_party/typeshed/stubs/",
    "jedi/third_party/django-stubs/",
    "kvmviz/notebooks/",
    "wcwidth/tests/",
)
"""What is left out: descriptions of packages that the folder does not bring, and the course, which stands beside."""

UNREAD: Final = (".dist-info/RECORD", ".dist-info/WHEEL", ".js.map", ".data/")
"""Parts of names of files that installers and debuggers read."""


def is_reached(name: str) -> bool:
    """Say whether anything in the browser can come to read a file of a wheel.

    >>> is_reached("kvmviz/__init__.py"), is_reached("jedi-1.dist-info/RECORD"), is_reached("jedi/")
    (True, False, False)
    """
    return not (name.endswith("/") or name.startswith(UNREACHED) or any(part in name for part in UNREAD))


def pack(wheels: Sequence[Path], file: Path) -> None:
    """Write what is reached of the wheels into one file."""
    found = [one for wheel in wheels for one in _files(wheel)]
    listed = json.dumps([[name, len(content)] for name, content in found]).encode()
    whole = b"".join([len(listed).to_bytes(4, "little"), listed, *(content for _, content in found)])
    file.write_bytes(gzip.compress(whole, mtime=0))


def _files(wheel: Path) -> Iterator[tuple[str, bytes]]:
    with ZipFile(wheel) as files:
        yield from ((name, files.read(name)) for name in files.namelist() if is_reached(name))
