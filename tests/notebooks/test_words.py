"""A word of the course is explained where it first stands, in bold, and each thing has one word."""

import re
from pathlib import Path
from typing import Any, Final

import nbformat
import pytest

from kvmviz.course.words import EXPLAINED
from kvmviz.terms.glossary import explain

PATHS: Final = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
NOTEBOOKS: Final = {path.stem[:2]: nbformat.read(path, as_version=4).cells for path in PATHS}

PLACES: Final = [(number, word) for number, words in EXPLAINED.items() for word in words]

IN_ITALICS: Final = {
    "00": ("host", "teardown", "revision", "Generic code", "TDX code", "page table", "page allocator", "status",
           "model", "recorded runs", "event"),
    "01": ("pointer", "table page", "macro", "stack", "registers", "top function", "NULL"),
    "02": ("private memory", "walks", "frozen", "mapped"),
    "03": ("caches", "flushed", "translate", "partial write", "machine check", "the quiet way"),
    "04": ("diff", "statement", "arises", "broken", "header", "MMU code", "queued", "Linux tree"),
    "05": ("note", "compiler"),
    "06": ("merged", "commits", "rebase", "peak", "puzzles"),
    "07": ("claims", "the sample", "burst"),
    "08": ("counterexample",),
    "09": ("Dangerous",),
    "10": ("seed", "firmware", "boot line", "cgroup", "cache line", "strip", "seats"),
    "11": ("race", "maintainers", "thread", "design", "rounds"),
}  # fmt: skip
"""Words that no glossary needs, by the notebook that explains them in passing, in italics."""

PATTERNS: Final = {
    "op": r"\bthe op\b",
    "before": r"`before`|\*\*before\*\*|\bunder before\b",
    "root": r"\broot\b(?! of)",
    "level": r"\blevels?\b(?! of)",
    "phase": r"\bphases?\b",
    "leak": r"\bleak(s|ed)?\b",
    "trace": r"\btraces?\b",
    "package": r"\bpackages?\b",
    "landed": r"`landed`|\bunder landed\b",
    "quick": r"\*quick\*|`quick`|quick space|space quick",
    "silent": r"\bsilent\b",
    "reclaim": r"\breclaim(ed)?\b",
    "v1": r"\bv1\b(?!\+)",
    "scenario": r"\bscenarios?\b",
    "sp": r"(?<![-\w`])`sp`|\bsp->|\bthe sp\b",
    "spt": r"(?<!external_)\bspt\b(?! in)",
    "external_spt": r"\bexternal_spt\b",
    "mirror": r"\bmirror\b",
    "control page": r"\bcontrol pages?\b",
    "error line": r"\berror lines?\b",
    "EPT": r"(?<!S-)\bEPT\b",
    "TDH": r"\bTDH\b(?![._])",
}
"""How a word is found where it is not the word itself, with nothing of a name around it."""

ALSO: Final = ("key id", "KeyID", "splat", "stack trace", "hkid", "given up")
"""Other words for a thing that has one, which the notebooks' own text does not use; `hkid=` is a scenario's key."""


def pattern(word: str) -> re.Pattern[str]:
    return re.compile(PATTERNS.get(word, rf"(?<![\w-]){re.escape(word)}(?![\w-])"))


def own_text(cell: Any) -> str:
    """Return the text of a cell that is read as prose: Markdown, and the words of a question."""
    if cell.cell_type == "markdown":
        return re.sub(r"\]\([^)]*\)|\]\(|`kvmviz [^`]*`", "", str(cell.source))
    said = [str(output.get("data", {}).get("text/html", "")) for output in cell.get("outputs", [])]
    return re.sub(r"<[^>]*>", " ", " ".join(said)) if cell.source.startswith("ask(") else ""


def shown(cell: Any) -> str:
    """Return prose, and the tables that a cell shows."""
    stored = [str(output.get("data", {}).get("text/markdown", "")) for output in cell.get("outputs", [])]
    return "" if cell.source.startswith("glossary(") else own_text(cell) + " ".join(stored)


def marked(text: str, word: str) -> re.Match[str] | None:
    return re.search(rf"\*\*`?(?:the )?{re.escape(word)}`?s?\*\*", text)


@pytest.mark.parametrize(("number", "word"), PLACES, ids=[f"{n}: {word}" for n, word in PLACES])
def test_a_word_is_explained_where_it_first_stands(number: str, word: str) -> None:
    earlier = [cell for n, cells in NOTEBOOKS.items() if n < number for cell in cells]
    assert [cell.id for cell in earlier if pattern(word).search(shown(cell))] == []
    cells = NOTEBOOKS[number]
    place = next((n for n, cell in enumerate(cells) if marked(own_text(cell), word)), None)
    assert place is not None, "it is nowhere in bold"
    assert [cell.id for cell in cells[:place] if pattern(word).search(own_text(cell))] == []
    explained = marked(text := own_text(cells[place]), word)
    first = pattern(word).search(text)
    assert explained and first
    assert text[: first.start()].count("\n\n") >= text[: explained.start()].count("\n\n")  # in one paragraph


@pytest.mark.parametrize(("number", "word"), [(number, word) for number in IN_ITALICS for word in IN_ITALICS[number]])
def test_a_word_in_italics_stands_nowhere_before(number: str, word: str) -> None:
    alone = re.compile(rf"(?<![\w`=./_(-]){word}(?![\w`=])", re.IGNORECASE)
    first = next((n, cell) for n, cells in NOTEBOOKS.items() for cell in cells if alone.search(shown(cell)))
    assert first[0] == number
    assert re.search(rf"\*{word}\*", shown(first[1]), re.IGNORECASE)


def test_every_word_is_in_the_glossary_and_once_in_the_course() -> None:
    words = [word for _, word in PLACES]
    assert len(words) == len(set(words))
    assert all(explain(word).startswith(f"{word}: ") for word in words)


@pytest.mark.parametrize("number", NOTEBOOKS)
def test_a_thing_has_one_word(number: str) -> None:
    text = "\n".join(own_text(cell) for cell in NOTEBOOKS[number])
    text = re.sub(r"`[^`]*`|hkid\s*=|elsewhere you will also read KeyID", "", text)
    assert [word for word in ALSO if re.search(rf"\b{word}\b", text)] == []


def test_abbreviations_are_explained_or_are_names() -> None:
    """Words in capitals that no notebook explains: names of the kernel, of answers, of firms, or plain English."""
    known = {word for _, word in PLACES}
    said = "\n".join(own_text(cell) for cells in NOTEBOOKS.values() for cell in cells)
    text = re.sub(r"```.*?```|`[^`]*`", "", said, flags=re.DOTALL)
    found = set(re.findall(r"\b[A-Z][A-Z0-9-]{2,}\b", text)) - known - {"MMU"}  # *MMU code* is explained in 04
    assert found <= {
        "KVM", "NULL", "TDX", "RECLAIM", "FREEID", "SUCCESS", "JSON", "PAGE", "ADD", "CPU", "REMOVE", "WARNING",
    }  # fmt: skip
