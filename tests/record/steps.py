"""Steps written by hand, for what reads steps and needs no model."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import cast

from kvmviz.machine.callchain import KernelFunction, Location
from kvmviz.record.runs import Run
from kvmviz.record.step import Step
from kvmviz.scenario import Scenario
from kvmviz.terms.events import Event

RECLAIM = "TDH.PHYMEM.PAGE.RECLAIM"
A, B, C = (f"S-EPT L1 gfn=0x{gfn:x}" for gfn in (0, 0x200, 0x400))
SITE = "tdx.c:__tdx_reclaim_page:WARN_ON_ONCE"
CHAIN = ("kvm_destroy_vm", "kvm_arch_destroy_vm", "__tdx_reclaim_page")


def step(event: Event, phase: str = "mmu_uninit", chain: Sequence[str] = CHAIN, times: int = 1) -> Step:
    where = tuple(Location(KernelFunction(name, f"arch/x86/kvm/vmx/{name}.c"), name, 1) for name in chain)
    return Step(phase, event, where, (), times)


def side(*steps: Step, revision: str = "some") -> Run:
    """What a comparison reads of a run."""
    return cast(Run, SimpleNamespace(steps=steps, recorded=True, scenario=Scenario(), revision=revision))
