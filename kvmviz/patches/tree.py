"""A reader's Linux tree: its version, and the two files that the model follows.

A checkout, or any folder with these two files in their places, is read as it
stands; nothing in it is run, and nothing is written.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kvmviz.c.syntax import Unit, parse
from kvmviz.patches.errors import PatchTextError

TDX: Final = "arch/x86/kvm/vmx/tdx.c"
TDP_MMU: Final = "arch/x86/kvm/mmu/tdp_mmu.c"
FILES: Final = (TDP_MMU, TDX)

_MAKE: Final = re.compile(r"^(VERSION|PATCHLEVEL|SUBLEVEL|EXTRAVERSION)[ \t]*=[ \t]*(\S*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Version:
    """What a tree says of itself: the version of its Makefile, and its git commit; either may be empty."""

    makefile: str
    commit: str

    def __str__(self) -> str:
        said = (self.makefile and f"Linux {self.makefile}", self.commit and f"commit {self.commit}")
        return ", ".join(filter(None, said))


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree: its folder, its version, and its texts by path."""

    folder: Path
    version: Version
    texts: Mapping[str, str]

    def units(self) -> tuple[Unit, ...]:
        """Return its files as parsed C; raise CError for what is none."""
        return tuple(parse(text, file) for file, text in self.texts.items())

    def with_texts(self, texts: Mapping[str, str]) -> "Tree":
        """Return the same tree with other texts in some files."""
        return Tree(self.folder, self.version, {**self.texts, **texts})


def read_tree(folder: str | Path) -> Tree:
    """Return the tree in a folder; raise PatchTextError, in one sentence, where there is none."""
    top = Path(folder)
    missing = [file for file in FILES if not (top / file).is_file()]
    if missing:
        raise PatchTextError(f"{folder} has no {' and no '.join(missing)}; name a Linux tree from 6.16 on.")
    try:
        texts = {file: (top / file).read_bytes().decode("utf-8", "replace") for file in FILES}
    except OSError as error:
        raise PatchTextError(f"Cannot read {error.filename}: {error.strerror}; name a Linux tree.") from None
    return Tree(top, Version(_makefile(top / "Makefile"), _commit(top)), texts)


def _makefile(path: Path) -> str:
    """Return the version of a kernel's Makefile, empty if there is none."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            said: dict[str, str] = dict(_MAKE.findall(file.read(2000)))
    except OSError:
        return ""
    numbers = [said[key] for key in ("VERSION", "PATCHLEVEL", "SUBLEVEL") if said.get(key)]
    return ".".join(numbers) + said.get("EXTRAVERSION", "")


def _commit(top: Path) -> str:
    """Return the commit that is checked out, empty without git; its files are read, git itself is not run."""
    try:
        git = top / ".git"
        if git.is_file():
            git = top / git.read_text(encoding="utf-8", errors="replace").removeprefix("gitdir:").strip()
        head = (git / "HEAD").read_text(encoding="utf-8", errors="replace").strip()
        name = head.removeprefix("ref:").strip()
        common = git / "commondir"
        refs = git / common.read_text(encoding="utf-8").strip() if common.is_file() else git
        found = head if name == head else _ref(git, name) or _ref(refs, name)
    except OSError:
        return ""
    return found[:12] if re.fullmatch("[0-9a-f]{40,64}", found) else ""


def _ref(git: Path, name: str) -> str:
    """Return what a ref points at, empty if it is not there."""
    if (git / name).is_file():
        return (git / name).read_text(encoding="utf-8", errors="replace").strip()
    packed = git / "packed-refs"
    lines = packed.read_text(encoding="utf-8", errors="replace").split("\n") if packed.is_file() else []
    return next((line.split(" ")[0] for line in lines if line.endswith(f" {name}")), "")


def name_of(folder: Path) -> str:
    """Return what a tree's revision is called: its folder's name."""
    return re.sub(r"[^\w.+-]", "_", folder.resolve().name) or "kernel"
