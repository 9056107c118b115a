"""The course's words: what the glossary says, and in which notebook each is explained.

>>> str(glossary()).splitlines()[0]
'| word | what it means | explained in |'
"""

from typing import Final

from kvmviz.course.prose import Prose, table
from kvmviz.terms.glossary import explain

EXPLAINED: Final = {
    "00": (
        "TD", "TDX module", "mirror", "S-EPT", "spt", "root", "gfn", "level", "1x1x3", "control page", "TDR", "TDCS",
        "vCPU", "TDVPR", "TDCX", "HKID", "SEAMCALL", "reclaim", "RCU", "leak", "trace", "error line", "before", "v1",
        "scenario",
    ),
    "01": (
        "external_spt", "op", "tdx_sept_free_private_spt", "handle_removed_pt", "tdx_reclaim_page",
        "__tdx_reclaim_page", "TDX_BUG_ON_3", "WARN_ON", "flushvp-not-done",
    ),
    "02": ("PAMT", "EPT", "TDH", "CHLDCNT", "guest_memfd"),
    "03": ("phase", "TEARDOWN", "package", "erratum", "PROVE_MMU"),
    "04": ("sp", "WARN_ON_ONCE", "KVM_BUG_ON", "TDX_BUG_ON", "vm_bugged", "quick"),
    "05": ("callbacks suppressed", "silent", "panic_on_warn"),
    "06": ("RFC", "v1+17", "v2", "landed", "RCU callback", "rcu_barrier", "softirq", "Dynamic PAMT"),
    "11": ("region", "schedule", "phantom"),
}  # fmt: skip
"""The words of the course by the notebook that explains them, where they first stand in bold."""


def glossary() -> Prose:
    """Return every word of the course with its meaning, in the order of the alphabet."""
    where = {word: number for number, words in EXPLAINED.items() for word in words}
    words = sorted(where, key=str.lower)
    rows = [[f"`{word}`", explain(word).removeprefix(f"{word}: "), where[word]] for word in words]
    return table(["word", "what it means", "explained in"], rows)
