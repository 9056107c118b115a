"""Loop macros of the kernel, by name: each has a function here that translates it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tree_sitter import Node

LOOPS: Final[dict[str, Callable[[Any, "Node"], Any]]] = {}
"""What translates the loop of a macro: it is given the translator and the node, and returns statements of Python."""
