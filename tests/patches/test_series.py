"""Several patches in one text are a series: its sides are before the first of them and after the last."""

from itertools import pairwise
from pathlib import Path

import pytest

import kvmviz
from kvmviz import cli
from kvmviz.patches.errors import PatchTextError
from kvmviz.patches.reading import from_bytes
from tests.patches.test_reading import diff, same
from tests.patches.test_splice import check_sentence
from tests.patches.trees import TDX, made_tree

CHAIN = ("before", "v1", "v2", "landed")
HELPER = (
    f"--- a/{TDX}\n+++ b/{TDX}\n@@ -900,2 +900,7 @@ static void other(void)\n \tx();\n }}\n+\n"
    "+static bool had(struct kvm_mmu_page *sp)\n+{\n+\treturn !tdx_reclaim_page(virt_to_page(sp->external_spt));\n+}\n"
)
USES = "tdx_reclaim_page(virt_to_page(sp->external_spt))"


def mails(*diffs: str, numbers: tuple[int, ...] = ()) -> str:
    """A mailbox with these patches, as git format-patch makes it."""
    found = []
    for at, text in enumerate(diffs):
        number = numbers[at] if numbers else at + 1
        found.append(
            "From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\nFrom: A <a@b.c>\n"
            f"Date: Fri, 27 Mar 2026 13:14:2{number} -0700\nSubject: [PATCH {number}/{len(diffs)}] KVM: step {at}\n"
            f"\nWhy.\n\n---\n{text}-- \n2.53.0\n\n"
        )
    return "".join(found)


def steps(*names: str) -> list[str]:
    return [diff(a, b) for a, b in pairwise(names)]


@pytest.mark.parametrize("chain", [CHAIN, CHAIN[:3], ("v1", "v1+17", "v1", "v2"), CHAIN[::-1]], ids="-".join)
def test_the_sides_are_before_the_first_and_after_the_last(chain: tuple[str, ...]) -> None:
    text = mails(*steps(*chain))
    for side, known in (("old", chain[0]), ("new", chain[-1])):
        made = from_bytes(text.encode(), "s", side=side)  # type: ignore[arg-type]
        assert set(made.sources.values()) == {"mail"}
        assert same(made.revision, known)


def test_numbers_say_the_order() -> None:
    one, two, three = steps(*CHAIN)
    made = from_bytes(mails(two, three, one, numbers=(2, 3, 1)).encode(), "s")
    assert same(made.revision, "landed")


@pytest.mark.parametrize("has", CHAIN)
def test_a_tree_may_stand_anywhere_in_the_series(has: str, tmp_path: Path) -> None:
    tree = made_tree(tmp_path, has)
    for side, known in (("old", "before"), ("new", "landed")):
        made = from_bytes(mails(*steps(*CHAIN)).encode(), "s", side=side, kernel=tree)  # type: ignore[arg-type]
        assert set(made.sources.values()) == {"mail", "kernel"}
        assert same(made.revision, known)


def test_a_helper_may_come_in_a_patch_of_its_own() -> None:
    use = diff("v1", "v1+17", 40)
    assert "!tdx_reclaim_page(virt_to_page(sp->external_spt))" in use
    made = from_bytes(mails(HELPER, use.replace(f"!{USES}", "had(sp)")).encode(), "s")
    assert [one.name for one in made.revision.origin.helpers] == ["had"]
    assert same(made.revision, "v1+17") is False  # the helper stands in the chain of its calls
    assert "tdx_sept_free_private_spt" in made.sources


def test_patches_that_do_not_follow_each_other_get_a_sentence(tmp_path: Path) -> None:
    text = mails(diff("before", "v1"), diff("v2", "landed", 40))
    for side in ("old", "new"):
        with pytest.raises(PatchTextError) as caught:
            kvmviz.from_patch(text, side=side)
        check_sentence(caught.value, "patch 2 does not build on patch 1 in tdx_sept_free_private_spt")
        with pytest.raises(PatchTextError) as caught:
            kvmviz.from_patch(text, side=side, kernel=made_tree(tmp_path, "v1+17"))
        check_sentence(caught.value, "fit the tree")


def test_a_series_stands_wherever_a_patch_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "s.mbox"
    file.write_text(mails(*steps(*CHAIN)))
    assert cli.main(["compare", f"{file}:new", "landed", "tree=1x1x1 fail=all"]) == 0
    assert "does the same" in capsys.readouterr().out
