"""What may stand where: numbers as C converts them, NULL for every pointer, and nothing of the model for another."""

import ctypes

import pytest

from kvmviz.c.refuse import CError
from tests.c.running import program, refusal_of, runs

WIDTHS = {
    "u8": ctypes.c_uint8, "s8": ctypes.c_int8, "u16": ctypes.c_uint16, "s16": ctypes.c_int16, "int": ctypes.c_int32,
    "u32": ctypes.c_uint32, "u64": ctypes.c_uint64, "s64": ctypes.c_int64,
}  # fmt: skip
NUMBERS = (0, 1, -1, 127, 128, 255, 256, 65535, 1 << 31, (1 << 32) - 1, -(1 << 31), 1 << 40)


@pytest.mark.parametrize("kind", WIDTHS)
def test_a_number_is_converted_where_it_is_kept_given_returned_or_a_member(kind: str) -> None:
    forms = (
        f"s64 f(s64 n)\n{{ {kind} a = n; return a; }}\n",
        f"static s64 g({kind} a)\n{{ return a; }}\ns64 f(s64 n)\n{{ return g(n); }}\n",
        f"static {kind} g(s64 a)\n{{ return a; }}\ns64 f(s64 n)\n{{ return g(n); }}\n",
        f"struct own {{ {kind} a; }};\ns64 f(s64 n)\n{{ struct own o = {{ .a = 1 }}; o.a = n; return o.a; }}\n",
    )
    expected = [ctypes.c_int64(WIDTHS[kind](n).value).value for n in NUMBERS]
    for form in forms:
        run = runs(form)
        assert [run(n) for n in NUMBERS] == expected, form


def test_a_pointer_is_a_truth_and_null_every_pointer() -> None:
    body = "bool a = page; struct kvm *kvm = NULL; void *p = 0; return a + (bool)page + !!kvm + !!p;"
    assert [runs(f"int f(struct page *page)\n{{ {body} }}\n")(one) for one in (None, object())] == [0, 2]
    assert runs("void *f(struct page *page)\n{ void *p = page; struct page *q = p; return q; }\n")("it") == "it"


TAKES = ("int n, int *p, void *v, struct kvm *kvm, struct kvm_mmu_page *sp, struct kvm_tdx *tdx, tdp_ptep_t sptep, "
         "struct page *page, struct page **pages, hpa_t pa")  # fmt: skip


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("kvm = sp;", "struct kvm_mmu_page * is given where struct kvm * belongs"),
        ("kvm = 4;", "int is given where struct kvm * belongs"),
        ("kvm = n;", "int is given where struct kvm * belongs"),
        ("n = kvm;", "struct kvm * is given where a number (int) belongs"),
        ("n = NULL;", "`n = NULL`: NULL is given where a number (int) belongs"),
        ("n = (void)n;", "void is given where a number (int) belongs"),
        ('n = "a";', "a string is given where a number (int) belongs"),
        ("u8 a = pa;", "is given where a number (u8) belongs"),
        ("hpa_t a = (u64)page;", "is given where a physical address belongs"),
        ("n = *n;", "int is no pointer"), ("n = *v;", "what is behind a void * cannot be taken as a whole here"),
        ("n = *kvm;", "what is behind a struct kvm * cannot be taken as a whole here"),
        ("n = p[1];", "an array cannot be used here"), ("n = p[n];", "an array cannot be used here"),
        ("n = n[0];", "an array cannot be used here"), ("n = pages[p];", "an array cannot be used here"),
        ("n = n.a;", "int has no members here"), ("n = n->a;", "int has no members here"),
        ("n = sp.gfn;", "struct kvm_mmu_page * has no members here"),
        ("n = sp->role->level;", "has no members here"),
        ("n = sp->nobody;", "the member `nobody` of struct kvm_mmu_page is not bound; `kvmviz explain kvm_mmu_page` "
                            "has those that are"),
        ("n = (foo_t)n;", "the type `foo_t` is not known here"), ("n = sizeof(foo_t *);", "`foo_t"),
        ("n = sizeof(int[3]);", "is not known here"),
    ],
)  # fmt: skip
def test_what_belongs_elsewhere_is_refused_with_its_line(body: str, said: str) -> None:
    found = refusal_of(f"\n{body}", TAKES)
    assert found.startswith("a.c:2: ")
    assert said in found


@pytest.mark.parametrize(
    "body",
    ["v = sp;", "v = NULL;", "kvm = v;", "sp = (void *)0;", "u64 a = (u64)page; free_page(a);", "page = pages[n];",
     "u64 a = *sptep; u64 b = sptep[n]; tdp_ptep_t c = &sptep[1];", "n = *p; n = p[0]; *p = n;", "n = sp->role.level;",
     "u64 *a = sp->spt; n = sizeof(struct page **);", "bool b = kvm; b = page;"],
)  # fmt: skip
def test_what_belongs_there_is_taken(body: str) -> None:
    try:
        program(f"int f({TAKES}) {{ {body} return n; }}\n").translate("f", None)
    except CError as error:
        pytest.fail(str(error))
