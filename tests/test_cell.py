"""The cell of C: what it defines, what it says, and what it refuses."""

from pathlib import Path
from typing import Any

import pytest
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import kvmviz
from kvmviz import cell
from kvmviz.errors import KvmvizError
from tests.spaces import counted

SOURCES = Path(__file__).parent / "c" / "sources"

OP = """
static void tdx_sept_free_private_spt(struct kvm *kvm, gfn_t gfn, struct kvm_mmu_page *sp)
{
        if (KVM_BUG_ON(is_hkid_assigned(to_kvm_tdx(kvm)), kvm) ||
            tdx_reclaim_page(virt_to_page(sp->external_spt)))
                sp->external_spt = NULL;
}
""".lstrip()


@pytest.fixture(scope="module")
def shell() -> Any:
    no_history = Config(HistoryManager={"enabled": False})  # or its database is open until the rubbish is collected
    found = InteractiveShell(config=no_history)  # type: ignore[no-untyped-call]
    found.run_line_magic("load_ext", "kvmviz")
    return found


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.slow
def test_c_that_is_like_its_base_is_equal_to_it(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert shell.run_cell_magic("kernel_c", "Mine --base v1", OP) is None
    said = words(capsys.readouterr().out)
    assert "Mine: from C: tdx_sept_free_private_spt (Mine.c:2)." in said
    assert f"Nothing breaks but what is known of v1. Equal to v1 in all {counted('quick'):,} scenarios." in said
    mine = shell.user_ns["Mine"]
    assert (mine.name, mine.base_name) == ("Mine", "v1")
    assert kvmviz.compare("v1", mine, "fail=all").alike


def test_what_breaks_comes_with_the_smallest_counterexample_in_the_explorer(
    shell: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = shell.run_cell_magic("kernel_c", "Mine --space 1x1x1", OP.replace("sp->external_spt = NULL", ";"))
    said = words(capsys.readouterr().out)
    assert "Breaks owned_pages_are_not_freed" in said
    assert "Differs from v1" in said
    assert shown.scenario in said
    assert shown.revisions == (shell.user_ns["Mine"].base, shell.user_ns["Mine"])
    assert shown.step > 0


def test_what_breaks_nothing_and_differs_says_where_first(capsys: pytest.CaptureFixture[str]) -> None:
    asked = "tdx_reclaim_page(virt_to_page(sp->external_spt))"
    found = cell.verdict("Mine", OP.replace(asked, f"WARN_ON({asked})"), space="1x1x1")
    assert found.report.ok
    said = words(found.text)
    assert "Nothing breaks" in said
    assert f"Differs from v1, which is nearest, in {found.report.like.differs:,} of 1,104 scenarios" in said
    assert found.scenario == found.report.like.first


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "the following arguments are required: name"), ("a b", "unrecognized arguments: b"),
        ("1x", "'1x' is no name for a revision"), ("Mine --base v9", "Unknown revision 'v9'"),
        ("'", "No closing quotation"), ("Mine --space huge", "huge"), ("v1", "'v1' is no name"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_one_sentence(shell: Any, line: str, said: str) -> None:
    shell.user_ns.pop("Mine", None)
    with pytest.raises(UsageError) as caught:
        shell.run_cell_magic("kernel_c", line, OP)
    assert said in str(caught.value)
    assert "Mine" not in shell.user_ns


def test_lines_count_as_the_notebook_shows_them() -> None:
    with pytest.raises(KvmvizError, match=r"^Mine\.c:6: `kfree\(sp\)`"):
        cell.verdict("Mine", OP.replace("sp->external_spt = NULL", "kfree(sp)"))
