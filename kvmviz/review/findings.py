"""What is found in one message: its patch, which posting that is, the comments and the claims they make.

Everything here is read.  What the patch does is in `ran`, which runs it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kvmviz.mail.letter import Letter, name_of
from kvmviz.mail.patch import Patch, Row, find
from kvmviz.mail.quoting import Comment, Speaker, comments, depths_of, peel, plain, speakers
from kvmviz.review.age import Older, older
from kvmviz.review.matches import Heard, heard
from kvmviz.review.modelled import functions_of, ops
from kvmviz.review.recognition import Recognised, recognise


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment, the file and function of the line that it stands below, and the claims in it."""

    comment: Comment
    file: str
    function: str
    heard: Heard


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim of the patch itself: the sentence, and its lines in the log or the function whose comment has it.

    `sure` is false where the sentence has the claim's words but does not clearly say it.
    """

    claim: str
    words: str
    lines: tuple[int, ...]
    function: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """One message and what is in it; `patch` is None without one.

    `depths` is how deep each line of the message is quoted; `functions` and `ops`
    the modelled ones that changed lines touch; `author` who wrote the patch, if its
    log says so, and `poster` who sent it; `older` what in it is older than the
    model; `others` counts further patches in the message, at other depths.
    """

    letter: Letter
    depths: tuple[int, ...]
    patch: Patch | None
    functions: tuple[str, ...]
    ops: tuple[str, ...]
    author: str
    poster: str
    recognised: Recognised
    remarks: tuple[Remark, ...]
    claimed: tuple[Claimed, ...]
    older: tuple[Older, ...]
    others: int = 0

    @property
    def modelled(self) -> bool:
        """Whether there is something to answer: a patch to what the model has, or an answer to a known posting."""
        return bool(self.functions or self.ops or self.older or self.recognised.posting)


def finding(letter: Letter) -> Finding:
    """Take a message apart; raises `MailError` for a patch that is too long."""
    depths = depths_of(letter.lines)
    who = speakers(letter.lines, depths, Speaker(letter.author, letter.date))
    patches = find(letter.lines, depths)
    patch = max(patches, key=_weight, default=None)
    depth = patch.depth if patch else max((d for d in who if d), default=0)
    author, poster, day = _origin(letter, depths, depth, patch.first if patch else len(letter.lines), who)
    rows = patch.rows if patch else tuple(_quoted_rows(letter, depths))
    log = "\n".join(letter.lines[:200])
    said = _outside(comments(letter.lines, depths, who), patches)
    return Finding(
        letter, depths, patch, functions_of(patch) if patch else (), ops(rows) if patch else (), author, poster,
        recognise(letter, rows, (author, poster), day, log),
        tuple(_remarks(said, patch)),
        tuple(_claimed(letter, depths, patch)) if patch else (),
        older(rows, letter.date if patch and not patch.depth else day), max(0, len(patches) - 1),
    )  # fmt: skip


def _weight(patch: Patch) -> tuple[bool, int]:
    return bool(functions_of(patch) or ops(patch.rows)), len(patch.rows)


def _origin(
    letter: Letter, depths: Sequence[int], depth: int, end: int, who: dict[int, Speaker]
) -> tuple[str, str, date | None]:
    """Give who wrote a patch, who sent it, and when: a `From:` in its log goes before the sender's name."""
    sender = who.get(depth, Speaker("", None))
    for number in _log(depths, depth, end):
        text = peel(letter.lines[number], depth)
        if text.startswith("From: ") and "@" in text:
            return name_of(text.removeprefix("From: ")), sender.name, sender.day
    return "", sender.name, sender.day


def _log(depths: Sequence[int], depth: int, end: int) -> list[int]:
    return [number for number in range(end) if depths[number] == depth]


def _quoted_rows(letter: Letter, depths: Sequence[int]) -> Iterator[Row]:
    """Give the changed lines that a trimmed reply quotes without the head of their hunk."""
    for number, (line, depth) in enumerate(zip(letter.lines, depths, strict=True)):
        text = peel(line, depth)
        if depth and text[:1] in ("+", "-") and not text.startswith(("---", "+++", "- ", "--")):
            yield Row(number, "", "", text[0], text[1:])


def _outside(said: Iterable[Comment], patches: Sequence[Patch]) -> list[Comment]:
    """Give the comments that are not themselves the text of a patch."""
    own = {row.line for patch in patches for row in patch.rows}
    return [comment for comment in said if own.isdisjoint(range(comment.first, comment.last + 1))]


def _remarks(said: Iterable[Comment], patch: Patch | None) -> Iterator[Remark]:
    rows = {row.line: row for row in patch.rows} if patch else {}
    for comment in said:
        row = rows.get(comment.above)
        yield Remark(
            comment, row.file if row else "", row.function if row else "", heard(plain("\n".join(comment.text)))
        )


def _claimed(letter: Letter, depths: Sequence[int], patch: Patch) -> Iterator[Claimed]:
    """Give the claims of the patch's log and of the comments that it adds; what its code does is no claim."""
    numbers = _log(depths, patch.depth, patch.first)
    seen: set[str] = set()
    log = [(number, peel(letter.lines[number], patch.depth)) for number in numbers]
    for claim, words, sure in _of_text(_body(log), seen):
        yield Claimed(claim, words, _lines_of(words, log), "", sure)
    for function in dict.fromkeys(row.function for row in patch.rows):
        text = "\n".join(_comment(row) for row in patch.rows if row.kind == "+" and row.function == function)
        for claim, words, sure in _of_text(text, seen):
            yield Claimed(claim, words, (), function, sure)


def _of_text(text: str, seen: set[str]) -> Iterator[tuple[str, str, bool]]:
    found = heard(plain(text))
    for claim in (*found.said, *found.near):
        if claim not in seen:
            seen.add(claim)
            yield claim, found.where[claim], claim in found.said


def _body(log: Sequence[tuple[int, str]]) -> str:
    """Give a log without its trailers, diffstat and bracketed notes."""
    kept = [text for _, text in log if not text.startswith(("From: ", "Subject: ", "Date: ", "["))]
    ends = [
        n
        for n, text in enumerate(kept)
        if text.rstrip() == "---" or text.startswith(("Signed-off-by:", "Link:", "Not-yet-"))
    ]
    return "\n".join(kept[: ends[0]] if ends else kept)


def _comment(row: Row) -> str:
    """Give the words of a line of a comment in the code, nothing of other lines."""
    text = row.text.strip()
    if not text.startswith(("*", "/*", "//")):
        return ""
    return text.removeprefix("//").removeprefix("/*").removesuffix("*/").lstrip("* \t")


def _lines_of(words: str, log: Sequence[tuple[int, str]]) -> tuple[int, ...]:
    """Give the numbers of the lines that a sentence stands on."""
    wanted = words.split()
    flat = [(word, number) for number, text in log for word in plain(text).split()]
    for start in range(len(flat) - len(wanted) + 1):
        if flat[start][0] == wanted[0] and [word for word, _ in flat[start : start + len(wanted)]] == wanted:
            return tuple(dict.fromkeys(number for _, number in flat[start : start + len(wanted)]))
    return ()
