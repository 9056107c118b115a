"""Lines of a reply: of a mail's width, ASCII, and commands that a shell takes as they stand."""

import shlex

from hypothesis import given
from hypothesis import strategies as st

from kvmviz.review.layout import bullet, command, wrapped

WORDS = st.lists(st.text("abcdefgh", min_size=1, max_size=20), min_size=1, max_size=60).map(" ".join)


@given(WORDS)
def test_a_bullet_keeps_every_word_and_hangs_below_its_sign(text: str) -> None:
    first, *more = bullet(text)
    assert first.startswith("- ")
    assert all(line.startswith("  ") for line in more)
    assert " ".join(line[2:] for line in (first, *more)) == text
    assert max(map(len, (first, *more))) <= 72


def test_accents_are_dropped_and_indents_kept() -> None:
    assert wrapped("café", "    ") == ["    cafe"]


@given(st.integers(1, 120), st.sampled_from(["", "# holds here", "# " + "x" * 60]))
def test_a_command_is_pasted_whole_whatever_its_length(length: int, remark: str) -> None:
    scenario = "tree=1x1x1 " + "f" * length
    lines = command("kvmviz compare before v1", scenario, remark)
    text = "\n".join(lines)
    bare = text if not lines[0].startswith("  #") else "\n".join(lines[1:])
    assert shlex.split(bare.replace("\\\n", " "), comments=True) == ["kvmviz", "compare", "before", "v1", scenario]
    assert remark in text
    assert all(len(line) <= 72 or scenario in line or remark in line for line in lines)
    assert (len(lines) == 1) == (
        len(f"  kvmviz compare before v1 '{scenario}'" + (f"  {remark}" if remark else "")) <= 72
    )
