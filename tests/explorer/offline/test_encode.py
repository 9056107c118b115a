"""Every view that a page makes of what it carries is the one that a widget shows of that scenario alone."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kvmviz.c.revision import from_c
from kvmviz.explorer.offline import space
from kvmviz.explorer.offline.encode import carried, first_of, packed, unpacked
from kvmviz.revisions import Revision, revision
from kvmviz.scenario import Scenario
from kvmviz.scenario.link import Link
from tests.explorer.views import assembled, views

IN_C = from_c(
    """
static void tdx_sept_free_private_spt(struct kvm *kvm, gfn_t gfn, struct kvm_mmu_page *sp)
{
        /* Ours, in the kernel's language. */
        if (tdx_reclaim_page(virt_to_page(sp->external_spt)))
                sp->external_spt = NULL;
}
""",
    base="v1",
    name="InC",
)
REVISIONS: dict[str, str | type[Revision]] = {"before": "before", "v1": "v1", "v2": "v2", "InC": IN_C, "dpamt": "dpamt"}
TREE = "1x1x1"
SPACE = [str(one) for one in space.combinations(TREE)]
SINGLE = [str(one) for one in space.single([TREE], pamt=True)]

asked = st.tuples(
    st.one_of(st.sampled_from(SPACE), st.sampled_from(SINGLE)),
    st.lists(st.sampled_from(list(REVISIONS)), min_size=1, max_size=2),
)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    first = Link.parse(f"tree={TREE} fail=all step=0 revisions=before,v1")
    file = tmp_path_factory.mktemp("page") / "carried"
    chosen = [revision(one) for one in REVISIONS.values()]
    file.write_text(packed(carried([TREE], chosen, first, space.single([TREE], pamt=True))))
    return file


def views_of(stored: Path, questions: Sequence[tuple[str, Sequence[str]]]) -> list[Any]:
    return assembled(questions, stored)


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(questions=st.lists(asked, min_size=15, max_size=30))
def test_a_view_of_the_page_is_the_view_of_the_widget(stored: Path, questions: list[tuple[str, list[str]]]) -> None:
    wanted = views([(line, [REVISIONS[name] for name in revisions]) for line, revisions in questions])
    for (line, revisions), got, want in zip(questions, views_of(stored, questions), wanted, strict=True):
        assert got.keys() == want.keys()
        for key in want:
            if key != "choices":
                assert got[key] == want[key], (line, revisions, key)


@pytest.mark.slow
def test_a_large_tree_of_a_page_is_shown_as_by_the_widget(tmp_path: Path) -> None:
    pair, first = ["before", "v1"], Link.parse("tree=1TiB step=0 revisions=before,v1")
    page = carried(["1TiB"], [revision(one) for one in pair], first, space.single(["1TiB"]))
    (tmp_path / "carried").write_text(packed(page))
    asked = [(str(Scenario.parse(f"tree=1TiB {words}")), pair) for words in space.OF_LARGE]
    for got, want in zip(views_of(tmp_path / "carried", asked), views(asked), strict=True):
        assert {**got, "choices": 0} == {**want, "choices": 0}
        assert max(got["times"].values()) > 100_000


def test_what_the_first_view_needs_is_little_and_shows_it_as_all_of_the_page_does(stored: Path, tmp_path: Path) -> None:
    page, chosen = unpacked(stored.read_text()), [revision(one) for one in REVISIONS.values()]
    first = first_of(page, chosen)
    (tmp_path / "first").write_text(packed(first))
    assert len((tmp_path / "first").read_text()) < 30_000
    asked = [(f"tree={TREE} fail=all", ["before", "v1"])]
    assert views_of(tmp_path / "first", asked) == views_of(stored, asked)


def test_every_order_of_words_finds_the_same_scenario(stored: Path) -> None:
    pairs = [(f"tree={TREE} fail=L1@0x0,L3@0x0", ["v1"]), (f"fail=L3@0x0,L1@0x0 tree={TREE}", ["v1"])]
    one, two = views_of(stored, pairs)
    assert one == two
    assert one["scenario"] == str(Scenario.parse(pairs[0][0]))


@pytest.mark.parametrize(
    "line", ["tree=1x1x9", f"tree={TREE} vcpus=2", f"tree={TREE} boot=second:7s", f"tree={TREE} fail=TDCS[1]"]
)
def test_what_is_not_carried_is_not_found(stored: Path, line: str) -> None:
    assert views_of(stored, [(line, ["v1"])]) == [None]


def test_all_that_was_packed_comes_out_again(stored: Path) -> None:
    value = unpacked(stored.read_text())
    assert packed(value) == stored.read_text()
    assert len(value["at"]) == len(SPACE) + len(SINGLE)
    assert len({json.dumps(run) for run in value["runs"]}) == len(value["runs"])


def test_combinations_are_numbered_as_the_page_numbers_them() -> None:
    assert len(set(SPACE)) == len(SPACE) == 6 * 3 * 2 * 2 * 2 * 2**3
    assert SPACE[1] == f"tree={TREE} panic=on"
