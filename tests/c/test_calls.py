"""Calls: of the model, of ops by every name that they have, of what is passed over; and those that never are."""

from pathlib import Path

import pytest

import kvmviz
from kvmviz.c.calls import DANGEROUS
from kvmviz.revisions import REVISIONS
from tests.c.equality import differing, space
from tests.c.running import passed_over, python_of, refusal_of, runs

TAKES = "int n, struct kvm *kvm, struct kvm_mmu_page *sp, u64 err"
OP = "VM.ops.free_external_spt(kvm, sp)"


@pytest.mark.parametrize("called", [
    "kvm_x86_call(free_external_spt)", "static_call(kvm_x86_free_external_spt)", "kvm_x86_call(reclaim_external_sp)",
    "static_call(kvm_x86_reclaim_external_sp)",
])  # fmt: skip
def test_an_op_is_called_by_each_of_its_names(called: str) -> None:
    assert python_of(f"{called}(kvm, sp);", TAKES) == [OP]


def test_an_op_by_its_full_name_does_in_a_run_what_it_does_by_its_short_one() -> None:
    text = (Path(__file__).parent / "sources" / "landed.c").read_text()
    assert text.count("kvm_x86_call(free_external_spt)(kvm, sp)") == 1
    full = text.replace("kvm_x86_call(free_external_spt)", "static_call(kvm_x86_free_external_spt)")
    assert differing(kvmviz.from_c(full), REVISIONS["landed"], space(811)) == []
    other = text.replace("kvm_x86_call(free_external_spt)", "static_call(kvm_x86_note_external_spt)")
    assert differing(kvmviz.from_c(other), REVISIONS["landed"], space(811))


@pytest.mark.parametrize("call", ["other(x)(y);", "kvm_x86_call(a, b)(y);", "n(3);", "(*n)(3);", "sp->call(3);"])
def test_a_call_through_a_pointer_is_refused(call: str) -> None:
    assert refusal_of(call, TAKES).endswith("a call through a pointer cannot be followed here.")


@pytest.mark.parametrize(
    ("call", "passed"),
    [
        ("guard(mutex)(&lock);", ["guard(mutex) (a.c:1): a lock"]),
        ("guard(a, b)(&lock);", ["guard(a, b) (a.c:1): a lock"]),
        ("static_call(kvm_x86_nobody)(kvm);", ["nobody (a.c:1): not bound to the model"]),
        ("\nmy_note(n);", ["my_note (a.c:2): not bound to the model"]),
        ("(void)my_note(1);", ["my_note (a.c:1): not bound to the model"]),
        ("((my_note(1)));", ["my_note (a.c:1): not bound to the model"]),
        ("out: my_note(&counter);", ["my_note (a.c:1): not bound to the model"]),
        ("my_note((n) & n);", ["my_note (a.c:1): not bound to the model"]),
        ("trace_x(&n);", ["trace_x (a.c:1): tracing"]), ("spin_lock(n);", ["spin_lock (a.c:1): a lock"]),
    ],
)  # fmt: skip
def test_a_call_that_can_do_no_harm_is_passed_over_and_listed(call: str, passed: list[str]) -> None:
    assert passed_over(call, TAKES) == passed


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("n = my_note(1);", "what it returns is used"), ("(int)my_note(1);", "what it returns is used"),
        ("n = (my_note(1), 2);", "what it returns is used"), ("n = spin_lock(n);", "what it returns is used"),
        ("my_note(n = 2);", "its arguments do something"), ("my_note(n++);", "its arguments do something"),
        ("my_note(1 + other());", "its arguments do something"), ("my_note(&n);", "and could set n"),
        ("my_note(1, (void *)&n);", "and could set n"), ("my_note(1, (u64)&n);", "and could set n"),
        ("my_note(&(n));", "and could set n"),
        ("kvm_x86_call(leak_it)(kvm);", "its name says that it could free"),
    ],
)  # fmt: skip
def test_a_call_that_could_do_something_is_refused(call: str, said: str) -> None:
    found = refusal_of(call, TAKES)
    assert "is not bound to the model, " in found and said in found


@pytest.mark.parametrize("call", ["trace_x(n++);", "spin_lock(n = 2);"])
def test_what_an_argument_does_is_not_passed_over_with_the_call(call: str) -> None:
    assert "is passed over here, and its arguments do something" in refusal_of(call, TAKES)


def test_names_that_could_free_are_told_by_their_words_not_by_their_letters() -> None:
    for word in ("put", "get", "release", "destroy", "remove", "unref", "ref", "drop", "del", "tdh", "seamcall", "BUG",
                 "panic", "die"):  # fmt: skip
        assert all(DANGEROUS.search(name) for name in (word, f"my_{word}", f"{word}_it", f"my_{word}_it")), word
        assert not DANGEROUS.search(f"x{word}x"), word
    for part in ("free", "alloc", "reclaim", "leak"):
        assert all(DANGEROUS.search(name) for name in (part, f"x{part}x", part.upper())), part
    assert not any(map(DANGEROUS.search, ("input_it", "target", "preface", "delay", "debug")))


@pytest.mark.parametrize(
    ("call", "made"),
    [
        ("tdp_mmu_free_sp(sp);", "VM.revision.tdp_mmu_free_sp(VM, sp)"),
        ("free_page((unsigned long)sp->external_spt);", "VM.host.memory.free_page(sp.external_spt)"),
        ("kmem_cache_free(mmu_page_header_cache, sp);", "free_header(sp)"),
        ("n = PG_LEVEL_4K;", "n = 1"), ("n = SPTE_ENT_PER_PAGE;", "n = 512"), ("sp = NULL;", "sp = None"),
    ],
)  # fmt: skip
def test_a_name_of_the_table_is_what_the_table_says(call: str, made: str) -> None:
    assert python_of(call, TAKES) == [made]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("tdx_reclaim_page();", "tdx_reclaim_page takes 1 arguments here: `int tdx_reclaim_page(struct page *page)`"),
        ("tdx_reclaim_page(sp);", "struct kvm_mmu_page * is given where struct page * belongs; here it is `int "
                                  "tdx_reclaim_page(struct page *page)`"),
        ("tdx_reclaim_page(NULL);", "NULL is given for page"),
        ("tdp_mmu_free_sp(kvm);", "struct kvm * is given where struct kvm_mmu_page * belongs"),
        ("tdp_mmu_free_sp(sp, sp);", "`tdp_mmu_free_sp` takes 1 arguments here (struct kvm_mmu_page *), and gets 2"),
        ("call_rcu(&sp->rcu_head, nobody);", "`nobody` is no function that can be called back here"),
        ("call_rcu(&sp->rcu_head, n);", "`n` is no function that can be called back here"),
        ("nobody;", "`nobody` is not bound to the model"), ("sp = &nobody;", "`nobody` is not bound to the model"),
    ],
)  # fmt: skip
def test_what_is_given_wrongly_is_refused_with_the_prototype(call: str, said: str) -> None:
    assert said in refusal_of(call, TAKES)


def test_the_number_of_entries_is_that_of_the_function_s_own_table() -> None:
    assert python_of("int n = SPTE_ENT_PER_PAGE;", "tdp_ptep_t pt")[-1] == "n = #entries"
    assert python_of("int n = SPTE_ENT_PER_PAGE;", "tdp_ptep_t pt, tdp_ptep_t other") == ["n = 512"]


def test_a_helper_learns_what_its_parameter_holds_from_its_caller() -> None:
    text = "static u64 same(u64 spte)\n{ return spte; }\n"
    assert python_of("u64 a = same(*p);", "tdp_ptep_t p", before=text) == ["a = same#c(VM, #read_spte(p))"]
    assert runs(f"{text}u64 f(int n)\n{{ return same(n); }}\n")(-1) == (1 << 64) - 1


def test_an_argument_that_a_row_names_twice_is_evaluated_once() -> None:
    takes, call = "struct kvm *kvm, tdp_ptep_t p, spte a, spte b", "tdp_mmu_set_spte(kvm, {}, a, b, 0, 1);"
    assert python_of(call.format("p"), takes) == ["tdp_mmu_set_spte(kvm, p[0], p[1], a, b, 0, 1)"]
    assert python_of(call.format("p + 1"), takes) == [
        "tdp_mmu_set_spte(kvm, (#t1 := (p[0], p[1] + 1))[0], #t1[1], a, b, 0, 1)",
    ]  # fmt: skip
