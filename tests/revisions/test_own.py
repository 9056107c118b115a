"""A reader's own revision: what it lacks comes from the base, and what it must not do gets a sentence."""

import sys
from collections.abc import Callable
from typing import Any

import pytest

import kvmviz
from kvmviz.kvm.tdx import tdx_reclaim_page
from kvmviz.machine.bug import KVM_BUG_ON
from kvmviz.record.runs import Run, run
from kvmviz.revisions import REVISIONS, Revision, RevisionError
from kvmviz.revisions.guard import LINES_PER_TABLE, PatchError
from kvmviz.scenario import Scenario

LINE = "tree=1x1x3 fail=L1@0x200"


def events(result: Run) -> Any:
    return [{k: v for k, v in e.items() if k != "chain"} for e in result.events or []]


def made(body: str, base: str = "v1", arguments: str = "vm, gfn, sp", before: str = "") -> type[Revision]:
    """A class as a reader would write it in a cell, with this body of the op from line 4 on."""
    lines = "\n".join(f"        {line}" for line in body.split("\n"))
    head = f'class Mine(kvmviz.Revision, base="{base}"):\n    def tdx_sept_free_private_spt({arguments}):'
    source = f"{before}\n{head}\n{lines}\n"
    names: dict[str, Any] = {"kvmviz": kvmviz, "__name__": "__main__"}
    exec(compile(source, "<cell>", "exec"), names)
    cls: type[Revision] = names["Mine"]
    return cls


def refused(body: str, **more: str) -> str:
    """The sentence that this body gets, from the class or from the run."""
    with pytest.raises(PatchError) as caught:
        run(made(body, **more), LINE)
    said = str(caught.value)
    assert "\n" not in said and said.startswith("Mine: ") and said.endswith(".")
    return said


@pytest.mark.parametrize("base", REVISIONS)
def test_a_class_that_changes_nothing_behaves_as_its_base(base: str) -> None:
    class Same(Revision, base=base):
        pass

    assert events(run(Same, LINE)) == events(run(base, LINE))
    assert (Same.base, Same.base_name, Same.own) == (REVISIONS[base], base, frozenset())


def test_a_copy_of_the_real_function_behaves_as_the_real_one() -> None:
    class Copy(Revision, base="v1"):
        @staticmethod
        def tdx_sept_free_private_spt(vm: Any, gfn: int, sp: Any) -> None:
            if KVM_BUG_ON(kvmviz_hkid(vm), vm, "hkid") or tdx_reclaim_page(vm.host, sp.external_spt):
                sp.external_spt = None

    for line in (LINE, "hkid=assigned", "fail=all zap=prove-mmu boot=second:1s", "fail=all panic=on"):
        assert run(Copy, line).events == run("v1", line).events


def kvmviz_hkid(vm: Any) -> bool:
    return bool(vm.hkid > 0)


@pytest.mark.parametrize(
    ("name", "function"),
    [("tdp_mmu_free_sp", lambda vm, sp: None), ("tdp_mmu_free_sp_rcu_callback", lambda vm, sp: None),
     ("handle_removed_pt", lambda vm, sp, shared: None), ("tdx_sept_free_private_spt", lambda vm, gfn, sp: None),
     ("tdx_sept_remove_private_spte", lambda vm, gfn, level, page: 0),
     ("tdx_sept_remove_leaf_spte", lambda vm, gfn, level, page: 0)],
)  # fmt: skip
def test_each_function_can_be_changed_alone(name: str, function: Callable[..., Any]) -> None:
    class Named(Revision, base="v1"):
        locals()[name] = function

    assert events(run(Named, LINE)) != events(run("v1", LINE))


def test_a_class_can_build_on_another() -> None:
    class First(Revision, base="v1"):
        @staticmethod
        def tdp_mmu_free_sp(vm: Any, sp: Any) -> None:
            sp.header = False

    class Second(Revision, base=First):
        pass

    class Third(First):
        pass

    for cls in (Second, Third):
        assert (cls.base, cls.base_name) == (First, "First")
        assert events(run(cls, LINE)) == events(run(First, LINE)) != events(run("v1", LINE))


def test_a_class_without_base_builds_on_v1() -> None:
    class Bare(Revision):
        pass

    assert Bare.base_name == "v1"


def test_lines_and_chains_of_ones_own_function_are_recorded() -> None:
    result = run(made("sp.external_spt = None"), LINE)
    step = next(step for step in result.steps if step.event.kind == "set_null")
    assert step.chain[-1] == "tdx_sept_free_private_spt" and step.where[-1].line == 4
    callback = next(step for step in result.steps if step.event.kind == "rcu_callback")
    assert callback.chain == ("tdp_mmu_free_sp_rcu_callback",)


ENDLESS = {
    "while True: pass": 4, "x = 0\nwhile True:\n    x += 1": 0, "[x for x in iter(int, 1)]": 4,
    "sum(1 for x in iter(int, 1))": 4, "while True:\n    try: 1 / 0\n    except ZeroDivisionError: pass": 0,
    "helper()": 2,
}  # fmt: skip


@pytest.mark.timeout(60)
@pytest.mark.parametrize("body", ENDLESS)
def test_a_loop_without_end_is_stopped(body: str) -> None:
    said = refused(body, before="def helper():\n  while True: pass" if body == "helper()" else "")
    bound = LINES_PER_TABLE * (5 + 1)
    assert f"does not end and was stopped after {bound:,} lines of Python, with {Scenario.parse(LINE)}" in said
    if ENDLESS[body]:
        assert f", line {ENDLESS[body]}, " in said


@pytest.mark.timeout(60)
def test_recursion_without_end_is_stopped() -> None:
    assert "RecursionError" in refused("vm.revision.tdx_sept_free_private_spt(vm, gfn, sp)")


def test_a_queue_that_never_empties_is_stopped() -> None:
    class Requeues(Revision, base="v1"):
        @staticmethod
        def tdp_mmu_free_sp_rcu_callback(vm: Any, sp: Any) -> None:
            vm.host.rcu.call_rcu(vm, sp, vm.revision.tdp_mmu_free_sp_rcu_callback)

    with pytest.raises(PatchError, match=r"Requeues: tdp_mmu_free_sp_rcu_callback, line .*does not end"):
        run(Requeues, LINE)


def test_a_patch_may_run_many_lines() -> None:
    run(made(f"for i in range({LINES_PER_TABLE // 3}):\n    x = i\nsp.external_spt = None"), LINE)


RAISES = {
    "1 / 0": "line 4, fails with tree=1x1x3 fail=L1@0x200: ZeroDivisionError: division by zero.",
    "sp.nothing": "AttributeError: 'kvm_mmu_page' object has no attribute 'nothing'; it has external_spt, gfn,",
    "vm.host.memory.free_page(1, 2)": "TypeError: Memory.free_page() takes 2 positional arguments but 3 were given.",
    "nothing()": "NameError: name 'nothing' is not defined.",
    "raise SystemExit": "line 4, fails with tree=1x1x3 fail=L1@0x200: SystemExit.",
    "vm.tdp_mmu_roots.clear()": "kvm_tdp_mmu_put_root of the model, after this patch, fails with",
    "sp.external_spt = sp.spt": "external_spt can only be set to None",
    "x = 1\ny = [\n1 / 0 for _ in 'a']": "line 6, fails",
}  # fmt: skip


@pytest.mark.parametrize("body", RAISES)
def test_what_a_patch_raises_is_told_with_function_and_line(body: str) -> None:
    assert RAISES[body] in refused(body)


TOUCHES = {
    "vm.hkid = -1": "line 4, sets .hkid: what a patch may set is",
    "sp.external_spt.allocated = False": "line 4, sets .allocated: only the allocator sets it",
    "sp.external_spt.pamt.type = 0": "line 4, uses .pamt: the TDX module's ledger",
    "if sp.external_spt.fails: pass": "line 4, uses .fails: no kernel function can see",
    "x = [p for p in vm.sept_pages]": "line 4, uses .sept_pages: it belongs to the model's own books",
    "vm.host.recorder.free(sp.spt, 'rcu')": "line 4, uses .recorder: it belongs to the model's own books",
    "sp._external_spt = None": "line 4, sets ._external_spt: use external_spt",
    "setattr(vm, 'hkid', -1)": "line 4, sets .hkid",
    "object.__setattr__(vm, 'hkid', -1)": "line 4, sets .hkid",
    "object.__getattribute__(sp.external_spt, 'fails')": "line 4, uses .fails",
    "getattr(sp.external_spt, 'fa' + 'ils')": "line 4, uses .fails",
    "x = hasattr(sp.external_spt, 'fails')": "line 4, uses .fails",
    "import operator\noperator.attrgetter('host.tdx.faults')(vm)": "line 5, uses .faults",
    "vars(vm.host)": "line 4, uses .__dict__",
    "vm.host.tdx.__dict__['tds']": "line 4, uses .__dict__",
    "import copy\ncopy.copy(sp.external_spt)": "line 5, uses .",
    "vm.host.watch(None)": "line 4, uses .watch",
    "del sp.spt": "line 4, removes .spt: a struct keeps its fields",
    "vm.host.mine = 1": "line 4, sets .mine",
    "try:\n    sp.external_spt.fails\nexcept Exception:\n    pass": "line 5, uses .fails",
    "global seen\nseen = 1": "line 5, keeps seen: what outlives a run makes the answer depend on the runs before; "
    "what a boot remembers is kept by vm.host.boot.once(name), which is true the first time.",
    "def inner():\n    vm.vm_bugged = True\ninner()": "line 5, sets .vm_bugged",
    "helper(vm, 'hkid', -1)": "helper, line 1, sets .hkid",
    "helper(sp.external_spt, 'fails', 0)": "helper, line 1, sets .fails",
    "import gc\ngc.get_objects()": "line 5, searches Python's memory",
}  # fmt: skip


@pytest.mark.parametrize("body", TOUCHES)
def test_what_a_patch_must_not_touch_is_refused_by_what_it_does(body: str) -> None:
    before = "def helper(one, name, value): setattr(one, name, value)" if "helper(" in body else ""
    said = refused(body, before=before)
    assert TOUCHES[body] in said


@pytest.mark.parametrize("body", ["try:\n    X\nexcept:\n    pass", "try:\n    X\nexcept BaseException:\n    pass",
                                  "while True:\n    try: X\n    finally: break"])  # fmt: skip
def test_who_catches_everything_catches_the_hosts_panic(body: str) -> None:
    op = "vm.revision.base.tdx_sept_free_private_spt(vm, gfn, sp)"
    assert run(made(body.replace("X", op)), LINE) is not None
    with pytest.raises(PatchError, match=r"line \d, catches everything, the host's panic included, with .*panic=on"):
        run(made(body.replace("X", op)), f"{LINE} panic=on")


@pytest.mark.parametrize(
    "body",
    ["try:\n    x = 1\nexcept ValueError:\n    x = 2\nsp.external_spt = None",
     "try:\n    x = 1\nfinally:\n    sp.external_spt = None", "try:\n    x = 1\nexcept:\n    raise",
     "with memoryview(b'') as x:\n    sp.external_spt = None", "sp.external_spt = None; sp.invalid = True"],
)  # fmt: skip
def test_what_a_patch_may_do_is_not_refused(body: str) -> None:
    run(made(body), LINE)


def test_wrong_classes_get_a_sentence() -> None:
    with pytest.raises(RevisionError, match=r"is called with \(vm, gfn, sp\), as in its base v1; take those"):
        made("pass", arguments="vm, sp")
    with pytest.raises(RevisionError, match=r"made_up is nothing a revision may change: use handle_removed_pt,"):
        type("Mine", (Revision,), {"made_up": lambda vm: None})
    with pytest.raises(RevisionError, match="must be a plain function without self"):
        type("Mine", (Revision,), {"tdp_mmu_free_sp": print})


def test_a_tracer_that_was_there_is_there_again() -> None:
    def mine(*arguments: object) -> None: ...

    before = sys.gettrace()
    sys.settrace(mine)
    try:
        with pytest.raises(PatchError):
            run(made("while True: pass"), LINE)
        assert sys.gettrace() is mine
    finally:
        sys.settrace(before)
