"""A function with `goto`, or a switch that falls through: cut into blocks, one of which is next.

>>> from kvmviz.c.syntax import parse
>>> unit = parse("int f(int n) { again: if (n--) goto again; return n; }", "a.c")
>>> needs_blocks(unit.functions["f"][0].node)
True

Blocks are tried in the order of the text, so that a jump forwards costs a comparison
a block; a jump backwards begins a new turn, which is counted.
"""

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kvmviz.c import switches, values
from kvmviz.c.enclosed import Enclosed
from kvmviz.c.statements import Lines, lined
from kvmviz.c.syntax import text_of
from kvmviz.c.values import Unfit, name

if TYPE_CHECKING:
    from tree_sitter import Node

PC = "#pc"
"""Which block is next."""


@dataclass
class Block:
    """Statements up to a jump; `line` is where it begins."""

    number: int
    line: int
    lines: Lines = field(default_factory=list)
    placed: bool = False


def needs_blocks(node: "Node") -> bool:
    """Say whether a statement holds a label, a goto, or a switch that Python has nothing like."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if one.type in ("goto_statement", "labeled_statement"):
            return True
        if one.type == "switch_statement" and not switches.regular(one):
            return True
        waiting += one.named_children
    return False


class Blocks(Enclosed):
    """Translates a whole function into blocks."""

    def function(self, body: "Node", end: Lines) -> Lines:
        """Return the Python of a function's body; `end` is what its closing brace does."""
        self.made: list[Block] = []
        self.order: list[Block] = []
        self.labels: dict[str, Block] = {}
        self.wanted: dict[str, Node] = {}
        self.ways: list[tuple[Block | None, Block | None]] = []
        self.begin(self.block_at(body))
        self.walk(body)
        self.current.lines += [*end, ast.Return(None)]
        self.check_labels()
        self.scope.used.add("#turns")
        chain = [self.emitted(block) for block in self.order]
        stop: Lines = [ast.Expr(values.call("#endless", ast.Subscript(name("#lines"), name(PC), ast.Load())))]
        lines_of = ast.Tuple([ast.Constant(block.line) for block in self.made], ast.Load())
        return [
            ast.Assign([ast.Name("#lines", ast.Store())], lines_of),
            ast.Assign([ast.Name(PC, ast.Store())], ast.Constant(self.order[0].number)),
            ast.For(ast.Name("#_", ast.Store()), name("#turns"), chain, stop),
        ]

    def block_at(self, node: "Node") -> Block:
        """Return a new block that is not placed yet."""
        block = Block(len(self.made), node.start_point.row + 1)
        self.made.append(block)
        return block

    def begin(self, block: Block) -> None:
        """Place a block here: what follows stands in it."""
        block.placed = True
        self.order.append(block)
        self.current = block

    def jump(self, to: Block) -> None:
        """End the block that is open."""
        self.current.lines.append(ast.Assign([ast.Name(PC, ast.Store())], ast.Constant(to.number)))

    def goto_block(self, to: Block) -> None:
        """Jump to a block and place it here."""
        self.jump(to)
        self.begin(to)

    def emitted(self, block: Block) -> ast.stmt:
        """Return `if next == number: ...`."""
        test = ast.Compare(name(PC), [ast.Eq()], [ast.Constant(block.number)])
        return lined([ast.If(test, lined(block.lines, block.line) or [ast.Pass()], [])], block.line)[0]

    def check_labels(self) -> None:
        """Raise CError for a goto to a label that is nowhere."""
        for label, node in self.wanted.items():
            if not self.labels[label].placed:
                raise self.scope.refused(node, f"goto {label}: the function has no such label")

    def walk(self, node: "Node") -> None:
        """Add a statement to the blocks; what holds no jump is translated as ever."""
        simple = not needs_blocks(node) and not switches.leaves(node)
        way = getattr(self, f"walk_{node.type}", None)
        if simple or way is None:
            self.current.lines += self.lines(node)
            return
        try:
            way(node)
        except Unfit as error:
            raise self.scope.refused(node, str(error)) from None

    def walk_compound_statement(self, node: "Node") -> None:
        with self.scope.block():
            for child in node.named_children:
                self.walk(child)

    def walk_else_clause(self, node: "Node") -> None:
        for child in node.named_children:
            self.walk(child)

    def walk_labeled_statement(self, node: "Node") -> None:
        label = text_of(node.child_by_field_name("label"))
        block = self.labels.setdefault(label, self.block_at(node))
        if block.placed:
            raise Unfit(f"the label {label} appears twice")
        block.line = node.start_point.row + 1
        self.goto_block(block)
        for child in node.named_children[1:]:
            self.walk(child)

    def walk_goto_statement(self, node: "Node") -> None:
        label = text_of(node.child_by_field_name("label"))
        self.wanted.setdefault(label, node)
        if label not in self.labels:
            self.labels[label] = self.block_at(node)
        self.leave(self.labels[label], node)

    def walk_break_statement(self, node: "Node") -> None:
        way_out = next((out for _, out in reversed(self.ways) if out is not None), None)
        if way_out is None:
            raise Unfit("`break` outside of a loop and of a switch")
        self.leave(way_out, node)

    def walk_continue_statement(self, node: "Node") -> None:
        head = next((again for again, _ in reversed(self.ways) if again is not None), None)
        if head is None:
            raise Unfit("`continue` outside of a loop")
        self.leave(head, node)

    def leave(self, to: Block, node: "Node") -> None:
        """Jump away; what follows in the text is reached by a label only."""
        self.jump(to)
        self.begin(self.block_at(node))

    def branch(self, condition: "Node | None", then: Block, other: Block) -> None:
        """End the block that is open by a choice."""
        assert condition is not None
        test = values.truth(self.condition(condition))
        choice = ast.IfExp(test, ast.Constant(then.number), ast.Constant(other.number))
        assign = ast.Assign([ast.Name(PC, ast.Store())], choice)
        self.current.lines += lined([assign], condition.start_point.row + 1)

    def walk_if_statement(self, node: "Node") -> None:
        then, after = self.block_at(node), self.block_at(node)
        alternative = node.child_by_field_name("alternative")
        other = self.block_at(node) if alternative is not None else after
        self.branch(node.child_by_field_name("condition"), then, other)
        self.begin(then)
        self.walk(node.child_by_field_name("consequence"))  # type: ignore[arg-type]  # the grammar has one
        if alternative is not None:
            self.jump(after)
            self.begin(other)
            self.walk(alternative)
        self.goto_block(after)

    def walk_while_statement(self, node: "Node") -> None:
        macro = self.unit.prepared.loops.get(node.start_byte)
        if macro is None:
            self.looped(node, None)
            return
        if macro.startswith("scoped_"):
            raise Unfit("a `goto` into or out of a guard, or a label in one, cannot be run here")
        setup, test = self.turns_of(macro, node)
        self.current.lines += lined(setup, node.start_point.row + 1)
        head, body, after = (self.block_at(node) for _ in range(3))
        self.goto_block(head)
        choice = ast.IfExp(test, ast.Constant(body.number), ast.Constant(after.number))
        self.current.lines += lined([ast.Assign([ast.Name(PC, ast.Store())], choice)], node.start_point.row + 1)
        self.begin(body)
        self.inside(node, head, after)
        self.jump(head)
        self.begin(after)

    def walk_for_statement(self, node: "Node") -> None:
        with self.scope.block():
            initial = node.child_by_field_name("initializer")
            if initial is not None:
                lines = self.lines(initial) if initial.type == "declaration" else self.done(self.value(initial))
                self.current.lines += lined(lines, node.start_point.row + 1)
            self.looped(node, node.child_by_field_name("update"))

    def looped(self, node: "Node", update: "Node | None") -> None:
        """Cut a while or for into its head, its body, its step and what comes after."""
        head, body, after = (self.block_at(node) for _ in range(3))
        step = self.block_at(update) if update is not None else head
        condition = node.child_by_field_name("condition")
        self.goto_block(head)
        if condition is None:
            self.jump(body)
        else:
            self.branch(condition, body, after)
        self.begin(body)
        self.inside(node, step, after)
        if update is not None:
            self.goto_block(step)
            self.current.lines += lined(self.done(self.value(update)), update.start_point.row + 1)
        self.jump(head)
        self.begin(after)

    def walk_do_statement(self, node: "Node") -> None:
        body, test, after = (self.block_at(node) for _ in range(3))
        self.goto_block(body)
        self.inside(node, test, after)
        self.goto_block(test)
        self.branch(node.child_by_field_name("condition"), body, after)
        self.begin(after)

    def inside(self, node: "Node", again: Block, out: Block) -> None:
        """Add a loop's body."""
        self.ways.append((again, out))
        self.walk(node.child_by_field_name("body"))  # type: ignore[arg-type]  # the grammar has one
        self.ways.pop()

    def walk_switch_statement(self, node: "Node") -> None:
        switched, kept, after = self.promoted_value(node), self.scope.temporary(), self.block_at(node)
        first = ast.Assign([ast.Name(kept, ast.Store())], switched.node)
        self.current.lines += lined([first], node.start_point.row + 1)
        chosen = switches.tests(self, node, kept, switched)
        targets = [self.block_at(group.statements[0] if group.statements else node) for _, group in chosen]
        way: ast.expr = ast.Constant(after.number)
        for (test, _), target in zip(chosen, targets, strict=True):
            if test is None:
                way = ast.Constant(target.number)
        for (test, _), target in reversed(list(zip(chosen, targets, strict=True))):
            if test is not None:
                way = ast.IfExp(test, ast.Constant(target.number), way)
        self.current.lines += lined([ast.Assign([ast.Name(PC, ast.Store())], way)], node.start_point.row + 1)
        self.ways.append((None, after))
        with self.scope.block():
            for number, ((_, group), target) in enumerate(zip(chosen, targets, strict=True)):
                if number:
                    self.jump(target)
                self.begin(target)
                for statement in group.statements:
                    self.walk(statement)
        self.ways.pop()
        self.goto_block(after)
