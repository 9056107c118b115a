"""What is known to be broken, in which revision, exactly when, and of what nature it is.

>>> KNOWN["v1"]["leaks_reach_the_log"].nature
'design'

A violation outside these conditions is called a bug, in any revision.  A reader's
own revision is held to the list of the project's revision that it builds on: what
was broken there is no fault of the patch, and anything beyond it is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from kvmviz.check.facts import lines_of, sept_fails
from kvmviz.machine.printk import BURST, INTERVAL
from kvmviz.revisions import EVERY, Revision
from kvmviz.scenario import Scenario

NATURES: Final = {
    "design": "a fault of the kernel's design",
    "accepted": "known and accepted",
    "bug": "a bug",
}
"""What a violation can be."""


@dataclass(frozen=True, slots=True)
class Known:
    """A known violation: its nature, when it happens (in words and as a predicate, which agree), and why."""

    nature: str
    when: str
    where: Callable[[Scenario], bool]
    why: str


def leaks(s: Scenario) -> bool:
    """Say whether pages leak: the key stays, a reclaim fails, or guest pages keep the TDR; and the host lives on.

    With panic_on_warn the first trace of the boot comes before the first leak.
    """
    return not s.panic and (s.hkid != "released" or bool(s.fail) or s.leaves == "present")


def soon(s: Scenario) -> bool:
    """Say whether the TD dies within the rate-limit window of the one before."""
    return s.boot is not None and s.boot <= INTERVAL


def silent_after(s: Scenario) -> bool:
    """The second TD of a boot; some processor still held a vCPU, or the one before used up the lines of the window."""
    return leaks(s) and s.boot is not None and (
        s.hkid == "flushvp-not-done" or (s.hkid == "released" and soon(s) and lines_of(s) >= BURST)
    )  # fmt: skip


def silent_before(s: Scenario) -> bool:
    """As after the patch, with the lines used up, and only where no S-EPT page fails: for those, generic code warns."""
    return silent_after(s) and s.hkid == "released" and not sept_fails(s)


def some_page_silent(s: Scenario) -> bool:
    """The HKID stays assigned, or a TD needs more lines than the rate limit leaves it."""
    return leaks(s) and (s.hkid != "released" or lines_of(s) * (2 if soon(s) else 1) > BURST)


def no_trace_after(s: Scenario) -> bool:
    """Pages leak in the second TD of a boot."""
    return leaks(s) and s.boot is not None


def no_trace_before(s: Scenario) -> bool:
    """As after the patch, and only where no S-EPT page leaks: for those, generic code warns each time."""
    return no_trace_after(s) and s.hkid == "released" and not sept_fails(s)


def pair_silent(s: Scenario) -> bool:
    """REMOVE is refused in the second TD of a boot: a region lost all its pages, by itself or since it had one."""
    whole = s.hkid == "released" and not s.fail and s.leaves == "gone"
    some = s.hkid == "released" or s.tree.gib is None
    empties = whole if s.region == "dense" else some and s.region == "scattered"
    return empties and s.remove != "works" and s.boot is not None and not s.panic


_LAYERING: Final = Known(
    "design", "an S-EPT page leaks", lambda s: not s.panic and (s.hkid != "released" or sept_fails(s)),
    "handle_removed_pt decides about a page that is TDX code's; the patch is there to fix this",
)  # fmt: skip
_EACH_PAGE: Final = Known(
    "accepted", "the HKID stays assigned, or the rate limit has no lines left", some_page_silent,
    "control pages are given up without a word once the HKID is lost; a rate limit is there to drop lines",
)  # fmt: skip
_NO_TRACE: Final = Known(
    "accepted", "pages leak in the second TD of a boot", no_trace_after,
    'each site prints one trace a boot: "once" is meant to keep the log short',
)  # fmt: skip
_NO_TRACE_BEFORE: Final = Known(
    "accepted", "in the second TD of a boot, pages leak but no S-EPT page does", no_trace_before,
    "control pages are reported by a site that prints one trace a boot",
)  # fmt: skip
_SILENT: Final = Known(
    "design", "in the second TD of a boot: FLUSHVP_NOT_DONE, or the first used up the lines of 5 s", silent_after,
    'FLUSHVP_NOT_DONE is passed over without a word, and "once" belongs to the boot, not to the VM',
)  # fmt: skip
_SILENT_BEFORE: Final = Known(
    "design", "in the second TD of a boot: the lines of 5 s were used up by control pages of the first", silent_before,
    "only the generic code's warning, which no control page has, comes every time",
)  # fmt: skip

_AFTER: Final = {
    "leaks_reach_the_log": _SILENT, "each_leak_reaches_the_log": _EACH_PAGE, "leaks_leave_a_trace": _NO_TRACE,
}  # fmt: skip

_BEFORE: Final = {
    "generic_code_leaves_external_spt_alone": _LAYERING, "leaks_reach_the_log": _SILENT_BEFORE,
    "each_leak_reaches_the_log": _EACH_PAGE, "leaks_leave_a_trace": _NO_TRACE_BEFORE,
}  # fmt: skip

_PAMT: Final = {
    "lost_pairs_leave_a_trace": Known(
        "design", "REMOVE is refused in the second TD of a boot", pair_silent,
        "tdx_pamt_put warns once a boot, for pages of all kinds, and never prints the status",
    ),
}  # fmt: skip

KNOWN: Final[Mapping[str, Mapping[str, Known]]] = {
    name: (_AFTER if one.patched else _BEFORE) | (_PAMT if one.dynamic_pamt else {}) for name, one in EVERY.items()
}
"""Known violations by revision and invariant."""


def known_of(revision: type[Revision]) -> Mapping[str, Known]:
    """Return what is known of a revision, or of the project's revision that it builds on."""
    while revision.base is not None:
        revision = revision.base
    return KNOWN.get(revision.name, {})
