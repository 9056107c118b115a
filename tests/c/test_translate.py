"""One function translated: its parameters beside the model's, its end, its lines, and what cannot be."""

import ast
import traceback

import pytest

from kvmviz.c import translate
from kvmviz.c.program import Program
from kvmviz.c.refuse import CError
from kvmviz.c.runtime import Endless, Stopped
from kvmviz.c.scope import MARK
from kvmviz.c.syntax import parse
from kvmviz.c.translate import Matched, Translated, matched
from kvmviz.c.types import PTEP, Pointer, Struct
from kvmviz.revisions import REVISIONS
from tests.c.running import program, refusal, refusal_of, runs

KVM, SP = Pointer(Struct("kvm")), Pointer(Struct("kvm_mmu_page"))


def pairs(head: str, model: str, base: str = "landed") -> list[Matched]:
    found = program(f"{head} {{ }}\n", base)
    return matched(found, next(iter(found.definitions.values()))[0], model)


def for_the_model(text: str, name: str, model: str) -> Translated:
    return Program([parse(text, "a.c")], REVISIONS["landed"], [name]).translate(name, model)


def test_parameters_of_c_stand_beside_the_model_s() -> None:
    found = pairs("void handle_removed_pt(struct kvm *kvm, tdp_ptep_t pt, bool shared)", "handle_removed_pt")
    assert [(one.name, one.model, one.there, one.back) for one in found] == [
        ("kvm", None, "it", None), ("pt", "sp", "(it, 0)", "table_of(it)"), ("shared", "shared", "it", "it"),
    ]  # fmt: skip
    assert [one.type for one in found[:2]] == [KVM, PTEP]
    (alone,) = pairs("void tdp_mmu_free_sp(struct kvm_mmu_page *sp)", "tdp_mmu_free_sp")
    assert (alone.type, alone.model) == (SP, "sp")


@pytest.mark.parametrize(
    ("head", "takes"),
    [
        ("(struct kvm *kvm, gfn_t gfn, struct kvm_mmu_page *sp)", "kvm, gfn, sp"), ("(struct kvm *kvm)", "kvm"),
        ("(struct kvm *kvm, struct kvm_mmu_page *sp, int n)", "kvm, sp, n"), ("(void)", "nothing"),
        ("(struct kvm_mmu_page *sp, struct kvm *kvm)", "sp, kvm"),
    ],
)  # fmt: skip
def test_parameters_that_the_model_does_not_give_are_refused_with_what_it_gives(head: str, takes: str) -> None:
    with pytest.raises(CError) as caught:
        pairs(f"\nvoid tdx_sept_free_private_spt{head}", "tdx_sept_free_private_spt")
    assert str(caught.value) == (
        f"a.c:2: tdx_sept_free_private_spt takes ({takes}), and on landed the model calls it with (vm, sp); "
        "name another base, as in PATH.c:v1, or change the parameters."
    )


def python(made: Translated) -> list[str]:
    return ast.unparse(made.node).replace(MARK, "_").split("\n")


def test_a_function_for_the_model_begins_with_what_c_is_given() -> None:
    text = "void handle_removed_pt(struct kvm *k, tdp_ptep_t pt, bool shared)\n{ if (shared) k = NULL; }\n"
    lines = [line.strip() for line in python(for_the_model(text, "handle_removed_pt", "handle_removed_pt"))]
    assert lines[0] == "def handle_removed_pt(vm_, pt_, shared):"
    assert lines[3:5] == ["k = vm_", "pt = (pt_, 0)"]


def test_a_function_that_is_given_the_host_finds_the_vm_there() -> None:
    text = "int tdx_reclaim_page(struct page *page)\n{ return 0; }\n"
    lines = [line.strip() for line in python(for_the_model(text, "tdx_reclaim_page", "tdx_reclaim_page"))]
    assert lines[0] == "def tdx_reclaim_page(host_, page):"
    assert "vm_ = host_.vm" in lines


def test_a_function_with_a_face_of_its_own_is_given_what_it_says() -> None:
    text = "void tdx_track(struct kvm *kvm)\n{ kvm = NULL; }\n"
    lines = [line.strip() for line in python(for_the_model(text, "tdx_track", "tdx_track"))]
    assert (lines[0], lines[3]) == ("def tdx_track(vm_, page_):", "kvm = vm_")


def test_a_function_that_asks_for_the_entries_of_its_table_finds_them_first() -> None:
    made = program("int f(tdp_ptep_t pt)\n{ return SPTE_ENT_PER_PAGE; }\n").translate("f", None)
    lines = [line.strip() for line in python(made)]
    assert lines[3:5] == ["#entries = #entries_in_use(pt[0])", "return #entries"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\nint f(int n) { return 1 +; }\n", "a.c:2: f cannot be read as C, at "),
        ("int f(int n)\n{ n++\n}\n", "a.c:2: f cannot be read as C, at `n++`"),
        ("\nint f(struct page page) { return 1; }\n",
         "a.c:2: f takes a struct by value, which cannot be followed here."),
        ("\nint f(int n) { " + "{" * 160 + "}" * 160 + " }\n", "a.c:2: f is nested more than 150 deep."),
        ("int f(int n)\n{\nvoid *p __free(kfree) = 0; return 1; }\n",
         "a.c:3: `__free(kfree)` frees at the end of a block, which cannot be followed here; free where it is meant."),
    ],
)  # fmt: skip
def test_what_cannot_be_translated_is_refused_with_its_line(text: str, said: str) -> None:
    assert refusal(text).startswith(said)


def test_what_frees_in_another_function_hurts_none() -> None:
    text = "int g(int n)\n{ void *p __free(kfree) = 0; return 1; }\nint f(int n)\n{ return n + 1; }\n"
    assert runs(text)(3) == 4


def test_a_function_whose_variables_cannot_be_told_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    learns = "u64 a = *p; return 0;"
    monkeypatch.setattr(translate, "MOST_TRIES", 1)
    assert refusal_of(learns, "tdp_ptep_t p") == "a.c:1: f: what its variables hold cannot be told."
    monkeypatch.setattr(translate, "MOST_TRIES", 2)
    program(f"int f(tdp_ptep_t p) {{ {learns} }}\n").translate("f", None)


def test_a_function_that_calls_itself_for_ever_is_stopped_and_one_that_ends_is_not() -> None:
    with pytest.raises(Endless, match="is called without end") as caught:
        runs("\n\nint f(int n)\n{ return f(n + 1); }\n", turns=5)(1)
    assert caught.value.line == 3
    assert runs("int f(int n)\n{ return n < 2 ? 1 : n * f(n - 1); }\n")(5) == 120


def test_the_loops_of_a_call_turn_so_often_and_those_of_a_run_together(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "int f(int n)\n{ int s = 0; while (n-- > 0) s++; return s; }\n"
    assert runs(text, turns=100)(98) == 98
    with pytest.raises(Endless):
        runs(text, turns=100)(200)
    monkeypatch.setattr(translate, "MOST_TURNS", 20)
    assert runs(text)(19) == 19
    with pytest.raises(Endless):
        runs(text)(21)


def test_a_function_that_ends_without_its_value_is_stopped() -> None:
    run = runs("int f(int n)\n{ if (n > 2) return 1; }\n")
    assert run(3) == 1
    with pytest.raises(Stopped, match="f ends without returning a value"):
        run(2)
    assert runs("void f(int n)\n{ n++; }\n")(2) is None


@pytest.mark.parametrize("body", ["return\n4 / n;", "int a =\n4 / n;\nreturn a;", "if (n)\nn++;\nelse\nn = 4 / n;",
                                  "n +=\n4 /\nn; return n;", "out:\nn = 4 / n;\nif (n) goto out;",
                                  "n = n;\nswitch (4 / n) {\ncase 1: n++;\ncase 2: n--;\n}"])  # fmt: skip
def test_what_stops_a_run_stands_on_its_line_of_the_c(body: str) -> None:
    text = f"int f(int n)\n{{\n{body}\nreturn 0; }}\n"
    with pytest.raises(Stopped, match="division by zero") as caught:
        runs(text)(0)
    (line,) = [one.lineno for one in traceback.extract_tb(caught.value.__traceback__) if one.filename == "a.c"]
    assert "4 /" in text.split("\n")[(line or 0) - 1]


def test_a_function_has_the_lines_that_it_has_in_the_text() -> None:
    node = program("\n\nint f(int n)\n{\n\tn++;\n\treturn n;\n}\n").translate("f", None).node
    assert (node.lineno, node.end_lineno) == (3, 7)
    assert {one.lineno for one in node.body if ast.unparse(one) in ("n += 1", "return n")} <= {5, 6}


def test_a_variable_whose_address_is_taken_anywhere_is_in_a_box_from_the_start() -> None:
    run = runs("static void set(int *to)\n{ *to = 9; }\nint f(int n)\n{ n++; set(&(n)); return n; }\n")
    assert run(3) == 9
