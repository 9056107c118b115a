"""The ways in which the HKID stays assigned: the one table of what is refused, with which status, and what KVM says.

>>> CAUSES["flushvp-not-done"].seamcall, hex(CAUSES["flushvp-not-done"].status)
('TDH.MNG.VPFLUSHDONE', '0x8000082400000000')

They are the five that tdx_mmu_release_hkid can meet (arch/x86/kvm/vmx/tdx.c).
"""

from typing import Final, NamedTuple

from kvmviz.scenario.status import FLUSHVP_NOT_DONE, RECORDED_ERROR, WBCACHE_NOT_COMPLETE


class Cause(NamedTuple):
    """A cause: the `seamcall` that is refused, the `status` it returns, and what follows in a sentence or two.

    `needs_vcpu` says that only a TD with a vCPU can meet it.
    """

    seamcall: str
    status: int
    meaning: str
    needs_vcpu: bool = False


CAUSES: Final = {
    "flushvp-not-done": Cause(
        "TDH.MNG.VPFLUSHDONE", FLUSHVP_NOT_DONE,
        "the HKID stays assigned since a vCPU is still with some processor. KVM leaves without a word.",
    ),
    "vp-flush-error": Cause(
        "TDH.VP.FLUSH", RECORDED_ERROR,
        "the HKID stays assigned since a vCPU could not be flushed. KVM reports it and marks the VM.",
        needs_vcpu=True,
    ),
    "vpflushdone-error": Cause(
        "TDH.MNG.VPFLUSHDONE", RECORDED_ERROR,
        "the HKID stays assigned since VPFLUSHDONE was refused. KVM reports it and marks the VM.",
    ),
    "cache-wb-error": Cause(
        "TDH.PHYMEM.CACHE.WB", RECORDED_ERROR,
        "the HKID stays assigned since a package's caches were not written back. KVM reports it, and the refusal of "
        "FREEID that follows marks the VM.",
    ),
    "key-freeid-error": Cause(
        "TDH.MNG.KEY.FREEID", WBCACHE_NOT_COMPLETE,
        "the HKID stays assigned since FREEID was refused. KVM reports it and marks the VM.",
    ),
}  # fmt: skip
"""Every cause by its word."""

ASSIGNED: Final = next(iter(CAUSES))
"""The cause that `hkid=assigned` stands for."""
