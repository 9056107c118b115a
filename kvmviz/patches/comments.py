"""C as lines without its comments: what is left is code, in the same lines and columns.

>>> scrub(["x = 1; /* one", "   two */ y = 2; // three", 'p("/*");'])
['x = 1;       ', '          y = 2;         ', 'p("/*");']
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

_PIECE: Final = re.compile(
    r"""(?P<comment>/\*.*?(?:\*/|\Z)|//[^\n]*)|(?P<text>"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?)""", re.DOTALL
)
_TOKEN: Final = re.compile(
    r"""[A-Za-z_$]\w*|\.?\d[\w.]*|"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|->|\+\+|--|<<=|>>=|<<|>>|[-+*/%&|^<>=!]=|&&|\|\||"""
    r"""\.\.\.|##|[^\s\w]""",
)


_STARRED: Final = re.compile(r"[ \t]*(?:\*(?:[ \t].*)?)?$")


def scrub(lines: Sequence[str]) -> list[str]:
    """Return the lines with every comment blanked; a text may begin in the middle of one, as hunks do."""
    if not lines:
        return []
    text = "\n".join(lines)
    end, begin = text.find("*/"), text.find("/*")
    head = ""
    if end >= 0 and (begin < 0 or end < begin):
        head, text = _blank(text[: end + 2]), text[end + 2 :]
    elif middle := _starred(lines):
        size = len("\n".join(lines[:middle]))
        head, text = _blank(text[:size]), text[size:]
    return (head + _PIECE.sub(lambda found: _blank(found[0]) if found["comment"] else found[0], text)).split("\n")


def closed(lines: Sequence[str]) -> list[str]:
    """Return the lines of a hunk without what they show of comments that begin above or end below them.

    >>> closed([" * why", " */", "f(); /* what", " * comes"])
    ['      ', '   ', 'f();        ', '        ']
    """
    code, text = scrub(lines), "\n".join(lines)
    end, begin, last = text.find("*/"), text.find("/*"), text.rfind("/*")
    head = text.count("\n", 0, end) + 1 if end >= 0 and (begin < 0 or end < begin) else _starred(lines)
    tail = text.count("\n", 0, last) if last > text.rfind("*/") else len(lines)
    return [code[n] if n < head or n >= tail else line for n, line in enumerate(lines)]


def _starred(lines: Sequence[str]) -> int:
    """Return how many of the first lines are the middle of a comment, as the kernel writes them."""
    count = next((n for n, line in enumerate(lines) if not _STARRED.match(line)), len(lines))
    return count if any(line.strip() for line in lines[:count]) else 0


def _blank(text: str) -> str:
    return re.sub(r"[^\n\t]", " ", text)


def without_texts(line: str) -> str:
    """Return a scrubbed line with its strings and characters blanked, so that its braces count."""
    return _PIECE.sub(lambda found: " " * len(found[0]), line)


def depth_change(line: str) -> int:
    """Return how many braces a scrubbed line opens, less those that it closes."""
    plain = without_texts(line)
    return plain.count("{") - plain.count("}")


def tokens(lines: Iterable[str]) -> list[str]:
    """Return the tokens of scrubbed lines; white space is none.

    >>> tokens(["sp->external_spt  =", "NULL;"])
    ['sp', '->', 'external_spt', '=', 'NULL', ';']
    """
    return [token for line in lines for token in _TOKEN.findall(line)]
