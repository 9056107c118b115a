"""Which reclaims fail: the value of the scenario's key `fail`.

>>> str(Fail.parse("L1@0x200,L2@0x0,TDR", Tree.parse("1x1x3"), vcpus=1))
'L2@0x0,L1@0x200,TDR'

A failing reclaim is injected ahead of the TDX module's own checks and changes
nothing in its books.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

from kvmviz.scenario.names import TDCS_PAGES, TDCX_PAGES, PageName, gfn_step, sept_name
from kvmviz.scenario.tree import Tree

_PAGE: Final = r"L([1-9])@0[xX]([0-9a-fA-F]{1,16})(?:-0[xX]([0-9a-fA-F]{1,16}))?"
_RATE: Final = r"rate:(0|[1-9][0-9]{0,8})/([1-9][0-9]{0,8}):([A-Za-z0-9._+-]{1,64})"
_CONTROL: Final = r"TDR|(TDVPR|TDCS)\[(0|[1-9][0-9]?)\]|TDCX\[(0|[1-9][0-9]?)\]\[([0-9])\]"


class Range(NamedTuple):
    """S-EPT pages of one level from `first` to `last` gfn, inclusive; `key` sorts outermost first."""

    key: int
    first: int
    last: int

    @property
    def level(self) -> int:
        """Level of the tables that these pages belong to."""
        return -self.key

    def __str__(self) -> str:
        head = f"L{self.level}@{self.first:#x}"
        return head if self.first == self.last else f"{head}-{self.last:#x}"


class Rate(NamedTuple):
    """Each S-EPT page whose SHA-256 of "seed:page name", modulo `out_of`, is below `hits`."""

    hits: int
    out_of: int
    seed: str

    def __str__(self) -> str:
        return f"rate:{self.hits}/{self.out_of}:{self.seed}"

    def selects(self, level: int, gfn: int) -> bool:
        """Say whether the rate hits the S-EPT page at `level` and `gfn`."""
        from hashlib import sha256

        digest = sha256(f"{self.seed}:{sept_name.__wrapped__(level, gfn)}".encode()).digest()
        return int.from_bytes(digest, "big") % self.out_of < self.hits


@dataclass(frozen=True, slots=True)
class Fail:
    """An immutable set of pages whose reclaim fails.

    `every` means every S-EPT page; `controls` are names such as `TDCS[2]`.
    """

    every: bool = False
    ranges: tuple[Range, ...] = ()
    rates: tuple[Rate, ...] = ()
    controls: tuple[str, ...] = ()

    @staticmethod
    def parse(text: str, tree: Tree, vcpus: int) -> "Fail":
        """Read the key's value for this tree; raise ValueError with what would be allowed."""
        return _parse(text, tree, vcpus)

    def __bool__(self) -> bool:
        return bool(self.every or self.ranges or self.rates or self.controls)

    def __str__(self) -> str:
        items = (("all",) if self.every else ()) + tuple(map(str, self.ranges + self.rates)) + self.controls
        return ",".join(items) or "none"

    def selects(self, level: int, gfn: int) -> bool:
        """Say whether the reclaim of the S-EPT page at `level` and `gfn` fails."""
        return (
            self.every
            or any(r.level == level and r.first <= gfn <= r.last for r in self.ranges)
            or any(rate.selects(level, gfn) for rate in self.rates)
        )

    def flags(self, tree: Tree) -> Mapping[int, bytes]:
        """Return for each level of the tree a byte for each table, ascending: 1 where its reclaim fails."""
        if self.every:
            return {level: b"\1" * count for level, count in tree.level_counts().items()}
        return _either(tree, _range_flags(tree, self.ranges), *(_rate_flags(tree, rate) for rate in self.rates))

    def sept_pages(self, tree: Tree) -> tuple[str, ...]:
        """Return the names of the S-EPT pages whose reclaim fails: outermost level first, then gfn."""
        return tuple(sept_name(level, gfn) for level, gfn in tree.tables() if self.selects(level, gfn))


@lru_cache(maxsize=4096)
def _parse(text: str, tree: Tree, vcpus: int) -> Fail:
    if text == "none":
        return Fail()
    ranges: list[Range] = []
    rates: list[Rate] = []
    controls: list[str] = []
    every = 0
    for item in text.split(","):
        if item == "all":
            every += 1
        elif match := re.fullmatch(_PAGE, item, re.ASCII):
            ranges.append(_range(match, item, tree))
        elif match := re.fullmatch(_RATE, item, re.ASCII):
            rates.append(_rate(match, item))
        elif match := re.fullmatch(_CONTROL, item, re.ASCII):
            controls.append(_control(match, item, vcpus))
        else:
            raise ValueError(
                f"{item[:60]!r} is no page; use none, all, S-EPT pages such as L1@0x200, ranges such as "
                "L1@0x0-0x400, rate:1/1000:SEED, TDVPR[0], TDCX[0][1], TDCS[2] or TDR, separated by commas"
            )
    if every > 1 or (every and (ranges or rates)) or len(set(controls)) < len(controls):
        raise ValueError("a page appears twice; name each page once")
    return _canonical(tree, bool(every), sorted(ranges), sorted(rates), sorted(controls, key=_control_order))


def _range(match: re.Match[str], item: str, tree: Tree) -> Range:
    level, first = int(match[1]), int(match[2], 16)
    last = first if match[3] is None else int(match[3], 16)
    if last < first:
        raise ValueError(f"the range {item} runs backwards; write the smaller gfn first")
    for gfn in {first, last}:
        if not tree.has(level, gfn):
            raise ValueError(f"the tree {tree} has no S-EPT page L{level}@{gfn:#x}{_would_be(tree, level)}")
    return Range(-level, first, last)


def _would_be(tree: Tree, level: int) -> str:
    counts = tree.level_counts()
    if level not in counts:
        return f"; its levels are 1 to {tree.root_level - 1}, the root has no S-EPT page of its own"
    last = max(tree.gfns(level)) if counts[level] < 4096 else (counts[level] - 1) * gfn_step(level)
    return f"; its L{level} pages run from 0x0 to {last:#x} in steps of {gfn_step(level):#x}"


def _rate(match: re.Match[str], item: str) -> Rate:
    rate = Rate(int(match[1]), int(match[2]), match[3])
    if rate.hits > rate.out_of:
        raise ValueError(f"{item} hits more than all; use a rate such as rate:1/1000:SEED")
    return rate


def _control(match: re.Match[str], item: str, vcpus: int) -> str:
    if match[1] == "TDCS" and int(match[2]) >= TDCS_PAGES:
        raise ValueError(f"there is no {item}; the model has TDCS[0] to TDCS[{TDCS_PAGES - 1}]")
    vcpu = match[2] if match[1] == "TDVPR" else match[3]
    if vcpu is not None and int(vcpu) >= vcpus:
        raise ValueError(f"there is no {item} with vcpus={vcpus}; name a vCPU page below that or raise vcpus")
    if match[4] is not None and int(match[4]) >= TDCX_PAGES:
        raise ValueError(f"there is no {item}; a vCPU of the model has TDCX pages [0] to [{TDCX_PAGES - 1}]")
    return item


def _control_order(name: str) -> tuple[int, tuple[int, ...]]:
    page = PageName.parse(name)
    return ("TDVPR", "TDCX", "TDCS", "TDR").index(page.kind), page.index


Flags = Mapping[int, bytes]
"""By level, a byte for each table: 1 where it is meant."""


def _range_flags(tree: Tree, ranges: Iterable[Range]) -> Flags:
    found = {level: bytearray(count) for level, count in tree.level_counts().items()}
    for r in ranges:
        first, last = tree.number(r.level, r.first), tree.number(r.level, r.last)
        found[r.level][first : last + 1] = b"\1" * (last + 1 - first)
    return {level: bytes(flags) for level, flags in found.items()}


@lru_cache(maxsize=8)
def _rate_flags(tree: Tree, rate: Rate) -> Flags:
    return {level: bytes(_selected(rate, level, tree.gfns(level))) for level in tree.level_counts()}


def _selected(rate: Rate, level: int, gfns: Iterable[int]) -> Iterator[bool]:
    """Say of each page what `Rate.selects` says; what all names begin with is hashed once."""
    from hashlib import sha256

    begun = sha256(f"{rate.seed}:{sept_name(level, 0).removesuffix('0x0')}".encode())
    for gfn in gfns:
        whole = begun.copy()
        whole.update(b"%#x" % gfn)
        yield int.from_bytes(whole.digest(), "big") % rate.out_of < rate.hits


def _either(tree: Tree, *several: Flags) -> Flags:
    """Return what any of these means; as numbers they are joined all at once."""
    found = {}
    for level, count in tree.level_counts().items():
        whole = 0
        for flags in several:
            whole |= int.from_bytes(flags[level])
        found[level] = whole.to_bytes(count)
    return found


def _twice(tree: Tree, several: list[Flags]) -> tuple[int, int] | None:
    """Return the first table, level and gfn, that two of these mean."""
    for level, count in tree.level_counts().items():
        once = both = 0
        for flags in several:
            here = int.from_bytes(flags[level])
            once, both = once | here, both | (once & here)
        if both:
            return level, tree.gfn(level, both.to_bytes(count).index(1))
    return None


def _canonical(tree: Tree, every: bool, ranges: list[Range], rates: list[Rate], controls: list[str]) -> Fail:
    """Refuse a page named twice, drop what hits nothing, and say `all` for every S-EPT page."""
    for before, after in pairwise(ranges):
        if before.level == after.level and after.first <= before.last:
            raise ValueError(f"L{after.level}@{after.first:#x} appears twice; name each page once")
    if len(set(rates)) < len(rates):
        raise ValueError(f"{rates[0]} appears twice; name each rate once")
    hits = {rate: _rate_flags(tree, rate) for rate in rates}
    several = [_range_flags(tree, ranges), *hits.values()] if ranges or rates else []
    twice = _twice(tree, several)
    if twice:
        raise ValueError(f"L{twice[0]}@{twice[1]:#x} appears twice, once by a rate; name each page once")
    total = sum(sum(flags.values()) for flags in map(_totals, several))
    if every or total == tree.count:
        return Fail(every=True, controls=tuple(controls))
    kept = tuple(rate for rate in rates if any(_totals(hits[rate]).values()))
    return Fail(False, tuple(ranges), kept, tuple(controls))


def _totals(flags: Flags) -> dict[int, int]:
    return {level: some.count(1) for level, some in flags.items()}
