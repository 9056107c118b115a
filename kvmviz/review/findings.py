"""What is found in one message: its patch, what that is, the comments and the claims they make."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kvmviz.mail.functions import declared
from kvmviz.mail.letter import Letter, name_of
from kvmviz.mail.patch import Patch, Row, find
from kvmviz.mail.quoting import Comment, Speaker, comments, depths_of, peel, speakers
from kvmviz.review.features import Features, features
from kvmviz.review.matches import CLAIMS, groups_in, made
from kvmviz.review.recognise import Recognised, recognise


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment and what it is about: the file and function of the line it stands below, and claims it makes."""

    comment: Comment
    file: str
    function: str
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim that the patch's own log, comments or declarations make, and the mail's line that says it."""

    claim: str
    line: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One message and what is in it; `patch`, `features` and `recognised` are None without a patch.

    `depths` is how deep each line of the message is quoted; `others` counts further
    patches in the message, at other depths.
    """

    letter: Letter
    depths: tuple[int, ...]
    patch: Patch | None
    features: Features | None
    recognised: Recognised | None
    remarks: tuple[Remark, ...]
    claimed: tuple[Claimed, ...]
    others: int = 0

    @property
    def modelled(self) -> bool:
        """Whether the message has a patch to something that the model has."""
        return self.features is not None and self.features.modelled


def finding(letter: Letter) -> Finding:
    """Take a message apart; raises `MailError` for a patch that is too long."""
    depths = depths_of(letter.lines)
    who = speakers(letter.lines, depths, Speaker(letter.author, letter.date))
    patches = [(patch, features(patch)) for patch in find(letter.lines, depths)]
    said = comments(letter.lines, depths, who)
    if not patches:
        return Finding(letter, depths, None, None, None, tuple(_remarks(said, None, ())), ())
    patch, found = max(patches, key=lambda pair: (pair[1].modelled, len(pair[0].rows)))
    author, day = _origin(letter, depths, patch, who)
    recognised = recognise(patch, found, author, day)
    about = recognised.known.claims if recognised.known else ()
    remarks = tuple(_remarks(_outside(said, [p for p, _ in patches]), patch, about))
    claimed = tuple(_claimed(letter, depths, patch, about))
    return Finding(letter, depths, patch, found, recognised, remarks, claimed, len(patches) - 1)


def _origin(letter: Letter, depths: Sequence[int], patch: Patch, who: dict[int, Speaker]) -> tuple[str, date | None]:
    """Give who wrote a patch and when it was posted: a `From:` in its log goes before the sender's name."""
    sender = who.get(patch.depth, Speaker("", None))
    for number in _log(depths, patch):
        text = peel(letter.lines[number], patch.depth)
        if text.startswith("From: "):
            return name_of(text.removeprefix("From: ")), sender.day
    return sender.name, sender.day


def _log(depths: Sequence[int], patch: Patch) -> list[int]:
    return [number for number in range(patch.first) if depths[number] == patch.depth]


def _outside(said: Iterable[Comment], patches: Sequence[Patch]) -> list[Comment]:
    """Give the comments that are not themselves the text of a patch."""
    own = {row.line for patch in patches for row in patch.rows}
    return [comment for comment in said if own.isdisjoint(range(comment.first, comment.last + 1))]


def _remarks(said: Iterable[Comment], patch: Patch | None, about: tuple[str, ...]) -> Iterator[Remark]:
    rows = {row.line: row for row in patch.rows} if patch else {}
    for comment in said:
        row = rows.get(comment.above)
        claims = made(comment.words, *about)
        yield Remark(comment, row.file if row else "", row.function if row else "", claims)


def _says(row: Row) -> bool:
    """Tell whether a line of a patch is a comment or a declaration: what code does is no claim."""
    return row.text.lstrip().startswith(("*", "/*", "//")) or bool(declared(row.text))


def _claimed(letter: Letter, depths: Sequence[int], patch: Patch, about: tuple[str, ...]) -> Iterator[Claimed]:
    """Give the claims of the patch itself, each at the line that has most of its words."""
    added = [row for row in patch.rows if row.kind == "+" and row.line is not None and _says(row)]
    places = [[(n, peel(letter.lines[n], patch.depth)) for n in _log(depths, patch)]]
    places += [
        [(row.line, row.text) for row in added if row.line is not None and row.function == function]
        for function in dict.fromkeys(row.function for row in added)
    ]
    seen: set[str] = set()
    for place in places:
        text = " ".join(line.lstrip("*/ \t") for _, line in place)
        for claim in made(text, *(letter for letter in about if letter != "B")):
            if claim not in seen:
                seen.add(claim)
                yield Claimed(claim, max(place, key=lambda line: groups_in(line[1], CLAIMS[claim]))[0])
