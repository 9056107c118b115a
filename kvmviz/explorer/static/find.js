/** Finding the scenario that a line names in what a page carries. */

/** @import {PageData} from "./types.js" */
/** @import {Found} from "./view.js" */
import { lineOf, wordsOf } from "./line.js";
import { singleOf } from "./view.js";

/**
 * @param {PageData} data
 * @param {string} line
 * @returns {Found | null} null for a scenario that is not carried
 */
export function findLine(data, line) {
  const words = wordsOf(line || "tree=1x1x3");
  const others = ["tree", "fail", "status", "vcpus", "region", "remove"];
  const keys = [...others, ...Object.keys(data.dimensions), ...Object.keys(data.family)];
  if (Object.keys(words).some((key) => !keys.includes(key))) return null;
  if (words.hkid === "assigned") words.hkid = data.common.causes.assigned;
  const pages = pagesOf(data, words.tree);
  const fails = words.fail === "none" ? [] : words.fail === "all" ? (pages ?? []) : words.fail.split(",");
  if (!pages || words.vcpus !== "1" || words.region !== "off" || (fails.length && words.status !== "OPERAND_BUSY"))
    return findSingle(data, words, fails);
  if (fails.some((name) => !pages.includes(name))) return findSingle(data, words, fails);
  const inOrder = pages.filter((name) => fails.includes(name));
  words.fail = inOrder.length === 0 ? "none" : inOrder.length === pages.length ? "all" : inOrder.join(",");
  words.status = "OPERAND_BUSY";
  const at = positionOf(data, words, inOrder);
  return at < 0
    ? null
    : { at: data.at[at], line: lineOf(words), words, fails: inOrder, layout: `${words.tree} ${words.vcpus}` };
}

/**
 * @param {PageData} data
 * @param {string} tree
 * @returns {string[] | undefined} the pages of a tree of which everything is carried
 */
function pagesOf(data, tree) {
  return Object.hasOwn(data.trees, tree) ? data.trees[tree] : undefined;
}

/**
 * A case or a status: by its line, its pages in the order of the tree.
 * @param {PageData} data
 * @param {Record<string, string>} words
 * @param {string[]} fails
 * @returns {Found | null}
 */
function findSingle(data, words, fails) {
  const pages = pagesOf(data, words.tree);
  if (pages && fails.length === pages.length && pages.every((name) => fails.includes(name))) words.fail = "all";
  const line = lineOf(words);
  const number = data.single.findIndex((one) => one[0] === line);
  if (number < 0) return null;
  const trees = Object.values(data.trees).reduce((sum, names) => sum + combinationsOf(data) * 2 ** names.length, 0);
  return singleOf(data, number, data.at[trees + number]);
}

/** @param {PageData} data */
function combinationsOf(data) {
  return Object.values({ ...data.dimensions, ...data.family }).reduce((product, words) => product * words.length, 1);
}

/**
 * @param {PageData} data
 * @param {Record<string, string>} words
 * @param {string[]} fails
 * @returns {number} of the scenario among all; -1 for one that is not there
 */
function positionOf(data, words, fails) {
  let first = 0;
  for (const [tree, pages] of Object.entries(data.trees)) {
    const sets = 2 ** pages.length;
    if (tree === words.tree) {
      const set = fails.reduce((sum, name) => sum + 2 ** pages.indexOf(name), 0);
      const digits = [...digitsOf(data.dimensions, words), [sets, set], ...digitsOf(data.family, words)];
      return digits.some(([, digit]) => digit < 0)
        ? -1
        : first + digits.reduce((sum, [base, digit]) => sum * base + digit, 0);
    }
    first += combinationsOf(data) * sets;
  }
  return -1;
}

/**
 * @param {Record<string, string[]>} dimensions
 * @param {Record<string, string>} words
 * @returns {number[][]} for each how many words it knows, and the number of the one that is meant
 */
function digitsOf(dimensions, words) {
  return Object.entries(dimensions).map(([key, known]) => [known.length, known.indexOf(words[key])]);
}
