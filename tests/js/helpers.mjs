/** A small view for tests: two sides, four rows, one of them A's alone. */
export function smallView() {
  return {
    scenario: "tree=1x1x3 fail=L1@0x200",
    words: {
      tree: "1x1x3",
      hkid: "released",
      fail: "L1@0x200",
      status: "OPERAND_BUSY",
      boot: "first",
      leaves: "gone",
      zap: "default",
      vcpus: "1",
      panic: "off",
    },
    fails: ["L1@0x200"],
    revisions: ["before", "v1"],
    rows: [
      [0, 0, 1],
      [1, -1, 0],
      [2, 1, 1],
      [3, 2, 1],
    ],
    about: [0, 0, 0, 1],
    kinds: ["op", "warn", "leak", "free"],
    phases: [
      { name: "mmu_uninit", label: "page tables", first: 1, last: 3 },
      { name: "vm_destroy", label: "control pages", first: 4, last: 4 },
    ],
    names: ["S-EPT L1 gfn=0x200", "TDR", "link L1 gfn=0x200", "warn S-EPT L1 gfn=0x200 0"],
    states: ["leaked", "freed", "gone", "full", "ghost"],
    pages: [0, 1],
    log: [
      {
        row: 2,
        kind: "warn",
        head: "WARNING: tdp_mmu.c handle_removed_pt",
        detail: "WARN_ON",
        a: { mark: "full" },
        b: { mark: "absent" },
      },
      {
        row: 3,
        kind: "pr_err",
        head: "SEAMCALL TDH_PHYMEM_PAGE_RECLAIM failed: 0x8000020000000001, rcx 0x0, rdx 0x0, r8 0x0 and some more words",
        detail: "",
        a: { mark: "line" },
        b: { mark: "held" },
      },
    ],
    texts: { why: ["start", "one \u2192 two", "three", "four", "five"], sides: { a: [], b: [] } },
    a: {
      revision: "before",
      changes: [
        [2, 2],
        [3, 3],
        [0, 0],
        [1, 1],
      ],
      marks: ["dot", "warn", "leak", "free"],
      traces: [0, 0, 1, 1, 1],
      lines: [0, 0, 0, 1, 1],
      leaked: [0, 0, 0, 1, 1],
    },
    b: {
      revision: "v1",
      changes: [
        [2, 2],
        [3, 4],
        [0, 0],
        [1, 1],
      ],
      marks: ["dot", "wait", "leak", "free"],
      traces: [0, 0, 0, 0, 0],
      lines: [0, 0, 0, 0, 0],
      leaked: [0, 0, 0, 1, 1],
    },
  };
}
