"""What a step of a run rests on: recorded runs, source or mail that was read, an inference, a choice of ours.

>>> from kvmviz.revisions import revision
>>> from kvmviz.terms.events import Reset
>>> grounds(revision("landed"), Reset("TDR"), ("tdx_vm_destroy",))
'recorded runs'
>>> grounds(revision("dpamt"), Reset("PAMT[0][0]"), ("tdx_vcpu_free", "tdx_free_control_page", "tdx_pamt_put"))
'read in arch/x86/virt/vmx/tdx/tdx.c, tip x86/tdx of 4 Sep 2026; no recorded runs'

Of a kind of event `kvmviz.terms.kinds` says what it rests on; where that is recorded
runs, and none were made of the revision, its own module says what was read, function
by function.
"""

from collections.abc import Sequence
from typing import Final

from kvmviz.machine.pamt_calls import ADD, REMOVE
from kvmviz.revisions import Revision
from kvmviz.scenario.status import STATUS
from kvmviz.terms.events import Event, Seamcall
from kvmviz.terms.kinds import RECORDED, kind_of

_INJECTED: Final = "the scenario, which lets it be refused; with which status, a choice of ours"
_MODULE: Final = "read in the TDX module's source (intel/tdx-module, tdh_phymem_pamt_{}.c); no recorded runs"


def grounds(which: type[Revision], event: Event, chain: Sequence[str]) -> str:
    """Return what an event rests on that happens in these functions, outermost first."""
    if isinstance(event, Seamcall) and event.seamcall in (ADD, REMOVE):
        if event.status == STATUS["OPERAND_BUSY"]:
            return _INJECTED
        return _MODULE.format("add" if event.seamcall == ADD else "remove")
    known = kind_of(event).rests_on
    if known != RECORDED:
        return known
    one: type[Revision] | None = which
    while one is not None and one.base is not None:
        if chain and chain[-1] in one.own:
            return f"code of {one.name}'s own, run in the model; no recorded runs"
        one = one.base
    read = dict(which.identity.grounds)
    return next((read[name] for name in reversed(chain) if name in read), which.identity.elsewhere or known)
