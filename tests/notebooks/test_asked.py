"""Nothing is answered before it is asked, and options do not give themselves away.

What a question is about, as scenario lines, must not have been run by an earlier cell of the course; what it
answers must not stand there either, where it is more than a small number or a name that stands everywhere.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any, Final

import nbformat
import pytest

from kvmviz.check.cases import CASES
from kvmviz.course.questions import QUESTIONS, question
from kvmviz.course.questions.n05_what_the_log_says import log_of
from kvmviz.draw.figures_log import failing
from kvmviz.scenario import Scenario, ScenarioError

PATHS: Final = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
CELLS: Final[list[tuple[str, Any]]] = [(p.stem, c) for p in PATHS for c in nbformat.read(p, as_version=4).cells]

DRAWN: Final = {
    "noise()": [failing(n) for n in range(17)],
    "second_td(": [f"tree=1x1x8 fail=all boot=second:{n}s" for n in range(13)],
    "waiting()": ["tree=1x1x16"],
}
"""What figures run whose scenarios stand nowhere as lines."""

NAMES: Final = {
    "00-refusal": "a status, which is chosen in the explorer and read off its sentence",
    "03-upper-first": "a status, listed among the explorer's choices",
    "03-two-traces": "a cause, all of which have to be named before one of them can be chosen",
}
"""Questions whose answer is a name that has to have stood there: which one it is has to be reasoned."""


def canonical(line: str) -> str | None:
    """Return a scenario line as `Scenario` writes it, None for what is none; a link's own keys are dropped."""
    try:
        return str(Scenario.parse(re.sub(r"\b(?:step|revisions)=\S+", "", line).strip()))
    except ScenarioError:
        return None


def text_of(cell: Any) -> str:
    """Return all that a reader sees of a cell: what is written, what is stored, and no folded answers."""
    shown = [cell.source]
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        shown += [output.get("text", ""), *(str(data.get(kind, "")) for kind in ("text/plain", "text/markdown"))]
        shown += [re.sub(r"<[^>]*>", " ", str(data.get(kind, ""))) for kind in ("image/svg+xml",)]
    return "\n".join(shown)


def scenarios_in(cell: Any) -> set[str]:
    text = text_of(cell)
    found = re.findall(r"(?:(?:tree|hkid|fail|boot|leaves|zap|panic|vcpus|status)=\S+?(?:[ \n]|(?=[`'\")|])|$))+", text)
    lines = {canonical(line.strip(" \n.,;")) for line in found}
    lines |= {canonical(line) for call, runs in DRAWN.items() if call in cell.source for line in runs}
    return {line for line in lines if line}


@cache
def before(key: str) -> tuple[int, str]:
    """Return how many cells stand before a question, and all their text."""
    at = next(n for n, (_, cell) in enumerate(CELLS) if cell.source == f'ask("{key}")')
    return at, "\n".join(text_of(cell) for _, cell in CELLS[:at])


ABOUT: Final = [key for key in QUESTIONS if question(key).about]
WORDED: Final = [key for key in QUESTIONS if question(key).choices and key not in NAMES]


@pytest.mark.parametrize("key", ABOUT)
def test_what_it_is_about_was_not_shown_before(key: str) -> None:
    at, _ = before(key)
    about = {canonical(line) for line in question(key).about}
    assert None not in about
    shown = {CELLS[n][1].id: lines & about for n in range(at) if (lines := scenarios_in(CELLS[n][1])) & about}
    assert shown == {}


@pytest.mark.parametrize("key", QUESTIONS)
def test_its_answer_does_not_stand_above_it(key: str) -> None:
    _, text = before(key)
    asked = question(key)
    if key in WORDED:
        assert str(asked.answer).lower() not in text.lower()
    elif isinstance(asked.answer, int) and asked.answer > 20:
        assert not re.search(rf"(?<![\w,.]){asked.answer:,}(?![\w,])|(?<![\w,.]){asked.answer}(?![\w,])", text)


TELLS: Final = {
    "01-leaks": r"same pages leak|(?:both )?lose the same|counts? another page as the TD's",
    "01-not-silent": r"(?:was there|is printed) (?:all along|before the patch|by both)|took one away|is not new",
    "02-refused-add": r"takes? its own entry back|the mirror says that the page is there",
    "03-upper-first": r"in any order|does not mind in which order|L2 table's page: \*\*SUCCESS",
    "03-guest-late": r"guest page: \*\*LIFECYCLE|only while the TD has its key|needs? the key",
    "03-fourth-in-order": r"`?L2@0x0`?, `?L1@0x8000000|first L2 table came before",
    "03-two-traces": r"after a failed write-back|`cache-wb-error` \| 2|freeing is refused in its turn",
    "04-file-of": r"every kind of processor|virt/kvm/kvm_main\.c",
    "05-log-a": r"vCPU page and (?:later )?a table page (?:were|was)|tdx_vcpu_free",
    "05-log-b": r"one place, for vCPU pages|only a trace names",
    "05-panic-second": r"no TD loses pages after another|saves no host|first TD that loses a page, of whatever kind",
    "06-same-end": r"leaks, and the state at the end|the end is the same|waits for the whole queue",
    "06-clear-always": r"no longer (?:looks at|does)|there the line is a precaution",
    "07-covered": r"almost always right|782|any word in the log will do",
    "08-puzzle-a": r"line that sets external_spt to NULL|without the line, the RCU callback",
    "08-puzzle-c": r"KVM_BUG_ON that looks whether|first check is the clearer",
    "08-puzzle-d": r"free it where it came back|free_page, where the page",
    "10-highest-level": r"does not depend on the guest|whatever the size|is asked for before it",
    "10-keys": r"costs \*\*\d+\*\* MiB|keys run out long before",
    "11-what-the-log-says": r"none speaks of|as without pairs",
    "11-once-refused": r"phantom|counted and is not there|counted who is not there|nobody is told",
    "11-in-the-callback": r"cannot run before the callback|interrupts could be kept off",
    "11-whose-page": r"give a page: *MISSING|other counts and goes on",
    "11-what-breaks-first": r"removed_once is broken|REMOVE is never asked for|both have waited for the lock",
}
"""What would tell which option is right, by question: it must stand somewhere, but nowhere above the question."""

WORDS: Final = ["" if cell.source.startswith("glossary(") else text_of(cell) for _, cell in CELLS]
"""What every cell of the course shows, but for the glossary, which is not to be read before."""

NAMED: Final = re.compile(
    r"`[^`]*`|\]\([^)]*\)|#\w+|0x[0-9a-f]+|\b\d+(?:x\d+)+\b|\bL\d\b|\bv\d(?:\+\d+)?|\b\d\d[-/]\S+|\b\d+ \w+ 2026|"
    r"\w+\[\d\]|TDCS \d|[A-Z_]+_\d|(?:fail|tree|hkid|boot|step)\S*"
)
"""Digits that count nothing."""

ELSEWHERE: Final = {"08-healthy": "1: the picture counts its traces and pages; a number of versions is asked for"}
"""Numbers that stand just above for something else."""


def counted(cell: Any) -> str:
    """Return the numbers that a reader sees as such: prose, shown tables, captions of pictures."""
    shown = [cell.source if cell.cell_type == "markdown" else ""]
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        shown += [output.get("text", ""), str(data.get("text/markdown", ""))]
        shown += re.findall(r'alt="([^"]*)"', str(data.get("text/html", "")))
        shown += re.findall(r'<text [^>]*x="14"[^>]*>([^<]*)', str(data.get("image/svg+xml", "")))
    return NAMED.sub(" ", re.sub(r"```.*?```", "", "\n".join(shown), flags=re.DOTALL))


@pytest.mark.parametrize("key", [k for k in QUESTIONS if isinstance(question(k).answer, int)])
def test_its_number_is_in_neither_of_the_two_cells_above(key: str) -> None:
    at, _ = before(key)
    here = [c for stem, c in CELLS[:at] if stem == CELLS[at][0] and not c.source.startswith("ask(")]
    text = "\n".join(counted(cell) for cell in here[-2:])
    found = re.findall(rf"(?<![\w.,]){question(key).answer:,}(?![\w,]|\.\d)", text)
    assert bool(found) == (key in ELSEWHERE)


def test_every_question_with_options_says_what_would_tell() -> None:
    assert set(TELLS) == {key for key in QUESTIONS if question(key).choices}


@pytest.mark.parametrize("key", TELLS)
def test_what_would_tell_stands_below_the_question_alone(key: str) -> None:
    at, _ = before(key)
    asked, told = question(key), re.compile(TELLS[key], re.IGNORECASE)
    assert [CELLS[n][1].id for n in range(at) if told.search(WORDS[n])] == []
    assert told.search("\n".join([asked.why, *WORDS[at + 1 :]]))


def test_a_number_and_a_caption_just_above_are_found() -> None:
    cell = next(c for _, c in CELLS if c.id == "08-01")
    assert re.search(r"\b1 trace, 1 error line, 0 leaked", counted(cell))
    assert "2 traces" not in counted(cell)
    assert NAMED.sub("", "L1@0x200 of 1x1x3, on 27 March 2026") == "@ of , on "


def test_every_small_number_rests_on_something_new() -> None:
    """A number of one digit stands everywhere, so what it is about has to be new, or it is asked of no run at all."""
    bare = [k for k in QUESTIONS if isinstance(question(k).answer, int) and not question(k).about]
    assert bare == ["00-first-warning", "04-value-of-once", "07-sample", "07-muted-cause"]


def test_a_shown_scenario_is_found() -> None:
    found = set().union(*(scenarios_in(cell) for stem, cell in CELLS if stem.startswith("01")))
    assert {"tree=1x1x3 fail=L1@0x200", "tree=1x1x3"} & found
    assert canonical("fail=L1@0x200 step=3 revisions=before,v1") == "tree=1x1x3 fail=L1@0x200"
    assert canonical("hello") is None
    assert CASES


@pytest.mark.parametrize("key", [key for key in QUESTIONS if question(key).choices])
def test_options_do_not_give_themselves_away(key: str) -> None:
    asked = question(key)
    lengths = sorted(len(choice) for choice in asked.choices)
    assert len(str(asked.answer)) < lengths[-1] or lengths[-1] <= 1.25 * lengths[-2]
    given = r", (for|since|by|which|where|that)\b|: |\bbecause\b"
    reasons = [bool(re.search(given, choice)) for choice in asked.choices]
    alone = reasons[asked.choices.index(str(asked.answer))] and sum(reasons) == 1
    assert not alone


def test_the_right_option_stands_in_every_place() -> None:
    places = [q.choices.index(str(q.answer)) for q in map(question, QUESTIONS) if q.choices]
    assert all(places.count(n) / len(places) < 0.6 for n in range(3))
    assert {0, 1, 2} <= set(places)


def test_puzzles_have_options_of_their_own() -> None:
    lists = [question(key).choices for key in QUESTIONS if "puzzle" in key]
    assert len(lists) == 3
    assert all(not set(a) & set(b) for i, a in enumerate(lists) for b in lists[:i])


def test_logs_of_questions_are_the_models() -> None:
    assert [question(f"05-log-{letter}").log for letter in "ab"] == [log_of("a"), log_of("b")]
    for asked in map(question, ("05-log-a", "05-log-b", "10-log")):
        html = next(c for _, c in CELLS if c.source == f'ask("{asked.key}")').outputs[0].data["text/html"]
        assert "SEAMCALL" in html
