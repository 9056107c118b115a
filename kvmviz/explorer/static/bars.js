/** Segments of a counted bar; the same rule as `kvmviz/draw/bars.py`. */

import { s } from "./dom.js";

const ORDER = ["leaked", "in-use", "rcu-pending", "reclaimed", "freed", "tdx-owned"];
const LEAST = 30;

/**
 * @param {Record<string, number>} counts
 * @param {number} x
 * @param {number} width
 * @returns {[string, number, number][]} state, x and width of each segment that has pages
 */
export function spans(counts, x, width) {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const leaked = counts.leaked ?? 0;
  const first = leaked ? Math.max(LEAST, (width * leaked) / total) : 0;
  /** @type {[string, number, number][]} */
  const found = [];
  let left = x;
  for (const state of ORDER) {
    const count = counts[state] ?? 0;
    if (!count) continue;
    const wide = state === "leaked" ? Math.min(width, first) : ((width - first) * count) / (total - leaked);
    found.push([state, left, wide]);
    left += wide;
  }
  return found;
}

/**
 * @param {Element} bar
 * @param {string} state
 * @param {string} prefix
 */
export function segmentOf(bar, state, prefix) {
  const tape = state === "leaked" ? { fill: `url(#${prefix}tape)` } : {};
  const segment = s(
    "g",
    { class: `seg seg-${state}` },
    s("rect", { rx: 2, ...tape }),
    s("rect", { class: "core" }),
    s("text", {}),
  );
  bar.append(segment);
  return segment;
}
