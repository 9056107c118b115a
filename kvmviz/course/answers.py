"""What a class answered: saved to a local file as it happens, summed up by one call, without a network.

Each seat appends to a file of its own in the folder `class-answers` beside the
notebook, or in the folder that the environment variable `KVMVIZ_CLASS` names
(a shared one, in a room that has it).  A line holds a question's key, the answer and
whether it was right; no name.  In a browser that runs Python itself there is one seat, and its
answers are kept by that browser until the site's data are cleared.
"""

import getpass
import json
import os
import platform
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final, TypedDict, cast

from kvmviz.browser import IN_BROWSER, has_page, keep
from kvmviz.course.marking import Question

FOLDER: Final = "class-answers"
VARIABLE: Final = "KVMVIZ_CLASS"


class Saved(TypedDict):
    """A line of a file of answers, as far as it is read."""

    question: str
    answer: str
    right: bool


def folder() -> Path:
    """Return where answers are saved."""
    return Path(os.environ.get(VARIABLE) or FOLDER)


def seat() -> str:
    """Return a short name of this user on this machine that does not say who it is.

    The network card's number is in it, since machines made from one disk image
    often share a user and a host name.  A browser has one seat, with nothing to tell.
    """
    if IN_BROWSER:
        return "browser"
    return sha256(f"{_user()}@{platform.node()}/{uuid.getnode()}".encode()).hexdigest()[:8]


def _user() -> str:
    """Return the user's name, or its number: in a container nobody may have given it a name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def save(question: Question, answer: str, right: bool, where: Path | None = None) -> Path:
    """Append an answer to this seat's file and return the file; raise OSError if it cannot be written."""
    file = (where or folder()) / f"answers-{seat()}.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    line = {"question": question.key, "kind": question.kind, "answer": answer, "right": right}
    with file.open("a", encoding="utf-8") as out:
        out.write(json.dumps(line) + "\n")
    if has_page():
        keep(json.dumps(line))
    return file


def saved(question: Question, answer: str, right: bool) -> str:
    """Save an answer; return nothing, or a sentence for those who read the mark if it could not be kept."""
    try:
        save(question, answer, right)
    except OSError as error:
        return f" (The answer could not be saved: {error.strerror or error}.)"
    return ""


def load(where: Path | None = None) -> dict[str, list[Saved]]:
    """Return the answers of each file, which is a seat, in order; lines that are none of ours are skipped."""
    files = sorted((where or folder()).glob("**/*.jsonl"))
    return {str(file): list(_answers(file.read_text(encoding="utf-8").splitlines())) for file in files}


def _answers(lines: Iterable[str]) -> Iterator[Saved]:
    for line in lines:
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict) and {"question", "answer", "right"} <= set(found):
            yield cast("Saved", found)


class ClassResults:
    """What a class's answers came to: for each question the seats, first tries that were right, common mistakes."""

    def __init__(self, seats: dict[str, list[Saved]]) -> None:
        self.seats = len(seats)
        self.first: dict[str, list[bool]] = defaultdict(list)
        self.solved: Counter[str] = Counter()
        self.wrong: dict[str, Counter[str]] = defaultdict(Counter)
        for answers in seats.values():
            self._take(answers)

    def _take(self, answers: Iterable[Saved]) -> None:
        seen: set[str] = set()
        solved = set()
        for one in answers:
            key, right = str(one["question"]), bool(one["right"])
            if key not in seen:
                self.first[key].append(right)
            seen.add(key)
            if right:
                solved.add(key)
            else:
                self.wrong[key][str(one["answer"])] += 1
        self.solved.update(solved)

    def rows(self) -> list[tuple[str, int, int, int, str]]:
        """Return for each question: key, seats that answered, right at once, right in the end, commonest mistake."""
        return [
            (key, len(first), sum(first), self.solved[key], self._mistake(key))
            for key, first in sorted(self.first.items())
        ]

    def _mistake(self, key: str) -> str:
        """Return the commonest wrong answer; of equally common ones the first in the alphabet."""
        found = min(self.wrong[key].items(), key=lambda item: (-item[1], item[0]), default=None)
        return f"{found[0]} ({found[1]}x)" if found else ""

    def __str__(self) -> str:
        if not self.first:
            return "Nobody has answered anything yet."
        head = ("question", "seats", "right at once", "right in the end", "commonest mistake")
        rows = [tuple(map(str, row)) for row in self.rows()]
        widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
        lines = [
            "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in [head, *rows]
        ]
        return "\n".join([f"{self.seats} seat{'' if self.seats == 1 else 's'}", "", *lines])

    __repr__ = __str__


def class_results(where: str | Path | None = None) -> ClassResults:
    """Sum up every answers file in a folder and the folders in it; by default where this notebook saves its own."""
    return ClassResults(load(Path(where) if where else None))
