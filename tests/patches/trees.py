"""Linux trees of our own: the project's C for a revision, in the two files that kvmviz reads."""

from functools import cache
from pathlib import Path

from kvmviz.patches.ours import text_of
from kvmviz.patches.tree import TDP_MMU, TDX
from kvmviz.revisions import LEAF_NAMES

__all__ = ["TDP_MMU", "TDX", "made_tree", "texts"]

ORDER = ("tdp_mmu_free_sp", "tdp_mmu_free_sp_rcu_callback", "handle_removed_pt", "tdx_sept_free_private_spt")
HEAD = "// Written for a test.\n#include <linux/kvm_host.h>\n"


@cache
def texts(revision: str) -> dict[str, str]:
    """The two files, with the functions that a revision changes, in the kernel's order."""
    found = {TDP_MMU: HEAD, TDX: HEAD}
    leaf = LEAF_NAMES[revision in ("v2", "landed")]
    for name in (*ORDER, leaf):
        found[TDX if name.startswith("tdx") else TDP_MMU] += f"\n/* {name} */\n{text_of(revision, name)}\n"
    return found


def made_tree(folder: Path, revision: str, makefile: str = "VERSION = 6\nPATCHLEVEL = 99\nSUBLEVEL = 1\n") -> Path:
    """Write the tree to a folder and return it."""
    for file, text in texts(revision).items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text)
    (folder / "Makefile").write_text(makefile)
    return folder
