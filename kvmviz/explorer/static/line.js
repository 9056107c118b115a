/** The scenario line: changing one word of it, and the link to exactly this view. */

/** @import {View} from "./types.js" */

/** Every key with its default, in canonical order. @type {Record<string, string>} */
const DEFAULTS = {
  tree: "1x1x3",
  hkid: "released",
  fail: "none",
  status: "OPERAND_BUSY",
  boot: "first",
  leaves: "gone",
  zap: "default",
  vcpus: "1",
  panic: "off",
  region: "off",
  remove: "works",
};

/**
 * @param {Record<string, string>} words
 * @returns {string} the line; defaults are left out, but the tree is always there
 */
export function lineOf(words) {
  return Object.keys(DEFAULTS)
    .filter((key) => key === "tree" || (words[key] ?? DEFAULTS[key]) !== DEFAULTS[key])
    .map((key) => `${key}=${words[key]}`)
    .join(" ");
}

/**
 * @param {string} line
 * @returns {Record<string, string>} every key with its word
 */
export function wordsOf(line) {
  return { ...DEFAULTS, ...Object.fromEntries(line.split(" ").map((part) => part.split("="))) };
}

/**
 * What the scenario of a view will be once the answer to this line is there; toggles build on it until then.
 * @param {View} view
 * @param {string} line
 * @param {string[]} [revisions]
 * @returns {View}
 */
export function expected(view, line, revisions = view.revisions) {
  const words = wordsOf(line);
  const tables = view.pages.map((number) => view.elements[number]).filter(({ kind }) => kind === "S-EPT");
  const all = tables.map(({ name }) => view.faults[name]);
  const fails = words.fail === "none" ? [] : words.fail === "all" ? all : words.fail.split(",");
  return { ...view, scenario: line, revisions, words, fails };
}

/**
 * The line with one word changed; what no longer fits (faults of another tree) is dropped.
 * @param {View} view
 * @param {string} key
 * @param {string} word
 * @returns {string}
 */
export function withWord(view, key, word) {
  const words = { ...view.words, [key]: word };
  if (key === "tree" || key === "vcpus") words.fail = words.fail === "all" ? "all" : "none";
  if (key === "tree" && /iB$/.test(word)) words.leaves = "gone";
  if (words.fail === "none") words.status = DEFAULTS.status;
  if (key === "remove" && word !== "works" && words.region === "off") words.region = "dense";
  if (words.region === "off") words.remove = DEFAULTS.remove;
  if (words.vcpus === "0" && view.causes.needing.includes(words.hkid)) words.hkid = view.causes.assigned;
  return lineOf(words);
}

/**
 * The line in which this page's reclaim fails if it did not, and does not if it did.
 * @param {View} view
 * @param {string} fault
 * @returns {string}
 */
export function toggleFault(view, fault) {
  // Of a large tree the picture has some pages only, so that "all but this one" is not what is left of them.
  const all = view.words.fail === "all" ? view.allbut : undefined;
  const named = all ? ["all"] : view.fails;
  const fails = all?.[fault]
    ? [all[fault]]
    : named.includes(fault)
      ? named.filter((name) => name !== fault)
      : [...named, fault];
  return lineOf({
    ...view.words,
    fail: fails.join(",") || "none",
    ...(fails.length ? {} : { status: DEFAULTS.status }),
  });
}

/**
 * @param {View} view
 * @param {number} step
 * @returns {string} the line that leads back to exactly this view
 */
export function linkOf(view, step) {
  return `${view.scenario} step=${step} revisions=${view.revisions.join(",")}`;
}
