"""Loop macros walk over what the model has, in a plain function and in one with a jump; what C calls of its base."""

import traceback

import pytest

import kvmviz
from kvmviz.c.loops import LOOPS
from kvmviz.c.refuse import CError
from kvmviz.c.runtime import Stopped
from kvmviz.errors import KvmvizError
from kvmviz.revisions import LEAF_NAMES, REVISIONS
from tests.c.equality import differing, space
from tests.c.running import runs
from tests.c.test_traps import FREES, op

WALKS = {
    "kvm_for_each_vcpu(i, vcpu, kvm)": "unsigned long i; struct kvm_vcpu *vcpu;",
    "for_each_online_cpu(cpu)": "int cpu;",
    "for_each_tdp_mmu_root_yield_safe(kvm, root)": "struct kvm_mmu_page *root;",
    "list_for_each_entry(root, &kvm->arch.tdp_mmu_roots, link)": "struct kvm_mmu_page *root;",
}


def warnings(body: str, line: str) -> int:
    found = kvmviz.run(op(body + FREES), f"tree=1x1x1 {line}").summary.splats
    return sum(count for site, count in found.items() if "tdx_sept_free_private_spt" in site)


@pytest.mark.parametrize("loop", WALKS)
@pytest.mark.parametrize("vcpus", [0, 1, 3])
def test_a_loop_macro_turns_as_often_as_the_model_has_elements(loop: str, vcpus: int) -> None:
    declared, turns = WALKS[loop], vcpus if "vcpu" in loop else 1
    tables, line = 3, f"vcpus={vcpus}"
    assert warnings(f"{declared}\n{loop}\nWARN_ON(1);\n", line) == tables * turns
    assert warnings(f"{declared}\n{loop} {{\nWARN_ON(1);\nbreak;\n}}\n", line) == tables * min(1, turns)
    assert warnings(f"{declared}\n{loop} {{\nif (sp)\ncontinue;\nWARN_ON(1);\n}}\n", line) == 0
    jump = f"{declared}\n{loop} {{\nif (!sp)\ngoto next;\nWARN_ON(1);\nnext: ;\n}}\n"
    assert warnings(jump, line) == tables * turns
    leave = f"{declared}\n{loop} {{\nWARN_ON(1);\nif (sp)\ngoto left;\n}}\nleft: ;\n"
    assert warnings(leave, line) == tables * min(1, turns)


def test_a_loop_macro_says_what_it_takes() -> None:
    for body, said in (
        ("unsigned long i;\nkvm_for_each_vcpu(i, kvm) ;", "is bound as `kvm_for_each_vcpu(index, vcpu, kvm)`"),
        ("struct kvm_mmu_page *r;\nlist_for_each_entry(r, &kvm->mm, link) ;", "is no list that the model has"),
        ("for_each_online_cpu(cpu) ;", "needs a variable of the function"),
        ("a: ;\nstruct kvm_mmu_page *r;\nfor_each_odd(r) { if (sp) goto a; }", "`for_each_odd` is not bound to the"),
    ):
        with pytest.raises(CError) as caught:
            op(f"{body}\n")
        assert said in str(caught.value), body
    assert all(loop.variable in loop.arguments for loop in LOOPS.values())


def test_the_step_of_a_loop_that_is_cut_has_its_own_line() -> None:
    for jump in ("", "if (n == 7) goto out;"):
        text = f"int f(int n)\n{{\nfor (int i = 9;\ni > -9;\ni = 4 / (n - n)) {{ {jump} }}\nout: return n;\n}}\n"
        with pytest.raises(Stopped) as caught:
            runs(text)(1)
        lines = [frame.lineno for frame in traceback.extract_tb(caught.value.__traceback__) if frame.filename == "a.c"]
        assert lines == [5], jump


def test_two_names_of_one_function_are_refused() -> None:
    first, second = (f"int {name}(struct kvm *kvm, gfn_t gfn, struct kvm_mmu_page *sp)\n{{ return 0; }}\n"
                     for name in LEAF_NAMES)  # fmt: skip
    with pytest.raises(CError) as caught:
        kvmviz.from_c(first + second, base="v1", name="Mine")
    assert all(name in str(caught.value) for name in LEAF_NAMES)


CALLBACK = """static void tdp_mmu_free_sp_rcu_callback(struct rcu_head *head)
{
	struct kvm_mmu_page *sp = container_of(head, struct kvm_mmu_page, rcu_head);

	tdp_mmu_free_sp(sp);
}
"""


@pytest.mark.parametrize("base", ["v1", "landed"])
def test_c_calls_what_its_base_has(base: str) -> None:
    mine = kvmviz.from_c(CALLBACK, base=base, name="Mine")
    assert [one.name for one in mine.origin.from_c] == ["tdp_mmu_free_sp_rcu_callback"]
    assert differing(mine, REVISIONS[base], space(811)) == []
    broken = kvmviz.from_c(CALLBACK.replace("tdp_mmu_free_sp(sp);", ";"), base=base, name="Mine")
    assert differing(broken, REVISIONS[base], space(811))


@pytest.mark.parametrize("choice", ["sp->external_spt ? sp->external_spt : NULL", "sp ? sp->external_spt : (void *)0",
                                    "!sp ? NULL : sp->external_spt", "sp->external_spt ?: NULL"])  # fmt: skip
def test_one_of_two_pointers_is_the_one_that_is_chosen(choice: str) -> None:
    body = FREES.replace("virt_to_page(sp->external_spt)", "virt_to_page(p)")
    assert differing(op(f"void *p = {choice};\n{body}"), REVISIONS["landed"], space(811)) == []
    wrong = choice.replace("sp->external_spt ?", "!sp->external_spt ?").replace("sp ?", "!sp ?").replace("!!", "")
    with pytest.raises(KvmvizError):
        kvmviz.run(op(f"void *p = {wrong};\n{body}"), "tree=1x1x1")
