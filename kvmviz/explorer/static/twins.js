/** Twins that stand for several tables: how many pages they are in which state, as attributes. */

/** @import {Skeleton} from "./types.js" */
import { put } from "./dom.js";

/**
 * @param {Skeleton} skeleton
 * @returns {Map<string, string[]>} the pages of each table, by the name of its twin
 */
export function pagesOfTwins(skeleton) {
  /** @type {Map<string, string[]>} */
  const found = new Map();
  for (const [page, , table] of skeleton.pages) {
    const twin = `twin ${table}`;
    if (table) found.set(twin, [...(found.get(twin) ?? []), page]);
  }
  return found;
}

/**
 * @param {Element} root the picture, with what is open below it
 * @param {Map<string, string[]>} pages of each table, by the name of its twin
 */
export function countTwins(root, pages) {
  const twins = root.querySelectorAll("[data-times]");
  if (!twins.length) return;
  const states = new Map(
    [...root.querySelectorAll("[data-page]")].map((page) => [
      page.getAttribute("data-page"),
      page.getAttribute("data-state"),
    ]),
  );
  for (const twin of twins) {
    const pair = (pages.get(twin.getAttribute("data-el") ?? "") ?? []).map((page) => states.get(page) ?? "");
    const counts = countsOf(pair, Number(twin.getAttribute("data-times")));
    for (const { name } of [...twin.attributes])
      if (name.startsWith("data-count-") && !counts.has(name.slice("data-count-".length))) twin.removeAttribute(name);
    for (const [state, count] of counts) put(twin, `data-count-${state}`, String(count));
  }
}

/**
 * @param {string[]} states of the two pages of a table
 * @param {number} times how many tables they stand for
 * @returns {Map<string, number>}
 */
export function countsOf(states, times) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + times);
  return counts;
}
