"""C to fill in is offered where a patch does not run for what it does not show, and never newer than the mail."""

import re
from pathlib import Path

import pytest

import kvmviz
from kvmviz.patches.ours import FILES, named
from kvmviz.review import Options, review
from kvmviz.review.template import narrow
from kvmviz.terms.columns import WIDTH
from tests.c.equality import differing
from tests.review import mails, patches

SPACE = ("tree=1x1x2", "tree=1x1x2 fail=L1@0x0")
UNCLEAR = patches.in_part(
    patches.TDX, "static void tdx_sept_free_private_spt(struct kvm *kvm, struct kvm_mmu_page *sp)",
    [" \t/* only comments */", "-\t/* old */", "+\tstrange(sp);", " \t/* above and below */"],
)  # fmt: skip


def draft(patch: str, day: str) -> str:
    mail = mails.posted(patch).replace("Fri, 27 Mar 2026 13:14:20 -0700", day)
    return review(mail.encode(), Options(space=SPACE, parallel=False)).to_text()


def test_the_c_that_is_offered_runs_and_does_what_it_says(tmp_path: Path) -> None:
    text = draft(UNCLEAR, "Mon, 1 Jun 2026 10:00:00 +0000")
    assert "cannot be completed" in " ".join(text.split())
    offered = re.search(r"check\s+mine\.c:(\S+)\);\s+it\s+is\s+kvmviz's\s+own[^:]*:\n\n(.*?\n\})\n", text, re.DOTALL)
    assert offered is not None
    (tmp_path / "mine.c").write_text(offered[2])
    made = kvmviz.from_c(tmp_path / "mine.c", base=offered[1])
    scenarios = [kvmviz.Scenario.parse(line) for line in SPACE]
    assert [function.name for function in made.origin.from_c] == ["tdx_sept_free_private_spt"]
    assert differing(made, kvmviz.REVISIONS[offered[1]], scenarios) == []


@pytest.mark.parametrize("day", ["Thu, 12 Jan 2023 08:00:00 +0000", "Wed, 1 Oct 2025 08:00:00 +0000", "no day"])
def test_no_newer_code_is_offered_to_an_older_mail(day: str) -> None:
    text = draft(UNCLEAR, day)
    assert "I say nothing else of what it does." in text
    assert "kvmviz's own" not in text


def test_none_is_offered_for_a_patch_that_runs() -> None:
    assert "C to put the change into" not in draft(patches.OWN_IDEA, "Mon, 1 Jun 2026 10:00:00 +0000")


@pytest.mark.parametrize("file", sorted({file for files in FILES.values() for file in files}))
def test_lines_are_broken_where_c_does_not_mind(file: str) -> None:
    for text in named(file).values():
        lines = [part for line in text.split("\n") for part in narrow(line)]
        assert max(map(len, lines)) <= WIDTH + 8
        assert "".join("\n".join(lines).split()) == "".join(text.split())
        assert all(line.count('"') % 2 == 0 for line in lines)
