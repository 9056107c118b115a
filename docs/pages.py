"""The pages that are computed: the front, cases, claims, the API.  Each function returns Markdown."""

import inspect
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from textwrap import dedent

import kvmviz
from docs import live
from kvmviz.check.cases import CASES
from kvmviz.check.propositions import CLAIMS, Verdict
from kvmviz.check.propositions import claims as put_to_the_test
from kvmviz.check.propositions.verdict import shows
from kvmviz.sphinx.pages import PAGE

_COMMAND = re.compile(r"`kvmviz (?:compare (?P<names>\S+ \S+)|run --revision (?P<one>\S+)) '(?P<line>[^']+)'`")


def cases() -> str:
    """Every named case: its question, what the model answers, and the command that shows it."""
    lines = ["# The cases", "", "Small teardowns worth talking about, each with a question.", ""]
    for case in CASES.values():
        a, b = case.revisions
        lines += [f"## {case.question}", "", f"`{a}` and `{b}`: {case.answer()}", ""]
        lines += ["```console", f"$ kvmviz compare {a} {b} '{case.scenario}'", "```", ""]
        lines += [live.watch(case.scenario, a, b, words="Watch it"), ""]
    return "\n".join(lines)


def front() -> str:
    """The first page: the explorer at the step where the patch first makes a difference, then the ways on."""
    ways = "".join(f'<a href="{file}"><b>{name}</b>{what}</a>' for name, file, what in _ways())
    return f"{_FRONT.format(ways=ways)}{_CONTENTS}"


def _ways() -> Iterator[tuple[str, str, str]]:
    """Yield the ways on: what each is called, where it is, what is there."""
    notebooks = len(list((Path(__file__).parents[1] / "notebooks").glob("[0-9]*.ipynb")))
    yield (
        "The course",
        "notebooks/00-start-here.html",
        f"{notebooks} notebooks of ten to fifteen minutes",
    )
    yield "The cases", "cases.html", f"{len(CASES)} small teardowns worth talking about"
    yield "The claims", "claims.html", f"{len(CLAIMS)} things that people said, put to the test"
    yield "The explorer", PAGE, "on a page of its own, which asks nobody for anything and can be saved"
    yield "The commands", "commands.html", "one line for a reply on a mailing list"
    yield "The Python names", "api.html", "to look at runs yourself"


_FRONT = """# kvmviz

A virtual machine under Intel TDX is destroyed, and one of its pages cannot be reclaimed. *Who finds out, what does the
log say, and what becomes of the page?* A patch moved that decision from KVM's generic code to its TDX code: before it
on the left, after it on the right. The arrow keys step.

```{{kvmviz}} fail=L1@0x200
```

<div class="ways">{ways}</div>

Nothing on these pages is typed in by hand: one executable model computes every warning, leak, count and verdict, and
the model agrees with recorded runs of the kernel's own functions.
"""

_CONTENTS = """
```{toctree}
:caption: The course
:glob:
:hidden:
:maxdepth: 1

notebooks/[0-9]*
notebooks/TEACHING
```

```{toctree}
:caption: Reference
:hidden:
:maxdepth: 1

cases
claims
commands
api
sphinx
```
"""

_KINDS = {
    "does not hold": "not", "holds partly": "partly", "holds": "holds", "not checkable here": "open",
}  # fmt: skip
"""The verdicts in the order in which they are told, with the end of their style's name."""


def claims() -> str:
    """What was said on the list, and whether it holds: what does not hold comes first."""
    verdicts = put_to_the_test()
    kinds = [kind for kind in _KINDS if any(v.verdict == kind for v in verdicts)]
    counts = ", ".join(f"{sum(v.verdict == kind for v in verdicts)} {kind}" for kind in kinds)
    lines = ["# The claims", "", f"What people said about the change, in our words, put to the test: {counts}.", ""]
    for kind in kinds:
        lines += [f"## {kind[0].upper()}{kind[1:]}", ""]
        for verdict in verdicts:
            lines += _claim(verdict) if verdict.verdict == kind else []
    return "\n".join(lines)


def _claim(verdict: Verdict) -> Iterator[str]:
    """Yield what was said and by whom, what became of it and why, and the command for a witness of either side."""
    held = f"It held in {verdict.holds:,} of {verdict.scenarios:,} scenarios. " if verdict.scenarios else ""
    yield f"### {verdict.id}: {verdict.proposition}"
    yield ""
    yield f'<p class="said">{escape(verdict.who)}, {escape(verdict.when)}, {_source(verdict.where)}</p>'
    yield ""
    yield f'<span class="verdict verdict-{_KINDS[verdict.verdict]}">{verdict.verdict}</span> {held}{verdict.why}'
    yield ""
    for side, line in (("For it", verdict.witness_for), ("Against it", verdict.witness_against)):
        if line:
            yield watchable(f"- {side}: `{shows(verdict)} '{line}'`")
    yield ""


def _source(where: str) -> str:
    return (
        f'<a href="{escape(where)}">the mail</a>' if where.startswith("https://") else f"<code>{escape(where)}</code>"
    )


def watchable(text: str) -> str:
    """Return Markdown with a link to the explorer behind each command whose view the site holds.

    >>> print(watchable("`kvmviz compare before v1 'fail=all'`"))
    `kvmviz compare before v1 'fail=all'` {kvmviz}`watch <tree=1x1x3 fail=all revisions=before,v1>`
    """
    return _COMMAND.sub(_with_link, text)


def _with_link(found: re.Match[str]) -> str:
    revisions = (found["names"] or found["one"]).replace(" ", ",").split(",")[:2]
    return f"{found[0]} {live.watch(found['line'], *revisions)}".rstrip()


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
