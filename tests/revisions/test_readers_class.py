"""A reader's class is Python as people write it; what cannot be a kernel function is refused, never skipped."""

from typing import Any

import pytest

import kvmviz
from kvmviz.check.engine import check
from kvmviz.errors import KvmvizError
from kvmviz.record.runs import run
from kvmviz.revisions import REVISIONS, Revision, RevisionError

LINE = "tree=1x1x3 fail=L1@0x200"

HEAD = """
from functools import partial, wraps
import re
import kvmviz
from kvmviz.kvm.mmu_page import private_spt
from kvmviz.kvm.tdx import __tdx_reclaim_page, is_hkid_assigned, tdx_quirk_reset_paddr, tdx_reclaim_page
from kvmviz.machine.bug import KVM_BUG_ON, TDX_BUG_ON_3
V1 = kvmviz.REVISIONS["v1"]
"""

OP = 'KVM_BUG_ON(is_hkid_assigned(vm), vm, "hkid") or tdx_reclaim_page(vm.host, private_spt(sp))'


def written(text: str, name: str = "Mine") -> type[Revision]:
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(HEAD + text, "<cell>", "exec", dont_inherit=True), names)
    cls: type[Revision] = names[name]
    return cls


AS_PEOPLE_WRITE = {
    "constants": f"""
    TRIES, NAMES = 3, ("a", "b")
    def tdx_sept_free_private_spt(vm, gfn, sp):
        if {OP} and Mine.TRIES == 3: sp.external_spt = None""",
    "a constant of the module": f"""
    def tdx_sept_free_private_spt(vm, gfn, sp):
        if {OP} and LIMIT == {{"a": [1]}} and PATTERN.match("aa"): sp.external_spt = None
LIMIT, PATTERN = {{"a": [1]}}, re.compile("a+")""",
    "super()": """
    def tdx_sept_free_private_spt(vm, gfn, sp):
        return super().tdx_sept_free_private_spt(vm, gfn, sp)""",
    "super(Mine, vm)": """
    def tdx_sept_free_private_spt(vm, gfn, sp):
        return super(Mine, vm).tdx_sept_free_private_spt(vm, gfn, sp)""",
    "super() of the leaf": """
    def tdx_sept_remove_private_spte(vm, gfn, level, page):
        return super().tdx_sept_remove_private_spte(vm, gfn, level, page)""",
    "Base.function": """
    def tdx_sept_free_private_spt(vm, gfn, sp):
        V1.tdx_sept_free_private_spt(vm, gfn, sp)""",
    "a helper in the class": f"""
    def _failed(vm, sp):
        return {OP}
    @staticmethod
    def _forget(sp): sp.external_spt = None
    def tdx_sept_free_private_spt(vm, gfn, sp):
        if Mine._failed(vm, sp): Mine._forget(sp)""",
    "a helper outside": f"""
    def tdx_sept_free_private_spt(vm, gfn, sp):
        if failed(vm, sp): sp.external_spt = None
def failed(vm, sp): return {OP}""",
    "a lambda": f"""
    tdx_sept_free_private_spt = lambda vm, gfn, sp: setattr(sp, "external_spt", None) if {OP} else None""",
    "a decorator": f"""
    @logged
    def tdx_sept_free_private_spt(vm, gfn, sp):
        if {OP}: sp.external_spt = None
    @logged
    def tdp_mmu_free_sp_rcu_callback(vm, sp):
        vm.revision.tdp_mmu_free_sp(vm, sp)""",
    "a class in the class, a partial and a function from elsewhere": f"""
    class Errors(Exception): pass
    base_two = partial(int, base=2)
    reclaim = tdx_reclaim_page
    def tdx_sept_free_private_spt(vm, gfn, sp):
        if {OP} and Mine.base_two("1"): sp.external_spt = None""",
    "two underscores": f"""
    def tdx_sept_free_private_spt(vm, gfn, sp):
        def asked():
            if __tdx_reclaim_page(vm.host, sp.external_spt): return True
            tdx_quirk_reset_paddr(vm.host, sp.external_spt)
        if {OP.partition(" or ")[0]} or asked(): sp.external_spt = None""",
    "a kernel function with two underscores": """
    def __tdx_reclaim_page(host, page):
        err, *registers = host.tdx.tdh_phymem_page_reclaim(page)
        return err if TDX_BUG_ON_3(host, err, "TDH_PHYMEM_PAGE_RECLAIM", *registers, None) else 0""",
    "annotations that are not evaluated": f"""
    def tdx_sept_free_private_spt(vm: "Nobody", gfn: Nobody, sp: Nothing) -> Nowhere:
        if {OP}: sp.external_spt = None""",
    "defaults": f"""
    def tdx_sept_free_private_spt(vm, gfn, sp, *more, quiet=False):
        if {OP}: sp.external_spt = None""",
}

BEFORE = "def logged(f):\n    @wraps(f)\n    def call(*a): return f(*a)\n    return call\n"


def in_a_class(body: str) -> str:
    future = "from __future__ import annotations\n" if "Nobody" in body else ""
    return f'{future}{BEFORE}class Mine(kvmviz.Revision, base="v1"):{body}\n'


def events(result: Any) -> Any:
    return [{k: v for k, v in e.items() if k != "chain"} for e in result.events]


@pytest.mark.parametrize("what", AS_PEOPLE_WRITE)
def test_python_as_people_write_it_behaves_as_what_it_copies(what: str) -> None:
    text = in_a_class(AS_PEOPLE_WRITE[what])
    text, head = (text, HEAD) if not text.startswith("from __future__") else (text.partition("\n")[2], "")
    if not head:
        names: dict[str, Any] = {"__name__": "__main__"}
        exec(compile("from __future__ import annotations\n" + HEAD + text, "<cell>", "exec"), names)
        mine = names["Mine"]
    else:
        mine = written(text)
    for line in (LINE, "hkid=assigned", "fail=all panic=on boot=second:1s"):
        assert events(run(mine, line)) == events(run("v1", line)), line


def test_a_decorated_function_stands_in_the_chain_under_its_own_name() -> None:
    mine = written(in_a_class(AS_PEOPLE_WRITE["a decorator"]))
    chains = {step.chain[-1] for step in run(mine, LINE).steps}
    assert {"tdx_sept_free_private_spt", "tdp_mmu_free_sp_rcu_callback"} <= chains


def test_one_function_may_stand_under_two_names() -> None:
    mine = written('class Mine(kvmviz.Revision, base="v1"):\n'
                   "    def tdp_mmu_free_sp(vm, sp): sp.header = False\n"
                   "    tdp_mmu_free_sp_rcu_callback = tdp_mmu_free_sp\n")  # fmt: skip
    chains = [step.chain for step in run(mine, "tree=1x1x1").steps if step.event.kind == "rcu_callback"]
    assert {chain[-1] for chain in chains} == {"tdp_mmu_free_sp_rcu_callback"}


def test_a_once_flag_has_its_place() -> None:
    once = written('class Mine(kvmviz.Revision, base="v1"):\n'
                   "    def tdx_sept_free_private_spt(vm, gfn, sp):\n"
                   '        if vm.host.boot.once("mine"): sp.external_spt = None\n'
                   "        else: super().tdx_sept_free_private_spt(vm, gfn, sp)\n")  # fmt: skip
    first, second = run(once, "tree=1x1x1"), run(once, "tree=1x1x1 boot=second:60s")
    assert (first.summary.leaked_count, second.summary.leaked_count) == (2, 0)
    assert check(once, ["tree=1x1x1", "tree=1x1x1 boot=second:60s"] * 2, progress=False).scenarios == 4


REFUSED = {
    "@classmethod\n    def tdp_mmu_free_sp(vm, sp): pass": "is a classmethod, so it would be called",
    "@property\n    def tdp_mmu_free_sp(vm): pass": "is a property, which nobody calls; it must",
    "tdp_mmu_free_sp = None": "Mine.tdp_mmu_free_sp is None; it must be a plain function without self.",
    "tdp_mmu_free_sp = 3": "Mine.tdp_mmu_free_sp is an int; it must be",
    "tdp_mmu_free_sp = print": "Mine.tdp_mmu_free_sp is a builtin_function_or_method; it must be",
    "tdp_mmu_free_sp = partial(print)": "Mine.tdp_mmu_free_sp is a partial; it must be",
    "class tdp_mmu_free_sp: pass": "Mine.tdp_mmu_free_sp is a type; it must be",
    "def tdp_mmu_free_sp(vm, sp): yield": "is a generator (it has a yield), so a call would not run it",
    "async def tdp_mmu_free_sp(vm, sp): pass": "is async, so a call would not run it",
    "async def tdp_mmu_free_sp(vm, sp): yield": "is async, so a call would not run it",
    "@logged\n    def tdp_mmu_free_sp(vm, sp): yield": "is a generator",
    "def tdp_mmu_free_sp(self, vm, sp): pass": "is called with (vm, sp), as in its base v1; take those.",
    "def tdp_mmu_free_sp(vm, sp, *, key): pass": "is called with (vm, sp), as in its base v1; take those.",
    "def tdp_mmu_fre_sp(vm, sp): pass": "is nothing a revision may change: is tdp_mmu_free_sp meant?  The",
    "@classmethod\n    def make(cls): pass": "Mine.make is nothing a revision may change: use handle_removed_pt,",
    "@property\n    def size(self): pass": "Mine.size is nothing a revision may change",
    "def __tdx_reclaim_pages(host, page): pass": "is nothing a revision may change: is __tdx_reclaim_page meant?",
    "@staticmethod\n    def helper(sp): pass": "the name of a helper begins with an underscore.",
    "async def other(vm): pass": "Mine.other is nothing a revision may change",
}


@pytest.mark.parametrize("body", REFUSED)
def test_what_cannot_be_a_kernel_function_is_refused(body: str) -> None:
    with pytest.raises(RevisionError) as caught:
        written(f'{BEFORE}class Mine(kvmviz.Revision, base="v1"):\n    {body}\n')
    said = str(caught.value)
    assert REFUSED[body] in said
    assert said.endswith(".") and "\n" not in said


def test_a_class_that_defines_nothing_is_refused_where_it_is_judged() -> None:
    class Same(Revision, base="v1"):
        NOTHING = 1

    with pytest.raises(KvmvizError, match=r"^Same defines none of the functions .* so it is v1; define one, as in"):
        check(Same, ["tree=1x1x1"], progress=False)


def test_a_class_may_hold_itself_and_what_refers_to_it() -> None:
    mine = written('class Mine(kvmviz.Revision, base="v1"):\n'
                   "    all = []\n"
                   "    def tdp_mmu_free_sp(vm, sp):\n"
                   "        assert Mine.all == [Mine] and __class__ is Mine\n"
                   "        super().tdp_mmu_free_sp(vm, sp)\n"
                   "Mine.all.append(Mine)\n")  # fmt: skip
    assert events(run(mine, LINE)) == events(run("v1", LINE))


def test_what_cannot_be_sent_to_another_process_is_said() -> None:
    mine = written('import threading\nLOCK = threading.Lock()\nclass Mine(kvmviz.Revision, base="v1"):\n'
                   "    def tdp_mmu_free_sp(vm, sp):\n        with LOCK: pass\n")  # fmt: skip
    with pytest.raises(KvmvizError, match=r"cannot be sent to the process in which it runs .*make such an object"):
        run(mine, LINE)


def test_a_class_on_a_class_is_sent_with_what_it_builds_on() -> None:
    names = written('class First(kvmviz.Revision, base="v1"):\n'
                    "    LIMIT = 2\n"
                    "    def tdp_mmu_free_sp(vm, sp): sp.header = False\n"
                    "class Mine(First):\n"
                    "    def tdx_sept_free_private_spt(vm, gfn, sp):\n"
                    "        assert Mine.LIMIT == 2\n"
                    "        super().tdx_sept_free_private_spt(vm, gfn, sp)\n")  # fmt: skip
    assert names.base_name == "First" and names.is_python
    assert run(names, "tree=1x1x1").summary.freed_count < run("v1", "tree=1x1x1").summary.freed_count


def test_the_projects_own_are_not_python_of_a_reader() -> None:
    assert not any(which.is_python for which in REVISIONS.values())
    assert not kvmviz.from_c("void tdp_mmu_free_sp(struct kvm_mmu_page *sp) { }", base="v1").is_python
