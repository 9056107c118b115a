"""What the notebooks say and what the model computes cannot part: no number is typed into prose.

Digits in a text cell, and in the strings of a code cell, must be part of a name or a
date; number words must stand in a phrase that is known and, where it counts something,
is counted here.  The same goes for the teacher's plan and for the handout.
"""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import nbformat
import pytest

from kvmviz.course.patches import goals
from kvmviz.course.questions import QUESTIONS, question
from kvmviz.course.warning_macros import MACROS
from kvmviz.draw.paper import NOTE, TEXT
from kvmviz.record.runs import run
from kvmviz.scenario import Scenario, ScenarioError
from kvmviz.scenario.names import PAGE_SIZE

FOLDER: Final = Path(__file__).parents[2] / "notebooks"
PATHS: Final = sorted(FOLDER.glob("*.ipynb"))
NOTEBOOKS: Final = {path.stem: nbformat.read(path, as_version=4) for path in PATHS}

NAMES: Final = {
    r"\b(?:0\d|1[01])\b(?!/)(-[a-z][a-z0-9-]*)?": "a notebook's number or name, or a question's name",
    r"\b(\d{1,2} )?(January|February|March|April|May|September) 2026\b": "a date in the history of the patch",
    r"\bv\d(\+\d\d)?\b": "a version of the patch",
    r"\b(09/45|1[67]/17|1[45]/15)\b": "a mail's number in its series",
    r"\b\d+(x\d+){2,3}\b": "a tree, which is a name and an input",
    r"\bL\d(@0x[0-9a-f]+)?\b": "a level's name",
    r"\b0x[0-9a-f]+\b": "an address, which is a name",
    r"\b[A-Z][A-Z_]*_\d\b": "a macro's name",
    r"\b[0-9a-f]{12}\b": "a commit",
    r"\bkvm-x86\b": "a tree of the kernel",
    r"\bx86\b": "an architecture",
    r"\b[A-Z]\d{1,2}\b": "a claim's name",
}
"""Where digits are no count: the pattern and what it is."""

WORDS: Final = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety|"
    "hundred|thousand|million|twice|dozen|half|double|third"
)

COUNTING_ONE: Final = (
    r"(?:prints?|printed|costs?|loses?|leaks?|leaves?|adds?|added|takes?|took|misses|missed) "
    r"(?:only |just |exactly |the same )?one\b|\bone more\b"
)
"""Where "one" is a count, and not somebody."""


def traces(revision: str, failing: int) -> int:
    """Traces of a small TD in which so many table pages fail."""
    pages = ",".join(f"L1@{0x200 * n:#x}" for n in range(failing)) or "none"
    return run(revision, f"tree=1x1x8 fail={pages}").summary.traces


COUNTED: Final[dict[str, Callable[[], bool]]] = {
    "four macros": lambda: len({name.split()[0] for name in MACROS}) == 4,
    "four kib": lambda: PAGE_SIZE == 4 * 1024,
    "prints one, however many fail": lambda: [traces("v1", n) for n in range(1, 9)] == [1] * 8,
    "a trace for each of them, and one more": lambda: [traces("before", n) - n for n in range(1, 9)] == [1] * 8,
    "before the patch one more for each page": lambda: all(traces("before", n) - traces("v1", n) == n for n in (1, 8)),
    "it took one away": lambda: traces("before", 1) - traces("v1", 1) == 1,
    "misses one goal": lambda: [goal.right for goal in goals("v1", "1x1x1")].count(False) == 1,
}
"""Phrases that count something of the model, and whether they are right."""

PHRASES: Final = {
    r"two (kernels|trees|runs|faults|halves|pages|sides)|the two\b|two things": "a pair by its nature",
    r"two (threads|requests)|region or two|told twice|asked for twice": "how many take part, and how often",
    r"(there|destruction) twice": "mirror and S-EPT, before and after",
    r"ten (to fifteen )?minutes": "the reader's time",
    r"half of|each half|by half|the half that|below half": "a part of a page, of a picture, of a plan, of a class",
    r"third (tree|version|thing)": "an order, not a count",
    r"(ninety|forty-five|next five) minutes|fits forty-five": "the teacher's time",
}
"""Phrases with a number word that count nothing of the model, and what they are."""


def texts(stem: str) -> list[str]:
    return [cell.source for cell in NOTEBOOKS[stem].cells if cell.cell_type == "markdown"]


def strings(stem: str) -> list[str]:
    """Return what the code cells say: the strings in them, without what is computed or is a scenario line."""
    code = (python_of(cell.source) for cell in NOTEBOOKS[stem].cells if cell.cell_type == "code")
    return [text for source in code for text in _strings(ast.parse(source)) if not is_input(text)]


def python_of(cell: str) -> str:
    """Return a cell without its magics; a cell in another language says nothing in Python."""
    return "" if cell.startswith("%%") else re.sub(r"^%.*$", "", cell, flags=re.MULTILINE)


def _strings(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    for name, child in ast.iter_fields(node):
        if name != "format_spec":  # the comma and the digits of a format are not read by anybody
            for one in child if isinstance(child, list) else [child]:
                if isinstance(one, ast.AST):
                    yield from _strings(one)


def is_scenario(text: str) -> bool:
    try:
        Scenario.parse(text)
    except ScenarioError:
        return False
    return True


def is_input(text: str) -> bool:
    return is_scenario(text) or is_scenario(f"tree={text}")


def plan() -> str:
    """Return the teacher's text without its time-table and the mark in it."""
    text = (FOLDER / "TEACHING.md").read_text().replace("**45**", "")
    return "\n".join(line for line in text.splitlines() if not line.startswith("|"))


def without_names(text: str) -> str:
    """Take scenario lines in code, and names, out of a text."""
    text = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    text = re.sub(r"`([^`]*)`", lambda m: "" if is_code(m[1]) else m[0], text)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    return re.sub("|".join(NAMES), "", text)


def is_code(span: str) -> bool:
    """Say whether a span in backquotes is a name, a call or a scenario line: it is, unless it is a mere number."""
    parts = [part for part in re.split(r"[ ,|]+", span) if not is_scenario(part)]
    return not any(re.fullmatch(r"[^A-Za-z]*\d[^A-Za-z]*", part) for part in parts)


def typed_numbers(text: str) -> list[str]:
    plain = without_names(text)
    digits = re.findall(r"[^\s]*\d[^\s]*", plain)
    words = re.sub("|".join([*COUNTED, *PHRASES]), "", plain, flags=re.IGNORECASE)
    return digits + re.findall(rf"\b(?:{WORDS})\b|{COUNTING_ONE}", words, re.IGNORECASE)


@pytest.mark.parametrize("stem", NOTEBOOKS)
def test_no_number_is_typed_into_prose(stem: str) -> None:
    assert [(number, text[:60]) for text in texts(stem) for number in typed_numbers(text)] == []


@pytest.mark.parametrize("stem", NOTEBOOKS)
def test_no_number_is_typed_into_what_code_cells_say(stem: str) -> None:
    assert [(number, text[:60]) for text in strings(stem) for number in typed_numbers(text)] == []


@pytest.mark.parametrize("text", [plan(), NOTE, *TEXT.values()], ids=["plan", "note", *TEXT])
def test_no_number_is_typed_into_plan_and_handout(text: str) -> None:
    assert typed_numbers(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "It prints 2 traces.",
        "It prints two traces.",
        "`18` pages",
        "a loss of 4.1 MiB",
        "Twice as many",
        "514 tables",
        "It prints one.",
        "It leaves only one trace.",
        "from `2 -> 1`",
        "in 52/79 of them",
        "prints one, as before",
    ],
)
def test_typed_numbers_are_found(text: str) -> None:
    assert typed_numbers(text)


@pytest.mark.parametrize(
    "text",
    ["`v1` and 16/17", "on 8 April 2026", "`fail=L1@0x200`", "S-EPT L1 gfn=0x200", "the two kernels", "TDX_BUG_ON_3"],
)
def test_names_and_dates_are_let_through(text: str) -> None:
    assert typed_numbers(text) == []


def test_strings_of_code_are_found_without_their_formats() -> None:
    said = list(_strings(ast.parse("say(f'{n:,.1f} of 3 pages'); run('v1', 'tree=1x1x3')")))
    assert said == [" of 3 pages", "v1", "tree=1x1x3"]


@pytest.mark.parametrize("phrase", COUNTED)
def test_counting_phrases_are_right_and_used(phrase: str) -> None:
    assert COUNTED[phrase]()
    assert any(phrase in text.lower() for stem in NOTEBOOKS for text in texts(stem))


@pytest.mark.parametrize("stem", NOTEBOOKS)
def test_questions_take_their_numbers_from_the_model(stem: str) -> None:
    # a question whose answer is a number must not be answered by the prose around it
    for key in (key for key in QUESTIONS if key[:2] == stem[:2]):
        asked = question(key)
        if isinstance(asked.answer, int) and asked.answer > 9:
            assert not [text for text in texts(stem) if re.search(rf"\b{asked.answer}\b", text)]
