/** The view as text for a mail: ASCII, at most 72 columns. */

/** @import {View, Side} from "./types.js" */
import { SIDES, phaseAt } from "./seek.js";
import { linkOf } from "./line.js";

const WIDTH = 72;

/**
 * @param {string} text
 * @returns {string} plain ASCII
 */
export function ascii(text) {
  return text
    .replaceAll("\u2192", "->")
    .replaceAll("\u2026", "...")
    .replaceAll("\u2212", "-")
    .replace(/[^\x20-\x7e\n]/g, "?");
}

/**
 * @param {string} text
 * @param {string} [indent] of the lines after the first
 * @returns {string[]}
 */
export function wrap(text, indent = "") {
  /** @type {string[]} */
  const lines = [];
  let line = "";
  for (const word of ascii(text).split(/\s+/)) {
    const longer = line ? `${line} ${word}` : (lines.length ? indent : "") + word;
    if (longer.length <= WIDTH || !line.trim()) line = longer;
    else {
      lines.push(line);
      line = indent + word;
    }
  }
  return [...lines, line].filter((found) => found.trim());
}

/**
 * @param {View} view
 * @param {number} step
 * @returns {string}
 */
export function mailText(view, step) {
  const sides = SIDES.filter((side) => view[side]);
  const phase = view.phases.find((found) => found.name === phaseAt(view, step))?.label;
  const lines = [
    linkOf(view, step),
    "",
    `Step ${step} of ${view.rows.length}${phase ? ` (${phase})` : ""}:`,
    ...wrap(view.texts.why[step]),
    "",
    ...table(view, sides, step),
    "",
    ...logLines(view, sides, step),
  ];
  return `${lines.map(ascii).join("\n").trimEnd()}\n`;
}

/**
 * @param {View} view
 * @param {Side[]} sides
 * @param {number} step
 */
function table(view, sides, step) {
  const rows = [["", ...sides.map((side) => view[side]?.revision ?? "")]];
  for (const [word, key] of /** @type {const} */ ([
    ["traces", "traces"],
    ["error lines", "lines"],
    ["pages leaked", "leaked"],
    ["PAMT pairs lost", "pinned"],
  ]))
    if (sides.some((side) => view[side]?.[key]))
      rows.push([word, ...sides.map((side) => String(view[side]?.[key]?.[step] ?? "none to lose"))]);
  return rows.map(
    ([head, ...cells]) =>
      head.padEnd(16) +
      cells
        .map((cell) => ascii(cell).slice(0, 26).padEnd(28))
        .join("")
        .trimEnd(),
  );
}

/**
 * @param {View} view
 * @param {Side[]} sides
 * @param {number} step
 */
function logLines(view, sides, step) {
  const entries = view.log.filter((entry) => entry.row <= step);
  if (!entries.length) return ["Log: nothing yet."];
  return [
    "Log:",
    ...entries.flatMap((entry) =>
      wrap(`${sides.map((side) => letter(side, entry[side]?.mark)).join("")}  ${entry.head}`.trimEnd(), "    "),
    ),
  ];
}

/**
 * @param {Side} side
 * @param {string} [mark]
 */
function letter(side, mark) {
  if (mark === "full" || mark === "line" || mark === "panic") return side.toUpperCase();
  return mark === "absent" ? "." : "-";
}
