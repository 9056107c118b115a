r"""The macro behind TDX_BUG_ON, run as a tree or a patch has it: what it warns by, and when, decides what is printed.

>>> macro = found(r'''
... #define __TDX_BUG_ON(err, fn, kvm, fmt, args...) \
... ({ bool failed = !!(err); WARN_ON(failed); failed; })
... ''', "tdx.c")
>>> macro.name, macro.line
('__TDX_BUG_ON', 2)

A macro in braces is no function; this one is followed for what such a macro says:
declarations, `if`, warnings, kvm_vm_bugged() and error lines.  Anything else refuses.
The words of its error line are the model's.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final

from kvmviz.c.refuse import refused, shown
from kvmviz.c.syntax import parser, text_of
from kvmviz.machine import bug
from kvmviz.machine.host import Host
from kvmviz.machine.recorder import site

if TYPE_CHECKING:
    from tree_sitter import Node

MODEL: Final = "TDX_BUG_ON"
NAMES: Final = ("__TDX_BUG_ON", "TDX_BUG_ON")
_MACRO: Final = re.compile(
    r"^[ \t]*#[ \t]*define[ \t]+(__TDX_BUG_ON|TDX_BUG_ON)\(([^)]*)\)((?:[^\n]*\\\n)*[^\n]*)", re.MULTILINE
)


@dataclass(slots=True)
class _State:
    """One evaluation: where, of what, and the variables so far."""

    host: Host
    site: str
    err: int
    vm: bug.BuggableVM | None
    line: str
    names: dict[str, Any] = field(default_factory=dict)


_Step = Callable[[_State], Any]


@dataclass(frozen=True, slots=True)
class Macro:
    """The macro as it stands in a text: its name, file and line, the whole of it, and what it does."""

    name: str
    file: str
    line: int
    text: str
    parameters: tuple[str, ...]
    steps: tuple[_Step, ...]

    def function(self) -> FunctionType:
        """Return the model's TDX_BUG_ON with this macro behind it."""

        def TDX_BUG_ON(
            host: Host, err: int, fn: str, vm: bug.BuggableVM | None, registers: tuple[int, ...] = (), about: str = ""
        ) -> bool:
            name = site(bug.named("TDX_BUG_ON" + (f"_{len(registers)}" if registers else "") + f"/{fn}", about))
            state = _State(host, name, err, vm, bug.seamcall_line(fn, err, registers))
            state.names.update(zip(self.parameters, (err, fn, vm), strict=False))
            result: Any = None
            for step in self.steps:
                result = step(state)
            return bool(result)

        made: Any = TDX_BUG_ON
        found: FunctionType = made
        return found


def texts(source: str) -> list[str]:
    """Return the macro of a text as it is written, whether it can be followed or not."""
    return [match[0] for match in _MACRO.finditer(source) if "({" in match[3]]


def found(source: str, file: str) -> Macro | None:
    """Return the macro of a text, None if there is none; raise CError for one that says more than is followed."""
    for match in _MACRO.finditer(source):
        body = match[3].replace("\\\n", " \n")
        start, end = body.find("({"), body.rfind("})")
        if 0 <= start < end:
            line = source.count("\n", 0, match.start()) + 1
            above = source.count("\n", 0, match.start(3)) + body.count("\n", 0, start)
            code = "\n" * above + "int f(void) {" + body[start + 2 : end] + "}"
            parameters = tuple(word.strip(" .") for word in match[2].replace("\\\n", " ").split(","))
            function = parser().parse(code.encode()).root_node.named_children[0]
            steps = _Reader(file).block(function.child_by_field_name("body"))
            return Macro(match[1], file, line, match[0].strip("\n"), parameters, tuple(steps))
    return None


class _Reader:
    """Makes steps of syntax."""

    def __init__(self, file: str) -> None:
        self.file = file

    def block(self, node: "Node | None") -> list[_Step]:
        return [self.statement(child) for child in node.named_children if child.type != "comment"] if node else []

    def statement(self, node: "Node") -> _Step:
        if node.type == "compound_statement":
            return _all(self.block(node))
        if node.type == "expression_statement":
            return self.value(node.named_children[0]) if node.named_children else _nothing
        if node.type == "declaration":
            return _all([self.declared(child) for child in node.children_by_field_name("declarator")])
        if node.type == "if_statement":
            test, then, other = (node.child_by_field_name(n) for n in ("condition", "consequence", "alternative"))
            assert test is not None
            assert then is not None
            otherwise = self.statement(other.named_children[0]) if other is not None else _nothing
            return _if(self.value(test), self.statement(then), otherwise)
        raise self.unknown(node)

    def declared(self, node: "Node") -> _Step:
        value, name = node.child_by_field_name("value"), node.child_by_field_name("declarator")
        if value is None or name is None:
            return _nothing
        return _set(text_of(name).lstrip("* "), self.value(value))

    def value(self, node: "Node") -> _Step:
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        match node.type:
            case "parenthesized_expression":
                return self.value(node.named_children[0])
            case "identifier" | "true" | "false" | "null":
                return _name(text_of(node))
            case "number_literal" if text_of(node).isdigit():
                return _constant(int(text_of(node)))
            case "unary_expression" if text_of(node).startswith("!"):
                return _not(self.value(node.named_children[0]))
            case "binary_expression" if left and right and text_of(node.children[1]) in ("&&", "||"):
                return _both(text_of(node.children[1]) == "&&", self.value(left), self.value(right))
            case "field_expression":
                return self.member(node)
            case "assignment_expression" if left and right and left.type == "identifier":
                return _set(text_of(left), self.value(right))
            case "call_expression":
                return self.call(node)
        raise self.unknown(node)

    def member(self, node: "Node") -> _Step:
        member = text_of(node.child_by_field_name("field"))
        if member not in ("vm_bugged", "vm_dead"):
            raise self.unknown(node)
        of = self.value(node.named_children[0])
        return lambda state: getattr(of(state), member)

    def call(self, node: "Node") -> _Step:
        called = text_of(node.child_by_field_name("function"))
        arguments = [n for n in node.child_by_field_name("arguments").named_children if n.type != "comment"]  # type: ignore[union-attr]
        if called in ("likely", "unlikely", "READ_ONCE") and len(arguments) == 1:
            return self.value(arguments[0])
        if called in ("WARN_ON", "WARN", "WARN_ON_ONCE", "WARN_ONCE") and arguments:
            return _warn(self.value(arguments[0]), once=called.endswith("ONCE"))
        if called == "kvm_vm_bugged" and len(arguments) == 1:
            of = self.value(arguments[0])
            return lambda state: bug.kvm_vm_bugged(of(state), state.site)
        if called in ("pr_err_ratelimited", "pr_err") and arguments:
            report = bug.pr_err if called == "pr_err" else bug.pr_err_ratelimited
            return lambda state: report(state.host, state.line)
        raise self.unknown(node)

    def unknown(self, node: "Node") -> Exception:
        return refused(self.file, node.start_point.row + 1, f"{shown(text_of(node))} cannot be followed in a macro")


def _nothing(state: _State) -> None:
    """Do nothing."""


def _all(steps: list[_Step]) -> _Step:
    return lambda state: [step(state) for step in steps]


def _if(test: _Step, then: _Step, otherwise: _Step) -> _Step:
    return lambda state: then(state) if test(state) else otherwise(state)


def _set(name: str, value: _Step) -> _Step:
    return lambda state: state.names.__setitem__(name, value(state))


def _name(name: str) -> _Step:
    constants = {"NULL": None, "true": True, "false": False}
    return lambda state: state.names[name] if name in state.names else constants[name]


def _constant(value: int) -> _Step:
    return lambda state: value


def _not(value: _Step) -> _Step:
    return lambda state: not value(state)


def _both(every: bool, left: _Step, right: _Step) -> _Step:
    if every:
        return lambda state: bool(left(state) and right(state))
    return lambda state: bool(left(state) or right(state))


def _warn(condition: _Step, *, once: bool) -> _Step:
    """A warning; one that is held back since the VM was bugged before is noted, as the model does."""

    def step(state: _State) -> bool:
        holds = bool(condition(state))
        if holds:
            bug.report(state.host, state.site, once=once)
        elif state.err and state.vm is not None and state.vm.vm_bugged:
            state.host.recorder.masked(state.site)
        return holds

    return step
