/** Made by kvmviz.explorer.words from kvmviz/terms/glossary.py: every term with its meaning. */

/** @type {[string, string][]} */
export const GLOSSARY = [
  [
    "1x1x3",
    "a tree: the tables below the root, outermost level first. Here one L3 table has one L2 table, which has three L1 tables.",
  ],
  [
    "before",
    "the kernel before the patch, as one of the versions (revisions) that the model has. Its op returns an error number.",
  ],
  ["cache", "pages that a vCPU keeps for the pair of the next region. The module never had them."],
  [
    "callbacks suppressed",
    "what a line of the log says of lines that were withheld before. It comes with the next line of the same place, once the limit's time is over.",
  ],
  [
    "CHLDCNT",
    "the number of pages that the module counts as a TD's, the TDR aside. One page that cannot be reclaimed keeps it above zero, and so costs the TDR too.",
  ],
  ["control page", "a page in which the module keeps its notes on a TD or a vCPU: TDR, TDCS, TDVPR, TDCX."],
  [
    "dpamt",
    "the revision of what changes these functions next: Dynamic PAMT. It was read in source and mail, and no recorded runs stand behind it.",
  ],
  [
    "dpamt_lock",
    "the one spin lock of all regions' counters. It does not disable interrupts, so no reference may be given up in softirq.",
  ],
  ["Dynamic PAMT", "a feature by which the module's ledger gets its memory when it is needed."],
  [
    "EPT",
    "extended page table, Intel's second tree of page tables, below the guest's own. As a type in the PAMT it is a page of the S-EPT.",
  ],
  [
    "erratum",
    "on some early TDX processors a partial write to memory once written with a private key spoils it, so that reading it raises an alarm (a machine check). There KVM overwrites each page that comes back.",
  ],
  ["error line", "a single line in the kernel's log that says which call failed, and with which status."],
  [
    "external_spt",
    "the pointer from a mirror table's sp to the S-EPT page that belongs to it. Set to NULL it makes every later free of that page do nothing, which is how a page is leaked.",
  ],
  [
    "gfn",
    "guest frame number: the number of a page of guest memory. A table is named by the first one that it is for.",
  ],
  ["guest", "a page of the guest's private memory. It is taken back while the key is still assigned."],
  [
    "guest_memfd",
    "the file that holds a VM's private memory. While it is open the VM stays, so its pages go before the VM does.",
  ],
  ["helper", "__tdx_reclaim_page, through which every page of a TD is asked back."],
  [
    "HKID",
    "the number of a TD's key, by which the hardware that encrypts memory knows it; also called KeyID. The key must be given back before any page can be.",
  ],
  [
    "KVM_BUG_ON",
    "a macro that marks a VM as bugged and prints one trace a place and boot. While the VM is bugged already it says nothing.",
  ],
  [
    "landed",
    "what went into the kvm-x86 tree, in which changes to KVM for x86 are gathered. It is v2 with the free at once, and a pointer that is cleared on every path.",
  ],
  [
    "leak",
    "a page that is lost on purpose, since the TDX module still owns it. It stays lost until the host is rebooted.",
  ],
  [
    "level",
    "how high in the tree a page table is: an L1 table is for 2 MiB of the guest's memory, an L2 table for 512 times as much, and so on upwards.",
  ],
  ["mirror", "KVM's readable copy of the S-EPT in ordinary memory. Hardware never walks it."],
  ["mmu_lock", "KVM's lock over a VM's page tables. Who holds it for write holds it alone."],
  [
    "op",
    "the function of TDX code that generic KVM code calls through the entry free_external_spt of a table of functions. It is tdx_sept_free_private_spt.",
  ],
  ["package", "a processor chip with its cores. Caches are written back on each before a key can be freed."],
  [
    "pair",
    "the two pages in which the module keeps its ledger of a region. It is there while the region's counter is above zero.",
  ],
  ["PAMT", "the TDX module's ledger: type and owner of every page. What it says decides whether a page is the host's."],
  ["panic_on_warn", "a setting that makes the host panic at the first printed trace. Error lines do not trigger it."],
  ["phantom", "a user of a region that is counted and is not there."],
  ["phantom reference", "a reference in a region's counter that nobody holds."],
  ["phase", "one of the five parts of a teardown: guest memory, key, vCPUs, page tables, control pages."],
  ["pr_err", "prints a line at error level, every time."],
  [
    "pr_err_ratelimited",
    "prints an error line unless too many came from the same place just before. What it withheld is told only by a later message, if one comes.",
  ],
  [
    "PROVE_MMU",
    "a debug option of KVM's that leaves out the first passes over a tree, in which the lowest levels are cleared by themselves. One step then goes through all that hangs below a table.",
  ],
  ["quick", "a space of scenarios that check runs: small trees, all faults, first and second TD of a boot."],
  [
    "RCU",
    "the kernel's way to free memory that readers may still look at: later, when they are done. call_rcu puts such a free on a waiting list, rcu_barrier waits until the list is empty.",
  ],
  ["RCU callback", "the function that frees a table when no reader can see it any more: tdp_mmu_free_sp_rcu_callback."],
  ["rcu_barrier", "waits until everything that was queued for RCU has been freed."],
  [
    "reclaim",
    "TDH.PHYMEM.PAGE.RECLAIM, which asks the module to enter a page as the host's again. It clears nothing, and works only once the TD's key is gone.",
  ],
  [
    "region",
    "2 MiB of host memory, aligned, which with Dynamic PAMT have one counter and one pair. In a scenario it says where the pages lie that the TDX module gets: dense, scattered or shared, or that there is no Dynamic PAMT: off.",
  ],
  ["RFC", "request for comments: a series of patches that is posted to hear opinions."],
  ["root", "the topmost table. The mirror's root has no external_spt: its S-EPT counterpart is a TDCS page."],
  ["S-EPT", "the page table that really translates a TD's private addresses. Only the TDX module may touch its pages."],
  ["scenario", "a line that says what is torn down and what fails. Left out is what is as usual."],
  ["schedule", "an order in which the steps of several threads are taken. `kvmviz race` tries every one."],
  ["SEAMCALL", "a call from the kernel into the TDX module. It returns a 64-bit status; anything but 0 is a refusal."],
  ["silent", "said of a TD of which pages leak while nothing at all is printed in its whole teardown."],
  [
    "softirq",
    "a context in which the kernel runs deferred work. It may interrupt code that runs on behalf of a program.",
  ],
  [
    "sp",
    "struct kvm_mmu_page, KVM's record of one page table. In the mirror it owns two pages, spt, the table itself, and external_spt, the S-EPT page.",
  ],
  ["splat", "another word for a trace."],
  ["spt", "the table itself of an sp, a page of 512 entries. It is ordinary memory and always KVM's."],
  [
    "TD",
    "a virtual machine whose private memory and processor state are encrypted and hidden from the host. Intel TDX makes it possible.",
  ],
  ["TDCS", "control pages of a TD; one of them is the S-EPT's root page. The model takes six."],
  ["TDCX", "further control pages of a vCPU. The model takes five a vCPU."],
  ["TDH", "how the names of the SEAMCALLs begin that a host may use."],
  [
    "TDR",
    "the root control page of a TD. It can be reclaimed only when no other page of the TD is left with the module.",
  ],
  ["TDVPR", "the root control page of a vCPU. It is reclaimed after the vCPU's TDCX pages."],
  [
    "TDX module",
    "Intel-signed software in a processor mode of its own, which alone edits a TD's private structures. The host asks it by SEAMCALLs.",
  ],
  [
    "TDX_BUG_ON",
    "a macro that reports a failed SEAMCALL: a trace once a boot, then error lines, at most ten in five seconds. With NULL for the VM it marks nobody as bugged.",
  ],
  [
    "TDX_BUG_ON_3",
    "TDX_BUG_ON with three registers in its error line. The reclaim helper uses it with NULL for the VM.",
  ],
  [
    "tdx_reclaim_page",
    "asks for a page through __tdx_reclaim_page, and overwrites one that came back where the processor has the erratum.",
  ],
  ["TEARDOWN", "the last state of a TD's life, entered when its key is freed. RECLAIM works in no other."],
  ["trace", "a warning, as it stands in the kernel's log: a block that names every function on the way to it."],
  [
    "v1",
    "the patch as it was posted on 27 March 2026, 16/17 (part 16 of 17). The op gets the sp, forgets a page that it cannot reclaim, and returns nothing.",
  ],
  ["v1+17", "v1 with 17/17 on top. A page that came back is freed at once, by the op."],
  ["v2", "the patch as it was posted on 9 May 2026, 14/15. It is v1 without the argument gfn."],
  ["vCPU", "a virtual processor of a TD. Its control pages are one TDVPR and some TDCX pages."],
  [
    "vm_bugged",
    "a mark on a VM that KVM has caught itself in a fault. It mutes later KVM_BUG_ONs; at destruction nothing is left that it could stop.",
  ],
  ["WARN_ON", "a macro that prints a trace each time its condition is true. Its value is the condition."],
  [
    "WARN_ON_ONCE",
    "as WARN_ON, but it prints only the first time at its place since boot. Its value is the condition every time.",
  ],
  ["zap", "to clear page-table entries. A zap of a table entry gives up the table."],
];
