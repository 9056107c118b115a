"""The house in order: what several files say, they say alike; nothing in them belongs to one machine."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from kvmviz.draw.elements import FIRST

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
README = (ROOT / "README.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
ENVIRONMENT: dict[str, Any] = yaml.safe_load((ROOT / "environment.yml").read_text())

CONDA_NAMES = {"graphviz": "python-graphviz"}
"""What conda-forge calls a package of pip, where the names differ."""

LONG_FILES: dict[str, str] = {}
"""Files above 350 lines, each with the reason why it is one room and not two."""


def tracked() -> list[Path]:
    """The files of the project: what git tracks and what it would track."""
    if not (ROOT / ".git").exists():
        pytest.skip("only a git checkout knows which files are the project's")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def texts() -> list[tuple[str, str]]:
    """Name and text of every file that is text."""
    binary = {".gz", ".png", ".ico", ".woff2"}
    return [(str(file.relative_to(ROOT)), file.read_text()) for file in tracked() if file.suffix not in binary]


def bounds(requirements: list[str]) -> dict[str, str]:
    """Name -> version bound, as ``{"matplotlib": ">=3.8"}``."""
    parsed = map(Requirement, requirements)
    return {requirement.name.lower(): str(requirement.specifier) for requirement in parsed}


def extra(name: str) -> dict[str, str]:
    return bounds(PROJECT["optional-dependencies"][name])


def found(pattern: str) -> list[str]:
    """Where a pattern stands in the project's files, as ``name: line``."""
    search = re.compile(pattern).search
    return [f"{name}: {line}" for name, text in texts() for line in text.splitlines() if search(line)]


def test_environment_brings_what_pyproject_asks_for() -> None:
    conda = bounds([entry for entry in ENVIRONMENT["dependencies"] if isinstance(entry, str)])
    asked = bounds(PROJECT["dependencies"]) | extra("notebook")
    del asked["graphviz-pure"]  # python-graphviz brings Graphviz itself
    del asked["tree-sitter"], asked["tree-sitter-c"]  # pip brings them, as wheels, with the checkout
    tools = {name: bound for name, bound in extra("test").items() if name in ("nbval", "pytest")}
    expected = {CONDA_NAMES.get(name, name): bound for name, bound in (asked | tools).items()}
    assert conda == expected | {"python": PROJECT["requires-python"], "pip": ""}


def test_environment_uses_conda_forge_and_this_checkout() -> None:
    assert ENVIRONMENT["channels"] == ["conda-forge"]
    assert {"pip": ["-e ."]} in ENVIRONMENT["dependencies"]


def test_readme_names_what_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    assert {"lab", "test"} <= set(re.findall(r"make ([a-z-]+)", README)) <= targets
    assert set(re.findall(r"\.\[([a-z]+)\]", README)) <= set(PROJECT["optional-dependencies"])
    for file in re.findall(r"\]\(([^):#]+)\)", README):
        assert (ROOT / file).exists(), file


def test_readme_and_environment_agree() -> None:
    assert f"conda activate {ENVIRONMENT['name']}" in README
    assert "conda env create -f environment.yml" in README
    assert f"Python {PROJECT['requires-python'].removeprefix('>=')} or newer" in README


def test_constraints_pin_everything_that_is_asked_for() -> None:
    pins = [Requirement(line) for line in (ROOT / "constraints.txt").read_text().splitlines() if line[:1] != "#"]
    assert all(re.fullmatch(r"==[\w.]+", str(pin.specifier)) for pin in pins)
    asked = [Requirement(line) for name in PROJECT["optional-dependencies"].values() for line in name]
    asked += map(Requirement, [*PROJECT["dependencies"], "uv", "hatchling"])
    for requirement in asked:
        if requirement.name != PROJECT["name"]:
            versions = [str(pin.specifier)[2:] for pin in pins if pin.name == requirement.name.lower()]
            assert versions, requirement
            assert all(map(requirement.specifier.contains, versions)), requirement


def test_license_is_the_one_that_pyproject_names() -> None:
    assert PROJECT["license"] == "GPL-2.0-only"
    assert re.search(r"GNU GENERAL PUBLIC LICENSE\s+Version 2, June 1991", (ROOT / "LICENSE").read_text())


def test_no_file_knows_a_machine() -> None:
    assert found(r"/(w[o]rk|r[o]ot|h[o]me/\w+|Users/\w+)/|/[t]mp/\w") == []


def test_no_file_knows_a_package_registry() -> None:
    assert found(r"--(extra-)?index-[u]rl|\"[r]esolved\": *\"http|[r]egistry *= *.?http") == []


def test_nothing_is_left_open() -> None:
    open_ends = found(r"\b(T[O]DO|F[I]XME|X[X]X|NotImplemented[E]rror)\b")
    assert [line for line in open_ends if re.match(r"[^:]+\.(py|m?js|ipynb):", line)] == []


def test_files_are_small() -> None:
    assert [file.name for file in tracked() if file.stat().st_size > 1_000_000] == []
    long = {name for name, text in texts() if name.endswith((".py", ".js", ".mjs")) and text.count("\n") > 350}
    assert long == set(LONG_FILES)


KINDS = sorted(FIRST.keys() - {"HKID", "label", "words", "here"})
"""Kinds of pages and of other elements, with which a name begins."""

READ_NAMES = {"kvmviz/scenario/names.py", "kvmviz/draw/elements.py"}
"""Where names are read; everything else has their fields."""

TAKES_APART = {"startswith", "endswith", "removeprefix", "removesuffix", "split", "partition", "rpartition", "replace"}
ANY_KIND = "|".join(map(re.escape, KINDS))
FIRST_WORD = re.compile(rf"[\^(?: ]*({ANY_KIND}|TD|gfn)(?![\w.])")
IN_THE_BROWSER = re.compile(
    rf"(?:(?:starts|ends)With|slice|split|replace(?:All)?|indexOf)\([\"'`/^(?:]*(?:{ANY_KIND})(?![\w.])"
    rf"|/[^/\n ]*(?<![\w-])(?:{ANY_KIND}|gfn)\b[^/\n]*/[a-z]*\.(?:exec|test)\("
    r"|\.startsWith\([\"'`](?:tdx|tdp_mmu)\.c"
)
"""A page's or an element's name, or a place in the kernel, taken apart by its text."""


def taken_apart(text: str) -> list[str]:
    """The calls in a module that take apart what begins as the name of a page or of another element does."""
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    return [
        ast.unparse(call)
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr in TAKES_APART
        for part in (node for argument in call.args for node in ast.walk(argument))
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and FIRST_WORD.match(part.value)
    ]


def test_no_name_is_taken_apart_by_its_text() -> None:
    modules = {name: text for name, text in texts() if re.match(r"kvmviz/.*\.py$", name)}
    found = [f"{name}: {call}" for name in modules.keys() - READ_NAMES for call in taken_apart(modules[name])]
    assert sorted(found) == []


@pytest.mark.parametrize("line", ['page.startswith(("S-EPT ", "x"))', 'name.removeprefix("cause ")', 'a.split(" gfn=")',
                                  'p.startswith("TD")', 'name.partition("warn ")'])  # fmt: skip
def test_a_name_that_is_taken_apart_is_found(line: str) -> None:
    assert taken_apart(line)
    assert not taken_apart('call.startswith("TDH.MEM.") or name.startswith("guest_")')


def test_the_front_end_takes_no_name_apart() -> None:
    scripts = [(name, text) for name, text in texts() if re.match(r"kvmviz/explorer/static/.*\.js$", name)]
    lines = [f"{name}: {line}" for name, text in scripts for line in text.splitlines()]
    assert list(filter(IN_THE_BROWSER.search, lines)) == []
    for line in ('name.startsWith("pair ")', "/^(?:spt|S-EPT) (L.*)$/.exec(page)", 'el.slice("twin ".length)',
                 'by.startsWith("tdx.c:")'):  # fmt: skip
        assert IN_THE_BROWSER.search(line), line


MIRRORED = ("c", "draw", "explorer", "review")
"""Rooms of which every module that computes something has a test file at the same place below `tests`."""

WITHOUT_TESTS: dict[str, str] = {}
"""Modules of these rooms with a function and without a test file of their own, each with the reason."""


def mirror_of(module: Path) -> Path:
    """Return where the tests of a module are: of a package itself, in the file that bears the package's name."""
    name = module.parent.name if module.name == "__init__.py" else module.stem
    return ROOT / "tests" / module.relative_to(ROOT / "kvmviz").with_name(f"test_{name}.py")


def computes(text: str) -> bool:
    """Say whether a module defines a function, be it a method; one of tables and of fields alone does not."""
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(ast.parse(text)))


def test_every_module_that_computes_something_has_its_test_file() -> None:
    modules = [file for room in MIRRORED for file in sorted((ROOT / "kvmviz" / room).rglob("*.py"))
               if computes(file.read_text())]  # fmt: skip
    mirrors = {str(file.relative_to(ROOT / "kvmviz")): mirror_of(file) for file in modules}
    assert len(mirrors) > 100
    assert {name for name, mirror in mirrors.items() if not mirror.is_file()} == set(WITHOUT_TESTS)
    hollow = [name for name, mirror in mirrors.items() if mirror.is_file() and "def test_" not in mirror.read_text()]
    assert hollow == []


def test_a_module_of_tables_alone_computes_nothing() -> None:
    assert not computes("TABLE = {'a': lambda x: x}\n\nclass Row:\n    a: int\n")
    assert computes("class Row:\n    @property\n    def a(self) -> int:\n        return 1\n")
    assert computes("async def a() -> None: ...") and computes("if True:\n    def a(): ...")
