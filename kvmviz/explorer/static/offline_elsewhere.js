/** Which views a page may tell its reader to look for elsewhere: those that `kvmviz lab` takes. */

/**
 * @param {string} line a scenario
 * @param {string[]} revisions
 * @param {Record<string, string>} sayable for each key a pattern of what it may say; the tree and what fails are looked at apart
 * @returns {string} the command that shows it, if it is sure that there is one: a link may come from anybody
 */
export function elsewhere(line, revisions, sayable) {
  const link = [line, ...(revisions.length ? [`revisions=${revisions.join(",")}`] : [])].join(" ").trim();
  const words = link.split(" ").map((part) => part.split("="));
  const keys = words.map(([key]) => key);
  const sound = words.every(
    ([key, word, ...more]) =>
      word && !more.length && key !== "control" && Object.hasOwn(sayable, key) && says(sayable[key], word),
  );
  const said = Object.fromEntries(words);
  if (
    !sound ||
    new Set(keys).size < keys.length ||
    !isTree(said.tree ?? "1x1x3") ||
    ((said.remove ?? "works") !== "works" && (said.region ?? "off") === "off") ||
    !hasPages(said.tree ?? "1x1x3", said.fail ?? "none", sayable.control)
  )
    return "";
  return `; a notebook may: kvmviz lab '${link}'`;
}

/**
 * @param {string} pattern of words; any, where it is empty
 * @param {string} word
 */
function says(pattern, word) {
  return !pattern || new RegExp(`^(?:${pattern})$`).test(word);
}

/** @param {string} tree */
function isTree(tree) {
  return /^([1-9]|1[0-9])(x([1-9]|1[0-9])){2}$/.test(tree) || /^[1-9][0-9]?GiB$/.test(tree);
}

/**
 * @param {string} tree
 * @param {string} fail
 * @param {string} control pattern of the control pages that every TD has
 * @returns {boolean} whether a tree is sure to have the pages that are named, each once
 */
function hasPages(tree, fail, control) {
  if (/^(none|all)$/.test(fail)) return true;
  const pages = fail.split(",");
  if (!tree.includes("x") || new Set(pages).size < pages.length) return false;
  const [tops, middles, leaves] = tree.split("x").map(Number);
  return pages.every((page) => {
    if (says(control, page)) return true;
    const found = /^L([123])@(0x0|0x[1-9a-f][0-9a-f]{0,9})$/.exec(page);
    if (!found) return false;
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
