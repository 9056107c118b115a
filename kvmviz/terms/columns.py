"""Lines of at most 72 ASCII columns.

>>> print(labelled("leaked", "2 pages, 8192 bytes"))
  leaked              2 pages, 8192 bytes
"""

import re
from collections.abc import Iterable
from textwrap import wrap
from typing import Final

WIDTH: Final = 72
LABEL: Final = 20


def ascii_only(text: str) -> str:
    r"""Return the text with whatever is not printable ASCII written as an escape; line ends stay.

    >>> ascii_only("a\u2013b")
    'a\\u2013b'
    """
    return re.sub(r"[^\n -~]", lambda match: match[0].encode("unicode_escape").decode(), text)


def command(words: str, scenario: str, indent: str = "", width: int = WIDTH) -> str:
    r"""Return a command to paste, over two lines if one is too short; the scenario line itself is never wrapped.

    >>> print(command("kvmviz run", "tree=1x1x1 fail=all", "  ", 20))
      kvmviz run \
        'tree=1x1x1 fail=all'
    """
    line = f"{indent}{words} '{scenario}'"
    return line if len(line) <= width else f"{indent}{words} \\\n{indent}  '{scenario}'"


def labelled(label: str, value: str, width: int = WIDTH) -> str:
    """Return `label` and `value` side by side, the value wrapped below itself."""
    first, *more = wrap(value, width - LABEL - 2, break_on_hyphens=False) or [""]
    return "\n".join([f"  {label:<{LABEL}}{first}".rstrip(), *(" " * (LABEL + 2) + line for line in more)])


def paragraph(text: str, indent: str = "", width: int = WIDTH) -> str:
    """Return `text` wrapped, each line behind `indent`."""
    return "\n".join(wrap(text, width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False))


def listing(items: Iterable[str], most: int = 12) -> list[str]:
    """Return the items, and how many more there are where the list is long."""
    every = list(items)
    return every if len(every) <= most else [*every[: most - 1], f"... and {len(every) - most + 1} more"]
