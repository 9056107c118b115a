"""All C of one revision while it is translated: its functions, its own types and constants, what is passed over."""

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from kvmviz.c import faces, lookup, translate
from kvmviz.c.declarations import Declarations
from kvmviz.c.passing import PassedOver
from kvmviz.c.refuse import CError
from kvmviz.c.scope import VM, Scope
from kvmviz.c.syntax import Definition, Unit, text_of
from kvmviz.c.targets import Target
from kvmviz.c.translate import Translated
from kvmviz.c.types import INT, VOID, Type
from kvmviz.c.values import name
from kvmviz.kvm.linking import REPLACEABLE
from kvmviz.revisions import CHANGEABLE, LEAF_NAMES, Revision

if TYPE_CHECKING:
    from tree_sitter import Node

OPS: Final = {"free_external_spt": "tdx_sept_free_private_spt", "reclaim_external_sp": "tdx_sept_free_private_spt"}
"""The ops of KVM that a revision changes, and the function behind each."""

ALIASES: Final = {
    "tdx_sept_reclaim_private_sp": "tdx_sept_free_private_spt", "__tdp_mmu_free_sp": "tdp_mmu_free_sp",
}  # fmt: skip
"""Functions that have another name in some trees, and the model's name for them."""


class Program(Declarations):
    """Translates the functions of some texts for a base revision, each when it is first needed."""

    def __init__(self, units: Sequence[Unit], base: type[Revision], wanted: Sequence[str]) -> None:
        super().__init__(units)
        self.base = base
        self.wanted = {ALIASES.get(name, name): name for name in wanted}
        self.kinds: dict[str, dict[int, Type]] = {}
        self.done: dict[str, Translated] = {}
        self.open: list[str] = []
        self.passed_over: dict[tuple[str, str, int], PassedOver] = {}

    # What C may call.

    def target(self, called: str, scope: Scope) -> Target | None:
        """Return what a name reaches: a function of the revision, or a helper of the C; None for any other."""
        model = ALIASES.get(called, called)
        if model in self.wanted:
            return self._of_c(model)
        if model in CHANGEABLE:
            return self._of_base(model)
        if lookup.functions(called) or called not in self.definitions:
            return None
        return self._of_definition(model, called) if model in REPLACEABLE else self._helper(called)

    def model(self, name: str) -> Any:
        """Return the function of the model that a function of C stands for."""
        if name in LEAF_NAMES:
            return self.base.functions[next(key for key in self.base.functions if key in LEAF_NAMES)]
        return self.base.functions[name] if name in CHANGEABLE else REPLACEABLE[name]

    def _of_c(self, model: str) -> Target:
        return self._of_definition(model, self.wanted[model])

    def _of_definition(self, model: str, called: str) -> Target:
        """Return a function that the model has as the C that defines it calls it, whether it runs from there or not."""
        definition = self.definition(called)
        parameters = self.parameters(definition)
        returns = faces.RETURNS.get(model) or self.returns(definition)
        special = faces.special(model, [p.type for p in parameters])
        if special is not None:
            function = self._revisions(model)
            return Target(model, returns, special.types, (), function, "vm", parameters, shape=special.back)
        matched = translate.matched(self, definition, model)
        types, backs = zip(*((m.type, m.back) for m in matched), strict=True) if matched else ((), ())
        first = faces.context(self.model(model))
        return Target(model, returns, types, backs, self._revisions(model), first, parameters)

    def _of_base(self, model: str) -> Target:
        """Return a function of the base as C calls it, by the first type that each of its parameters may have."""
        chosen = [faces.KINDS[p][0] for p in faces.parameters(self.model(model))[1:]]
        with_vm = model not in ("tdp_mmu_free_sp", "tdp_mmu_free_sp_rcu_callback")
        if model == "handle_removed_pt":
            chosen[0] = faces.KINDS["sp"][2]
        types = (*((faces.CONTEXTS["vm"][0],) if with_vm else ()), *(type for type, _, _ in chosen))
        backs = (*((None,) if with_vm else ()), *(back for _, _, back in chosen))
        returns = INT if model in LEAF_NAMES or (model.startswith("tdx_") and self.base.name == "before") else VOID
        return Target(model, returns, types, backs, self._revisions(model))

    def _revisions(self, model: str) -> ast.expr:
        """Return the Python that reaches a function of the revision that runs."""
        if model not in CHANGEABLE:
            return name(model)
        revision = ast.Attribute(name(VM), "revision", ast.Load())
        return ast.Attribute(revision, "remove_leaf" if model in LEAF_NAMES else model, ast.Load())

    def _helper(self, called: str) -> Target:
        definition = self.definition(called)
        kinds = self.kinds.setdefault(called, {})
        if called not in self.done and called not in self.open:
            self.translate(called, None)
        parameters = self.parameters(definition)
        types = tuple(kinds.get(p.at, p.type) for p in parameters)
        returns = kinds.get(-1, self.returns(definition))
        return Target(called, returns, types, ("it",) * len(types), name(f"{called}#c"), "vm", parameters, kinds,
                      lambda: self.forget(called))  # fmt: skip

    def forget(self, called: str) -> None:
        """Drop a helper's translation, since one of its parameters turned out to hold something else."""
        self.done.pop(called, None)

    def op(self, op: str, scope: Scope) -> Target | None:
        """Return what a call of an op comes to."""
        if op not in OPS:
            return None
        found = self._of_c(OPS[op]) if OPS[op] in self.wanted else self._of_base(OPS[op])
        ops = ast.Attribute(name(VM), "ops", ast.Load())
        call = ast.Attribute(ops, "free_external_spt", ast.Load())
        return Target(op, found.returns, found.types, found.backs, call)

    def callback(self, called: str, scope: Scope) -> ast.expr | None:
        """Return the function that RCU is to call."""
        if called == "tdp_mmu_free_sp_rcu_callback":
            return self._revisions(called)
        if called in self.definitions:
            target = self._helper(called)
            if [str(t) for t in target.types] == ["struct rcu_head *"]:
                return target.function
        return None

    # Translating.

    def definition(self, called: str) -> Definition:
        """Return a function of the C; raise CError if there are two of the name, or none that can be read."""
        found = self.definitions.get(called)
        if not found:
            files = " and ".join(dict.fromkeys(unit.file for unit in self.units))
            raise CError(f"{files}: {called} is not there as a function that can be read.")
        if len(found) > 1:
            places = " and ".join(f"{one.file}:{one.line}" for one in found)
            raise CError(f"{called} is defined twice, at {places}; leave one.")
        return found[0]

    def translate(self, called: str, model: str | None) -> Translated:
        """Return a function's translation: for the model if it stands for one of its functions, else as a helper."""
        if called not in self.done:
            definition = self.definition(called)
            self.open.append(called)
            try:
                self.done[called] = translate.function(self, definition, model, self.kinds.setdefault(called, {}))
            finally:
                self.open.remove(called)
        return self.done[called]

    def pass_over(self, definition: Definition, called: str, why: str, line: int) -> None:
        """Note what is passed over, to be listed in every answer."""
        one = PassedOver(called, definition.file, line, why)
        self.passed_over[one.name, one.file, one.line] = one

    def about(self, definition: Definition, macro: str, about: str, node: "Node") -> str:
        """Return what tells a warning apart from others of its function, by its line where there are several."""
        alike = [one for one in _sites(definition.node) if _key(one) == _key(node)]
        kept = "" if macro == "TDX_BUG_ON" else about
        if len(alike) < 2:
            return kept
        line, column = node.start_point.row + 1, node.start_point.column + 1
        several = sum(one.start_point.row + 1 == line for one in alike) > 1
        number = f"L{line}.{column}" if several else f"L{line}"
        return f"{kept}/{number}" if kept else number


def _sites(node: "Node") -> "list[Node]":
    found, waiting = [], [node]
    while waiting:
        one = waiting.pop()
        if one.type == "call_expression" and _key(one):
            found.append(one)
        waiting += one.named_children
    return found


def _key(node: "Node") -> tuple[str, ...] | None:
    """Return what a warning's site is named by, None for any other call."""
    macro = text_of(node.child_by_field_name("function"))
    arguments = [text_of(a) for a in node.child_by_field_name("arguments").named_children]  # type: ignore[union-attr]
    if macro.startswith("TDX_BUG_ON") and len(arguments) > 1:
        return macro, arguments[1]
    if macro == "KVM_BUG_ON" and arguments:
        return macro, "hkid" if "is_hkid_assigned" in arguments[0] else ""
    return (macro,) if macro in ("WARN_ON", "WARN_ON_ONCE", "WARN", "WARN_ONCE", "KVM_MMU_WARN_ON") else None
