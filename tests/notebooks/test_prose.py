"""What the notebooks say and what the model computes cannot part: no number is typed into prose.

Digits in a text cell must be part of a name or a date, number words must stand in
a phrase that is known and, where it counts something, is counted here.
"""

import re
from pathlib import Path
from typing import Final

import nbformat
import pytest

from kvmviz.course.macros import MACROS
from kvmviz.course.questions import QUESTIONS, question
from kvmviz.names import PAGE_SIZE
from kvmviz.scenario import Scenario, ScenarioError

FOLDER: Final = Path(__file__).parents[2] / "notebooks"
PATHS: Final = sorted(FOLDER.glob("*.ipynb"))
NOTEBOOKS: Final = {path.stem: nbformat.read(path, as_version=4) for path in PATHS}

NAMES: Final = {
    r"\b0\d-[a-z-]+": "a notebook's name",
    r"\b(\d{1,2} )?(January|February|March|April|May) 2026\b": "a date in the history of the patch",
    r"\bv\d(\+\d\d)?\b": "a version of the patch",
    r"\b\d\d/\d\d\b": "a mail's number in its series",
    r"\b\d+(x\d+){2,3}\b": "a tree, which is a name and an input",
    r"\bL\d(@0x[0-9a-f]+)?\b": "a level's name",
    r"\b0x[0-9a-f]+\b": "an address, which is a name",
    r"\b[A-Z][A-Z_]*_\d\b": "a macro's name",
    r"\b[0-9a-f]{12}\b": "a commit",
    r"\bkvm-x86\b": "a tree of the kernel",
}
"""Where digits are no count: the pattern and what it is."""

WORDS: Final = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety|"
    "hundred|thousand|million|twice|dozen|half|double|third"
)

COUNTED: Final = {
    "four macros": len({name.split()[0] for name in MACROS}) == 4,
    "four kib": PAGE_SIZE == 4 * 1024,
}
"""Phrases that count something of the model, and whether they are right."""

PHRASES: Final = {
    r"two (kernels|trees|runs|faults|halves|pages|sides)|the two\b|two things": "a pair by its nature",
    r"(there|destruction) twice": "mirror and S-EPT, before and after",
    r"ten (to fifteen )?minutes": "the reader's time",
    r"half of|each half|by half": "a part of a page or of a picture",
    r"third (tree|version|thing)": "an order, not a count",
    r"one in a thousand|from a thousand": "an input of the scenario, or a figure of speech",
}
"""Phrases with a number word that count nothing of the model, and what they are."""


def texts(stem: str) -> list[str]:
    return [cell.source for cell in NOTEBOOKS[stem].cells if cell.cell_type == "markdown"]


def without_names(text: str) -> str:
    """Take scenario lines in code, and names, out of a text."""
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    text = re.sub(r"`([^`]*)`", lambda m: "" if is_code(m[1]) else m[0], text)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    return re.sub("|".join(NAMES), "", text)


def is_code(span: str) -> bool:
    """Say whether a span in backquotes is a name, a call or a scenario line: it is, unless it is a mere number."""
    for part in re.split(r"[ ,|]+", span):
        try:
            Scenario.parse(part)
        except ScenarioError:
            if re.fullmatch(r"[\d.,%]+", part):
                return False
    return True


def typed_numbers(text: str) -> list[str]:
    plain = without_names(text)
    digits = re.findall(r"[^\s]*\d[^\s]*", plain)
    words = re.sub("|".join([*COUNTED, *PHRASES]), "", plain, flags=re.IGNORECASE)
    return digits + re.findall(rf"\b(?:{WORDS})\b", words, re.IGNORECASE)


@pytest.mark.parametrize("stem", NOTEBOOKS)
def test_no_number_is_typed_into_prose(stem: str) -> None:
    assert [(number, text[:60]) for text in texts(stem) for number in typed_numbers(text)] == []


@pytest.mark.parametrize(
    "text",
    ["It prints 2 traces.", "It prints two traces.", "`18` pages", "a loss of 4.1 MiB", "Twice as many", "514 tables"],
)
def test_typed_numbers_are_found(text: str) -> None:
    assert typed_numbers(text)


@pytest.mark.parametrize(
    "text",
    ["`v1` and 16/17", "on 8 April 2026", "`fail=L1@0x200`", "S-EPT L1 gfn=0x200", "the two kernels", "TDX_BUG_ON_3"],
)
def test_names_and_dates_are_let_through(text: str) -> None:
    assert typed_numbers(text) == []


@pytest.mark.parametrize("phrase", COUNTED)
def test_counting_phrases_are_right_and_used(phrase: str) -> None:
    assert COUNTED[phrase]
    assert any(phrase in text.lower() for stem in NOTEBOOKS for text in texts(stem))


@pytest.mark.parametrize("stem", NOTEBOOKS)
def test_questions_take_their_numbers_from_the_model(stem: str) -> None:
    # a question whose answer is a number must not be answered by the prose around it
    for key in (key for key in QUESTIONS if key[:2] == stem[:2]):
        asked = question(key)
        if isinstance(asked.answer, int) and asked.answer > 9:
            assert not [text for text in texts(stem) if re.search(rf"\b{asked.answer}\b", text)]
