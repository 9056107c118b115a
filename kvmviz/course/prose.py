"""Sentences and tables of a notebook that are written from the model, so that prose and model cannot part.

>>> print(table(["revision", "traces"], [["v1", 1]]).data)
| revision | traces |
|---|---|
| v1 | 1 |
"""

import difflib
import inspect
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from kvmviz.c.revision import from_c
from kvmviz.compare.comparison import compare
from kvmviz.compare.figures import LABELS, Figures
from kvmviz.patches.ours import FILES, text_of
from kvmviz.record.runs import run
from kvmviz.revisions import Revision, revision

HEADS: Final = LABELS | {
    "leaked": "pages leaked: table + control",
    "deciders": "decides to leak a table page",
}
"""How a table of outcomes heads a figure; more than the label where that would not say what is counted."""


@dataclass(frozen=True, slots=True)
class Prose:
    """Text in Markdown that a notebook shows as such."""

    data: str

    def _repr_markdown_(self) -> str:
        return self.data

    def __str__(self) -> str:
        return self.data


def say(*sentences: str) -> Prose:
    """Return sentences as a paragraph each, to stand as a cell's result."""
    return Prose("\n\n".join(sentences))


def table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> Prose:
    """Return rows as a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return Prose("\n".join(_row(line) for line in lines).replace("| --- ", "|---").replace("--- |", "---|"))


def _row(cells: Sequence[object]) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def outcomes(scenarios: Iterable[str], a: str = "before", b: str = "v1", what: Sequence[str] = ()) -> Prose:
    """Return what these scenarios come to under two revisions, a row each.

    `what` chooses among the fields of `Figures`; by default traces printed, error
    lines, pages leaked and who decides to leak.  Leaked pages are counted as table
    pages + control pages.

    >>> print(outcomes(["fail=L1@0x200"], what=["traces", "silent"]))
    | before → v1 | traces printed | silent |
    |---|---|---|
    | `fail=L1@0x200` | 2 → 1 | no → no |
    """
    fields = what or ("traces", "lines", "leaked", "deciders")
    head = [f"{a} \u2192 {b}", *(HEADS[field] for field in fields)]
    return table(head, [[f"`{line}`", *_cells(a, b, line, fields)] for line in scenarios])


def _cells(a: str, b: str, line: str, fields: Sequence[str]) -> list[str]:
    both = compare(a, b, line)
    one, two = Figures.of(both.a), Figures.of(both.b)
    return [_pair(_cell(one, field), _cell(two, field)) for field in fields]


def _cell(figures: Figures, field: str) -> str:
    """Return a figure as it fits a cell: functions as code, leaked table pages and control pages apart."""
    if field == "leaked":
        return f"{figures.leaked - figures.control:,} + {figures.control:,}"
    return re.sub(r"\w+_\w+", r"`\g<0>`", figures.cell(field))


def _pair(one: str, two: str) -> str:
    """Return what two revisions come to; a long value that they share is said once."""
    return f"{one}, both" if one == two and len(one) > 10 else f"{one} \u2192 {two}"


def source_of(of: str | type[Revision], function: str, language: Literal["C", "Python"] = "C") -> Prose:
    """Return one of a revision's functions as C of our own or, with `language`, as the model's Python.

    A reader's C is shown as it was written; what has no C is shown in Python.
    """
    which = revision(of)
    made = which.functions[function]
    own = getattr(made, "c_source", None)
    text = own.text if own else text_of(which.name, function) if language == "C" and which.name in FILES else None
    return Prose(f"```c\n{text.rstrip()}\n```" if text else f"```python\n{inspect.getsource(made)}```")


def source_diff(
    a: str | type[Revision], b: str | type[Revision], *functions: str, language: Literal["C", "Python"] = "C"
) -> Prose:
    """Return how the functions of two revisions differ: as C of our own or, with `language`, as the model's Python.

    By default the functions that a patch may change are compared; what has no C is left out of the C.

    >>> print(source_diff("v1", "landed", "tdp_mmu_free_sp"))
    ```diff
    --- v1
    +++ landed
    @@ -2,3 +2,2 @@
     {
    -    free_page((unsigned long)sp->external_spt);
         free_page((unsigned long)sp->spt);
    ```
    """
    left, right = (_source(revision(which), functions, language) for which in (a, b))
    lines = difflib.unified_diff(left, right, revision(a).name, revision(b).name, lineterm="", n=1)
    return Prose("```diff\n" + "\n".join(lines).replace("\t", "    ") + "\n```")


def _source(which: type[Revision], functions: Sequence[str], language: str) -> list[str]:
    found = {name: made for name, made in which.functions.items() if not functions or name in functions}
    if language == "Python":
        return [line for made in found.values() for line in [*inspect.getsource(made).splitlines(), ""]]
    texts = [text_of(which.name, name) for name in found]
    return [line for text in texts if text for line in [*text.splitlines(), ""]]


def in_c(name: str, *functions: str) -> type[Revision]:
    """Return one of the project's revisions with these functions running from C of our own.

    >>> from kvmviz.compare.comparison import compare
    >>> compare("v1", in_c("v1", "tdx_sept_free_private_spt"), "fail=all").alike
    True
    """
    texts = [text for function in functions or CHANGED if (text := text_of(name, function))]
    return from_c("\n\n".join(texts), base=name, name=f"{name}-in-C")


CHANGED: Final = ("handle_removed_pt", "tdx_sept_free_private_spt")
"""The functions that the patch changes."""


def kernel_log(*revisions: str, scenario: str, short: bool = True) -> Prose:
    """Return the kernel logs that a teardown leaves under these revisions, each under its name.

    >>> print(str(kernel_log("v1", scenario="fail=L1@0x200 boot=second:60s")).splitlines()[-2])
    kvm_intel: SEAMCALL TDH_PHYMEM_PAGE_RECLAIM failed: 0xc000040000000000, rcx 0x4, rdx 0x100000000, r8 0x0
    """
    logs = [f"# {name}: {scenario}\n{run(name, scenario).kernel_log(None, short=short)}" for name in revisions]
    return Prose("```text\n" + "\n\n".join(logs) + "\n```")
