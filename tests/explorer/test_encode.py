"""The tables that are sent, read back by a second reader: they lead to the runs' own steps, words and lines."""

import ast
import itertools
from typing import Any

import pytest

from kvmviz.compare.align import Aligned
from kvmviz.explorer.atoms import Writer
from kvmviz.explorer.collected import Collected
from kvmviz.explorer.encode import Encoder, Sources, answer_of
from kvmviz.explorer.wire import Tables
from kvmviz.record.runs import Run, run
from kvmviz.scenario.tree import Tree
from kvmviz.terms.phases import PHASES

LINES = ["fail=L1@0x200", "fail=none", "hkid=flushvp-not-done fail=all"]
NAMES = ["before", "v1", "landed"]
RUNS = {(name, line): run(name, line) for name in NAMES for line in LINES}


def encoded() -> tuple[Tables, Sources]:
    found, sources = Collected(), Sources()
    at = [[found.add(RUNS[name, line]) for line in LINES] for name in NAMES]
    return Encoder(found, NAMES, at, sources).tables([(0, 1), (1, 2)]), sources


TABLES, SOURCES = encoded()
SPOKEN = ("phase", "kind", "text", "means", "lacks", "who", "does", "rests")


def atoms_of(name: str, line: str) -> list[list[Any]]:
    """The rows of a run's steps, phase after phase."""
    behaviour = TABLES["behaviours"][TABLES["at"][LINES.index(line)]]
    *segments, _ = TABLES["runs"][behaviour[NAMES.index(name)]]
    assert len(segments) == len(PHASES)
    chunks = [chunk for segment in segments for chunk in TABLES["segments"][segment]]
    return [TABLES["atoms"][n] for chunk in chunks for n in TABLES["chunks"][chunk]]


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("name", NAMES)
def test_every_step_is_read_back_as_it_was_written(name: str, line: str) -> None:
    strings, states = TABLES["strings"], TABLES["states"]
    names = [name for name, *_ in TABLES["elements"]]
    written = Writer().atoms(RUNS[name, line])
    for atom, row in zip(written, atoms_of(name, line), strict=True):
        v: Any = atom.value
        assert [strings[n] for n in row[:10]] == [*(v[key] for key in SPOKEN), *v["event"]]
        mark, about, episode, moved, chain, counted, logged, held, bugged, site, printed, asked = row[10:]
        assert (strings[mark], strings[episode], tuple(counted)) == (v["mark"], v["episode"], v["counted"])
        assert (None if about == -1 else names[about]) == v["about"]
        pairs = zip(moved[::2], moved[1::2], strict=True)
        assert tuple((names[a], states[b]) for a, b in pairs) == v["changes"]
        assert (tuple(strings[n] for n in logged) if logged else None) == v["logged"]
        assert (tuple(strings[n] for n in held) if held else None) == v["held"]
        assert (None if bugged == -1 else strings[bugged]) == v.get("bugged")
        assert (None if site == -1 else strings[site]) == v["site"]
        assert bool(printed) == v["printed"]
        assert asked == {key: v[key] for key in ("page", "twin", "how", "by", "call", "short") if v.get(key)}
        where = [TABLES["places"][n] for n in TABLES["chains"][chain]]
        for (function, file, number, offset), (its, path, key, at) in zip(where, v["chain"], strict=True):
            known, source = SOURCES.known[number]
            assert (function, file, known) == (its, path, key)
            assert offset == max(0, at - source.first_line)


@pytest.mark.parametrize("pair", [(0, 1), (1, 2)])
@pytest.mark.parametrize("line", LINES)
def test_alignments_read_back_are_the_comparison_s_rows(pair: tuple[int, int], line: str) -> None:
    a, b = (RUNS[NAMES[n], line] for n in pair)
    letters = ""
    behaviour = TABLES["at"][LINES.index(line)]
    for number, phase in enumerate(PHASES):
        word = TABLES["alignments"][TABLES["aligned"][f"{pair[0]} {pair[1]}"][number][behaviour]]
        same = "M" * sum(step.phase == phase for step in a.steps)
        letters += "".join(part[0] * int(part[1:]) for part in word.split()) if word else same
    rows = Aligned(a, b).rows
    assert letters == "".join(
        "A" if row.b is None else "B" if row.a is None else "M" if row.same else "D" for row in rows
    )
    assert set(TABLES["aligned"]) == {"0 1", "1 2"}


def test_what_came_out_is_read_back() -> None:
    for (name, line), result in RUNS.items():
        end = TABLES["runs"][TABLES["behaviours"][TABLES["at"][LINES.index(line)]][NAMES.index(name)]][-1]
        *words, traces, lines, panicked = TABLES["outcomes"][end][:6]
        s = result.summary
        assert (traces, lines, panicked) == (s.traces, s.lines, s.panicked)
        assert all(isinstance(TABLES["strings"][n], str) for n in words)
        assert [TABLES["elements"][n][0] for n in TABLES["outcomes"][end][6:]] == list(s.leaked)


def test_why_a_side_says_nothing_is_there_for_every_site() -> None:
    sites = {
        event.site for result in RUNS.values() for event in (s.event for s in result.steps) if hasattr(event, "site")
    }
    assert set(TABLES["absent"]) == sites
    for site, said in TABLES["absent"].items():
        assert said, site
        assert all(text.endswith(".") and "@1@" in text for text in said.values())


def test_a_chunk_is_what_happens_to_one_table_without_a_break() -> None:
    for segment in TABLES["segments"]:
        told = [{TABLES["atoms"][n][12] for n in TABLES["chunks"][chunk]} for chunk in segment]
        assert all(len(one) == 1 for one in told)
        assert all(a != b for a, b in itertools.pairwise(told))


def shown(text: str) -> list[int]:
    """The lines of a function without its docstring, from 0."""
    (function,) = ast.parse(text).body
    assert isinstance(function, ast.FunctionDef)
    first, told = function.body[0], ast.get_docstring(function) is not None
    left_out = range(first.lineno, (first.end_lineno or 0) + 1) if told else range(0)
    return [n - 1 for n in range(1, len(text.split("\n")) + 1) if n not in left_out]


def test_functions_are_told_once_with_every_two_of_a_name_aligned() -> None:
    common = SOURCES.common()
    assert common["key"] == SOURCES.key
    assert [row[0] for row in common["functions"]] == [key for key, _ in SOURCES.known]
    for number, (row, (_, source)) in enumerate(zip(common["functions"], SOURCES.known, strict=True)):
        assert row[2:5] == [source.function, source.file, source.text.split("\n")] and len(row) == 5
        alike = SOURCES.of(str(row[1]))
        assert number in alike
        alone = common["lines"][f"{number}"]
        assert [a for a, _, _ in alone] == shown(source.text)
        assert all(b == -1 for _, b, _ in alone)
        for other in alike:
            lines = common["lines"][f"{number} {other}"]
            text = [source.text.split("\n"), SOURCES.known[other][1].text.split("\n")]
            assert [x for x, _, _ in lines if x != -1] == shown(source.text)
            assert [y for _, y, _ in lines if y != -1] == shown(SOURCES.known[other][1].text)
            assert all(text[0][x] == text[1][y] for x, y, same in lines if same)
            assert number != other or all(same and x == y for x, y, same in lines)
        assert [y for x, y, _ in common["lines"][f"None {number}"] if x == -1] == [a for a, _, _ in alone]


def test_a_key_changes_with_the_functions_and_words_are_forgotten_when_they_are_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sources = Sources()
    empty, first = sources.key, sources.writer
    assert sources.number(SOURCES.known[0][0]) == sources.number(SOURCES.known[0][0]) == 0
    assert sources.key != empty
    assert sources.writer is first
    atoms = len(first.atoms(RUNS["v1", "fail=none"])) and len(first)
    monkeypatch.setattr(Sources, "MOST_ATOMS", atoms)
    assert sources.writer is first
    monkeypatch.setattr(Sources, "MOST_ATOMS", atoms - 1)
    assert sources.writer is not first


@pytest.mark.parametrize("names", [["v1"], ["before", "v1"]])
def test_an_answer_counts_its_rows_and_offers_own_revisions(names: list[str]) -> None:
    line = "fail=L1@0x200"
    runs: list[Run] = [RUNS[name, line] for name in names]
    found = answer_of(runs, Tree.parse("1x1x3"), Sources(), ["Mine"])
    rows = len(Aligned(*runs).rows) if len(runs) == 2 else len(runs[0].steps)
    assert (found["rows"], found["revisions"], found["scenario"]) == (rows, names, str(runs[0].scenario))
    assert set(found["aligned"]) == ({"0 1"} if len(runs) == 2 else set())
    assert found["choices"]["revision"][-1] == "Mine"
    assert (found["answer"], found["problem"]) == ("", "")
    assert found["skeleton"] == found["single"][0][3]
    assert found["single"][0][0] == found["scenario"]
