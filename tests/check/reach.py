"""Which lines and branches of the model a space reaches; run as a program, since lines count from the first import."""

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import coverage

ROOT = Path(__file__).parents[2] / "kvmviz"
FOLDERS = ("kvm", "machine")


def unreached(space: str, revisions: list[str]) -> dict[str, list[str]]:
    """By file what no scenario reaches: `function: line`, `function: line -> line` for a jump, or `def function`."""
    watch = coverage.Coverage(
        branch=True, include=[str(ROOT / folder / "*") for folder in FOLDERS], data_file=None, config_file=False
    )
    watch.start()
    _run(space, revisions)
    watch.stop()
    files = [file for folder in FOLDERS for file in sorted((ROOT / folder).glob("*.py"))]
    found = {str(file.relative_to(ROOT)): sorted(set(_missing(watch, file))) for file in files}
    return {file: missing for file, missing in found.items() if missing}


def _run(space: str, revisions: list[str]) -> None:
    from kvmviz.check.observation import observe
    from kvmviz.check.space import scenarios
    from kvmviz.revisions import REVISIONS

    for scenario in scenarios(space):
        for name in revisions:
            observe(REVISIONS[name], scenario)


def _missing(watch: coverage.Coverage, file: Path) -> Iterator[str]:
    lines, functions = ["", *file.read_text().splitlines()], _functions(file)
    _, statements, _, missing, _ = watch.analysis2(str(file))
    whole = {
        name for name in functions.values()
        if all(n in missing for n in statements if functions.get(n) == name)
    }  # fmt: skip
    for number in missing:
        name = functions.get(number, "module")
        yield f"def {name}" if name in whole else f"{name}: {lines[number].strip()}"
    for start, ends in watch._analyze(str(file)).missing_branch_arcs().items():
        for end in ends:
            if start not in missing and end not in missing:
                yield f"{functions.get(start)}: {lines[start].strip()} -> {lines[end].strip() if end > 0 else '(end)'}"


def _functions(file: Path) -> dict[int, str]:
    """The function that each line of a body is in."""
    found: dict[int, str] = {}
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef):
            found |= dict.fromkeys(range(node.body[0].lineno, (node.end_lineno or 0) + 1), node.name)
    return found


if __name__ == "__main__":
    print(json.dumps(unreached(sys.argv[1], sys.argv[2].split(","))))
