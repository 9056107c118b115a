"""The pages that are computed: cases, claims, the API.  Each function returns Markdown."""

import inspect
import re
from collections.abc import Iterator
from textwrap import dedent

import kvmviz
from docs import live
from kvmviz.check.cases import CASES
from kvmviz.check.claims import claims as put_to_the_test
from kvmviz.check.claims.text import claims_markdown

_COMMAND = re.compile(r"`kvmviz (?:compare (?P<names>\S+ \S+)|run --revision (?P<one>\S+)) '(?P<line>[^']+)'`")


def cases() -> str:
    """Every named case: its question, what the model answers, and the command that shows it."""
    lines = ["# The cases", "", "Small teardowns worth talking about, each with a question.", ""]
    for case in CASES.values():
        a, b = case.revisions
        lines += [f"## {case.question}", "", f"`{a}` and `{b}`: {case.answer()}", ""]
        lines += ["```console", f"$ kvmviz compare {a} {b} '{case.scenario}'", "```", ""]
        where = live.address(f"{case.scenario} revisions={a},{b}")
        lines += [f'<a href="{where}">Watch it</a>', ""] if where else []
    return "\n".join(lines)


def claims() -> str:
    """What was said on the list, and whether it holds."""
    head = "# The claims\n\nWhat people said about the change, in our words, put to the test.\n"
    return f"{head}\n{watchable(claims_markdown(put_to_the_test()))}\n"


def watchable(text: str) -> str:
    """Return Markdown with a link to the explorer behind each command whose view the site holds.

    >>> print(watchable("`kvmviz compare before v1 'fail=all'`"))
    `kvmviz compare before v1 'fail=all'` <a href="explorer.html#tree=1x1x3&fail=all&revisions=before,v1">watch</a>
    """
    return _COMMAND.sub(_with_link, text)


def _with_link(found: re.Match[str]) -> str:
    revisions = (found["names"] or found["one"]).replace(" ", ",").split(",")[:2]
    where = live.address(f"{found['line']} revisions={','.join(revisions)}")
    return f'{found[0]} <a href="{where}">watch</a>' if where else found[0]


def api() -> str:
    """The public names of `kvmviz`, from their docstrings."""
    lines = ["# The Python names", "", "Everything here is `kvmviz.NAME`.", ""]
    for name in sorted(kvmviz.__all__, key=str.lower):
        lines += [*_entry(name, getattr(kvmviz, name)), ""]
    return "\n".join(lines)


def _entry(name: str, value: object) -> Iterator[str]:
    yield f"## {name}"
    yield ""
    if callable(value) and not isinstance(value, dict):
        yield f"```python\n{name}{_signature(value)}\n```"
        yield ""
        yield from _doc(value)
    if inspect.isclass(value):
        for member, thing in vars(value).items():
            doc = inspect.getdoc(thing)
            if not member.startswith("_") and doc and (callable(thing) or isinstance(thing, property)):
                yield f"- `{member}`: {doc.splitlines()[0]}"


def _signature(value: object) -> str:
    try:
        return str(inspect.signature(value))  # type: ignore[arg-type]  # only callables come here
    except ValueError:
        return "(...)"


def _doc(value: object) -> Iterator[str]:
    """Yield a docstring as Markdown, its examples as code."""
    inside = False
    for line in dedent(inspect.getdoc(value) or "").splitlines():
        example = line.startswith((">>>", "...")) or (inside and bool(line))
        if example != inside:
            yield "```" + ("python" if example else "")
            inside = example
        yield line
    if inside:
        yield "```"
