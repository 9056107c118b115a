"""The macro behind TDX_BUG_ON from C of our own: as it is, the model's; changed, its figures tell."""

from pathlib import Path

import pytest

import kvmviz
from kvmviz.c import bug_macro
from kvmviz.c.refuse import CError
from kvmviz.check.space import scenarios
from kvmviz.patches.making import from_diff, from_tree
from kvmviz.patches.tree import read_tree
from kvmviz.revisions import REVISIONS, Revision
from tests.c.equality import differing
from tests.patches.test_splice import diff
from tests.patches.trees import TDX, made_tree

MACRO = r"""
/* A failed SEAMCALL: reported once a boot, and only while the VM is not bugged. */
#define __TDX_BUG_ON(error, name, vm, format, values...) \
({ \
	struct kvm *whose = (vm); \
	bool failed = !!(error); \
	/* the trace, the mark, the line */ \
	if (WARN_ON_ONCE(failed && (!whose || !whose->vm_bugged))) { \
		if (whose) \
			kvm_vm_bugged(whose); \
		pr_err_ratelimited("SEAMCALL " name " failed: 0x%llx" format "\n", error, values); \
	} \
	unlikely(failed); \
})
#define TDX_BUG_ON(error, name, vm) __TDX_BUG_ON(error, #name, vm, "%s", "")
"""

SAMPLE = list(scenarios("quick"))[::61]


def tree(folder: Path, macro: str = MACRO, revision: str = "landed") -> Path:
    made_tree(folder, revision)
    (folder / TDX).write_text(macro + (folder / TDX).read_text())
    return folder


def revision(folder: Path, macro: str = MACRO, base: str = "landed") -> type[Revision]:
    made = from_tree(read_tree(tree(folder, macro, base)))
    assert "TDX_BUG_ON" in made.sources and not made.refused
    return made.revision


@pytest.mark.parametrize("base", REVISIONS)
def test_the_macro_as_it_is_does_what_the_models_does(base: str, tmp_path: Path) -> None:
    mine = revision(tmp_path, base=base)
    assert "TDX_BUG_ON" in mine.own
    assert differing(mine, REVISIONS[base], SAMPLE) == []


def test_a_plain_warn_prints_a_trace_for_every_page(tmp_path: Path) -> None:
    """The once is what keeps the log short: without it, every page that fails has a trace of its own."""
    mine = revision(tmp_path, MACRO.replace("WARN_ON_ONCE", "WARN_ON"))
    line = "tree=1x1x3 fail=all"
    before, after = kvmviz.run("landed", line).summary, kvmviz.run(mine, line).summary
    assert sum(before.splats.values()) == 1
    assert sum(after.splats.values()) == sum(before.splats.values()) + sum(before.suppressed.values()) > 5
    assert after.leaked == before.leaked


@pytest.mark.parametrize(
    "changed",
    [
        ("pr_err_ratelimited", "pr_err"), ("WARN_ON_ONCE(failed && (!whose || !whose->vm_bugged))", "failed"),
        ("unlikely(failed)", "unlikely(!failed)"), ("!!(error)", "!(error)"),
        ("(!whose || !whose->vm_bugged)", "!whose"),
        ("\t\t\tkvm_vm_bugged(whose); \\\n", "\t\t\t; \\\n"),
    ],
)  # fmt: skip
def test_a_change_of_the_macro_shows(changed: tuple[str, str], tmp_path: Path) -> None:
    assert changed[0] in MACRO
    mine = revision(tmp_path, MACRO.replace(*changed))
    whole = [kvmviz.scenario.Scenario.parse(line) for line in
             ("tree=64GiB fail=rate:1/9:x", "fail=all hkid=vp-flush-error vcpus=2", "fail=all vcpus=1")]  # fmt: skip
    for scenario in (*SAMPLE, *whole):
        a, b = (kvmviz.run(which, scenario) for which in (mine, "landed"))
        if a.summary != b.summary or a.events != b.events:
            return
    pytest.fail("nothing differs")


def test_a_patch_to_the_macro_is_run_from_the_tree(tmp_path: Path) -> None:
    old = (tree(tmp_path) / TDX).read_text()
    text = diff(old.splitlines(), old.replace("WARN_ON_ONCE", "WARN_ON").splitlines(), 3, TDX)
    made = from_diff(text, "new", read_tree(tmp_path))
    assert made.sources["TDX_BUG_ON"] == "mail" and made.sources["handle_removed_pt"] == "kernel"
    assert made.left_out == ()
    assert sum(kvmviz.run(made.revision, "fail=all").summary.splats.values()) > 5
    same = from_diff(text, "old", read_tree(tmp_path)).revision
    assert differing(same, REVISIONS["landed"], SAMPLE) == []
    alone = from_diff(text, "new")  # without a tree the rest of the macro is ours
    assert alone.completed == ("__TDX_BUG_ON",)
    assert kvmviz.run(alone.revision, "fail=all").events == kvmviz.run(made.revision, "fail=all").events


def test_a_patch_that_shows_the_macro_whole_needs_no_tree() -> None:
    old = MACRO.splitlines()
    made = from_diff(diff(old, MACRO.replace("WARN_ON_ONCE", "WARN_ON").splitlines(), 30, TDX), "new")
    assert made.sources == {"TDX_BUG_ON": "mail"} and made.revision.base_name == "landed"
    assert sum(kvmviz.run(made.revision, "fail=all").summary.splats.values()) > 5


def test_it_can_be_sent_to_another_process(tmp_path: Path) -> None:
    from kvmviz.apart.shipping import pack, unpack

    mine = revision(tmp_path, MACRO.replace("WARN_ON_ONCE", "WARN_ON"))
    assert differing(unpack(pack(mine)), mine, SAMPLE[::10]) == []


def test_what_cannot_be_followed_refuses_with_its_line(tmp_path: Path) -> None:
    macro = MACRO.replace("\t/* the trace, the mark, the line */", "\tdump(whose);")
    with pytest.raises(CError, match=r"tdx\.c:7: `dump\(whose\)` cannot be followed in a macro"):
        bug_macro.found(macro, "tdx.c")
    made = from_tree(read_tree(tree(tmp_path, macro)))
    assert list(made.refused) == ["TDX_BUG_ON"]
    assert bug_macro.found("#define OTHER(a) ({ a; })\n", "tdx.c") is None
