"""The field's terms, each in two sentences at most: what `kvmviz explain` and the explorer say.

>>> explain("HKID")
"HKID: the number of a TD's key, by which the hardware that encrypts memory knows it; also called KeyID. The key \
must be given back before any page can be."

Facts: kernel documentation (Documentation/arch/x86/tdx.rst), the kernel's and the
TDX module's source as named in the model's docstrings.
"""

from contextlib import suppress
from difflib import get_close_matches
from typing import Final

from kvmviz.errors import KvmvizError
from kvmviz.scenario.causes import CAUSES
from kvmviz.scenario.names import PageName
from kvmviz.terms.calls import CALLS
from kvmviz.terms.kinds import KINDS
from kvmviz.terms.site import Site
from kvmviz.terms.states import HKID_STATES, PAGE_STATES

TERMS: Final = {
    "TD": "a virtual machine whose private memory and processor state are encrypted and hidden from the host. "
    "Intel TDX makes it possible.",
    "TDX module": "Intel-signed software in a processor mode of its own, which alone edits a TD's private structures. "
    "The host asks it by SEAMCALLs.",
    "SEAMCALL": "a call from the kernel into the TDX module. It returns a 64-bit status; anything but 0 is a refusal.",
    "HKID": "the number of a TD's key, by which the hardware that encrypts memory knows it; also called KeyID. The key "
    "must be given back before any page can be.",
    "S-EPT": "the page table that really translates a TD's private addresses. Only the TDX module may touch its pages.",
    "mirror": "KVM's readable copy of the S-EPT in ordinary memory. Hardware never walks it.",
    "sp": "struct kvm_mmu_page, KVM's record of one page table. In the mirror it owns two pages, spt, the table "
    "itself, and external_spt, the S-EPT page.",
    "spt": "the table itself of an sp, a page of 512 entries. It is ordinary memory and always KVM's.",
    "external_spt": "the pointer from a mirror table's sp to the S-EPT page that belongs to it. Set to NULL it makes "
    "every later free of that page do nothing, which is how a page is leaked.",
    "root": "the topmost table. The mirror's root has no external_spt: its S-EPT counterpart is a TDCS page.",
    "TDR": "the root control page of a TD. It can be reclaimed only when no other page of the TD is left with the "
    "module.",
    "TDCS": "control pages of a TD; one of them is the S-EPT's root page. The model takes six.",
    "TDVPR": "the root control page of a vCPU. It is reclaimed after the vCPU's TDCX pages.",
    "TDCX": "further control pages of a vCPU. The model takes five a vCPU.",
    "guest": "a page of the guest's private memory. It is taken back while the key is still assigned.",
    "PAMT": "the TDX module's ledger: type and owner of every page. What it says decides whether a page is the host's.",
    "region": "2 MiB of host memory, aligned, which with Dynamic PAMT have one counter and one pair. In a scenario it "
    "says where the pages lie that the TDX module gets: dense, scattered or shared, or that there is no Dynamic PAMT: "
    "off.",
    "pair": "the two pages in which the module keeps its ledger of a region. It is there while the region's counter is "
    "above zero.",
    "phantom reference": "a reference in a region's counter that nobody holds.",
    "cache": "pages that a vCPU keeps for the pair of the next region. The module never had them.",
    "dpamt_lock": "the one spin lock of all regions' counters. It does not disable interrupts, so no reference may be "
    "given up in softirq.",
    "dpamt": "the revision of what changes these functions next: Dynamic PAMT. It was read in source and mail, and no "
    "recorded runs stand behind it.",
    "reclaim": "TDH.PHYMEM.PAGE.RECLAIM, which asks the module to enter a page as the host's again. It clears "
    "nothing, and works only once the TD's key is gone.",
    "TEARDOWN": "the last state of a TD's life, entered when its key is freed. RECLAIM works in no other.",
    "CHLDCNT": "the number of pages that the module counts as a TD's, the TDR aside. One page that cannot be reclaimed "
    "keeps it above zero, and so costs the TDR too.",
    "RCU": "the kernel's way to free memory that readers may still look at: later, when they are done. call_rcu puts "
    "such a free on a waiting list, rcu_barrier waits until the list is empty.",
    "WARN_ON": "a macro that prints a trace each time its condition is true. Its value is the condition.",
    "WARN_ON_ONCE": "as WARN_ON, but it prints only the first time at its place since boot. Its value is the condition "
    "every time.",
    "KVM_BUG_ON": "a macro that marks a VM as bugged and prints one trace a place and boot. While the VM is bugged "
    "already it says nothing.",
    "TDX_BUG_ON": "a macro that reports a failed SEAMCALL: a trace once a boot, then error lines, at most ten in five "
    "seconds. With NULL for the VM it marks nobody as bugged.",
    "TDX_BUG_ON_3": "TDX_BUG_ON with three registers in its error line. The reclaim helper uses it with NULL for "
    "the VM.",
    "pr_err": "prints a line at error level, every time.",
    "pr_err_ratelimited": "prints an error line unless too many came from the same place just before. What it withheld "
    "is told only by a later message, if one comes.",
    "vm_bugged": "a mark on a VM that KVM has caught itself in a fault. It mutes later KVM_BUG_ONs; at destruction "
    "nothing is left that it could stop.",
    "panic_on_warn": "a setting that makes the host panic at the first printed trace. Error lines do not trigger it.",
    "splat": "another word for a trace.",
    "guest_memfd": "the file that holds a VM's private memory. While it is open the VM stays, so its pages "
    "go before the VM does.",
    "PROVE_MMU": "a debug option of KVM's that leaves out the first passes over a tree, in which the lowest levels "
    "are cleared by themselves. One step then goes through all that hangs below a table.",
    "zap": "to clear page-table entries. A zap of a table entry gives up the table.",
    "op": "the function of TDX code that generic KVM code calls through the entry free_external_spt of a table of "
    "functions. "
    "It is tdx_sept_free_private_spt.",
    "before": "the kernel before the patch, as one of the versions (revisions) that the model has. "
    "Its op returns an error number.",
    "v1": "the patch as it was posted on 27 March 2026, 16/17 (part 16 of 17). The op gets the sp, "
    "forgets a page that it cannot reclaim, and returns nothing.",
    "v1+17": "v1 with 17/17 on top. A page that came back is freed at once, by the op.",
    "v2": "the patch as it was posted on 9 May 2026, 14/15. It is v1 without the argument gfn.",
    "landed": "what went into the kvm-x86 tree, in which changes to KVM for x86 are gathered. It is "
    "v2 with the free at once, and a pointer that is cleared on "
    "every path.",
    "level": "how high in the tree a page table is: an L1 table is for 2 MiB of the guest's memory, an L2 table for "
    "512 times as much, and so on upwards.",
    "gfn": "guest frame number: the number of a page of guest memory. A table is named by the first one that it is "
    "for.",
    "1x1x3": "a tree: the tables below the root, outermost level first. Here one L3 table has one L2 table, which "
    "has three L1 "
    "tables.",
    "control page": "a page in which the module keeps its notes on a TD or a vCPU: TDR, TDCS, TDVPR, TDCX.",
    "vCPU": "a virtual processor of a TD. Its control pages are one TDVPR and some TDCX pages.",
    "trace": "a warning, as it stands in the kernel's log: a block that names every function on the way to it.",
    "error line": "a single line in the kernel's log that says which call failed, and with which status.",
    "leak": "a page that is lost on purpose, since the TDX module still owns it. It stays lost until the host is "
    "rebooted.",
    "helper": "__tdx_reclaim_page, through which every page of a TD is asked back.",
    "tdx_reclaim_page": "asks for a page through __tdx_reclaim_page, and overwrites one that came back where the "
    "processor has the erratum.",
    "EPT": "extended page table, Intel's second tree of page tables, below the guest's own. As a type in the PAMT "
    "it is a "
    "page of the S-EPT.",
    "TDH": "how the names of the SEAMCALLs begin that a host may use.",
    "phase": "one of the five parts of a teardown: guest memory, key, vCPUs, page tables, control pages.",
    "package": "a processor chip with its cores. Caches are written back on each before a key can be freed.",
    "quick": "a space of scenarios that check runs: small trees, all faults, first and second TD of a boot.",
    "mmu_lock": "KVM's lock over a VM's page tables. Who holds it for write holds it alone.",
    "callbacks suppressed": "what a line of the log says of lines that were withheld before. It comes with the next "
    "line of the same place, once the limit's time is over.",
    "silent": "said of a TD of which pages leak while nothing at all is printed in its whole teardown.",
    "scenario": "a line that says what is torn down and what fails. Left out is what is as usual.",
    "RFC": "request for comments: a series of patches that is posted to hear opinions.",
    "rcu_barrier": "waits until everything that was queued for RCU has been freed.",
    "RCU callback": "the function that frees a table when no reader can see it any more: tdp_mmu_free_sp_rcu_callback.",
    "softirq": "a context in which the kernel runs deferred work. It may interrupt code that runs on behalf of a "
    "program.",
    "Dynamic PAMT": "a feature by which the module's ledger gets its memory when it is needed.",
    "phantom": "a user of a region that is counted and is not there.",
    "schedule": "an order in which the steps of several threads are taken. `kvmviz race` tries every one.",
    "erratum": "on some early TDX processors a partial write to memory once written with a private key spoils it, so "
    "that reading it raises an alarm (a machine check). There KVM overwrites each page that comes back.",
}
"""Terms and their meaning, without the term itself."""

SITES: Final = {
    "tdx_pamt_get": "takes a reference on a page's region before the module gets the page. The first one gives the "
    "module a pair of pages.",
    "tdx_pamt_put": "gives a page's reference up, and takes the pair back with the last one of a region. If the module "
    "refuses it warns once a boot, and nobody tries again.",
    "tdx_free_control_page": "gives a page's reference up and frees the page, whatever came of that. It is called for "
    "pages that the module gave back.",
    "handle_removed_pt": "generic code for page tables (MMU: memory management unit) that gives up a table of the "
    "mirror. Before the patch it warned, every time, when TDX code could not get the S-EPT page back.",
    "tdx_sept_free_private_spt": "the op free_external_spt of TDX code. Its KVM_BUG_ON is true if the key is still "
    "assigned when page tables are freed.",
    "__tdx_reclaim_page": "the helper through which every page of a TD is asked back. Its TDX_BUG_ON_3 prints one "
    "trace a boot, for whichever page fails first, and then error lines.",
    "tdx_mmu_release_hkid": "gives the key back, before anything else. Where a processor still holds a vCPU it leaves "
    "without a word.",
    "tdx_flush_vp_on_cpu": "has a vCPU flushed on the processor that it last ran on. A failure marks the VM as bugged.",
    "smp_func_do_phymem_cache_wb": "writes back one package's caches. It knows no VM, so its report marks nobody.",
    "handle_changed_spte": "lets everything follow from a changed entry. Its KVM_BUG_ON is true if TDX code could not "
    "take a guest page back.",
    "tdx_sept_remove_private_spte": "takes a guest page back; v2 calls it tdx_sept_remove_leaf_spte. It needs the key "
    "to be assigned.",
    "tdx_sept_remove_leaf_spte": "takes a guest page back; earlier revisions call it tdx_sept_remove_private_spte. It "
    "needs the key to be assigned.",
    "tdp_mmu_free_sp_rcu_callback": "frees a table when no reader can see it any more. In v1+17 it warns if the S-EPT "
    "page was not forgotten before.",
}
"""The functions in which something is reported."""

STATUSES: Final = {
    "OPERAND_INVALID": "RECLAIM's refusal of an address that is misaligned or out of range.",
    "OPERAND_ADDR_RANGE_ERROR": "RECLAIM's refusal of an address that the module keeps no books on.",
    "OPERAND_BUSY": "the refusal of a call while the module holds a lock on what it is about.",
    "PAGE_METADATA_INCORRECT": "RECLAIM's refusal of a page that is no TD's, such as one that was reclaimed before.",
    "LIFECYCLE_STATE_INCORRECT": "the refusal of a call that the TD's state of life does not allow. RECLAIM before the "
    "key is freed gets it.",
    "TD_ASSOCIATED_PAGES_EXIST": "RECLAIM's refusal of the TDR while another page of the TD is left.",
}
"""What RECLAIM answers where it refuses."""

def explain(word: str) -> str:
    """Return what a site, event kind, page name, state or term means; raise KvmvizError if it is unknown."""
    wanted = word.strip()
    table = _table()
    found = table.get(wanted) or {key.lower(): text for key, text in table.items()}.get(wanted.lower())
    if found is None and wanted.count(":") >= 2:
        site = Site.parse(wanted)
        found = " ".join(table[k] for k in (site.macro, site.function) if k in table) or None
    if found is None:
        with suppress(ValueError):
            page = PageName.parse(wanted)
            found = table["root" if page.is_root else page.kind]
    if found is None:
        near = get_close_matches(wanted, list(table), 3, 0.5)
        hint = f"did you mean {', '.join(near)}" if near else f"some words are {', '.join(list(TERMS)[:6])}"
        raise KvmvizError(f"Nothing is known of {wanted[:60]!r}; {hint}?")
    return found


def _table() -> dict[str, str]:
    """Return every word with its explanation: terms, functions, events, states."""
    tables = ({name: call.meaning for name, call in CALLS.items()}, {word: c.meaning for word, c in CAUSES.items()})
    known = TERMS | SITES | STATUSES | tables[0] | tables[1]
    terms = {term: f"{term}: {meaning}" for term, meaning in known.items()}
    kinds = {name: f"{name}: {kind.meaning}" for name, kind in KINDS.items()}
    states = {state.name: f"{state.name}: {state.meaning}" for state in (*HKID_STATES.values(), *PAGE_STATES.values())}
    return kinds | states | terms
