"""Claims put to the test for one patch: a known revision's own verdicts, or those of the patch in its place."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from kvmviz.check.propositions import CLAIMS, Runs
from kvmviz.review import verdicts
from kvmviz.revisions import REVISIONS

BEFORE, V1 = REVISIONS["before"], REVISIONS["v1"]


def test_a_patch_that_is_a_known_one_has_that_one_s_verdicts() -> None:
    found = verdicts.judge(["B6", "B7"], BEFORE, V1, same=True)
    assert list(found) == ["B6", "B7"]
    for name, judged in found.items():
        assert judged.verdict == CLAIMS[name].verdict(Runs())
        assert judged.own is False


@pytest.mark.slow
def test_another_patch_is_put_in_the_place_of_the_known_ones() -> None:
    """B1: before the patch, generic code warns; where `landed` stands in its place it does not."""
    found = {old.name: verdicts.judge(["B1"], old, V1, same=False)["B1"] for old in (BEFORE, REVISIONS["landed"])}
    assert [judged.own for judged in found.values()] == [True, True]
    assert {name: judged.verdict and judged.verdict.verdict for name, judged in found.items()} == {
        "before": "holds", "landed": "does not hold",
    }  # fmt: skip


def test_a_claim_about_code_is_not_asked_of_a_patch_of_somebody_s_own() -> None:
    assert verdicts.judge(["B6"], BEFORE, V1, same=False)["B6"] == verdicts.Judged(None, own=True)


def test_another_process_judges_alike() -> None:
    here = verdicts.judge(["B6"], BEFORE, V1, same=True)
    assert verdicts.submit(["B6"], BEFORE, V1, None, same=True).result() == here
    with ThreadPoolExecutor(1) as executor:
        assert verdicts.submit(["B6"], BEFORE, V1, executor, same=True).result() == here


@pytest.mark.parametrize("name", ["before", "v1"])
def test_revisions_are_found_by_name(name: str) -> None:
    assert verdicts.known(name) is REVISIONS[name]
