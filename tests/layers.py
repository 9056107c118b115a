"""What the rooms of the package are, and who leans on whom: every import and every file that is read.

    python -m tests.layers [FOLDER]

prints rooms, arrows and circles of the package in this checkout, or in the one that is named, so that two
commits can be counted alike.  An arrow is a pair of rooms of which the first imports from the second, whether
the import is for types only, stands in a function, or is a file such as a style sheet that is read.  A circle is
a set of rooms from each of which every other is reached; the same is
counted for modules, by their imports.
"""

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PACKAGE = "kvmviz"

Graph = Mapping[str, set[str]]


@dataclass(frozen=True)
class House:
    """The package below a checkout."""

    root: Path

    @cached_property
    def modules(self) -> dict[str, ast.Module]:
        """Every module but the package itself, by its full name."""
        files = sorted((self.root / PACKAGE).rglob("*.py"))
        named = {self.name_of(file): ast.parse(file.read_text(encoding="utf-8")) for file in files}
        del named[PACKAGE]
        return named

    def name_of(self, file: Path) -> str:
        """Return the name under which a file is imported."""
        parts = file.relative_to(self.root).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def leans_on(self, code: ast.AST, *, when_loaded: bool = False, files: bool = True) -> Iterator[str]:
        """Yield every module of the package that the code needs.

        With `when_loaded` only what it needs before any function runs; without
        `files` only what it imports, and not the packages whose files it reads.
        """
        for child in ast.iter_child_nodes(code):
            if when_loaded and (isinstance(child, ast.FunctionDef) or is_for_types_only(child)):
                continue
            if files or not isinstance(child, ast.Call):
                yield from (name for name in self.named_by(child) if name.split(".")[0] == PACKAGE)
            yield from self.leans_on(child, when_loaded=when_loaded, files=files)

    def named_by(self, node: ast.AST) -> Iterator[str]:
        """Yield the modules that this very node names: an import, or the package whose file is read."""
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written out in full here"
            inside = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in self.modules else str(node.module) for name in inside)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("files", "import_module"):
            yield from (arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str))

    @cached_property
    def module_graph(self) -> Graph:
        """Module -> the modules that it imports."""
        return {name: set(self.leans_on(code, files=False)) for name, code in self.modules.items()}

    @cached_property
    def room_graph(self) -> Graph:
        """Room -> the other rooms that it leans on."""
        graph: dict[str, set[str]] = {room(name): set() for name in self.modules}
        for name, code in self.modules.items():
            graph[room(name)] |= {room(other) for other in self.leans_on(code)} - {room(name)}
        return graph


def room(module: str) -> str:
    """Return the first name below the package: ``kvmviz.kvm.tdx`` is in ``kvm``; the package itself is ``kvmviz``."""
    return [*module.split("."), PACKAGE][1]


def is_for_types_only(node: ast.AST) -> bool:
    """Say whether this is an ``if TYPE_CHECKING``."""
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def reached(graph: Graph, start: str) -> set[str]:
    """Return what is reached from here in one step or more."""
    found, open_ends = set[str](), [start]
    while open_ends:
        new = graph.get(open_ends.pop(), set()) - found
        found |= new
        open_ends += new
    return found


def functions(code: ast.AST) -> set[str]:
    """Return the names of the functions that a module defines, but for those of its classes and functions."""
    found = set[str]()
    for child in ast.iter_child_nodes(code):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(child.name)
        elif not isinstance(child, ast.ClassDef):
            found |= functions(child)
    return found


def circles(graph: Graph) -> list[list[str]]:
    """Return the sets of two or more that all reach each other, sorted.

    >>> circles({"a": {"b"}, "b": {"a"}, "c": {"a"}})
    [['a', 'b']]
    """
    far = {name: reached(graph, name) for name in graph}
    found = {tuple(sorted({other for other in far[name] if name in far.get(other, ())})) for name in graph}
    return sorted(list(circle) for circle in found if len(circle) > 1)


def mutual(graph: Graph) -> list[tuple[str, str]]:
    """Return the pairs that lean on each other."""
    return sorted((a, b) for a, others in graph.items() for b in others if a < b and a in graph.get(b, ()))


def report(house: House) -> str:
    """Return rooms, arrows and circles as text."""
    rooms, modules = house.room_graph, house.module_graph
    arrows = sum(map(len, rooms.values()))
    lines = [f"{name:<12} -> {' '.join(sorted(others))}".rstrip(" ->") for name, others in sorted(rooms.items())]
    lines += ["", f"rooms {len(rooms)}, arrows {arrows}, modules {len(modules)}"]
    for what, graph in (("rooms", rooms), ("modules", modules)):
        lines += [f"circles of {what}: {len(circles(graph))}; pairs that lean on each other: {len(mutual(graph))}"]
        lines += [f"  {' '.join(circle)}" for circle in circles(graph)]
    return "\n".join(lines)


if __name__ == "__main__":
    print(report(House(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1])))
