"""`from_patch`: one side of a patch, as people have it, as a revision.

>>> diff = '''--- a/arch/x86/kvm/vmx/tdx.c
... +++ b/arch/x86/kvm/vmx/tdx.c
... @@ -10,5 +10,4 @@
...  static void tdx_sept_free_private_spt(struct kvm *kvm, gfn_t gfn, struct kvm_mmu_page *sp)
...  {
... -     if (tdx_reclaim_page(virt_to_page(sp->external_spt)))
... -             sp->external_spt = NULL;
... +     sp->external_spt = NULL;
...  }
... '''
>>> Mute = from_patch(diff)
>>> Mute.name, Mute.base_name, from_patch(diff, side="old").name
('patch.new', 'v1', 'patch.old')

A patch may be a diff, a mail, a mailbox or a page of an archive, quoted or harmed:
`kvmviz.mail` reads it.  Several are a series: the old side is before the first, the
new one after the last (`kvmviz.patches.series`).  See `kvmviz.patches.splice` for what is done with functions
that it shows in part.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from kvmviz.mail.letter import Letter
from kvmviz.mail.mailbox import load, read
from kvmviz.mail.patch import find
from kvmviz.mail.quoting import depths_of
from kvmviz.patches.errors import PatchTextError
from kvmviz.patches.making import Made
from kvmviz.patches.parts import Side
from kvmviz.patches.series import from_series
from kvmviz.patches.tree import read_tree
from kvmviz.revisions import Revision

_NUMBER: Final = re.compile(r"\[[^]]*?\b(\d{1,3})/(\d{1,3})\]")

SIDES: Final[tuple[Side, ...]] = ("old", "new")


def from_patch(
    text_or_path: str | Path, *, side: Side = "new", kernel: str | Path | None = None, name: str | None = None
) -> type[Revision]:
    """Return one side of a patch as a revision; what the patch does not show comes from a tree, or from the base.

    `text_or_path` is a patch itself, the path of one, or `-` for standard input;
    `kernel` a folder with a Linux tree, which may have either side.  Raises
    PatchTextError, MailError or CError, each in one sentence, for what cannot be run.
    """
    return made_from(text_or_path, side=side, kernel=kernel, name=name).revision


def made_from(
    text_or_path: str | Path, *, side: Side = "new", kernel: str | Path | None = None, name: str | None = None
) -> Made:
    """Return what `from_patch` does, with what ran from where and what was left out."""
    data, stem = _given(text_or_path)
    return from_bytes(data, stem, side=side, kernel=kernel, name=name)


def from_bytes(
    data: bytes, stem: str, *, side: Side = "new", kernel: str | Path | None = None, name: str | None = None
) -> Made:
    """Return what `made_from` does, of a patch that has been read; `stem` and the side make the revision's name."""
    if side not in SIDES:
        raise PatchTextError(f"A patch has no side {str(side)[:40]!r}; its sides are old and new.")
    tree = None if kernel is None else read_tree(Path(kernel).expanduser())
    return from_series(diffs_of(data), side, tree, name=name or f"{stem}.{side}")


def _given(text_or_path: str | Path) -> tuple[bytes, str]:
    """Return the bytes of a patch, and what its revision may be called."""
    if isinstance(text_or_path, str) and "\n" in text_or_path:
        return text_or_path.encode("utf-8", "replace"), "patch"
    path = str(text_or_path)
    stem = "patch" if path == "-" else Path(path).stem
    return load(path), re.sub(r"[^\w.+-]", "_", stem) or "patch"


def diffs_of(data: bytes) -> list[str]:
    """Return the diffs of a mail or a mailbox, in order, one a message; replies count where nothing else has one."""
    letters = read(data).letters
    posted = [letter for letter in letters if not letter.subject.lower().startswith("re:")]
    found = _diffs(posted) or _diffs(letters)
    if not found:
        raise PatchTextError("There is no patch in it; give a diff, or a mail that has one.")
    return found


def _diffs(letters: Sequence[Letter]) -> list[str]:
    patches = [(letter, find(letter.lines, depths_of(letter.lines))) for letter in letters]
    shown = [(letter, some[0].text) for letter, some in patches if some]
    return list(dict.fromkeys(text for _, text in _ordered(shown)))


def _ordered(shown: list[tuple[Letter, str]]) -> list[tuple[Letter, str]]:
    """Return patches by their numbers where every one has its own of one series, else as they come."""
    found = [_NUMBER.search(letter.subject[:200]) for letter, _ in shown]
    numbers = [(match[2], int(match[1])) for match in found if match]
    if len({*numbers}) < len(shown) or len({total for total, _ in numbers}) != 1:
        return shown
    return [one for _, one in sorted(zip(numbers, shown, strict=True), key=lambda pair: pair[0])]
