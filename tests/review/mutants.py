"""Patches like a given one but for one thing: an operator over the code that a patch adds.

>>> text = "\\n".join(["--- a/f.c", "+++ b/f.c", "@@ -1,1 +1,2 @@ int f(void)", " {", "+\\tif (g() || h())"])
>>> [mutant.what for mutant in mutants(text)][:3]
['|| -> && in line 5', 'g( -> !g( in line 5', 'h( -> !h( in line 5']

The counts of a hunk's header are put right.  `HARMLESS` changes nothing that can be seen.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

_HEADER = re.compile(r"@@ -(\d+),\d+ \+(\d+),\d+ @@(.*)")
_CALL = re.compile(r"(?<![\w>!])(?!if\b|while\b|for\b|sizeof\b|unsigned\b|struct\b)(\w+)\((?!\*)")
_WORDS = (
    ("||", "&&"), ("&&", "||"), ("= NULL", "= sp->external_spt"), ("sp->external_spt", "sp->spt"), ("kvm)", "NULL)"),
)  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A changed patch and what was changed in it."""

    what: str
    text: str


def mutants(patch: str) -> Iterator[Mutant]:
    """Yield every patch with one token, statement or condition of its added code changed."""
    lines = patch.split("\n")
    for number, line in enumerate(lines):
        if is_code(lines, number):
            for what, instead in _changes(line):
                yield _mutant(f"{what} in line {number + 1}", lines, number, instead)


def is_code(lines: Sequence[str], number: int) -> bool:
    """Tell whether a line is C that the patch adds, in a .c file."""
    line = lines[number]
    file = next((above for above in reversed(lines[:number]) if above.startswith("+++ ")), "")
    text = line[1:].strip()
    added = line.startswith("+") and not line.startswith("+++") and file.endswith(".c")
    return added and bool(text) and text[0] not in "/*{}"


def _changes(line: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each change of a line: its name, and the lines to stand in its place."""
    is_head = re.match(r"\+(?:static |int |void |bool )", line) is not None or line.rstrip().endswith(",\n")
    for old, new in _WORDS:
        for match in re.finditer(re.escape(old), line) if not is_head else ():
            yield f"{old} -> {new}", [line[: match.start()] + new + line[match.end() :]]
    for match in _CALL.finditer(line) if not is_head else ():
        asked = any(mark in line for mark in ("if (", "||", "&&", "\t    "))
        if match.start() and "kvm_x86_call" not in match[0] and asked:
            yield f"{match[1]}( -> !{match[1]}(", [line[: match.start()] + "!" + line[match.start() :]]
    if line.strip("+\t ").startswith("if ("):
        at = line.index("if (") + 4
        yield "if (0 && ...", [line[:at] + "0 && " + line[at:]]
        yield "if (1 || ...", [line[:at] + "1 || " + line[at:]]
        yield "if (!...", [line[:at] + "!" + line[at:]]
    if line.rstrip().endswith(";") and "\t" in line:
        indent = line[: len(line) - len(line[1:].lstrip("\t"))]
        yield "left out", [f"{indent};"]
        if "return" not in line and "goto" not in line:
            yield "twice", [f"{indent}{{", line, line, f"{indent}}}"]
            yield "WARN_ON_ONCE(1) added", [f"{indent}{{", line, f"{indent}WARN_ON_ONCE(1);", f"{indent}}}"]
            yield "return before", [f"{indent}{{", f"{indent}return;", line, f"{indent}}}"]


_TOKEN = re.compile(r"[A-Za-z_]\w*(?:->\w+)*|&&|\|\||[!=<>]=|[=!&]")
_OTHERS = ("0", "1", "NULL", "kvm", "sp", "sp->spt", "sp->external_spt", "!", "&&", "||", "==", "")


def one_token(patch: str) -> Iterator[Mutant]:
    """Yield every patch with one token of its added code replaced by another, or left out; most are no C."""
    lines = patch.split("\n")
    for number, line in enumerate(lines):
        for match in _TOKEN.finditer(line) if is_code(lines, number) else ():
            for other in _OTHERS:
                if other != match[0]:
                    changed = line[: match.start()] + other + line[match.end() :]
                    yield _mutant(f"{match[0]} -> {other or 'nothing'} in line {number + 1}", lines, number, [changed])


def _mutant(what: str, lines: Sequence[str], number: int, instead: Sequence[str]) -> Mutant:
    changed = [*lines[:number], *instead, *lines[number + 1 :]]
    return Mutant(what, "\n".join(recounted(changed)))


def recounted(lines: Sequence[str]) -> list[str]:
    """Put the counts of every hunk's header right."""
    out = list(lines)
    starts = [n for n, line in enumerate(lines) if _HEADER.match(line)]
    ends = [n for n, line in enumerate(lines) if line.startswith(("diff --git", "@@ -", "-- ", "--- a/"))]
    for start in starts:
        end = next((n for n in ends if n > start), len(lines))
        body = [line for line in lines[start + 1 : end] if line[:1] in ("+", "-", " ")]
        match = _HEADER.match(lines[start])
        if match:
            old, new = (sum(line[0] in kinds for line in body) for kinds in ("- ", "+ "))
            out[start] = f"@@ -{match[1]},{old} +{match[2]},{new} @@{match[3]}"
    return out


def _commented(patch: str) -> str:
    return re.sub(r"(?m)^(\+\t+)(if \(KVM_BUG_ON)", r"\1/* nothing is different here */\n\1\2", patch, count=1)


def _renamed(patch: str) -> str:
    """Call the op's sp another name, in the TDX function alone."""
    head, mark, tail = patch.partition("+static void tdx_sept_free_private_spt")
    tail = re.sub(r"(?m)^\+.*$", lambda match: re.sub(r"\bsp\b", "table", match[0]), mark + tail)
    return head + tail


def _returned(patch: str) -> str:
    lines = patch.split("\n")
    last = max(n for n, line in enumerate(lines) if line.startswith("+") and "external_spt = NULL;" in line)
    return "\n".join(recounted([*lines[: last + 1], "+\treturn;", *lines[last + 1 :]]))


def _bracketed(patch: str) -> str:
    return re.sub(r"(?m)^(\+\t+)(sp->external_spt = NULL;)$", r"\1(sp->external_spt) = (NULL);", patch, count=1)


HARMLESS: dict[str, Callable[[str], str]] = {
    "a comment": lambda patch: "\n".join(recounted(_commented(patch).split("\n"))),
    "a rename": _renamed,
    "an extra return": _returned,
    "brackets": _bracketed,
}
"""Changes that nobody can see in what happens."""


def some(
    patch: str, count: int, seed: int, operator: Callable[[str], Iterator[Mutant]] = mutants
) -> list[Mutant]:
    """A sample of the mutants, the same ones for the same seed."""
    every = list(operator(patch))
    return Random(seed).sample(every, min(count, len(every)))
