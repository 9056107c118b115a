/** Which views a page may tell its reader to look for elsewhere: those that `kvmviz lab` takes. */

/** What each key may say; the tree is looked at apart. @type {Record<string, RegExp>} */
const SAYABLE = {
  tree: /^/,
  fail: /^/,
  hkid: /^(released|assigned|flushvp-not-done|vpflushdone-error|cache-wb-error|key-freeid-error)$/,
  status: /^(OPERAND_BUSY|OPERAND_INVALID|0x[1-9a-f][0-9a-f]{0,15})$/,
  boot: /^(first|second:([0-9]|[1-9][0-9]{1,3})s)$/,
  leaves: /^gone$/,
  zap: /^(default|prove-mmu)$/,
  vcpus: /^([0-9]|[1-5][0-9]|6[0-4])$/,
  panic: /^(on|off)$/,
  region: /^(off|dense|scattered|shared)$/,
  remove: /^(works|fails-once|fails)$/,
  revisions: /^(before|v1|v1\+17|v2|landed)(,(before|v1|v1\+17|v2|landed))?$/,
};

/**
 * @param {string} line a scenario
 * @param {string[]} revisions
 * @returns {string} the command that shows it, if it is sure that there is one: a link may come from anybody
 */
export function elsewhere(line, revisions) {
  const link = [line, ...(revisions.length ? [`revisions=${revisions.join(",")}`] : [])].join(" ").trim();
  const words = link.split(" ").map((part) => part.split("="));
  const keys = words.map(([key]) => key);
  const sound = words.every(
    ([key, word, ...more]) => word && !more.length && Object.hasOwn(SAYABLE, key) && SAYABLE[key].test(word),
  );
  const said = Object.fromEntries(words);
  if (
    !sound ||
    new Set(keys).size < keys.length ||
    !isTree(said.tree ?? "1x1x3") ||
    !hasPages(said.tree ?? "1x1x3", said.fail ?? "none")
  )
    return "";
  return `; a notebook may: kvmviz lab '${link}'`;
}

/** @param {string} tree */
function isTree(tree) {
  return /^([1-9]|1[0-9])(x([1-9]|1[0-9])){2}$/.test(tree) || /^[1-9][0-9]?GiB$/.test(tree);
}

/**
 * @param {string} tree
 * @param {string} fail
 * @returns {boolean} whether a tree is sure to have the pages that are named, each once
 */
function hasPages(tree, fail) {
  if (/^(none|all)$/.test(fail)) return true;
  const pages = fail.split(",");
  if (!tree.includes("x") || new Set(pages).size < pages.length) return false;
  const [tops, middles, leaves] = tree.split("x").map(Number);
  return pages.every((page) => {
    const found = /^(?:TDR|TDCS\[[0-5]\]|L([123])@(0x0|0x[1-9a-f][0-9a-f]{0,9}))$/.exec(page);
    if (!found?.[1]) return found !== null;
    const [level, gfn] = [Number(found[1]), Number(found[2])];
    const [top, middle, leaf] = [
      Math.floor(gfn / 0x8000000),
      Math.floor(gfn / 0x40000) % 0x200,
      Math.floor(gfn / 0x200) % 0x200,
    ];
    const [inMiddle, inLeaf] = [level < 3 ? middle : 0, level < 2 ? leaf : 0];
    const named = top * 0x8000000 + inMiddle * 0x40000 + inLeaf * 0x200;
    return named === gfn && top < tops && inMiddle < middles && inLeaf < leaves;
  });
}
