"""One sentence for everything that can happen, in words that need no knowledge of KVM.

>>> from kvmviz.terms.events import Free
>>> sentence(Free("TDR", "immediate"))
'TDR goes back to the page allocator at once.'
"""

from collections.abc import Callable
from typing import Any, Final

from kvmviz.scenario.status import SUCCESS, status_word
from kvmviz.terms import events as e

_ASKED: Final = {
    "TDH.VP.FLUSH": "flush a vCPU from its processor",
    "TDH.MNG.VPFLUSHDONE": "confirm that no processor holds a vCPU any more",
    "TDH.PHYMEM.CACHE.WB": "write back the caches of the TD's key",
    "TDH.MNG.KEY.FREEID": "give the TD's key id back",
    "TDH.MEM.RANGE.BLOCK": "block the entry that maps {page}",
    "TDH.MEM.TRACK": "make every processor drop its stale translations",
    "TDH.MEM.PAGE.REMOVE": "remove {page} from the TD",
    "TDH.PHYMEM.PAGE.WBINVD": "write back the cache lines of {page}",
    "TDH.PHYMEM.PAGE.RECLAIM": "give {page} back",
}
"""What KVM asks the TDX module for with each SEAMCALL."""


def short_site(site: str) -> str:
    """Return a site as people say it.

    >>> short_site("tdp_mmu.c:handle_removed_pt:WARN_ON")
    'WARN_ON in handle_removed_pt'
    """
    _, function, macro = site.split(":", 2)
    return f"{macro.split('/')[0]} in {function}"


def _seamcall(event: e.Seamcall) -> str:
    asked = _ASKED.get(event.seamcall, event.seamcall).format(page=event.page or "the TDR")
    if event.status == SUCCESS:
        return f"KVM asks the TDX module to {asked}, and it does."
    return f"KVM asks the TDX module to {asked}; it refuses with {status_word(event.status)}."


def _warn(event: e.Warn) -> str:
    if event.printed:
        return f"{short_site(event.site)} prints a warning with a stack trace."
    return f"{short_site(event.site)} is true, but prints nothing: it prints once a boot, and has."


def _pr_err(event: e.PrErr) -> str:
    function = event.site.split(":")[1]
    if event.printed:
        return f"{function} prints an error line."
    return f"The error line of {function} is withheld: ten in five seconds is the limit."


_SENTENCES: Final[dict[type[e.Event], Callable[[Any], str]]] = {
    e.Op: lambda v: f"Generic code hands {v.page} to TDX code, because its table is being freed.",
    e.Seamcall: _seamcall,
    e.Warn: _warn,
    e.Masked: lambda v: f"{short_site(v.site)} is true, but says nothing: the VM is marked bugged already.",
    e.PrErr: _pr_err,
    e.PrWarn: lambda v: f"The log notes how many lines the rate limit withheld: {v.message}.",
    e.VmBugged: lambda v: f"{short_site(v.site)} marks the VM as bugged, which would stop it if it still ran.",
    e.SetNull: lambda v: f"{v.by.split(':')[1]} clears external_spt of {v.page}: KVM forgets the S-EPT page.",
    e.CallRcu: lambda v: f"{v.page} waits until no reader can still see it.",
    e.RcuBarrier: lambda _: "KVM waits until everything that waits for RCU has been freed.",
    e.RcuCallback: lambda v: f"No reader can see {v.page} any more: its RCU callback runs.",
    e.Reset: lambda v: f"KVM resets {v.page}, which matters on processors with an erratum.",
    e.Free: lambda v: (
        f"{v.page} goes back to the page allocator" + (" at once." if v.how == "immediate" else ", from the callback.")
    ),
    e.Leak: lambda v: f"{v.page} is leaked: the TDX module still owns it, and nobody will ask for it again.",
    e.HkidFree: lambda _: "The TD's key id goes back to the pool; from now on its pages can be reclaimed.",
    e.HkidLeak: lambda _: "KVM gives up: the key id stays assigned until reboot, and no page can be reclaimed.",
    e.Panic: lambda _: "The host panics, since panic_on_warn is set and a warning was printed.",
    e.Violation: lambda v: f"This must never happen: {v.page} is {v.what}.",
    e.DoubleFree: lambda v: f"This must never happen: {v.page} is freed a second time.",
}


def sentence(event: e.Event) -> str:
    """Return one sentence that says what happened."""
    return _SENTENCES[type(event)](event)
