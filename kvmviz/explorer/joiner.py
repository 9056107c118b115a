r"""Joins the front end's ES modules into one: anywidget takes a single module and follows no relative import.

>>> text = join("widget.js")
>>> "\nimport " in text, text.rstrip().endswith("};")
(False, True)

The modules are taken in import order, each once; their `import` lines go and
`export` words too, but for what the entry module exports.  Since everything then
shares one scope, a name that two modules declare is refused.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_IMPORT = re.compile(r'^import\s*(\{[^}]*\})\s*from\s*"\./([\w.-]+)";[ \t]*\n', re.MULTILINE)
_ANY_IMPORT = re.compile(r"^import\b.*$", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async function|function|class|const|let)\b)", re.MULTILINE)
_EMPTY_EXPORT = re.compile(r"^export \{\};[ \t]*\n?", re.MULTILINE)
_DEFAULT = re.compile(r"^export default (.+?);[ \t]*\n?", re.MULTILINE | re.DOTALL)
_DECLARED = re.compile(r"^(?:export )?(?:async function|function|class|const|let|var)\s+([\w$]+)", re.MULTILINE)
_EXPORTED = re.compile(r"^export (?:async function|function|class|const|let)\s+([\w$]+)", re.MULTILINE)


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
    """Return one ES module that does what `entry` does; raise JoinError if a name is declared twice."""
    owners: dict[str, str] = {}
    parts: list[str] = []
    for name in order(entry, texts):
        for declared in _DECLARED.findall(texts[name]):
            if declared in owners:
                raise JoinError(
                    f"{declared} is declared in {owners[declared]} and in {name}; one of them needs another name"
                )
            owners[declared] = name
        parts.append(f"// {name}\n{_inner(name, texts[name])}")
    return "\n".join(parts) + "\n" + _exports(texts[entry])


def _inner(name: str, text: str) -> str:
    text = _DEFAULT.sub("", _EMPTY_EXPORT.sub("", _EXPORT.sub("", _IMPORT.sub("", text))))
    if left := _ANY_IMPORT.search(text):
        raise JoinError(f'{name}: "{left[0]}" is not of the form import {{ names }} from "./module.js";')
    return text


def _exports(text: str) -> str:
    names = _EXPORTED.findall(text)
    default = _DEFAULT.search(text)
    lines = [f"export default {default[1]};"] if default else []
    return "\n".join([*lines, f"export {{ {', '.join(names)} }};"]) + "\n"


@cache
def join(entry: str = "widget.js") -> str:
    """Return the whole front end as one ES module."""
    return joined(entry, modules())


@cache
def styles() -> str:
    """Return the explorer's style rules with the colours of both themes."""
    from kvmviz.draw.palette import css_tokens

    folder = files("kvmviz.explorer") / "static"
    sheets = [files("kvmviz.draw") / "picture.css", folder / "explorer.css", folder / "projector.css"]
    return "\n".join([css_tokens(), *(sheet.read_text(encoding="utf-8") for sheet in sheets)])
