"""The patch inside a mail: found, its quoting taken off, its hunks mended, then parsed by unidiff.

>>> from kvmviz.mail.quoting import depths_of
>>> mail = ["> diff --git a/f.c b/f.c", "> @@ -1,2 +1,2 @@ int f(void)", "> -old", "why?", "> +new", "> kept"]
>>> patch = find(mail, depths_of(mail))[0]
>>> patch.added, patch.removed, [(row.line, row.kind, row.text) for row in patch.rows]
(1, 1, [(2, '-', 'old'), (4, '+', 'new'), (5, ' ', 'kept')])
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from unidiff.errors import UnidiffParseError
from unidiff.patch import PatchSet

from kvmviz.mail.functions import places
from kvmviz.mail.hunks import HEADER, Fitted, fit
from kvmviz.mail.limits import MAX_PATCH, MailError
from kvmviz.mail.quoting import peel
from kvmviz.mail.sources import file_of

_GIT: Final = re.compile(r"diff --git \"?a/(\S{1,500}) \"?b/(\S{1,500})")
_STAT: Final = re.compile(
    r" ?(\d{1,7}) files? changed(?:, (\d{1,7}) insertions?\(\+\))?(?:, (\d{1,7}) deletions?\(-\))?"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a hunk: its `kind` (`+`, `-` or a blank), text without it, and where it stands.

    `line` is the number of the mail's line, None for one that was put back;
    `function` the function of the source it is in, empty if that is not known.
    """

    line: int | None
    file: str
    function: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Mended:
    """What had to be mended: counts of context blanks and empty lines put back, lines joined, hunks cut short."""

    blanks: int = 0
    lines: int = 0
    joined: int = 0
    cut: int = 0


@dataclass(frozen=True, slots=True)
class Patch:
    """A patch as it stands in a mail, at one depth of quoting.

    `files` are its paths in order, `added` and `removed` its changed lines as
    unidiff counts them, `stat` the same two as the mail's own diffstat gives
    them (None without one), `rows` the lines of its hunks, `first` and `last`
    the numbers of the mail's lines it takes, `depth` its depth; `uncut` is the
    text without the hunks that are not all there, `cut` the rows of those.
    """

    depth: int
    first: int
    last: int
    files: tuple[str, ...]
    added: int
    removed: int
    stat: tuple[int, int] | None
    mended: Mended
    rows: tuple[Row, ...] = field(repr=False)
    text: str = field(repr=False)
    uncut: str = field(default="", repr=False)
    cut: tuple[Row, ...] = field(default=(), repr=False)

    @property
    def whole(self) -> bool:
        """Whether every hunk is all there, and the diffstat, where there is one, says the same."""
        return not self.mended.cut and self.stat in (None, (self.added, self.removed))


@dataclass(slots=True)
class _Hunk:
    file: str
    header: re.Match[str]
    fitted: Fitted
    numbers: list[int]


def find(lines: Sequence[str], depths: Sequence[int]) -> tuple[Patch, ...]:
    """Give the patches of a mail, one for each depth that has one, the deepest first.

    Raises `MailError` when one is longer than `MAX_PATCH`.
    """
    found = sorted({depth for line, depth in zip(lines, depths, strict=True) if HEADER.match(peel(line, depth))})
    patches = (_at(lines, depths, depth) for depth in reversed(found))
    return tuple(patch for patch in patches if patch is not None)


def _at(lines: Sequence[str], depths: Sequence[int], depth: int) -> Patch | None:
    """Give the patch that stands at `depth`, with what stands deeper counted as its own text."""
    numbers = [n for n, at in enumerate(depths) if depth in (0, at) or (at > depth and _inside(depths, n, depth))]
    texts = [peel(lines[n], depth) for n in numbers]
    hunks = list(_hunks(texts, numbers))
    if not hunks:
        return None
    text = _assemble(hunks)
    if len(text) > MAX_PATCH:
        raise MailError(f"the patch is longer than {MAX_PATCH:,} characters; a shorter one can be reviewed.")
    try:
        parsed = PatchSet(text)
    except UnidiffParseError:
        return None
    return _patch(depth, hunks, parsed, _stat(texts), text)


def _inside(depths: Sequence[int], number: int, depth: int) -> bool:
    """Tell whether a deeper line is text of its neighbours, such as context that begins with `>`."""
    return 0 < number < len(depths) - 1 and depths[number - 1] == depths[number + 1] == depth


def _hunks(texts: Sequence[str], numbers: Sequence[int]) -> Iterator[_Hunk]:
    """Find the hunks of a text and mend each."""
    file, index = "", 0
    marks = [n for n, text in enumerate(texts) if text.startswith(("@@ -", "diff --git ")) or text.rstrip() == "--"]
    ends = dict(zip(marks, [*marks[1:], len(texts)], strict=True))
    while index < len(texts):
        text = texts[index]
        file = _file(texts, index) or file
        header = HEADER.match(text)
        if header:
            body = texts[index + 1 : ends[index]]
            file = file or file_of(header[5], body)
        if header and file:
            fitted = fit(body, _count(header[2]), _count(header[4]))
            yield _Hunk(file, header, fitted, [numbers[index], *numbers[index + 1 : index + 1 + fitted.used]])
            index += fitted.used
        index += 1


def _file(texts: Sequence[str], index: int) -> str:
    """Give the path that a line names: `diff --git`, or a pair of `---` and `+++`."""
    text = texts[index]
    git = _GIT.match(text)
    if git:
        return git[2].strip('"')
    if text.startswith("+++ ") and index and texts[index - 1].startswith("--- "):
        path = text[4:504].split("\t")[0].strip()
        return path.removeprefix("b/") if path != "/dev/null" else texts[index - 1][4:504].strip().removeprefix("a/")
    return ""


def _count(digits: str | None) -> int:
    return 1 if digits is None else int(digits)


def _assemble(hunks: Sequence[_Hunk]) -> str:
    """Write the hunks as a patch that unidiff accepts; one that is cut says in its header what is there of it."""
    out: list[str] = []
    file = ""
    for hunk in hunks:
        if hunk.file != file:
            file = hunk.file
            out += [f"--- a/{file}", f"+++ b/{file}"]
        old = sum(line[0] in "- " for line in hunk.fitted.lines)
        new = sum(line[0] in "+ " for line in hunk.fitted.lines)
        out.append(f"@@ -{hunk.header[1]},{old} +{hunk.header[3]},{new} @@{hunk.header[5]}")
        out += hunk.fitted.lines
    return "\n".join(out) + "\n"


def _stat(texts: Sequence[str]) -> tuple[int, int] | None:
    for text in texts:
        match = _STAT.match(text)
        if match:
            return int(match[2] or 0), int(match[3] or 0)
    return None


def _patch(depth: int, hunks: Sequence[_Hunk], parsed: PatchSet, stat: tuple[int, int] | None, text: str) -> Patch:
    return Patch(
        depth=depth,
        first=hunks[0].numbers[0],
        last=hunks[-1].numbers[-1],
        files=tuple(dict.fromkeys(file.path for file in parsed)),
        added=parsed.added,
        removed=parsed.removed,
        stat=stat,
        mended=_mended([hunk.fitted for hunk in hunks]),
        rows=tuple(row for hunk in hunks for row in _rows(hunk)),
        text=text,
        uncut=_assemble([hunk for hunk in hunks if not hunk.fitted.cut]),
        cut=tuple(row for hunk in hunks if hunk.fitted.cut for row in _rows(hunk)),
    )


def _mended(fits: Sequence[Fitted]) -> Mended:
    counts = [(f.blanks, f.added, f.joined, int(f.cut)) for f in fits]
    return Mended(*(sum(column) for column in zip(*counts, strict=True)))


def _rows(hunk: _Hunk) -> Iterator[Row]:
    found = places(hunk.header[5], hunk.fitted.lines)
    for line, origin, function in zip(hunk.fitted.lines, hunk.fitted.origin, found, strict=True):
        if line[0] in "+- ":
            yield Row(None if origin is None else hunk.numbers[1 + origin], hunk.file, function, line[0], line[1:])
