"""Sentences of the notebooks that say how things are, without a number: each is put to the model here.

A sentence that is not found in its notebook fails too, so that text and test stay together.
"""

import re
from collections.abc import Callable
from functools import cache
from itertools import product
from pathlib import Path
from types import new_class
from typing import Any, Final

import nbformat
import pytest

from kvmviz.check.cases import FIGURES
from kvmviz.check.propositions import CLAIMS, Runs
from kvmviz.check.propositions.sampling import sample
from kvmviz.check.propositions.verdict import Verdict
from kvmviz.check.space import scenarios
from kvmviz.compare.figures import Figures
from kvmviz.course.questions.facts import peak_waiting
from kvmviz.course.reports import order
from kvmviz.draw.figures_cost import lost
from kvmviz.kvm.mmu_page import private_spt
from kvmviz.kvm.tdx import is_hkid_assigned, tdx_reclaim_page
from kvmviz.machine.bug import KVM_BUG_ON
from kvmviz.record.runs import run
from kvmviz.record.summary import Summary
from kvmviz.revisions import REVISIONS, Revision
from kvmviz.scenario import CAUSES
from kvmviz.terms.events import CallRcu, Leak, PrErr, Seamcall
from tests.spaces import counted

FOLDER: Final = Path(__file__).parents[2] / "notebooks"
BOTH: Final = ("before", "v1")
ONE: Final = "fail=L1@0x200"
FAILS: Final = ("none", "L1@0x0", "L2@0x0", "L3@0x0", "L1@0x0,L2@0x0", "all")
FAULTS: Final = tuple(f"tree=1x1x1 hkid={key} fail={fail}" for key, fail in product(("released", *CAUSES), FAILS))
BOOTS: Final = ("first", "second:60s")


@cache
def end(revision: str, scenario: str) -> Summary:
    return run(revision, scenario).summary


def silent(revision: str, boot: str) -> set[str]:
    return {fault for fault in FAULTS if end(revision, f"{fault} boot={boot}").silent}


def quiet() -> set[str]:
    return {fault for fault in FAULTS if "flushvp-not-done" in fault}


def as_tables_go(revision: str, scenario: str) -> int:
    return FIGURES["traces as tables go"](run(revision, scenario))


def sites(revision: str, scenario: str) -> dict[str, int]:
    return dict(end(revision, scenario).splats)


def printed(revision: str, scenario: str, function: str) -> int:
    return sum(count for site, count in sites(revision, scenario).items() if f":{function}:" in site)


def bugged_in(scenario: str) -> list[str]:
    """Phases of the teardown in which the VM is marked; by `mmu_uninit` its vCPUs are freed."""
    return [str(step.phase) for step in run("v1", scenario).steps if step.event.kind == "vm_bugged"]


def reported(scenario: str, at: int) -> list[str]:
    """Error lines of v1 from the step with this index on."""
    steps = run("v1", scenario).steps
    return [step.event.message for step in steps[at:] if isinstance(step.event, PrErr)]


def answers_of(cause: str) -> list[tuple[str, int]]:
    """The calls that should give the key back, and the module's answers."""
    steps = run("v1", f"hkid={cause}").steps
    calls = [step.event for step in steps if step.phase == "pre_destroy"]
    return [(call.seamcall, call.status) for call in calls if isinstance(call, Seamcall)]


def registers(revision: str, scenario: str) -> list[tuple[int, ...] | None]:
    """What the module says of each page that it refuses: type, owner's address, size."""
    calls = [step.event for step in run(revision, scenario).steps if isinstance(step.event, Seamcall)]
    return [call.registers for call in calls if call.status]


def given_up_by(revision: str, scenario: str) -> set[tuple[str, str]]:
    """Each leaked page and the function that asked for it and does not free it."""
    steps = run(revision, scenario).steps
    return {(step.event.page, step.chain[-1]) for step in steps if isinstance(step.event, Leak)}


def without_handle_removed_pt(scenario: str) -> list[str]:
    """Mirror tables that go to RCU from elsewhere than handle_removed_pt."""
    steps = run("v1", scenario).steps
    queued = [(step.event.page, step.chain) for step in steps if isinstance(step.event, CallRcu)]
    return [page for page, chain in queued if "handle_removed_pt" not in chain]


def frees_and_keeps(vm: Any, sp: Any) -> None:
    """The landed op without the line that clears the pointer, on any path."""
    if not (KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid") or tdx_reclaim_page(vm.host, private_spt(sp))):
        vm.host.memory.free_page(sp.external_spt)


def harm(base: str, scenario: str) -> bool:
    """Say whether that op does any harm with the callback of this revision."""
    made = new_class(
        "Kept", (Revision,), {"base": base}, lambda names: names.update(tdx_sept_free_private_spt=frees_and_keeps)
    )
    found = run(made, scenario).summary
    violations = [what for _, what in found.violations if "pointed at" not in what]  # no harm as long as nobody follows
    return bool(found.double_frees or violations or found.leaked != end(base, scenario).leaked)


ZAPS: Final = ("default", "prove-mmu")


def children_first(names: list[str]) -> bool:
    """Say whether each table comes after all of those that it covers; a name is `L2@0x40000`."""
    tables = [(int(name[1]), int(name.split("@")[1], 16)) for name in names]
    return all(
        not (other[0] < level and gfn <= other[1] < gfn + 512**level)
        for n, (level, gfn) in enumerate(tables)
        for other in tables[n + 1 :]
    )


def decides(revision: str, scenario: str) -> set[str]:
    """Functions that cleared the pointer of a page that then leaked."""
    return set(Figures.of(run(revision, scenario)).deciders)


@cache
def verdict(name: str) -> Verdict:
    return CLAIMS[name].verdict(Runs())


def loses_a_table(scenario: str) -> bool:
    return any(page.startswith("S-EPT") for page in end("v1", scenario).leaked)


STATEMENTS: Final[dict[tuple[str, str], Callable[[], bool]]] = {
    ("01", "The patch added no trace"): lambda: set(sites("v1", ONE)) < set(sites("before", ONE)),
    ("01", "There the patch makes a larger difference"): lambda: (
        end("before", "hkid=flushvp-not-done").traces - end("v1", "hkid=flushvp-not-done").traces
        > end("before", ONE).traces - end("v1", ONE).traces
    ),
    ("01", "the TDR is refused as well, and has an error line of its own"): lambda: (
        ("TDR", "tdx_reclaim_td_control_pages") in given_up_by("v1", ONE) and end("v1", ONE).lines == 2
    ),
    ("02", "so it is never called for it"): lambda: without_handle_removed_pt("fail=none") == ["spt root"],
    ("03", "No parent goes before its children in either"): lambda: all(
        children_first(order(f"tree={tree} zap={zap}")) for tree in ("2x1x2", "1x2x2", "2x2x1") for zap in ZAPS
    ),
    ("01", "the address of its TD's TDR and its size (nought: four KiB), all of them nought where the"): lambda: (
        registers("v1", ONE) == [(0, 0, 0), (4, 0x100000000, 0)]
    ),
    ("04", "TDs without a trace under `before` come second and lose no table page"): lambda: (
        {
            (one.boot is None, any(page.startswith("S-EPT") for page in found.leaked))
            for one in scenarios("1x1x1")
            if (found := end("before", str(one))).leaked_count and not found.traces
        }
        == {(False, False)}
    ),
    ("07", "Where the key stays, no page is asked for"): lambda: (
        not any(
            step.event.seamcall == "TDH.PHYMEM.PAGE.RECLAIM"
            for key, name in product(CAUSES, BOTH)
            for step in run(name, f"hkid={key}").steps
            if isinstance(step.event, Seamcall)
        )
    ),
    ("03", "If one is refused, the function of TDX code that asked does not free it"): lambda: all(
        given_up_by(name, f"fail={page}")
        == {(page, "tdx_reclaim_control_page"), ("TDR", "tdx_reclaim_td_control_pages")}
        for name, page in product(REVISIONS, ("TDVPR[0]", "TDCX[0][0]", "TDCS[0]"))
    ),
    ("03", "another line, with the key's number, calls that *leaked*, too"): lambda: all(
        ["is leaked" in line for line in reported(f"hkid={key}-error", 0)][-1]
        for key in ("vpflushdone", "cache-wb", "key-freeid")
    ),
    ("03", "After a failed flush the module answers that some processor still holds a vCPU"): lambda: (
        answers_of("vp-flush-error")[-1] == answers_of("flushvp-not-done")[-1] != answers_of("key-freeid-error")[-1]
    ),
    ("04", "is printed once, for the first page"): lambda: (
        [printed(name, "fail=L1@0x200,L1@0x400", "__tdx_reclaim_page") for name in BOTH] == [1, 1]
    ),
    ("04", "**What leaks** is the same on both sides of every row"): lambda: all(
        end("before", fault).leaked == end("v1", fault).leaked for fault in FAULTS
    ),
    ("04", "whether or not any would have been refused"): lambda: all(
        len({end("v1", f"tree=1x1x1 hkid={key} fail={fail}").leaked for fail in FAILS}) == 1 for key in CAUSES
    ),
    ("04", "under `v1` nothing at all is printed as the tables go"): lambda: (
        as_tables_go("v1", "hkid=key-freeid-error fail=all") == 0
    ),
    ("05", "The error lines are the same under both, and they level off"): lambda: (
        [end("before", f"tree=1x1x{n} fail=all").lines for n in (3, 16, 24)]
        == [end("v1", f"tree=1x1x{n} fail=all").lines for n in (3, 16, 24)]
        and end("v1", "tree=1x1x16 fail=all").lines == end("v1", "tree=1x1x24 fail=all").lines
    ),
    ("04", "**Who decides** has moved"): lambda: all(
        decides(name, fault) == ({function} if end(name, fault).leaked_count else set())
        for name, function in zip(BOTH, ("handle_removed_pt", "tdx_sept_free_private_spt"), strict=True)
        for fault in FAULTS
    ),
    ("05", "a fault that stops a host before the patch stops it with the patch, too"): lambda: all(
        end("v1", f"{fault} panic=on").panicked == end("before", f"{fault} panic=on").panicked for fault in FAULTS
    ),
    ("07", "So nothing is stopped in either case"): lambda: (
        [bugged_in(line) for line in ("fail=all", "hkid=flushvp-not-done")] == [[], ["mmu_uninit"]]
    ),
    ("05", "its error lines are printed again; its traces never are"): lambda: (
        end("v1", "fail=all boot=second:3600s").lines > 0 and end("v1", "fail=all boot=second:3600s").traces == 0
    ),
    ("05", "there is none, under both kernels"): lambda: all(
        as_tables_go(name, "hkid=flushvp-not-done") == end(name, "hkid=flushvp-not-done").traces for name in BOTH
    ),
    ("05", "only under `v1`, only for a second TD, only in the quiet way"): lambda: (
        [silent(name, boot) for name, boot in product(BOTH, BOOTS)] == [set(), set(), set(), quiet()]
    ),
    ("05", "never goes without a word in the log, before or after"): lambda: (
        not (silent("before", "first") or silent("v1", "first"))
    ),
    ("05", "though not each of its pages has a line"): lambda: (
        sum(end("v1", "tree=1x1x16 fail=all").pr_err_ratelimited.values()) > 0
    ),
    ("06", "they pile up higher than under what landed"): lambda: (
        peak_waiting("v1", "tree=1x1x16") > peak_waiting("landed", "tree=1x1x16")
    ),
    ("06", "`v1+17` and `landed` free it inside the op"): lambda: (
        [FIGURES["S-EPT pages freed at once"](run(name, "fail=none")) > 0 for name in REVISIONS]
        == [False, False, True, False, True]
    ),
    ("06", "With the callback of `v2` the line is vital"): lambda: harm("v2", "fail=none") and harm("v2", ONE),
    ("06", "so there the line is a precaution"): lambda: not any(harm("landed", fault) for fault in FAULTS),
    ("07", "is right for the first failure of a boot"): lambda: (
        [name for name in (ONE, "fail=all", "fail=L3@0x0") if not end("v1", name).traces] == []
    ),
    ("07", "That leaves a quarter of the space"): lambda: 4 * len(sample()) == counted("quick"),
    ("07", "In the rest of the sample no table page is lost"): lambda: (
        verdict("S1").scenarios - verdict("B1").scenarios - verdict("B5").scenarios
        == sum(not loses_a_table(str(line)) for line in sample())
    ),
    ("10", "the loss does not depend on the guest"): lambda: lost(1, ONE) == lost(4, ONE),
    ("10", "the trace comes once, and the error lines stop at the limit"): lambda: (
        (end("v1", "tree=4GiB fail=rate:1/100:course").traces, end("v1", "tree=4GiB fail=rate:1/100:course").lines)
        == (1, 10)
    ),
}
"""Notebook and words of it, and whether they are so."""

SHOWN: Final = {
    "00-01": "TDR",
    "01-07": "is leaked",
    "04-01": "Only before: WARN_ON",
    "08-01": "freed while the TDX module owns it",
    "10-01": "TDR is leaked",
}
"""What an explorer is opened at, by its cell: the text around it speaks of that step."""


def cells(number: str) -> list[Any]:
    return list(nbformat.read(next(FOLDER.glob(f"{number}-*.ipynb")), 4).cells)


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text))


@pytest.mark.parametrize(("number", "words"), STATEMENTS, ids=[f"{n}: {words}" for n, words in STATEMENTS])
def test_it_is_as_the_notebook_says(number: str, words: str) -> None:
    said = plain("\n".join(cell.source for cell in cells(number) if cell.cell_type == "markdown"))
    assert words in said
    assert STATEMENTS[number, words]()


def test_explorers_are_opened_where_the_text_says() -> None:
    shown = {}
    for path in sorted(FOLDER.glob("*.ipynb")):
        for cell in cells(path.stem[:2]):
            if "Explorer(" in cell.source and "step=" in cell.source:
                shown[cell.id] = plain("".join(output.data["image/svg+xml"] for output in cell.outputs))
    assert set(shown) == set(SHOWN)
    assert [(cell, SHOWN[cell]) for cell in SHOWN if SHOWN[cell] not in shown[cell]] == []
