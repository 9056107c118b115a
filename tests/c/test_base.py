"""The revision that C builds on, by the op's arguments, at its definition or its call."""

import pytest

from kvmviz.c.base import BY_ARGUMENTS, base_of
from kvmviz.c.refuse import CError
from kvmviz.c.syntax import parse

PARAMETERS = ("struct kvm *kvm", "gfn_t gfn", "enum pg_level level", "void *private_spt")
SP = ("struct kvm *kvm", "gfn_t gfn", "struct kvm_mmu_page *sp")


def defined(parameters: tuple[str, ...], body: str = "f();", name: str = "tdx_sept_free_private_spt") -> str:
    return f"int {name}({', '.join(parameters)})\n{{\n\t{body}\n}}\n"


@pytest.mark.parametrize(
    ("text", "base"),
    [(defined(PARAMETERS), "before"), (defined(PARAMETERS, "free_page(1);"), "before"), (defined(SP), "v1"),
     (defined(SP, "free_page((unsigned long)p);"), "v1+17"), (defined(SP[::2]), "v2"),
     (defined(SP[::2], "__free_page(p);"), "landed"),
     (defined(SP[::2], "free_pages(p, 0);", "tdx_sept_reclaim_private_sp"), "landed")],
)  # fmt: skip
def test_the_op_s_own_parameters_tell(text: str, base: str) -> None:
    found, how = base_of([parse(text, "a.c")])
    assert (found, how.startswith("its op takes (kvm, ")) == (base, True)
    assert how.endswith("and frees the page") == (base in ("v1+17", "landed"))


@pytest.mark.parametrize(
    ("arguments", "base"), [("kvm, gfn, level, f(a, b)", "before"), ("kvm, gfn, sp", "v1"), ("kvm, sp", "landed")]
)
def test_without_the_op_its_call_tells(arguments: str, base: str) -> None:
    text = f"\nvoid g(void)\n{{\n\tkvm_x86_call(free_external_spt)({arguments});\n}}\n"
    assert base_of([parse("int x;", "a.c"), parse(text, "b.c")])[0] == base


def test_a_call_beside_a_function_that_frees_the_external_page_itself_is_v2() -> None:
    text = "void tdp_mmu_free_sp(struct kvm_mmu_page *sp) { free_page((unsigned long)sp->external_spt); }\n"
    call = "void g(void) { kvm_x86_call(free_external_spt)(kvm, sp); }\n"
    assert base_of([parse(text + call, "a.c")])[0] == "v2"


def test_what_no_revision_has_is_refused_with_its_line_and_what_there_is() -> None:
    with pytest.raises(CError, match=r"a\.c:1: the op takes 1 arguments, which is none of 4: before .*PATH\.c:landed"):
        base_of([parse(defined(("struct kvm *kvm",)), "a.c")])
    with pytest.raises(CError, match=r"b\.c:3: the op is called with 0 arguments"):
        base_of([parse("\nvoid g(void) {\n\tkvm_x86_call(free_external_spt)();\n}\n", "b.c")])
    with pytest.raises(CError, match=r"^a\.c and b\.c: neither the op .* tells"):
        base_of([parse("int x;", "a.c"), parse("int y;", "b.c")])
    assert set(BY_ARGUMENTS) == {2, 3, 4}
