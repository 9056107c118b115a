"""Broken variants of C, made by operators over its syntax: a statement gone, a condition turned, one more than one."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

from kvmviz.c.syntax import parse, text_of

if TYPE_CHECKING:
    from tree_sitter import Node

SWAPS = {"&&": "||", "||": "&&", "==": "!=", "!=": "==", "<": "<=", ">": ">=", "+": "-", "-": "+", "*": "+"}

CALLS = {
    "WARN_ON": ("WARN_ON_ONCE",), "WARN_ON_ONCE": ("WARN_ON",), "is_shadow_present_pte": ("is_frozen_spte",),
    "is_frozen_spte": ("is_shadow_present_pte",), "tdx_reclaim_page": ("__tdx_reclaim_page",),
    "kvm_tdp_mmu_read_spte": (), "tdh_mem_range_block": ("tdh_mem_page_remove",),
    "tdh_mem_page_remove": ("tdh_mem_range_block",),
}  # fmt: skip

GONE = ("expression_statement", "goto_statement", "continue_statement", "break_statement", "return_statement")


@dataclass(frozen=True)
class Mutant:
    """A variant: what was done, and the text."""

    what: str
    text: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Edit:
    """One change of a text."""

    start: int
    end: int
    new: str
    what: str


def edits(node: "Node") -> Iterator[Edit]:
    """Every change that an operator makes somewhere in a function."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        line = one.start_point.row + 1
        for new, what in _variants(one):
            yield Edit(one.start_byte, one.end_byte, new, f"line {line}: {what}: {' '.join(text_of(one).split())[:90]}")
        waiting += one.named_children


def _variants(node: "Node") -> Iterator[tuple[str, str]]:
    text = text_of(node)
    if node.type in GONE:
        yield ";", "gone"
    if node.type == "expression_statement":
        yield f"{{ {text} {text} }}", "twice"
        yield f"if (0) {text}", "never"
        yield f"{{ if (1) return; {text} }}", "left before"
        yield f"while (1) {text}", "again and again"
    if node.type == "parenthesized_expression" and node.parent is not None and node.parent.type == "if_statement":
        yield f"(!{text})", "turned"
        yield "(1)", "always"
        yield "(0)", "never taken"
    if node.type == "binary_expression" and node.children[1].type in SWAPS:
        left, right = (text_of(child) for child in node.named_children)
        yield f"{left} {SWAPS[node.children[1].type]} {right}", "another operator"
        yield f"({left})", "left side only"
        yield f"({right})", "right side only"
    if node.type == "number_literal":
        yield str(int(text, 0) + 1), "off by one"
    if node.type == "return_statement" and node.named_children:
        yield "return 0;", "returns 0"
        yield "return -EBUSY;", "returns -EBUSY"
    if node.type == "call_expression":
        yield from _calls(node)
    if node.type == "for_statement":
        yield "for (;;) ;", "for ever"
    if node.type == "compound_statement" and node.parent is not None and node.parent.type == "function_definition":
        yield "{ again: goto again; }", "jumps back for ever"
        yield "{ while (1) { } }", "turns for ever"
        yield from _swapped(node)


def _calls(node: "Node") -> Iterator[tuple[str, str]]:
    function: Any = node.child_by_field_name("function")
    arguments: Any = node.child_by_field_name("arguments")
    given = [text_of(a) for a in arguments.named_children]
    called, text = text_of(function), text_of(node)
    for other in CALLS.get(called, ()):
        yield text.replace(called, other, 1), "another function"
    if called == "KVM_BUG_ON":
        yield f"WARN_ON_ONCE({given[0]})", "another macro"
        yield f"WARN_ON({given[0]})", "another macro"
        yield f"({given[0]})", "no macro"
    if called.startswith(("TDX_BUG_ON", "WARN_ON")):
        yield f"({given[0]})", "no macro"
    if called == "TDX_BUG_ON":
        yield f"TDX_BUG_ON({given[0]}, {given[1]}, NULL)", "no VM"
    for number, one in enumerate(given):
        if one in ("sp", "kvm", "page", "at", "head", "sp->spt", "sp->external_spt"):
            yield f"{called}({', '.join([*given[:number], 'NULL', *given[number + 1 :]])})", f"NULL for {one}"
        if one in ("level", "shared", "gfn", "gpa"):
            others = [*given[:number], {"shared": "!shared"}.get(one, f"{one} + 1"), *given[number + 1 :]]
            yield f"{called}({', '.join(others)})", f"another {one}"


def _swapped(node: "Node") -> Iterator[tuple[str, str]]:
    statements = [child for child in node.named_children if child.type not in ("comment", "declaration")]
    text, base = text_of(node), node.start_byte
    for a, b in pairwise(statements):
        middle = text[a.end_byte - base : b.start_byte - base]
        swapped = f"{text_of(b)}{middle}{text_of(a)}"
        both = text[: a.start_byte - base] + swapped + text[b.end_byte - base :]
        yield both, f"swapped {text_of(a)[:30]!r} and the next"


def mutants(source: str, function: str, most: int) -> list[Mutant]:
    """Return up to so many variants of a function: each edit alone, then two at once."""
    node = parse(source, "a.c").functions[function][0].node
    singles = list(edits(node))
    made = [_made(source, (e,)) for e in singles]
    apart = ((a, b) for a, b in combinations(singles, 2) if a.end <= b.start or b.end <= a.start)
    seen = {one.text for one in made}
    for pair in apart:
        if len(made) >= most:
            break
        both = _made(source, pair)
        if both.text not in seen:
            made.append(both)
    return list({one.text: one for one in made if one.text != source}.values())


def _made(source: str, changes: tuple[Edit, ...]) -> Mutant:
    text = source
    for one in sorted(changes, key=lambda e: -e.start):
        text = text[: one.start] + one.new + text[one.end :]
    return Mutant("; ".join(e.what for e in changes), text, tuple((e.start, e.end) for e in changes))
