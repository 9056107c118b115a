"""Which scenarios go into a page: every combination for its small trees, every case, every status, a few large ones.

>>> len(combinations("1x1x1")) == 6 * len(families("1x1x1"))
True
>>> print(families("1x1x1")[1].base)
tree=1x1x1 fail=L3@0x0
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from kvmviz.check.cases import CASES
from kvmviz.check.space import REGION_SETTINGS
from kvmviz.record.runs import RECORDED_TABLES
from kvmviz.scenario import CAUSES, Scenario, ScenarioError
from kvmviz.scenario.causes import ASSIGNED
from kvmviz.scenario.status import STATUS

TREES = ("1x1x1", "1x1x3", "1x2x2", "1TiB")
"""Trees that a page carries unless told otherwise."""

MOST = 8
"""Largest tree, in tables, of which every subset of failing pages is carried: 256 of them."""

LARGEST_CASE = 20
"""Largest tree of a named case that is carried; one of hundreds of tables would outweigh all the rest."""

DIMENSIONS: dict[str, tuple[str, ...]] = {
    "hkid": ("released", *CAUSES),
    "leaves": ("gone", "present"),
    "zap": ("default", "prove-mmu"),
}
"""What is carried in every combination, for every subset of failing pages."""

OF_LARGE = ("", "fail=L1@0x200", f"hkid={ASSIGNED}")
"""What is carried of a large tree; one in which every page fails would weigh as much as all of these."""

BOOTS = ("first", "second:60s", "second:1s")

FAMILY: dict[str, tuple[str, ...]] = {"boot": BOOTS, "panic": ("off", "on")}
"""What is carried in every combination for each of these; the last vary fastest."""


@dataclass(frozen=True)
class Family:
    """Scenarios that differ in `boot` and `panic` only, most of which come out alike; or one scenario `alone`."""

    base: Scenario
    alone: bool = False

    @property
    def scenarios(self) -> list[Scenario]:
        """Every scenario of the family, in the order in which a page numbers them."""
        if self.alone:
            return [self.base]
        return [self.base.with_(**dict(zip(FAMILY, words, strict=True))) for words in product(*FAMILY.values())]


def is_large(tree: str) -> bool:
    """Say whether a tree is shown folded, so that a scenario of it weighs no more than one of a small tree.

    >>> is_large("1TiB"), is_large("1x1x3")
    (True, False)
    """
    return Scenario.parse(f"tree={tree}").tree.count > RECORDED_TABLES


def small(trees: Sequence[str]) -> list[str]:
    """Return the trees of which every combination is carried."""
    return [tree for tree in trees if not is_large(tree)]


def pages(tree: str) -> list[str]:
    """Return the S-EPT pages of a tree as a scenario names them; raise ScenarioError if they are too many."""
    tables = Scenario.parse(f"tree={tree}").tree
    if tables.count > MOST or tables.gib is not None:
        raise ScenarioError(
            f"tree={tree}: a page carries every subset of failing pages; use fan-outs of at most {MOST} tables, "
            f"or a tree of more than {RECORDED_TABLES:,}, of which it carries a few scenarios."
        )
    return [f"L{level}@{gfn:#x}" for level, gfn in tables.tables()]


def subsets(tree: str) -> list[str]:
    """Return every set of failing pages; bit n of its number says whether page n fails.

    >>> subsets("1x1x1")[5]
    'L3@0x0,L1@0x0'
    """
    names = pages(tree)
    chosen = ([name for n, name in enumerate(names) if number >> n & 1] for number in range(2 ** len(names)))
    return [",".join(one) or "none" for one in chosen]


def families(tree: str) -> list[Family]:
    """Return every family of a tree, in the order in which a page numbers them."""
    sets = [Scenario.parse(f"tree={tree} fail={fail}") for fail in subsets(tree)]
    words = [dict(zip(DIMENSIONS, combination, strict=True)) for combination in product(*DIMENSIONS.values())]
    return [Family(one.with_(**chosen)) for chosen in words for one in sets]


def combinations(tree: str) -> list[Scenario]:
    """Return every scenario of a tree, in the order in which a page numbers them."""
    return [scenario for family in families(tree) for scenario in family.scenarios]


def single(trees: Sequence[str], *, pamt: bool = False) -> list[Scenario]:
    """Return the scenarios that stand alone: the named cases, and every status for each page and for all.

    With `pamt` a revision of the page turns Dynamic PAMT on: then also every way in which regions can lie.

    >>> len(single(["1x1x1"], pamt=True)) - len(single(["1x1x1"]))
    73
    """
    few = small(trees)
    found = [*_cases(pamt), *(one for tree in few for one in _statuses(tree))]
    found += [Scenario.parse(f"tree={tree} {words}") for tree in trees if tree not in few for words in OF_LARGE]
    return list(dict.fromkeys([*found, *(one for tree in few if pamt for one in _regions(tree))]))


def _regions(tree: str) -> Iterator[Scenario]:
    for region, remove in REGION_SETTINGS:
        for hkid in ("released", ASSIGNED):
            for fail in ("none", *pages(tree), "all"):
                yield Scenario.parse(f"tree={tree} hkid={hkid} fail={fail} region={region} remove={remove}")


def carries(trees: Sequence[str], scenario: Scenario, *, pamt: bool = False) -> bool:
    """Say whether a page of these trees holds a scenario.

    >>> carries(TREES, Scenario.parse("fail=L1@0x200")), carries(TREES, Scenario.parse("vcpus=2"))
    (True, False)
    """
    words = scenario.words()
    known = {
        **DIMENSIONS, **FAMILY,
        "tree": tuple(small(trees)), "vcpus": ("1",), "status": ("OPERAND_BUSY",), "region": ("off",),
    }  # fmt: skip
    if any(words[key] not in allowed for key, allowed in known.items()):
        return scenario in single(trees, pamt=pamt)
    return words["fail"] in (*subsets(words["tree"]), "all") or scenario in single(trees, pamt=pamt)


def _cases(pamt: bool) -> Iterator[Scenario]:
    for case in CASES.values():
        scenario = Scenario.parse(case.scenario)
        if scenario.tree.count <= LARGEST_CASE and (pamt or scenario.region == "off"):
            yield scenario


def _statuses(tree: str) -> Iterator[Scenario]:
    for status in STATUS:
        for fail in (*pages(tree), "all"):
            yield Scenario.parse(f"tree={tree} fail={fail} status={status}")
