"""What can be assigned to, and what cannot: variables, members, entries, pages of a list."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from kvmviz.c.runtime import boxed
from tests.c.running import check_same, python_of, refusal_of, runs

SAME: dict[str, tuple[str, Callable[[int], int]]] = {
    "a variable": ("int a, b; a = b = n + 1; return 10 * a + b;", lambda n: 11 * (n + 1)),
    "an assignment's worth is what the variable holds": ("u8 a; int b = (a = n + 255); return b;",
                                                         lambda n: (n + 255) & 0xFF),
    "a variable in a box": ("int a = 1; int *p = &a; int b = (*p = n) + 1; a += 2; return 100 * a + b;",
                            lambda n: 100 * (n + 2) + n + 1),
    "a variable in a box is set by its name": ("u8 a; u8 *p = &a; int b = (a = n + 256); return b + *p;",
                                               lambda n: 2 * (n & 0xFF)),
    "a pointer's target wraps": ("u8 a = 0; u8 *p = &a; int b = (*p = n + 256); return b + a;",
                                 lambda n: 2 * (n & 0xFF)),
    "a pointer's target is stepped": ("int a = n; int *p = &a; (*p)++; *p *= 2; return a--;", lambda n: 2 * (n + 1)),
    "the first of an array is the target": ("int a = n; int *p = &a; p[0] += 4; return a;", lambda n: n + 4),
    "a member": ("struct own o = { .a = n }; o.a += 1; o.b = o.a + 255; return o.a * 1000 + o.b;",
                 lambda n: (n + 1) * 1000 + ((n + 256) & 0xFF)),
    "a member behind a pointer": ("struct own o = { .a = n, .b = 1 }; struct own *p = &o; p->a++; return o.a + p->b;",
                                  lambda n: n + 2),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_what_is_set_holds_what_it_holds_in_c(name: str) -> None:
    check_same(*SAME[name], before="struct own { int a; u8 b; };\n")


TAKES = "int n, int *p, struct kvm_mmu_page *sp, struct kvm_tdx *tdx, tdp_ptep_t sptep, struct kvm_vcpu *vcpu"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("n = n++;", "it is set twice in one expression"), ("n = (n = 2) + 1;", "it is set twice in one expression"),
        ("*p = (*p = 2);", "the order of what sets memory in one expression is left open by C"),
        ("sp->spt = NULL;", "`spt` cannot be set here"), ("sp->gfn = 4;", "`gfn` cannot be set here"),
        ("sp->external_spt = sp->spt;", "`external_spt` can only be set to NULL in a teardown"),
        ("p = &sp->gfn;", "the address of a member cannot be taken here"),
        ("p = &tdx->state;", "the address of a member cannot be taken here"),
        ("tdx->state = (*p = 2);", "the order of what sets memory in one expression is left open by C"),
        ("tdx->td.tdcs_pages[0] = NULL;", "a list of pages cannot be changed here"),
        ("tdx->td.tdcs_pages[0] += 1;", "a list of pages cannot be changed here"),
        ("p = &tdx->td.tdcs_pages[0];", "the address of an element of a list of pages cannot be taken here"),
        ("(n++, tdx)->state += 1;", "what comes before the member does something; write it as two statements"),
        ("*(n++, p) += 1;", "the pointer does something; write it as two statements"),
        ("(n++) = 2;", "this cannot be assigned to"), ("(4) = n;", "this cannot be assigned to"),
        ("nobody->a = 2;", "`nobody` is not bound to the model"),
    ],
)  # fmt: skip
def test_what_cannot_be_set_is_refused(body: str, said: str) -> None:
    found = refusal_of(f"\n{body}", TAKES)
    assert found.startswith("a.c:2: ") and found.endswith(f": {said}.")


def test_a_member_that_may_be_set_is_and_its_worth_is_what_was_set() -> None:
    vcpu = SimpleNamespace(cpu=4)
    assert runs("int f(struct kvm_vcpu *vcpu)\n{ int a = (vcpu->cpu = -1); return a + vcpu->cpu; }\n")(vcpu) == -2
    assert vcpu.cpu == -1
    sp = SimpleNamespace(external_spt=object())
    assert runs("void f(struct kvm_mmu_page *sp)\n{ sp->external_spt = NULL; }\n")(sp) is None
    assert sp.external_spt is None


def test_an_entry_of_a_table_is_set_and_its_worth_is_what_was_set() -> None:
    lines = python_of("u64 a = (*p = entry); p[1] = a;", "tdp_ptep_t p, spte entry")
    assert lines == ["a = #put_spte(p, entry)", "#put_spte((p[0], p[1] + 1), a)"]


def test_a_member_that_is_dropped_stays_as_it_is() -> None:
    tdx = SimpleNamespace(tdr_page="kept")
    runs("void f(struct kvm_tdx *tdx)\n{ tdx->td.tdr_page = NULL; }\n")(tdx)
    assert tdx.tdr_page == "kept"


def test_a_page_of_a_list_is_looked_at() -> None:
    tdx = SimpleNamespace(tdcs_pages=["first", "second"])
    assert runs("struct page *f(struct kvm_tdx *tdx, int n)\n{ return tdx->td.tdcs_pages[n]; }\n")(tdx, 1) == "second"


def test_a_pointer_that_is_handed_over_is_set_where_it_points() -> None:
    box = boxed(5)
    assert runs("int f(int *p)\n{ *p += 2; return *p * 10; }\n")(box) == 70
    assert box.v == 7
