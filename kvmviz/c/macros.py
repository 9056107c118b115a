"""Macros and forms that no prototype could describe: each has a function here that translates its call."""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kvmviz.c import lookup, values
from kvmviz.c.conditions import OPTIONS
from kvmviz.c.refuse import shown
from kvmviz.c.surroundings import Translator
from kvmviz.c.syntax import text_of
from kvmviz.c.types import BOOL, TEXT, U64, VOID, Int, Pointer, Struct, common
from kvmviz.c.values import Effects, Unfit, Value, call, constant, exact, joined, name

if TYPE_CHECKING:
    from tree_sitter import Node

ENTRY_COUNTS: Final = ("SPTE_ENT_PER_PAGE", "PT64_ENT_PER_PAGE")
"""How many entries a table has: 512 in the kernel, those in use in the model."""

Handler = Callable[[Translator, "list[Node]", "Node"], Value]


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro: its form, what it is, and what translates it."""

    form: str
    meaning: str
    handle: Handler


MACROS: Final[dict[str, Macro]] = {}
"""By name."""


def _macro(form: str, meaning: str, *aliases: str) -> Callable[[Handler], Handler]:
    def enter(handle: Handler) -> Handler:
        for alias in (form.split("(")[0], *aliases):
            MACROS[alias] = Macro(alias + form[form.index("(") :], meaning, handle)
        return handle

    return enter


def _number(arguments: "list[Node]", *numbers: int) -> None:
    if len(arguments) not in numbers:
        raise Unfit(f"it takes {' or '.join(map(str, numbers))} arguments")


@_macro("likely(condition)", "the condition itself", "unlikely", "READ_ONCE", "rcu_dereference", "rcu_access_pointer",
        "rcu_dereference_raw", "smp_load_acquire", "__builtin_expect", "data_race",
        "rcu_dereference_protected")  # fmt: skip
def _itself(of: Translator, arguments: "list[Node]", node: "Node") -> Value:
    _number(arguments, 1, 2)
    return of.value(arguments[0])


@_macro("WRITE_ONCE(place, value)", "an assignment", "smp_store_release", "rcu_assign_pointer")
def _write_once(of: Translator, arguments: "list[Node]", node: "Node") -> Value:
    _number(arguments, 2)
    return of.place(arguments[0]).write(of.value(arguments[1]))


@_macro("container_of(pointer, struct type, member)", "the struct that holds what the pointer points at")
def _container_of(of: Translator, arguments: "list[Node]", node: "Node") -> Value:
    _number(arguments, 3)
    value, outer, member = of.value(arguments[0]), text_of(arguments[1]), text_of(arguments[2])
    bound = lookup.member(outer, member)
    if bound is None or bound.python or not isinstance(value.type, Pointer):
        raise Unfit(f"container_of is not bound for `{member}` of struct {outer}")
    if value.type.to not in (VOID, lookup.c_type(bound.type)):
        raise Unfit(f"`{member}` of struct {outer} is no {value.type.to}")
    return Value(value.node, Pointer(Struct(outer)), effects=value.effects)


# Warnings.  Several of one function that would have the same site are numbered by their lines.


def _about(of: Translator, macro: str, about: str, node: "Node") -> ast.expr:
    return ast.Constant(of.program.about(of.scope.definition, macro, about, node))


@_macro("WARN_ON(condition)", "prints a trace each time the condition is true; its value is the condition", "WARN")
def _warn_on(of: Translator, arguments: "list[Node]", node: "Node") -> Value:
    return _warning(of, "WARN_ON", arguments, node)


@_macro("WARN_ON_ONCE(condition)", "prints a trace the first time the condition is true; its value is the condition, "
        "every time", "WARN_ONCE")  # fmt: skip
def _warn_on_once(of: Translator, arguments: "list[Node]", node: "Node") -> Value:
    return _warning(of, "WARN_ON_ONCE", arguments, node)


@_macro("KVM_MMU_WARN_ON(condition)", "WARN_ON_ONCE where CONFIG_KVM_PROVE_MMU is on, as the scenario says; else "
        "nothing, and the condition is not looked at")  # fmt: skip
def _kvm_mmu_warn_on(of: Translator, arguments: "list[Node]", node: "Node") -> Value:
    warns, vm = _warning(of, "WARN_ON_ONCE", arguments, node), of.context("vm")
    assert vm is not None
    both = ast.BoolOp(ast.And(), [ast.Attribute(vm, "prove_mmu", ast.Load()), warns.node])
    return Value(both, VOID, effects=warns.effects)


def _warning(of: Translator, macro: str, arguments: "list[Node]", node: "Node") -> Value:
    condition = of.value(arguments[0])
    effects = condition.effects | Effects(calls=True)
    host = of.context("host")
    assert host is not None
    about = _about(of, macro, "", node)
    return Value(call(macro, host, values.truth(condition), about), BOOL, effects=effects)


@_macro("KVM_BUG_ON(condition, kvm)", "marks the VM as bugged, with one trace a place and boot; its value is the "
        "condition")  # fmt: skip
def _kvm_bug_on(of: Translator, arguments: "list[Node]", node: "Node") -> Value:
    _number(arguments, 2)
    condition, kvm = of.value(arguments[0]), of.converted(of.value(arguments[1]), Pointer(Struct("kvm")))
    about = _about(of, "KVM_BUG_ON", "hkid" if "is_hkid_assigned" in text_of(arguments[0]) else "", node)
    effects = joined((condition, kvm)) | Effects(calls=True)
    return Value(call("KVM_BUG_ON", values.truth(condition), kvm.node, about), BOOL, effects=effects)


@_macro("TDX_BUG_ON(err, SEAMCALL, kvm)", "reports a failed SEAMCALL: a trace once a boot and an error line, the VM "
        "bugged if there is one", "TDX_BUG_ON_1", "TDX_BUG_ON_2", "TDX_BUG_ON_3")  # fmt: skip
def _tdx_bug_on(of: Translator, arguments: "list[Node]", node: "Node") -> Value:
    registers = int(text_of(node.child_by_field_name("function")).removeprefix("TDX_BUG_ON").lstrip("_") or 0)
    _number(arguments, 3 + registers)
    err = of.converted(of.value(arguments[0]), U64)
    kvm = of.converted(of.value(arguments[-1]), Pointer(Struct("kvm")))
    shown_ = [of.converted(of.value(a), U64) for a in arguments[2:-1]]
    seamcall = text_of(arguments[1])
    if not seamcall.isidentifier():
        raise Unfit(f"{shown(seamcall)} is no name of a SEAMCALL")
    host = of.context("host")
    assert host is not None
    values_ = ast.Tuple([exact(v).node for v in shown_], ast.Load())
    about = _about(of, "TDX_BUG_ON", seamcall, node)
    node_ = call("TDX_BUG_ON", host, exact(err).node, ast.Constant(seamcall), kvm.node, values_, about)
    return Value(node_, BOOL, effects=joined((err, kvm, *shown_)) | Effects(calls=True))


@_macro("pr_err(format, ...)", "prints an error line", "pr_warn", "pr_info", "pr_crit", "pr_emerg", "pr_alert",
        "printk", "kvm_err", "kvm_pr_unimpl")  # fmt: skip
def _pr_err(of: Translator, arguments: "list[Node]", node: "Node") -> Value:
    return _line(of, "pr_err", arguments, node)


@_macro("pr_err_once(format, ...)", "prints an error line the first time in a boot", "pr_warn_once", "pr_info_once")
def _pr_err_once(of: Translator, arguments: "list[Node]", node: "Node") -> Value:
    return _line(of, "pr_err_once", arguments, node)


@_macro("pr_err_ratelimited(format, ...)", "prints an error line at most ten times in five seconds at one place",
        "pr_warn_ratelimited")  # fmt: skip
def _pr_err_ratelimited(of: Translator, arguments: "list[Node]", node: "Node") -> Value:
    return _line(of, "pr_err_ratelimited", arguments, node)


def _line(of: Translator, function: str, arguments: "list[Node]", node: "Node") -> Value:
    given = [of.value(a) for a in arguments]
    if not given or given[0].type != TEXT or any(not isinstance(v.type, Int) and v.type != TEXT for v in given):
        raise Unfit("an error line is a string and numbers here")
    host = of.context("host")
    assert host is not None
    text = call("#formatted", *(exact(v).node for v in given))
    return Value(call(function, host, text), VOID, effects=joined(given) | Effects(calls=True))


def _vm(of: Translator, node: "Node") -> Value:
    """Return the VM that is given; raise Unfit for NULL."""
    kvm = of.converted(of.value(node), Pointer(Struct("kvm")))
    if values.is_null(kvm):
        raise Unfit("NULL is given for the VM")
    return kvm


# RCU, options, SEAMCALLs with vCPUs kept out.


@_macro("call_rcu(head, callback)", "lets the callback run when every reader is done")
def _call_rcu(of: Translator, arguments: "list[Node]", node: "Node") -> Value:
    _number(arguments, 2)
    head = of.converted(of.value(arguments[0]), Pointer(Struct("rcu_head")))
    vm, host = of.context("vm"), of.context("host")
    assert vm is not None
    assert host is not None
    queue = ast.Attribute(ast.Attribute(host, "rcu", ast.Load()), "call_rcu", ast.Load())
    node_ = ast.Call(queue, [vm, head.node, of.callback(arguments[1])], [])
    return Value(node_, VOID, effects=head.effects | Effects(calls=True))


@_macro("IS_ENABLED(option)", "whether a kernel option is on; CONFIG_KVM_PROVE_MMU is as the scenario says")
def _is_enabled(of: Translator, arguments: "list[Node]", node: "Node") -> Value:
    option = text_of(arguments[0]) if arguments else ""
    if option == "CONFIG_KVM_PROVE_MMU":
        vm = of.context("vm")
        assert vm is not None
        return Value(ast.Attribute(vm, "prove_mmu", ast.Load()), BOOL)
    of.program.pass_over(of.scope.definition, f"IS_ENABLED({option})", "on" if option in OPTIONS else "off",
                         node.start_point.row + 1)  # fmt: skip
    return constant(int(option in OPTIONS))


@_macro("tdh_do_no_vcpus(SEAMCALL, kvm, ...)", "makes a SEAMCALL, and once more with vCPUs kept out if it met a lock")
def _tdh_do_no_vcpus(of: Translator, arguments: "list[Node]", node: "Node") -> Value:
    if len(arguments) < 2 or arguments[0].type != "identifier":
        raise Unfit("it takes a SEAMCALL, the VM and the SEAMCALL's arguments")
    _vm(of, arguments[1])
    first = of.by_name(text_of(arguments[0]), arguments[2:], node)
    again = of.by_name(text_of(arguments[0]), arguments[2:], node)
    if first.type != U64:
        raise Unfit(f"{text_of(arguments[0])} is no SEAMCALL")
    kept = of.scope.temporary()
    held = ast.NamedExpr(ast.Name(kept, ast.Store()), first.node)
    test = lookup.functions("tdx_operand_busy")[0].python
    busy = lookup.filled(test, lambda id: held if id == "err" else None)
    return Value(ast.IfExp(busy, again.node, name(kept)), U64, effects=first.effects)


# Functions that run on other processors: on the one that the model has.


@_macro("smp_call_function_single(cpu, function, argument, wait)", "runs a function on another processor, and waits")
def _on_a_processor(of: Translator, arguments: "list[Node]", node: "Node") -> Value:
    _number(arguments, 4)
    return of.by_name(text_of(arguments[1]), [arguments[2]], node)


@_macro("on_each_cpu_mask(processors, function, argument, wait)", "runs a function on each processor of a set, and "
        "waits")  # fmt: skip
def _on_processors(of: Translator, arguments: "list[Node]", node: "Node") -> Value:
    _number(arguments, 4)
    return of.by_name(text_of(arguments[1]), [arguments[2]], node)


@_macro("on_each_cpu(function, argument, wait)", "runs a function on each processor, and waits")
def _on_all(of: Translator, arguments: "list[Node]", node: "Node") -> Value:
    _number(arguments, 3)
    return of.by_name(text_of(arguments[0]), [arguments[1]], node)


# Numbers.


@_macro("BIT(n)", "the number with one bit set", "BIT_ULL")
def _bit(of: Translator, arguments: "list[Node]", node: "Node") -> Value:
    _number(arguments, 1)
    return values.binary("<<", constant(1, U64), of.value(arguments[0]))


@_macro("GENMASK(high, low)", "the number with these bits set", "GENMASK_ULL")
def _genmask(of: Translator, arguments: "list[Node]", node: "Node") -> Value:
    _number(arguments, 2)
    high, low = (of.value(a) for a in arguments)
    if high.const is None or low.const is None or not 63 >= high.const >= low.const >= 0:
        raise Unfit("its bits have to be two constants, the higher one first")
    return constant((2 << high.const) - (1 << low.const), U64)


@_macro("min(a, b)", "the smaller of two numbers", "max")
def _least(of: Translator, arguments: "list[Node]", node: "Node") -> Value:
    _number(arguments, 2)
    a, b = (of.value(x) for x in arguments)
    type = common(values.integer(a), values.integer(b))
    if values.integer(a).signed != values.integer(b).signed and a.const is None and b.const is None:
        raise Unfit("one number has a sign and the other has not, which the kernel's macro refuses")
    both = [exact(values.as_int(v, type)) for v in (a, b)]
    which = text_of(node.child_by_field_name("function"))
    return Value(call(f"#{which}", *(v.node for v in both)), type, effects=joined((a, b)))


@_macro("BUILD_BUG_ON(condition)", "a check of the compiler", "static_assert", "BUILD_BUG_ON_MSG")
def _build_bug_on(of: Translator, arguments: "list[Node]", node: "Node") -> Value:
    return of.passed(text_of(node.child_by_field_name("function")), "a check of the compiler", node)


@_macro("BUG()", "stops the host, which the model cannot follow", "BUG_ON")
def _bug(of: Translator, arguments: "list[Node]", node: "Node") -> Value:
    raise Unfit("the model has no BUG(), which stops the host; use WARN_ON or KVM_BUG_ON")
