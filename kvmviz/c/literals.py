"""Numbers, characters and strings of C."""

import ast
import re
from typing import TYPE_CHECKING, Final

from kvmviz.c import values
from kvmviz.c.calls import Calls
from kvmviz.c.syntax import text_of
from kvmviz.c.types import INT, S64, TEXT, U32, U64
from kvmviz.c.values import Unfit, Value

if TYPE_CHECKING:
    from tree_sitter import Node

_NUMBER: Final = re.compile(r"(0[xX][0-9a-fA-F]+|0[bB][01]+|0[0-7]*|[1-9]\d*)([uUlL]*)")
_CHARACTERS: Final = {"n": 10, "t": 9, "r": 13, "0": 0, "\\": 92, "'": 39, '"': 34, "a": 7, "b": 8, "f": 12, "v": 11}


class Literals(Calls):
    """Translates what stands for itself."""

    def on_number_literal(self, node: "Node") -> Value:
        text = text_of(node)
        if text[0] in "+-":  # the grammar takes a sign for a part of the number
            return values.unary(text[0], self.literal(text[1:]))
        return self.literal(text)

    def literal(self, text: str) -> Value:
        """Return a number without a sign, in the first type that C finds large enough."""
        found = _NUMBER.fullmatch(text)
        if not found:
            raise Unfit("no whole number")
        digits, suffix = found[1], found[2].lower()
        octal = digits[0] == "0" and len(digits) > 1 and digits[1].isdigit()
        number = int(digits, 8) if octal else int(digits, 0)
        decimal = not octal and digits[:2].lower() not in ("0x", "0b")
        wide = suffix.count("l") > 0
        signed = "u" not in suffix
        choices = [t for t in (INT, U32, S64, U64) if (t.bits == 64 or not wide) and (signed or not t.signed)]
        for type in choices:
            if type.wrap(number) == number and (type.signed or not decimal or "u" in suffix):
                return values.constant(number, type)
        raise Unfit("a number that fits no type")

    def on_char_literal(self, node: "Node") -> Value:
        text = text_of(node)[1:-1]
        if len(text) == 1:
            return values.constant(ord(text))
        if text[:1] == "\\" and text[1:] in _CHARACTERS:
            return values.constant(_CHARACTERS[text[1:]])
        raise Unfit("a character that is not read here")

    def on_string_literal(self, node: "Node") -> Value:
        return Value(ast.Constant(_unescaped(text_of(node)[1:-1])), TEXT)

    def on_concatenated_string(self, node: "Node") -> Value:
        parts = [child for child in node.named_children if child.type == "string_literal"]
        if len(parts) != len(node.named_children):
            raise Unfit("a string with a macro in it")
        return Value(ast.Constant("".join(_unescaped(text_of(part)[1:-1]) for part in parts)), TEXT)

    def on_null(self, node: "Node") -> Value:
        return values.NULL

    def on_true(self, node: "Node") -> Value:
        return values.constant(1)

    def on_false(self, node: "Node") -> Value:
        return values.constant(0)


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda found: chr(_CHARACTERS.get(found[1], ord(found[1]))), text)
