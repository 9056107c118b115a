"""Many scenarios at once: the groups against comparisons one by one, and their text."""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from kvmviz.compare import many
from kvmviz.compare.comparison import compare
from kvmviz.compare.many import Group, Spread, compare_many, spread_text
from kvmviz.revisions import REVISIONS, Revision
from kvmviz.scenario import Scenario
from kvmviz.terms.site import Site
from kvmviz.version import SCHEMA, __version__

LINES = [
    "", "fail=L1@0x0", "fail=L1@0x200", "fail=all", "fail=TDR", "hkid=assigned", "tree=1x1x1", "tree=1x1x1 fail=L2@0x0",
    "panic=on fail=all", "boot=second:1s fail=all", "leaves=present fail=all",
]  # fmt: skip
SCENARIOS = [Scenario.parse(line) for line in LINES]


def test_groups_are_what_comparisons_one_by_one_come_to() -> None:
    for a, b in (("before", "v1"), ("v1", "landed"), ("v1", "v2")):
        spread = compare_many(REVISIONS[a], REVISIONS[b], SCENARIOS)
        alike = sum(compare(a, b, scenario).alike for scenario in SCENARIOS)
        assert sum(group.count for group in spread.groups if group.alike) == alike
        assert (spread.a, spread.b, spread.scenarios) == (a, b, len(LINES))
        assert sum(group.count for group in spread.groups) == len(LINES)
        order = [(not group.alike, -group.count) for group in spread.groups]
        assert order == sorted(order)


def test_what_only_one_side_does_is_what_its_events_have_more_of() -> None:
    """Warnings, counted from two single runs."""
    spread = compare_many(REVISIONS["before"], REVISIONS["v1"], [Scenario.parse("fail=all")])
    both = compare("before", "v1", "fail=all")
    a, b = (Counter(str(step.event) for step in run.steps if step.event.kind == "warn") for run in (both.a, both.b))
    sites = {text.split("'")[1] for text in a - b}
    [group] = spread.groups
    assert [text for text in group.only_a if text.startswith("warn: ")] == [
        f"warn: {Site.parse(site).short}: trace printed" for site in sites
    ]
    assert not [text for text in group.only_b if text.startswith("warn: ")]
    assert not group.moved


def test_pages_are_said_by_their_kind_and_the_witness_is_the_shortest_line() -> None:
    spread = compare_many(REVISIONS["v1"], REVISIONS["landed"], SCENARIOS)
    said = [text for group in spread.groups for text in (*group.only_a, *group.only_b)]
    assert "free: S-EPT, rcu" in said and "free: S-EPT, immediate" in said
    assert not [text for text in said if "gfn=" in text]
    one = compare_many(REVISIONS["v1"], REVISIONS["v2"], SCENARIOS).groups[0]
    assert one.witness == min((str(s) for s in SCENARIOS), key=lambda line: (len(line), line))


def test_the_same_things_in_another_order_are_told_apart() -> None:
    spread = Spread("x", "y", 3, [Group(("warn",), (), False, 2, "w"), Group((), (), True, 1, "z")])
    assert [group.alike for group in spread.groups] == [False, False]
    assert Group((), (), False).alike
    assert not Group((), ("b",), False).alike
    assert "differs in 1: the same things in another order" in str(spread)


def test_the_witness_is_the_shortest_line_and_not_the_first_in_the_alphabet() -> None:
    lines = ["tree=1x1x10", "tree=1x1x3", "tree=1x1x4"]
    [one] = compare_many(REVISIONS["v1"], REVISIONS["v2"], map(Scenario.parse, lines)).groups
    assert one.witness == "tree=1x1x3"


def test_a_reader_s_own_revision_decides_where_both_run(monkeypatch: pytest.MonkeyPatch) -> None:
    class Mine(Revision, base="v1"):
        @staticmethod
        def tdp_mmu_free_sp(vm: object, sp: object) -> None:
            REVISIONS["v1"].functions["tdp_mmu_free_sp"](vm, sp)

    asked: list[type[Revision]] = []

    def here(which: type[Revision], function: Callable[..., Spread], *given: object) -> Spread:
        asked.append(which)
        return function(*given)

    monkeypatch.setattr(many, "where_it_belongs", here)
    assert compare_many(Mine, REVISIONS["v2"], SCENARIOS[:1]).a == "Mine"
    assert compare_many(REVISIONS["v2"], Mine, SCENARIOS[:1]).b == "Mine"
    assert asked == [Mine, Mine]


def groups() -> Iterator[Group]:
    yield Group((), (), False, 1234, "tree=1x1x1")
    yield Group(("warn: " + "many words " * 8,), ("free: S-EPT, rcu",), False, 2, "tree=1x1x3")


def test_text_counts_each_group_and_shows_what_to_type() -> None:
    spread = Spread("a", "b", 1236, list(groups()))
    assert spread_text(spread).split("\n") == [
        "--- a", "+++ b", "1,236 scenarios", "",
        "identical in 1,234", "  kvmviz compare a b 'tree=1x1x1'", "",
        "differs in 2",
        "-   warn: many words many words many words many words many words many",
        "-     words many words many words",
        "+   free: S-EPT, rcu",
        "  kvmviz compare a b 'tree=1x1x3'",
    ]  # fmt: skip
    assert str(spread) == spread_text(spread)
    named = spread_text(spread, names=("my file.c:P", "b"))
    assert "  kvmviz compare 'my file.c:P' b 'tree=1x1x1'" in named.split("\n")
    assert named.startswith("--- a\n+++ b\n")
    assert max(map(len, spread_text(spread, 40).split("\n"))) <= 40


def test_json_holds_every_group() -> None:
    assert Spread("a", "b", 1236, list(groups())).to_json() == {
        "kvmviz": __version__, "schema": SCHEMA, "a": "a", "b": "b", "scenarios": 1236,
        "groups": [
            {"count": one.count, "alike": not (one.only_a or one.only_b), "only_a": list(one.only_a),
             "only_b": list(one.only_b), "moved": False, "witness": one.witness}
            for one in groups()
        ],
    }  # fmt: skip


@pytest.mark.parametrize("count", [0, 1])
def test_no_scenario_makes_no_group(count: int) -> None:
    assert len(compare_many(REVISIONS["v1"], REVISIONS["v2"], SCENARIOS[:count]).groups) == count
