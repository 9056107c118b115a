"""Everything that a page carries, as one JSON value in which nothing stands twice, deflated.

The browser's half is `offline_data.js`; where a table refers to another, it holds numbers.
"""

import base64
import json
import zlib
from collections.abc import Hashable, Sequence
from itertools import groupby, permutations
from typing import Any

from tqdm.auto import tqdm

from kvmviz.draw.pen import first_state
from kvmviz.draw.texts import side_words, start_words
from kvmviz.explorer.code import pair_of, slot
from kvmviz.explorer.log import absent_because
from kvmviz.explorer.offline import space
from kvmviz.explorer.offline.align import Aligner
from kvmviz.explorer.offline.atoms import THIS, Atom, slot_of
from kvmviz.explorer.offline.collect import Collected, Outcome, collect_all
from kvmviz.explorer.offline.space import Family
from kvmviz.explorer.payload import choices, failing, named_cases, skeleton_key, skeleton_of, state_table
from kvmviz.record.frames import pages_of
from kvmviz.record.sources import source
from kvmviz.revisions import Revision
from kvmviz.scenario import Scenario
from kvmviz.scenario.link import Link
from kvmviz.terms.phases import PARTS

PART = 120
"""Families that a process gets at once."""


class Table:
    """Numbers things in the order of their first use."""

    def __init__(self) -> None:
        self.numbers: dict[Hashable, int] = {}

    def __call__(self, thing: Hashable) -> int:
        """Return the number of a thing."""
        return self.numbers.setdefault(thing, len(self.numbers))

    @property
    def things(self) -> list[Any]:
        """Everything that was numbered, in order."""
        return list(self.numbers)


def packed(value: Any) -> str:
    """Return a value as JSON, deflated, in base64: the same bytes for the same value."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()


def unpacked(text: str) -> Any:
    """Return the value again.

    >>> unpacked(packed({"a": [1, None]}))
    {'a': [1, None]}
    """
    return json.loads(zlib.decompress(base64.b64decode(text)))


def carried(trees: Sequence[str], revisions: Sequence[type[Revision]], first: Link) -> dict[str, Any]:
    """Return everything that the page of these trees and revisions holds; `first` is what it opens on."""
    single = space.single(trees, pamt=any(one.dynamic_pamt for one in revisions))
    wanted = [*(one for tree in trees for one in space.families(tree)), *(Family(one, alone=True) for one in single)]
    parts = [wanted[n : n + PART] for n in range(0, len(wanted), PART)]
    found = Collected()
    for part in tqdm(collect_all(parts, revisions), "kvmviz export", len(parts), disable=None, leave=False):
        found.merge(part)
    return Encoder(found, [one.name for one in revisions]).page(trees, single, first)


class Encoder:
    """Writes down what was collected."""

    def __init__(self, found: Collected, revisions: Sequence[str]) -> None:
        self.found, self.revisions = found, revisions
        self.behaviours = Table()
        """What all revisions do with a scenario, as the numbers of their runs; most scenarios share theirs."""
        self.at = [self.behaviours(runs) for runs in zip(*(found.at[name] for name in revisions), strict=True)]
        self.strings, self.names, self.states, self.places, self.chains = Table(), Table(), Table(), Table(), Table()
        self.keys = sorted({place[2] for atom in found.atoms for place in atom.value["chain"]})
        self.sources = [source(key) for key in self.keys]
        self.segments, self.chunks, self.words = Table(), Table(), Table()

    def page(self, trees: Sequence[str], single: Sequence[Scenario], first: Link) -> dict[str, Any]:
        """Return the whole value."""
        outcomes = Table()
        ends = [outcomes((*self._said(one), *map(self.names, one.lost))) for one in self.found.runs]
        runs = [[self.segments(segment) for segment in one.segments] for one in self.found.runs]
        atoms = [self._atom(atom) for atom in self.found.atoms]
        segments = [self._chunked(segment) for segment in self.segments.things]
        return {
            "first": first.fragment(), "revisions": self.revisions,
            "dimensions": space.DIMENSIONS, "family": space.FAMILY,
            "trees": {tree: space.pages(tree) for tree in trees},
            "single": [[str(one), one.words(), failing(one)] for one in single],
            "at": self.at, "behaviours": self.behaviours.things,
            "runs": [[*run, end] for run, end in zip(runs, ends, strict=True)],
            "aligned": self._aligned(runs), "alignments": self.words.things,
            "segments": segments, "chunks": self.chunks.things, "atoms": atoms,
            "strings": self.strings.things, "names": self.names.things, "states": self.states.things,
            "places": self.places.things, "chains": self.chains.things,
            "outcomes": outcomes.things,
            "functions": self._functions(), "pairs": self._pairs(), "absent": self._absent(),
            "layouts": self._layouts(trees, single), "waits": side_words(None), "labels": PARTS,
            "cases": named_cases(), "table": state_table(),
            "choices": choices(Scenario.parse(f"tree={trees[0]}"), self.revisions),
        }  # fmt: skip

    def _atom(self, atom: Atom) -> list[Any]:
        v, text = atom.value, self.strings
        changes = [n for name, state in v["changes"] for n in (self.names(name), self.states(state))]
        logged = [text(word) for word in v["logged"]] if v["logged"] else 0
        held = [text(word) for word in v["held"]] if v["held"] else 0
        asked = {key: v[key] for key in ("page", "how", "by", "call", "short") if v.get(key)}
        return [
            *(text(v[key]) for key in ("phase", "kind", "text", "same", "only", "differ", "does", "event", "rests")),
            text(v["mark"]), -1 if v["about"] is None else self.names(v["about"]), text(v["episode"]), changes,
            self.chains(tuple(self._place(*place) for place in v["chain"])),
            list(v["counted"]), logged, held, text(v["bugged"]) if "bugged" in v else -1,
            -1 if v["site"] is None else text(v["site"]), int(v["printed"]), asked,
        ]  # fmt: skip

    def _place(self, function: str, file: str, key: str, line: int) -> int:
        number = self.keys.index(key)
        return self.places((function, file, number, max(0, line - self.sources[number].first_line)))

    def _chunked(self, segment: Sequence[int]) -> list[int]:
        """Return a segment as the numbers of its chunks: what happens to one table without a break."""
        groups = groupby(segment, key=lambda n: self.found.atoms[n].value["episode"])
        return [self.chunks(tuple(group)) for _, group in groups]

    def _aligned(self, runs: Sequence[Sequence[int]]) -> dict[str, list[list[int]]]:
        """Return for each two revisions, phase and behaviour the number of the alignment; 0: all rows are the same."""
        self.words("")
        aligner = Aligner(self.found.atoms, self.segments.things)
        phases = range(len(runs[0]))
        return {
            f"{a} {b}": [
                [self._word(aligner, runs[n[a]][p], runs[n[b]][p]) for n in self.behaviours.things] for p in phases
            ]
            for a, b in permutations(range(len(self.revisions)), 2)
        }

    def _word(self, aligner: Aligner, a: int, b: int) -> int:
        return 0 if a == b else self.words(aligner.word(a, b))

    def _said(self, one: Outcome) -> list[int]:
        return [self.strings(word) if isinstance(word, str) else int(word) for word in one.words]

    def _functions(self) -> list[list[Any]]:
        return [
            [key, slot(one.function), one.function, one.file, one.text.split("\n"),
             *([[one.module, one.first_line]] if one.language == "C" else [])]
            for key, one in zip(self.keys, self.sources, strict=True)
        ]

    def _pairs(self) -> dict[str, list[Any]]:
        """Return the aligned lines of every two functions of the same name, and of each alone."""
        found: dict[str, list[Any]] = {}
        slots: dict[str, list[int]] = {}
        for n, one in enumerate(self.sources):
            slots.setdefault(slot(one.function), []).append(n)
        for numbers in slots.values():
            for a in (None, *numbers):
                for b in (None, *numbers):
                    if a is not None or b is not None:
                        found[f"{a} {b}"] = self._lines(a, b, True)
                found[f"{a}"] = self._lines(a, None, False) if a is not None else []
        return found

    def _lines(self, a: int | None, b: int | None, both: bool) -> list[Any]:
        left, right = (None if n is None else self.sources[n] for n in (a, b))
        return [_short(line) for line in pair_of(left, right, both)["lines"]]

    def _absent(self) -> dict[str, dict[str, str]]:
        """Return for each site and function that could stand there why nothing is said."""
        sites = sorted({a.value["site"] for a in self.found.atoms if a.value["site"]})
        found: dict[str, dict[str, str]] = {}
        for site in sites:
            mine = [n for n, one in enumerate(self.sources) if slot(one.function) == slot_of(site)]
            found[site] = {str(n): self._why_absent(n, site) for n in (None, *mine)}
        return found

    def _why_absent(self, number: int | None, site: str) -> str:
        return absent_because(THIS, site, None if number is None else self.sources[number].text)

    def _layouts(self, trees: Sequence[str], single: Sequence[Scenario]) -> dict[str, Any]:
        """Return by layout the picture, the pages with their first states, and the words at the start."""
        wanted = [*(Scenario.parse(f"tree={tree}") for tree in trees), *single]
        found: dict[str, Any] = {}
        for one in wanted:
            if skeleton_key(one) not in found:
                pages = [page.name for page in pages_of(one)]
                found[skeleton_key(one)] = {
                    "skeleton": skeleton_of(one),
                    "pages": pages,
                    "initial": [first_state(page) for page in pages],
                    "starts": _starts(one),
                }
        return found


def _starts(scenario: Scenario) -> list[str]:
    """Return what is said before the first step: of a key that stays, of pages that fail, of no fault."""
    pages = scenario.tree.count
    return [start_words(pages, hkid, fail) for hkid, fail in ((THIS, ""), ("released", THIS), ("released", ""))]


def _short(line: Sequence[Any]) -> Any:
    """Return a line as number, number, same; -1 stands for a side that lacks it."""
    a, b, same = line
    return [-1 if a is None else a, -1 if b is None else b, int(same)]
