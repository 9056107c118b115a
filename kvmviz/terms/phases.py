"""The phases of a teardown: the one table of their order and words.

>>> list(PHASES), PHASES["pre_destroy"].happens
(['gmem_release', 'pre_destroy', 'vcpu_free', 'mmu_uninit', 'vm_destroy'], 'the key is given back')

A phase begins where the model says `recorder.enter` (kvmviz/kvm/kvm_main.py).
"""

from typing import Final, NamedTuple


class Phase(NamedTuple):
    """A phase: a word for what it is about, and what happens in it."""

    word: str
    happens: str


PHASES: Final = {
    "gmem_release": Phase("guest memory", "guest pages are taken back"),
    "pre_destroy": Phase("key", "the key is given back"),
    "vcpu_free": Phase("vCPUs", "vCPU pages are given back"),
    "mmu_uninit": Phase("page tables", "page tables are given back"),
    "vm_destroy": Phase("control pages", "control pages are given back"),
}
"""Every phase by name, in order."""

RCU: Final = "rcu"
"""The part of `mmu_uninit` in which callbacks free: pictures of time show it apart, under this name."""

PARTS: Final = {
    **{name: phase.word for name, phase in PHASES.items() if name != "vm_destroy"},
    RCU: "RCU frees",
    "vm_destroy": PHASES["vm_destroy"].word,
}
"""The parts of a time line with their words, in order."""
