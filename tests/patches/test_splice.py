"""A function shown in part is completed to what the whole diff comes to, or a sentence says why not."""

import difflib
import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kvmviz
from kvmviz.patches.apply import applied, hunks
from kvmviz.patches.comments import scrub, tokens
from kvmviz.patches.errors import PatchTextError
from kvmviz.patches.parts import Part, sides
from kvmviz.patches.splice import Whole, complete
from tests.trying import trying

BASE = Path(kvmviz.__file__).parent / "patches" / "base"
FILES = {path.stem: path.read_text().splitlines() for path in sorted(BASE.glob("*.c"))}
DEFINITION = re.compile(r"^(?:static|void|int) [^\n;]*?(\w+)\(", re.MULTILINE)


def functions(lines: list[str]) -> dict[str, list[str]]:
    """The functions of a text of ours, each from its definition to the brace in the first column."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in lines:
        match = DEFINITION.match(line)
        if match:
            name = match[1]
            found[name] = []
        if name:
            found[name].append(line)
            name = "" if line == "}" else name
    return found


def diff(old: list[str], new: list[str], context: int, file: str = "f.c") -> str:
    """A unified diff whose hunks name the function that they begin in, as git writes it."""
    out = []
    for line in difflib.unified_diff(old, new, f"a/{file}", f"b/{file}", n=context, lineterm=""):
        header = re.match(r"@@ -(\d+)", line)
        if header:
            above = [text for text in old[: max(0, int(header[1]) - 1)] if DEFINITION.match(text)]
            line += f" {above[-1][:60]}" if above else ""
        out.append(line)
    return "".join(f"{line}\n" for line in out)


def edited(lines: list[str], rng: random.Random, times: int) -> list[str]:
    """The text with some statements of one line taken out, doubled, renamed or added; its braces stay as they are."""
    out = list(lines)
    for _ in range(times):
        places = [n for n, line in enumerate(out) if re.fullmatch(r"\t+[\w>()&,* -]+;", line)]
        at = rng.choice(places)
        change = rng.randrange(4)
        if change == 0:
            del out[at]
        elif change == 1:
            out.insert(at, "\tadded(kvm);")
        elif change == 2:
            out[at] = out[at].replace("(", "_changed(", 1) if "(" in out[at] else "\tchanged();"
        else:
            out[at : at + 1] = ["\t/* said", "\t * in two lines { */", out[at], "\tanother();"]
    return out


def grouped(parts: tuple[Part, ...]) -> dict[str, list[Part]]:
    found: dict[str, list[Part]] = {}
    for part in parts:
        if part.touched:
            found.setdefault(part.name, []).append(part)
    return found


def harmed(text: str) -> str:
    """The diff as an archive leaves it: runs of white space are one blank, and a context line's blank is part of it."""
    return "\n".join(re.sub(r"^([+-]?)[ \t]+", r"\1 ", line) if line[:2] != "@@" else line for line in text.split("\n"))


def drawn(data: st.DataObject, context: int) -> tuple[list[str], list[str], str]:
    old = FILES[data.draw(st.sampled_from(sorted(FILES)))]
    new = edited(old, random.Random(data.draw(st.integers(0, 2**32))), data.draw(st.integers(1, 3)))
    return old, new, diff(old, new, context)


@given(st.data(), st.integers(0, 9), st.booleans())
@trying(100, 300)
def test_a_part_is_completed_to_the_whole_or_refused(data: st.DataObject, context: int, harm: bool) -> None:
    old, new, text = drawn(data, context)
    if old == new:
        return
    shown = sides(harmed(text) if harm else text)
    for side, theirs in ((shown.old, old), (shown.new, new)):
        pairs = grouped(shown.new if side is shown.old else shown.old)
        for name, parts in grouped(side).items():
            try:
                whole = complete(parts, "\n".join(functions(old)[name]), pairs.get(name, ()))
            except PatchTextError as error:
                check_sentence(error, rf"{name} is shown in part \(f\.c, lines ")
                continue
            assert tokens(scrub(list(whole.lines))) == tokens(scrub(functions(theirs)[name]))
            assert_numbers(whole, theirs)


def check_sentence(error: PatchTextError, pattern: str) -> None:
    assert re.search(pattern, str(error)) and "\n" not in str(error)


def assert_numbers(whole: Whole, theirs: list[str]) -> None:
    """What the diff shows stands at the number that it has in the file."""
    assert whole.shown
    for number in whole.shown:
        assert whole.lines[number - whole.first].split() == theirs[number - 1].split()


def test_three_lines_of_context_are_enough_for_most_parts() -> None:
    """So that the property above is not true because everything is refused."""
    done = refused = 0
    for seed in range(300):
        rng = random.Random(seed)
        old = FILES[rng.choice(sorted(FILES))]
        new = edited(old, rng, 1)
        shown = sides(diff(old, new, 3))
        pairs = grouped(shown.old)
        for name, parts in grouped(shown.new).items():
            try:
                complete(parts, "\n".join(functions(old)[name]), pairs.get(name, ()))
                done += not (len(parts) == 1 and parts[0].whole)
            except PatchTextError:
                refused += 1
    assert done > 200 and refused < done / 20, (done, refused)


@given(st.data(), st.integers(1, 9), st.booleans(), st.booleans(), st.integers(0, 3))
@trying(100, 300)
def test_both_sides_are_found_in_a_file(
    data: st.DataObject, context: int, harm: bool, has_new: bool, moved: int
) -> None:
    old, new, text = drawn(data, context)
    if old == new or "@@" not in text:
        return
    above = [f"/* {n} */" for n in range(moved)]
    try:
        found = applied(above + (new if has_new else old), hunks(harmed(text) if harm else text)["f.c"], "f.c")
    except PatchTextError as error:
        # With little context a hunk can fit where it does not belong, and the next then nowhere.
        check_sentence(error, r"fits? in \d+ places|shows no line|and undone; make" + "|does not fit" * (context < 3))
        return
    assert squeezed(found.old) == squeezed([*above, *old])
    assert squeezed(found.new) == squeezed([*above, *new])


@pytest.mark.parametrize("above", [[], ["/* more */"]])
def test_a_diff_of_white_space_alone_fits_both_ways_and_is_taken_as_it_is(above: list[str]) -> None:
    old = ["a();", "b();", "c();", "    d();", "e();", "f();", "g();"]
    new = [*old[:3], "\td();", *old[4:]]
    found = applied([*above, *old], hunks(diff(old, new, 3))["f.c"], "f.c")
    assert (found.has, found.new) == ("old", (*above, *new))


def test_a_diff_that_fits_both_as_it_is_and_undone_is_refused_unless_one_stands_where_it_says() -> None:
    old = ["x();", "a();", "b();", "x();", "y();", "c();", "d();"]
    text = diff(["a();", "b();"], ["a();", "c();"], 1)
    both = ["x();", "x();", "a();", "b();", "x();", "a();", "c();"]
    with pytest.raises(PatchTextError, match="fit the tree both as they are and undone"):
        applied(both, hunks(text)["f.c"], "f.c")
    assert applied(both[2:], hunks(text)["f.c"], "f.c").has == "old"
    assert applied(old, hunks(text)["f.c"], "f.c").has == "old"


def squeezed(lines: list[str] | tuple[str, ...]) -> list[str]:
    return ["".join(line.split()) for line in lines]


def test_fuzz_needs_one_place_only() -> None:
    text = "--- a/f.c\n+++ b/f.c\n@@ -1,4 +1,4 @@\n first\n second\n-old();\n+new();\n last\n"
    other = ["other", "second", "old();", "last"]
    assert applied(other, hunks(text)["f.c"], "f.c").new == ("other", "second", "new();", "last")
    with pytest.raises(PatchTextError, match=r"f\.c: the hunk at line 1 fits in 2 places of the tree; use the tree"):
        applied([*other, *other], hunks(text)["f.c"], "f.c")
    with pytest.raises(PatchTextError, match=r"f\.c: the hunk at line 1 does not fit the tree, neither as it is nor"):
        applied(["nothing", "of", "it"], hunks(text)["f.c"], "f.c")


def _macro(lines: list[str]) -> Iterator[str]:
    yield from ("--- a/f.c", "+++ b/f.c", f"@@ -5,{len(lines)} +5,{len(lines)} @@")
    yield from lines


def test_macros_are_parts_of_their_own() -> None:
    text = "\n".join(_macro([" #define ONE(a) \\", " \tdo_it(a)", "-int x;", "+int y;"]))
    text = text.replace("-5,4 +5,4", "-5,3 +5,3") + "\n"
    shown = sides(text)
    assert [(part.name, part.macro, part.whole, part.touched) for part in shown.new] == [("ONE", True, True, False)]
    assert shown.outside == (("f.c", 7, "int x;"), ("f.c", 7, "int y;"))


def test_a_prototype_is_no_function() -> None:
    old, new = ["static int f(int a,", "\t     int b);"], ["static int f(int a,", "\t     u64 b);"]
    text = "--- a/f.c\n+++ b/f.c\n@@ -1,2 +1,2 @@\n" + "".join(
        [f"-{line}\n" for line in old] + [f"+{line}\n" for line in new]
    )
    assert sides(text).new == () and len(sides(text).outside) == 4
