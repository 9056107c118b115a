"""Damaged patches and trees: a revision or one sentence, never a traceback, never a hang."""

import random
from pathlib import Path

import pytest

from kvmviz.errors import KvmvizError
from kvmviz.patches.making import from_diff, from_tree
from kvmviz.patches.reading import from_bytes
from kvmviz.patches.tree import Tree, Version
from tests.patches.test_reading import PAIRS, diff
from tests.patches.trees import TDX, texts

PIECES = (
    "{", "}", "\\", "/*", "*/", '"', "#if 0\n", "#define X(a) ({ a; })\n", "\0", "@@ -1,2 +3 @@\n", "+++ b/f.c\n", ";",
    "\n", "(", "static int f(", "\r\n", "\u00e9", "--- a/x\n", " ",
)  # fmt: skip


def damaged(text: str, rng: random.Random) -> str:
    for _ in range(rng.randrange(1, 5)):
        at = rng.randrange(len(text) + 1)
        change = rng.randrange(4)
        if change == 0:
            text = text[:at] + text[at + rng.randrange(1, 60) :]
        elif change == 1:
            text = text[:at] + rng.choice(PIECES) + text[at:]
        elif change == 2:
            text = text[:at]
        else:
            lines = text.split("\n")
            a, b = rng.randrange(len(lines)), rng.randrange(len(lines))
            lines[a], lines[b] = lines[b], lines[a]
            text = "\n".join(lines)
    return text


def check_sentence(error: KvmvizError) -> None:
    said = str(error)
    assert "\n" not in said and said.endswith(".") and len(said) < 1000


@pytest.mark.parametrize("seed", range(4))
def test_damaged_patches(seed: int) -> None:
    rng, ran = random.Random(seed), 0
    for _ in range(100):
        text = damaged(diff(*rng.choice(PAIRS), rng.choice((1, 3, 9))), rng)
        try:
            from_bytes(text.encode("utf-8", "replace"), "p", side=rng.choice(("old", "new")))
            ran += 1
        except KvmvizError as error:
            check_sentence(error)
    assert ran > 5  # else nothing is tested but refusals


@pytest.mark.parametrize("seed", range(4))
def test_damaged_trees(seed: int) -> None:
    rng, ran = random.Random(seed), 0
    for _ in range(60):
        tree = Tree(Path("x"), Version("", ""), {file: damaged(text, rng) for file, text in texts("landed").items()})
        try:
            made = from_tree(tree)
            ran += 1
            for error in made.refused.values():
                check_sentence(error)
        except KvmvizError as error:
            check_sentence(error)
    assert ran > 5


def test_patches_to_damaged_trees() -> None:
    rng, ran = random.Random(5), 0
    for _ in range(100):
        whole = dict(texts("v1"))
        whole[TDX] = damaged(whole[TDX], rng)
        tree = Tree(Path("x"), Version("", ""), whole)
        try:
            from_diff(diff("v1", "v2"), "new", tree)
            ran += 1
        except KvmvizError as error:
            check_sentence(error)
    assert ran > 5
