"""What is said when C cannot be run: one sentence with file, line and the construct.

>>> raise refused("mine.c", 12, "`sizeof` is not known here", "write the number")
Traceback (most recent call last):
  ...
kvmviz.c.refuse.CError: mine.c:12: `sizeof` is not known here; write the number.
"""

import re
from typing import Final

from kvmviz.errors import KvmvizError

_LONG: Final = re.compile(r"(\w{57})\w{4,}")


class CError(KvmvizError):
    """C that cannot be run; its text is one sentence with file, line and the construct.

    `reason` is the sentence without file and line.
    """

    def __init__(self, text: str, reason: str = "") -> None:
        super().__init__(text)
        self.reason = reason or text


def refused(file: str, line: int, what: str, instead: str = "") -> CError:
    """Return the error for a construct at a place; `instead` says what would be right."""
    reason = _LONG.sub(r"\1...", f"{what}; {instead}." if instead else f"{what}.")
    return CError(f"{file}:{line}: {reason}", reason)


def shown(text: str, most: int = 60) -> str:
    r"""Return a piece of C on one line, shortened, in quotes of its own.

    >>> shown("a  +\n b")
    '`a + b`'
    """
    flat = " ".join(text.split())
    flat = "".join(c if c.isprintable() else "?" for c in flat)
    return f"`{flat if len(flat) <= most else flat[: most - 3] + '...'}`"
