"""Runs, taken apart, as the tables of `wire`, in which nothing stands twice.

>>> from kvmviz.record.runs import run
>>> found = Collected()
>>> runs = [[found.add(run(name, "fail=L1@0x200"))] for name in ("before", "v1")]
>>> tables = Encoder(found, ["before", "v1"], runs, Sources()).tables()
>>> tables["at"], tables["behaviours"]
([0], [(0, 1)])
"""

import zlib
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from kvmviz.draw.elements import FIRST
from kvmviz.draw.shelves import Shown
from kvmviz.explorer.align import Aligner
from kvmviz.explorer.atoms import THIS, Asked, Atom, Writer, slot_of
from kvmviz.explorer.code import pair_of, slot
from kvmviz.explorer.collected import Collected, Outcome
from kvmviz.explorer.log import absent_because
from kvmviz.explorer.payload import cause_table, choices, element_of, named_cases, single_of, state_table
from kvmviz.explorer.phrases import PHRASES
from kvmviz.explorer.table import Table
from kvmviz.explorer.wire import Answer, Common, Tables
from kvmviz.record.runs import Run
from kvmviz.record.sources import Source, source
from kvmviz.terms.phases import PARTS


class Sources:
    """The functions that stood in call chains, numbered as they came: those who know some need not be told again.

    Steps are remembered here too with their words, as most of a run are those of the one before.
    """

    MOST_ATOMS = 5_000
    """So many steps are remembered, at most some 25 MB; then all are forgotten."""

    def __init__(self) -> None:
        self.known: list[tuple[str, Source]] = []
        self.numbers: dict[str, int] = {}
        self._writer = Writer()

    @property
    def writer(self) -> Writer:
        """Who writes a run's steps down, and knows those of the runs before."""
        if len(self._writer) > self.MOST_ATOMS:
            self._writer = Writer()
        return self._writer

    def number(self, key: str) -> int:
        """Return the number of what a `Location.source` names."""
        if key not in self.numbers:
            self.numbers[key] = len(self.known)
            self.known.append((key, source(key)))
        return self.numbers[key]

    def of(self, name: str) -> list[int]:
        """Return the numbers of the functions that are paired under this name."""
        return [n for n, (_, one) in enumerate(self.known) if slot(one.function) == name]

    @property
    def key(self) -> str:
        """What tells these functions from others."""
        return f"{zlib.crc32(repr(self.known).encode()):08x}"

    def common(self) -> Common:
        """Return them as the browser gets them, with every two of a name aligned, and the words of every view."""
        return {
            "key": self.key, "functions": [self._function(*one) for one in self.known], "lines": self._lines(),
            "labels": PARTS, "cases": named_cases(), "causes": cause_table(), "table": state_table(),
            "phrases": PHRASES, "firsts": FIRST,
        }  # fmt: skip

    @staticmethod
    def _function(key: str, one: Source) -> list[object]:
        c = [[one.module, one.first_line]] if one.language == "C" else []
        return [key, slot(one.function), one.function, one.file, one.text.split("\n"), *c]

    def _lines(self) -> dict[str, list[list[int]]]:
        """Return the aligned lines of every two functions of the same name, and of each alone."""
        found: dict[str, list[list[int]]] = {}
        for name in dict.fromkeys(slot(one.function) for _, one in self.known):
            numbers = self.of(name)
            for a in (None, *numbers):
                for b in (None, *numbers):
                    if a is not None or b is not None:
                        found[f"{a} {b}"] = self._aligned(a, b, True)
                if a is not None:
                    found[f"{a}"] = self._aligned(a, None, False)
        return found

    def _aligned(self, a: int | None, b: int | None, both: bool) -> list[list[int]]:
        """Return each line as number, number, same; -1 stands for a side that lacks it."""
        left, right = (None if n is None else self.known[n][1] for n in (a, b))
        lines = pair_of(left, right, both)["lines"]
        return [[-1 if x is None else x, -1 if y is None else y, int(same)] for x, y, same in lines]


class Encoder:
    """Writes down what was collected; `at` has for each revision the number of its run of each scenario."""

    def __init__(
        self, found: Collected, revisions: Sequence[str], at: Iterable[Sequence[int]], sources: Sources
    ) -> None:
        self.found, self.revisions, self.sources = found, list(revisions), sources
        self.behaviours = Table()
        """What all revisions do with a scenario, as the numbers of their runs; most scenarios share theirs."""
        self.at = [self.behaviours(runs) for runs in zip(*at, strict=True)]
        self.strings, self.names, self.states, self.places, self.chains = Table(), Table(), Table(), Table(), Table()
        self.segments, self.chunks, self.words = Table(), Table(), Table()
        self.known: dict[Any, int] = {}

    def tables(self, pairs: Iterable[tuple[int, int]] = ((0, 1),)) -> Tables:
        """Return the tables; `pairs` of revisions are aligned."""
        outcomes = Table()
        ends = [outcomes((*self._said(one), *map(self.names, one.lost))) for one in self.found.runs]
        runs = [[self.segments(segment) for segment in one.segments] for one in self.found.runs]
        atoms = [self._atom(atom) for atom in self.found.atoms]
        segments = [self._chunked(segment) for segment in self.segments.things]
        return {
            "revisions": self.revisions, "at": self.at, "behaviours": self.behaviours.things,
            "runs": [[*run, end] for run, end in zip(runs, ends, strict=True)], "outcomes": outcomes.things,
            "aligned": self._aligned(runs, pairs), "alignments": self.words.things,
            "segments": segments, "chunks": self.chunks.things, "atoms": atoms,
            "strings": self.strings.things, "elements": [*map(element_of, self.names.things)],
            "states": self.states.things, "places": self.places.things, "chains": self.chains.things,
            "absent": self._absent(),
        }  # fmt: skip

    def rows(self, tables: Tables) -> int:
        """Return how many rows the first scenario has, in which the first two runs stand side by side, or one alone."""
        segments = self.found.runs[self.behaviours.things[0][0]].segments
        words = [phase[0] for phase in tables["aligned"].get("0 1", ())] or [0] * len(segments)
        return sum(
            sum(int(part[1:]) for part in self.words.things[word].split()) if word else len(segment)
            for word, segment in zip(words, segments, strict=True)
        )

    def _atom(self, atom: Atom) -> list[Any]:
        v, text = atom.value, self.strings
        changes = [n for name, state in v["changes"] for n in (self.names(name), self.states(state))]
        logged = [text(word) for word in v["logged"]] if v["logged"] else 0
        held = [text(word) for word in v["held"]] if v["held"] else 0
        asked = {key: word for key, word in v.items() if word and key in Asked.__annotations__}
        said = v["phase"], v["kind"], v["text"], v["means"], v["lacks"], v["who"], v["does"], v["rests"]
        return [
            *map(text, said), *map(text, v["event"]),
            text(v["mark"]), -1 if v["about"] is None else self.names(v["about"]), text(v["episode"]), changes,
            self._chain(v["chain"]),
            list(v["counted"]), logged, held, -1 if v["bugged"] is None else text(v["bugged"]),
            -1 if v["site"] is None else text(v["site"]), int(v["printed"]), asked,
        ]  # fmt: skip

    def _chain(self, chain: tuple[tuple[str, str, str, int], ...]) -> int:
        if chain not in self.known:
            self.known[chain] = self.chains(tuple(self._place(*place) for place in chain))
        return self.known[chain]

    def _place(self, function: str, file: str, key: str, line: int) -> int:
        number = self.sources.number(key)
        return self.places((function, file, number, max(0, line - self.sources.known[number][1].first_line)))

    def _chunked(self, segment: Sequence[int]) -> list[int]:
        """Return a segment as the numbers of its chunks: what happens to one table without a break."""
        groups = groupby(segment, key=lambda n: self.found.atoms[n].value["episode"])
        return [self.chunks(tuple(group)) for _, group in groups]

    def _aligned(self, runs: Sequence[Sequence[int]], pairs: Iterable[tuple[int, int]]) -> dict[str, list[list[int]]]:
        """Return for each two revisions, phase and behaviour the number of the alignment; 0: all rows are the same."""
        self.words("")
        aligner = Aligner(self.found.atoms, self.segments.things)
        phases = range(len(runs[0]))
        return {
            f"{a} {b}": [
                [self._word(aligner, runs[n[a]][p], runs[n[b]][p]) for n in self.behaviours.things] for p in phases
            ]
            for a, b in pairs
        }

    def _word(self, aligner: Aligner, a: int, b: int) -> int:
        return 0 if a == b else self.words(aligner.word(a, b))

    def _said(self, one: Outcome) -> list[int]:
        return [self.strings(word) if isinstance(word, str) else int(word) for word in one.words]

    def _absent(self) -> dict[str, dict[str, str]]:
        """Return for each site and function that could stand there why nothing is said."""
        sites = sorted({a.value["site"] for a in self.found.atoms if a.value["site"]})
        return {
            site: {str(n): self._why_absent(n, site) for n in (None, *self.sources.of(slot_of(site)))} for site in sites
        }

    def _why_absent(self, number: int | None, site: str) -> str:
        return absent_because(THIS, site, None if number is None else self.sources.known[number][1].text)


def answer_of(runs: Sequence[Run], tree: Shown, sources: Sources, own: Sequence[str] = ()) -> Answer:
    """Return what a widget sends of one or two runs of a scenario; `own` are a reader's revisions, to choose from."""
    found, scenario, names = Collected(writer=sources.writer), runs[0].scenario, [run.revision for run in runs]
    encoder = Encoder(found, names, [[found.add(run)] for run in runs], sources)
    tables = encoder.tables([(0, 1)] if len(runs) == 2 else ())
    single = single_of(scenario, tree)
    return {
        **tables, "single": [single], "choices": choices([*names, *own]), "scenario": str(scenario),
        "rows": encoder.rows(tables), "skeleton": single[3], "common": sources.key,
        "answer": "", "problem": "",
    }  # fmt: skip
