r"""The text of a web page or of an HTML mail: its lines as a reader sees them.

>>> print(text_of_page("<div>&gt; -old</div><div>&gt; +new</div><div><br></div>why?<br>"))
> -old
> +new
<BLANKLINE>
why?
<BLANKLINE>

A line may end in a newline (inside `<pre>`), in `<br>`, or with a tag of its own;
what is quoted by `<blockquote type=cite>` gets the quote marks it would have in text.
"""

import html
import re
from collections.abc import Iterator
from typing import Final

_TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,12}(?::\w{1,12})?)\b([^<>]{0,600})>|<[!?][^<>]{0,600}>")
_BLOCKS: Final = re.compile(
    "address|article|blockquote|body|center|div|d[dlt]|footer|form|h[1-6]|head|header|hr|html|li|main|nav|ol|p|pre|"
    "section|table|tbody|td|tfoot|th|thead|title|tr|ul"
)
_INLINE: Final = re.compile(
    "a|abbr|acronym|b|base|big|br|button|code|col|colgroup|del|em|embed|fieldset|figure|font|i|iframe|img|input|ins|"
    "kbd|label|legend|link|map|mark|meta|noscript|object|option|param|q|s|samp|script|select|small|source|span|strike|"
    "strong|style|sub|sup|template|textarea|time|tt|u|var|wbr|\\w+:\\w+"
)
_UNSEEN: Final = re.compile(r"<(script|style)\b[^<>]{0,600}>", re.IGNORECASE)
_CITED: Final = re.compile(r"cite|quote", re.IGNORECASE)
_BY_TAGS: Final = re.compile(r"<br\b|</(?:div|p|tr|li)>", re.IGNORECASE)
_DEEPEST: Final = 40
"""Quotes inside quotes of which the marks are written."""


def text_of_page(text: str) -> str:
    """Give the text of a page: its lines, entities resolved, tags dropped."""
    writer = _Writer(by_tags=_lines_by_tags(text))
    for plain, tag in _pieces(_seen(text)):
        writer.text(plain)
        if tag is not None:
            writer.tag(tag)
    return writer.done()


def is_page(text: str) -> bool:
    """Tell whether `text` is the source of a web page, or of a part of one, rather than a mail."""
    start = text[:2000].lstrip().lower()
    if start.startswith(("<!doctype", "<html", "<?xml")):
        return True
    return start.startswith("<") and any(f"<{name}" in start for name in ("pre", "div", "br", "table", "blockquote"))


def _lines_by_tags(text: str) -> bool:
    """Tell whether tags end the lines, so that a newline outside `<pre>` is a blank like any other."""
    return sum(1 for _ in zip(range(4), _BY_TAGS.finditer(text), strict=False)) > 3


def _seen(text: str) -> str:
    """Leave out scripts and style sheets."""
    kept: list[str] = []
    place = 0
    for match in _UNSEEN.finditer(text):
        if match.start() < place:
            continue
        end = text.lower().find(f"</{match[1].lower()}", match.end()) if len(kept) < 50 else -1
        if end < 0:
            break
        kept.append(text[place : match.start()])
        place = end
    return "".join([*kept, text[place:]])


def _pieces(text: str) -> Iterator[tuple[str, re.Match[str] | None]]:
    """Split into text and the tag behind it; what only looks like a tag, such as `<linux/kvm.h>`, is text."""
    place = 0
    for match in _TAG.finditer(text):
        name = (match[2] or "").lower()
        if match[2] is None or _BLOCKS.fullmatch(name) or _INLINE.fullmatch(name):
            yield text[place : match.start()], match
            place = match.end()
    yield text[place:], None


class _Writer:
    """Writes the lines; `fresh` while nothing stands in the current one."""

    def __init__(self, *, by_tags: bool) -> None:
        self._out: list[str] = []
        self._by_tags = by_tags
        self._fresh, self._ended_by_tag = True, False
        self._pre = self._cited = 0
        self._quotes: list[bool] = []

    def text(self, plain: str) -> None:
        """Write text; a newline right behind a tag that ended the line is no second line."""
        if not plain:
            return
        plain = html.unescape(plain).replace("\xa0", " ")
        if self._ended_by_tag:
            plain = re.sub(r"\A[ \t]*\n", "", plain)
            self._ended_by_tag = False
        if self._by_tags and not self._pre:
            plain = re.sub(r"[ \t]*\n\s*", " ", plain)
            plain = plain.lstrip(" ") if self._fresh and plain.isspace() else plain
        for number, line in enumerate(plain.split("\n")):
            if number:
                self._end()
            if line:
                self._out.append(line if not self._fresh else "> " * min(self._cited, _DEEPEST) + line)
                self._fresh = False

    def tag(self, tag: re.Match[str]) -> None:
        """End a line where the tag does, and count what is quoted."""
        name = (tag[2] or "").lower()
        if name == "br" or (_BLOCKS.fullmatch(name) and not self._fresh):
            self._end()
            self._ended_by_tag = True
        if name == "pre":
            self._pre = max(0, self._pre + (-1 if tag[1] else 1))
        if name == "blockquote":
            self._quote(bool(tag[1]), tag[3] or "")

    def _quote(self, closes: bool, attributes: str) -> None:
        if not closes:
            self._quotes.append(bool(_CITED.search(attributes)))
            self._cited += self._quotes[-1]
        elif self._quotes:
            self._cited -= self._quotes.pop()

    def _end(self) -> None:
        if self._fresh and self._cited:
            self._out.append("> " * min(self._cited, _DEEPEST))
        self._out.append("\n")
        self._fresh = True

    def done(self) -> str:
        """Give what was written."""
        return "".join(self._out)
