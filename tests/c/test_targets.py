"""A function as C reaches it: the Python of its call, and what a helper's parameters learn."""

import ast
from dataclasses import replace

import pytest

from kvmviz.c.scope import VM
from kvmviz.c.syntax import Parameter
from kvmviz.c.targets import Target
from kvmviz.c.types import INT, PTEP, SPTE, U32, U64, VOID, VOIDP, Pointer, Struct
from kvmviz.c.values import NULL, Unfit, Value, constant, name

KVM, SP = Pointer(Struct("kvm")), Pointer(Struct("kvm_mmu_page"))
PLAIN = Target("f", VOID, (KVM, U64, PTEP), (None, "it", "table_of(it)"), name("there"))
GIVEN: list[ast.expr] = [name("k"), name("g"), name("p")]


def python(target: Target, arguments: list[ast.expr]) -> str:
    return ast.unparse(target.call(arguments)).replace(VM, "VM")


def test_a_call_gives_each_argument_as_the_model_takes_it() -> None:
    assert python(PLAIN, GIVEN) == "there(k, g, #table_of(p))"
    assert python(replace(PLAIN, first="host"), GIVEN) == "there(k.host, g, #table_of(p))"


def test_where_c_gives_no_vm_the_one_that_runs_is_given() -> None:
    target = replace(PLAIN, types=(U64,), backs=("it + 1",))
    assert python(target, [name("g")]) == "there(VM, g + 1)"
    assert python(replace(target, first="host"), [name("g")]) == "there(VM.host, g + 1)"


def test_what_belongs_to_the_generated_module_is_no_argument() -> None:
    target = replace(PLAIN, types=(U64,), backs=("other(it)",))
    assert [one.id for one in ast.walk(target.call([name("other")])) if isinstance(one, ast.Name)] == [
        "there", VM, "#other", "other",
    ]  # fmt: skip


def test_a_shape_says_what_all_arguments_are() -> None:
    target = replace(PLAIN, shape=("a2[0]", "a1", "None"), backs=())
    assert python(target, GIVEN) == "there(VM, p[0], g, None)"


def test_a_wrong_number_of_arguments_is_refused_with_what_it_takes() -> None:
    PLAIN.check_number(3)
    with pytest.raises(Unfit) as caught:
        PLAIN.check_number(2)
    assert str(caught.value) == "`f` takes 3 arguments here (struct kvm *, u64, tdp_ptep_t), and gets 2"
    with pytest.raises(Unfit, match=r"takes 0 arguments here \(nothing\), and gets 1$"):
        replace(PLAIN, types=()).check_number(1)


@pytest.mark.parametrize(
    ("declared", "held", "value", "news"),
    [
        (U64, U64, Value(name("x"), SPTE), True), (U64, SPTE, Value(name("x"), SPTE), False),
        (U32, U32, Value(name("x"), SPTE), False), (U64, U64, constant(4), False), (VOIDP, VOIDP, NULL, False),
        (VOIDP, VOIDP, Value(name("x"), SP), True), (Pointer(U64), Pointer(U64), Value(name("x"), PTEP), True),
        (VOIDP, SP, Value(name("x"), KVM), False), (SP, SP, Value(name("x"), KVM), False),
        (VOIDP, VOIDP, Value(name("x"), U64), False), (INT, INT, Value(name("x"), PTEP), False),
    ],
)  # fmt: skip
def test_a_helper_s_parameter_learns_once_what_it_holds(
    declared: object, held: object, value: Value, news: bool
) -> None:
    forgotten: list[bool] = []
    target = replace(
        PLAIN, types=(held,), backs=("it",), parameters=[Parameter("a", declared, 17)], kinds={},  # type: ignore[arg-type]
        forget=lambda: forgotten.append(True),
    )  # fmt: skip
    assert target.learn(0, value) == news
    assert target.kinds == ({17: value.type} if news else {})
    assert forgotten == [True] * news


def test_a_function_of_the_model_learns_nothing() -> None:
    assert not replace(PLAIN, parameters=[Parameter("a", VOIDP, 1)] * 3).learn(0, Value(name("x"), SP))
