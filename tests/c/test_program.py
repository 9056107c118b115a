"""All C of a revision: what a name reaches, in the C or in the base, and where a warning stands."""

import ast

import pytest

from kvmviz.c.program import ALIASES, OPS, Program
from kvmviz.c.refuse import CError
from kvmviz.c.scope import VM, Scope
from kvmviz.c.syntax import parse
from kvmviz.c.targets import Target
from kvmviz.c.types import INT, PTEP, U64, VOID, VOIDP, Pointer, Struct
from kvmviz.kvm.linking import REPLACEABLE
from kvmviz.revisions import CHANGEABLE, LEAF_NAMES, REVISIONS
from tests.c.running import program, python_of, refusal

KVM, SP = Pointer(Struct("kvm")), Pointer(Struct("kvm_mmu_page"))
EMPTY = "void f(struct kvm *kvm) { }\n"


def reached(called: str, text: str = EMPTY, base: str = "landed", wanted: tuple[str, ...] = ()) -> Target | None:
    found = Program([parse(text, "a.c")], REVISIONS[base], wanted)
    first = next(iter(found.definitions.values()))[0]
    return found.target(called, Scope(first, {}))


def python(target: Target | None) -> str:
    assert target is not None
    return ast.unparse(target.function).replace(VM, "VM")


@pytest.mark.parametrize("base", REVISIONS)
def test_what_a_revision_changes_is_reached_through_the_one_that_runs(base: str) -> None:
    for name in REVISIONS[base].functions:
        target = reached(name, base=base)
        assert python(target) == f"VM.revision.{'remove_leaf' if name in LEAF_NAMES else name}"
        assert target is not None
        free = name in ("tdp_mmu_free_sp", "tdp_mmu_free_sp_rcu_callback")
        assert (target.types[0] == KVM, target.backs[0] is None) == ((False, False) if free else (True, True))
        fails = name in LEAF_NAMES or (base == "before" and name == "tdx_sept_free_private_spt")
        assert target.returns == (INT if fails else VOID), name


def test_a_removed_table_is_handed_over_as_a_pointer_to_its_first_entry() -> None:
    target = reached("handle_removed_pt")
    assert target is not None and target.types[:2] == (KVM, PTEP)
    given: list[ast.expr] = [ast.Name(one) for one in ("kvm", "pt", "shared")]
    assert ast.unparse(target.call(given)) == "vmé.revision.handle_removed_pt(kvm, #table_of(pt), shared)"


def test_a_name_of_the_table_or_of_nobody_reaches_nothing_here() -> None:
    assert reached("tdx_reclaim_page") is None
    assert reached("nobody") is None
    own = "int is_mirror_sp(struct kvm_mmu_page *sp) { return 4; }\n"
    assert reached("is_mirror_sp", own) is None


OWN = "static int handle_removed_pt(struct kvm *kvm, struct kvm_mmu_page *sp, bool shared) { return 4; }\n"


def test_what_the_c_is_wanted_for_is_called_as_the_c_declares_it() -> None:
    target = reached("handle_removed_pt", OWN, wanted=("handle_removed_pt",))
    assert target is not None and target.types[:2] == (KVM, SP) and target.returns == INT
    unwanted = reached("handle_removed_pt", OWN)
    assert unwanted is not None and unwanted.types[:2] == (KVM, PTEP) and unwanted.returns == VOID


def test_a_function_of_another_tree_is_reached_by_either_name() -> None:
    assert set(ALIASES.values()) <= set(CHANGEABLE) and not set(ALIASES) & {*CHANGEABLE, *REPLACEABLE}
    assert python(reached("__tdp_mmu_free_sp")) == "VM.revision.tdp_mmu_free_sp"
    text = "static void __tdp_mmu_free_sp(struct kvm_mmu_page *sp) { }\n"
    for called in ("__tdp_mmu_free_sp", "tdp_mmu_free_sp"):
        target = reached(called, text, wanted=("__tdp_mmu_free_sp",))
        assert target is not None and (target.name, target.types) == ("tdp_mmu_free_sp", (SP,))


def test_a_helper_is_reached_as_it_stands() -> None:
    target = reached("help", EMPTY + "static u64 help(int a, void *b) { return a; }\n")
    assert target is not None
    assert (target.name, target.returns, target.types) == ("help", U64, (INT, VOIDP))
    assert python(target) == "help#c"


@pytest.mark.parametrize("op", OPS)
def test_an_op_is_called_through_the_ops_that_are_registered(op: str) -> None:
    for base, takes in (("before", 4), ("v1", 3), ("landed", 2)):
        found = program(EMPTY, base)
        target = found.op(op, Scope(found.definition("f"), {}))
        assert target is not None and python(target) == "VM.ops.free_external_spt"
        assert (target.name, len(target.types)) == (op, takes)
        assert target.returns == (INT if base == "before" else VOID)
    assert found.op("nobody", Scope(found.definition("f"), {})) is None


def test_what_the_model_has_is_asked_of_the_base() -> None:
    found = program(EMPTY, "v1")
    assert found.model("handle_removed_pt") is REVISIONS["v1"].functions["handle_removed_pt"]
    assert found.model("tdx_track") is REPLACEABLE["tdx_track"]
    one, other = (found.model(name) for name in LEAF_NAMES)
    assert one is other is REVISIONS["v1"].functions["tdx_sept_remove_private_spte"]


def test_what_rcu_may_call_takes_a_head() -> None:
    text = "void mine(struct rcu_head *head) { }\nvoid odd(struct rcu_head *head, int n) { }\nvoid other(int n) { }\n"
    found = program(text)
    scope = Scope(found.definition("other"), {})
    said = [found.callback(name, scope) for name in ("mine", "tdp_mmu_free_sp_rcu_callback", "odd", "other", "nobody")]
    assert [one and ast.unparse(one).replace(VM, "VM") for one in said] == [
        "mine#c", "VM.revision.tdp_mmu_free_sp_rcu_callback", None, None, None,
    ]  # fmt: skip


def test_a_function_that_is_not_there_or_there_twice_is_told_of_by_its_files() -> None:
    units = [parse(f"int {name}(void) {{ return 1; }}\n", f"{name}.c") for name in ("a", "b")]
    found = Program([*units, parse("\nint a(void) { return 1; }\n", "c.c")], REVISIONS["landed"], [])
    with pytest.raises(CError, match=r"^a\.c and b\.c and c\.c: nobody is not there as a function that can be read\.$"):
        found.definition("nobody")
    with pytest.raises(CError, match=r"^a is defined twice, at a\.c:1 and c\.c:2; leave one\.$"):
        found.definition("a")
    assert found.definition("b").file == "b.c"


def test_a_function_is_translated_once_and_what_is_open_is_closed_by_a_refusal() -> None:
    found = program("int f(int n) { return n; }\nint g(int n) { return m; }\n")
    assert found.translate("f", None) is found.translate("f", None)
    for _ in range(2):
        with pytest.raises(CError, match="`m` is not bound"):
            found.translate("g", None)
        assert found.open == []
    found.forget("f")
    assert "f" not in found.done


def test_what_is_passed_over_is_listed_once_for_a_line() -> None:
    found = program("void f(int n)\n{ note(n); note(n);\nnote(n); }\n")
    found.translate("f", None)
    assert [str(one) for one in found.passed_over.values()] == [
        "note (a.c:2): not bound to the model", "note (a.c:3): not bound to the model",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "abouts"),
    [
        ("WARN_ON(n);", [""]), ("WARN_ON(n);\nWARN_ON(n);", ["L1", "L2"]), ("WARN_ON(n);\nWARN_ON_ONCE(n);", ["", ""]),
        ("WARN_ON(n); WARN_ON(n);", ["L1.34", "L1.46"]),
        ("KVM_BUG_ON(n, kvm);\nKVM_BUG_ON(is_hkid_assigned(to_kvm_tdx(kvm)), kvm);", ["", "hkid"]),
        ("\nKVM_BUG_ON(is_hkid_assigned(to_kvm_tdx(kvm)), kvm);\nKVM_BUG_ON(is_hkid_assigned(to_kvm_tdx(kvm)), kvm);",
         ["hkid/L2", "hkid/L3"]),
        ("TDX_BUG_ON(n, TDH_X, kvm);\nTDX_BUG_ON(n, TDH_Y, kvm);", ["", ""]),
        ("TDX_BUG_ON(n, TDH_X, kvm);\nTDX_BUG_ON(n, TDH_X, kvm);", ["L1", "L2"]),
        ("TDX_BUG_ON(n, TDH_X, kvm);\nTDX_BUG_ON_1(n, TDH_X, n, kvm);", ["", ""]),
    ],
)  # fmt: skip
def test_warnings_of_a_function_are_told_apart_by_their_lines_where_they_are_alike(
    body: str, abouts: list[str]
) -> None:
    lines = python_of(body, "struct kvm *kvm, int n")
    calls = [one for one in ast.walk(ast.parse("\n".join(lines))) if isinstance(one, ast.Call) and len(one.args) > 2]
    assert [one.args[-1].value for one in calls if isinstance(one.args[-1], ast.Constant)] == abouts


def test_a_helper_that_is_refused_refuses_who_calls_it() -> None:
    text = "static int help(int n)\n{ return m; }\nint f(int n)\n{ return help(n); }\n"
    assert refusal(text) == "a.c:2: `m`: `m` is not bound to the model."
