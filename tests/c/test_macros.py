"""Macros that no prototype could describe: what each becomes, and what it refuses."""

from collections.abc import Callable

import pytest

from kvmviz.c.macros import ENTRY_COUNTS, MACROS
from tests.c.running import check_same, passed_over, python_of, refusal_of, runs

TAKES = "int n, struct kvm *kvm, struct kvm_mmu_page *sp, u64 err, u32 u, struct page *page, u64 rcx"
ASKED = "VM.host.tdx.tdh_mng_vpflushdone(kvm.tdr_page)"
BUSY = "& 18446744069414584320 == 9223374235878031360"
"""The upper half of a status is that of OPERAND_BUSY."""


def test_a_macro_is_found_by_each_of_its_names_with_its_form() -> None:
    assert all(macro.form.startswith(f"{name}(") for name, macro in MACROS.items())
    assert MACROS["BIT"].handle is MACROS["BIT_ULL"].handle is not MACROS["GENMASK"].handle
    assert not set(ENTRY_COUNTS) & set(MACROS)


@pytest.mark.parametrize(
    ("body", "made"),
    [
        ("n = READ_ONCE(n);", "n = n"), ("n = __builtin_expect(n, 1);", "n = n"), ("WRITE_ONCE(n, 3);", "n = 3"),
        ("sp = container_of(&sp->rcu_head, struct kvm_mmu_page, rcu_head);", "sp = sp"),
        ("WARN_ON(n);", "WARN_ON(VM.host, n, '')"), ('WARN(!n, "x");', "WARN_ON(VM.host, not n, '')"),
        ("n = WARN_ONCE(n);", "n = WARN_ON_ONCE(VM.host, n, '')"),
        ("KVM_MMU_WARN_ON(n);", "VM.prove_mmu and WARN_ON_ONCE(VM.host, n, '')"),
        ("KVM_BUG_ON(n, kvm);", "KVM_BUG_ON(n, kvm, '')"),
        ("KVM_BUG_ON(is_hkid_assigned(to_kvm_tdx(kvm)), kvm);", "KVM_BUG_ON(is_hkid_assigned(kvm), kvm, 'hkid')"),
        ("TDX_BUG_ON(err, TDH_X, kvm);", "TDX_BUG_ON(VM.host, err, 'TDH_X', kvm, (), '')"),
        ("TDX_BUG_ON_1(err, TDH_X, rcx, kvm);", "TDX_BUG_ON(VM.host, err, 'TDH_X', kvm, (rcx,), '')"),
        ("TDX_BUG_ON_3(err, TDH_X, rcx, 1, 2, NULL);", "TDX_BUG_ON(VM.host, err, 'TDH_X', None, (rcx, 1, 2), '')"),
        ('pr_warn("a %d\\n", n);', r"pr_err(VM.host, #formatted('a %d\n', n))"),
        ('pr_info_once("%s", "b");', "pr_err_once(VM.host, #formatted('%s', 'b'))"),
        ('pr_warn_ratelimited("a");', "pr_err_ratelimited(VM.host, #formatted('a'))"),
        ("call_rcu(&sp->rcu_head, tdp_mmu_free_sp_rcu_callback);",
         "VM.host.rcu.call_rcu(VM, sp, VM.revision.tdp_mmu_free_sp_rcu_callback)"),
        ("n = IS_ENABLED(CONFIG_KVM_PROVE_MMU);", "n = VM.prove_mmu"),
        ("n = IS_ENABLED(CONFIG_KVM_INTEL_TDX);", "n = 1"), ("n = IS_ENABLED(CONFIG_FOO);", "n = 0"),
        ("smp_call_function_single(0, tdx_flush_vp, NULL, 1);", "tdx_flush_vp(VM, None)"),
        ("on_each_cpu_mask(n, tdx_flush_vp, NULL, 1);", "tdx_flush_vp(VM, None)"),
        ("on_each_cpu(tdx_flush_vp, NULL, 1);", "tdx_flush_vp(VM, None)"),
        ("err = tdh_do_no_vcpus(tdh_mng_vpflushdone, kvm, &to_kvm_tdx(kvm)->td);",
         f"err = {ASKED} if (#t1 := {ASKED}) {BUSY} else #t1"),
    ],
)  # fmt: skip
def test_a_macro_becomes_what_the_model_has_for_it(body: str, made: str) -> None:
    assert python_of(body, TAKES) == [made]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("n = likely();", "it takes 1 or 2 arguments"), ("n = likely(n, 1, 2);", "it takes 1 or 2 arguments"),
        ("WRITE_ONCE(n);", "it takes 2 arguments"), ("KVM_BUG_ON(n);", "it takes 2 arguments"),
        ("TDX_BUG_ON_2(err, TDH_X, rcx, kvm);", "it takes 5 arguments"), ("call_rcu(n);", "it takes 2 arguments"),
        ("on_each_cpu(my_note, NULL);", "it takes 3 arguments"), ("n = min(n);", "it takes 2 arguments"),
        ("smp_call_function_single(0, my_note, NULL);", "it takes 4 arguments"), ("err = BIT();", "it takes 1 arg"),
        ("container_of(sp, struct kvm_mmu_page);", "it takes 3 arguments"), ("err = GENMASK(1);", "it takes 2 arg"),
        ("sp = container_of(kvm, struct kvm_mmu_page, rcu_head);", "`rcu_head` of struct kvm_mmu_page is no struct"),
        ("sp = container_of(sp, struct kvm_mmu_page, gfn);", "container_of is not bound for `gfn` of struct kvm_mmu_p"),
        ("sp = container_of(sp, struct kvm, rcu_head);", "container_of is not bound for `rcu_head` of struct kvm"),
        ("sp = container_of(n, struct kvm_mmu_page, rcu_head);", "container_of is not bound for `rcu_head`"),
        ("n = KVM_MMU_WARN_ON(n);", "void is given where a number (int) belongs"),
        ("KVM_BUG_ON(n, sp);", "struct kvm_mmu_page * is given where struct kvm * belongs"),
        ("TDX_BUG_ON(err, 4, kvm);", "`4` is no name of a SEAMCALL"),
        ("pr_err(n);", "an error line is a string and numbers here"), ("pr_err();", "an error line is a string and"),
        ('pr_err("%p", sp);', "an error line is a string and numbers here"),
        ("tdh_do_no_vcpus(tdh_x);", "it takes a SEAMCALL, the VM and the SEAMCALL's arguments"),
        ("tdh_do_no_vcpus(4, kvm);", "it takes a SEAMCALL, the VM and the SEAMCALL's arguments"),
        ("err = tdh_do_no_vcpus(tdh_mng_vpflushdone, NULL, &to_kvm_tdx(kvm)->td);", "NULL is given for the VM"),
        ("n = tdh_do_no_vcpus(virt_to_page, kvm, page);", "virt_to_page is no SEAMCALL"),
        ("err = GENMASK(4, 7);", "its bits have to be two constants, the higher one first"),
        ("err = GENMASK(n, 0);", "its bits have to be two constants"), ("err = GENMASK(64, 0);", "its bits have to be"),
        ("err = BIT(64);", "a shift of u64 by 64 bits"), ("n = min(n, u);", "one number has a sign and the other has"),
        ("n = min(sp, 1);", "nothing can be computed here"), ("BUG();", "the model has no BUG(), which stops the host"),
        ("BUG_ON(n);", "the model has no BUG(), which stops the host; use WARN_ON or KVM_BUG_ON"),
    ],
)  # fmt: skip
def test_what_a_macro_cannot_take_is_refused_with_its_line(body: str, said: str) -> None:
    found = refusal_of(f"\n{body}", TAKES)
    assert found.startswith("a.c:2: ")
    assert said in found


SAME: dict[str, tuple[str, Callable[[int], int]]] = {
    "the smaller and the larger": ("return 100 * min(n, 3) + max(n, 3);", lambda n: 100 * min(n, 3) + max(n, 3)),
    "the smaller of two types": ("return min(n, 4u) == (n < 0 ? 4u : n > 4 ? 4 : n);", lambda n: 1),
    "what is likely": ("return likely(n > 2) + 2 * unlikely(n > 4);", lambda n: (n > 2) + 2 * (n > 4)),
    "one bit": ("return (BIT(4) | BIT_ULL(33)) >> 4 == (1ULL << 29 | 1) ? BIT(n & 7) : -1;", lambda n: 1 << (n & 7)),
    "several bits": ("return (GENMASK(7, 4) == 0xf0) + 2 * (GENMASK_ULL(63, 0) == ~0ULL) + 4 * (GENMASK(0, 0) == 1);",
                     lambda n: 7),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_a_macro_for_numbers_is_worth_what_its_python_is(name: str) -> None:
    check_same(*SAME[name])


def test_bits_are_those_of_64() -> None:
    run = runs("u64 f(int n)\n{ return BIT(n); }\n")
    assert [run(n) for n in (0, 31, 32, 63)] == [1, 1 << 31, 1 << 32, 1 << 63]


@pytest.mark.parametrize(
    ("body", "passed"),
    [
        ("n = IS_ENABLED(CONFIG_KVM_INTEL_TDX);", ["IS_ENABLED(CONFIG_KVM_INTEL_TDX) (a.c:1): on"]),
        ("n = IS_ENABLED(CONFIG_FOO);", ["IS_ENABLED(CONFIG_FOO) (a.c:1): off"]),
        ("n = IS_ENABLED(CONFIG_KVM_PROVE_MMU);", []),
        ("BUILD_BUG_ON(n);", ["BUILD_BUG_ON (a.c:1): a check of the compiler"]),
        ("static_assert(1);", ["static_assert (a.c:1): a check of the compiler"]),
        ("on_each_cpu(my_note, NULL, 1);", ["my_note (a.c:1): not bound to the model"]),
    ],
)
def test_what_the_model_does_not_decide_is_listed(body: str, passed: list[str]) -> None:
    assert passed_over(body, TAKES) == passed
