r"""Joins the front end's ES modules into one: anywidget takes a single module and follows no relative import.

>>> text = join("widget.js")
>>> "\nimport " in text, text.rstrip().endswith("} = $widget_js;")
(False, True)

The modules are taken in import order, each once and each in a function of its own,
which returns what the module exports; an `import` takes names out of that.  So names
need to be unique in their module only.  The entry module's exports are the whole's.
Comments before a line and indentation, which are for readers of the modules, are
left out; so no text in them may stand on several lines.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_IMPORT = re.compile(r'^import\s*(\{[^}]*\})\s*from\s*"\./([\w.-]+)";[ \t]*\n', re.MULTILINE)
_ANY_IMPORT = re.compile(r"^import\b.*$", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async function|function|class|const)\b)", re.MULTILINE)
_EMPTY_EXPORT = re.compile(r"^export \{\};[ \t]*\n?", re.MULTILINE)
_DEFAULT = re.compile(r"^export default (.+?);[ \t]*\n?", re.MULTILINE | re.DOTALL)
_EXPORTED = re.compile(r"^export (?:async function|function|class|const)\s+([\w$]+)", re.MULTILINE)
_FOR_READERS = re.compile(r"^[ \t]*(?:/\*\*(?:(?!\*/).)*\*/[ \t]*|//[^\n]*)\n|^[ \t]+", re.MULTILINE | re.DOTALL)
_LIVE = re.compile(r"^export let\b.*$", re.MULTILINE)


class JoinError(ValueError):
    """The modules cannot be joined; the text says which and why."""


def modules() -> dict[str, str]:
    """Return the front end's modules by file name."""
    folder = files("kvmviz.explorer") / "static"
    return {f.name: f.read_text(encoding="utf-8") for f in folder.iterdir() if f.name.endswith(".js")}


def order(entry: str, texts: Mapping[str, str]) -> list[str]:
    """Return the modules that `entry` needs, each after those it imports; raise JoinError for a circle."""
    found: list[str] = []
    open_: list[str] = []

    def visit(name: str) -> None:
        if name in found:
            return
        if name in open_:
            raise JoinError(f"{' imports '.join([*open_[open_.index(name) :], name])}: a circle")
        if name not in texts:
            raise JoinError(f"{open_[-1] if open_ else 'the entry'} imports {name}, which is not there")
        open_.append(name)
        for match in _IMPORT.finditer(texts[name]):
            visit(match[2])
        open_.pop()
        found.append(name)

    visit(entry)
    return found


def joined(entry: str, texts: Mapping[str, str]) -> str:
    """Return one ES module that does what `entry` does; raise JoinError for what cannot be followed."""
    parts = [f"// {name}\nconst {_held(name)} = {_wrapped(name, texts[name])};\n" for name in order(entry, texts)]
    return "\n".join([*parts, _exports(entry, texts[entry])])


def _held(name: str) -> str:
    """Return the name under which the whole keeps what a module exports."""
    return "$" + re.sub(r"\W", "_", name)


def _wrapped(name: str, text: str) -> str:
    """Return a module as a call that returns its exports."""
    exported, default = _EXPORTED.findall(text), _DEFAULT.search(text)
    names = ", ".join([*exported, *([f"default: {default[1]}"] if default else [])])
    inside = _IMPORT.sub(lambda m: f"const {_taken(m[1])} = {_held(m[2])};\n", text)
    inside = _DEFAULT.sub("", _EMPTY_EXPORT.sub("", _EXPORT.sub("", inside)))
    for form, wanted in ((_ANY_IMPORT, 'import { names } from "./module.js";'), (_LIVE, "export const or function")):
        if left := form.search(inside):
            raise JoinError(f'{name}: "{left[0]}" is not of the form {wanted}')
    inside = _FOR_READERS.sub("", inside)
    return f"(() => {{\n{inside.strip()}\nreturn {{ {names} }};\n}})()"


def _taken(names: str) -> str:
    """Return the names of an `import` as a pattern that takes them out of an object."""
    return re.sub(r"\s+as\s+", ": ", names)


def _exports(entry: str, text: str) -> str:
    names = _EXPORTED.findall(text)
    lines = [f"export default {_held(entry)}.default;"] if _DEFAULT.search(text) else []
    return "\n".join([*lines, f"export const {{ {', '.join(names)} }} = {_held(entry)};"]) + "\n"


@cache
def join(entry: str = "widget.js") -> str:
    """Return the whole front end as one ES module."""
    return joined(entry, modules())


@cache
def styles() -> str:
    """Return the explorer's style rules with the colours of both themes."""
    from kvmviz.draw.palette import css_tokens

    folder = files("kvmviz.explorer") / "static"
    own = [folder / f"{name}.css" for name in ("explorer", "projector", "small")]
    sheets = [files("kvmviz.draw") / "picture.css", *own]
    return "\n".join([css_tokens(), *(sheet.read_text(encoding="utf-8") for sheet in sheets)])
