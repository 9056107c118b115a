"""What must not happen while a mail is read: an audit hook of Python's sees it."""

import sys
from collections.abc import Callable, Iterator

import pytest

WATCHED = ("os.system", "subprocess.Popen", "socket.connect", "socket.getaddrinfo", "os.exec", "os.posix_spawn")

_seen: list[str] = []
_watching: list[bool] = []


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    # A hook cannot be taken off again, so it sleeps between tests.
    if _watching and (event in WATCHED or (event == "open" and len(arguments) > 1 and _writes(arguments))):
        _seen.append(f"{event} {arguments!r}")


def _writes(arguments: tuple[object, ...]) -> bool:
    return isinstance(arguments[1], str) and any(c in arguments[1] for c in "wax+")


sys.addaudithook(_hook)


@pytest.fixture
def forbidden() -> Iterator[Callable[[], list[str]]]:
    """Give a function that returns what was done so far that a review must not do."""
    _seen.clear()
    _watching.append(True)
    yield lambda: list(_seen)
    _watching.clear()
