/** The kernel log of a view, one list for both sides. */

/** @import {LogEntry, LogMark, Side} from "./types.js" */
/** @import {Atom} from "./carried.js" */
/** @import {Paired} from "./view.js" */

/**
 * @param {Paired} both
 * @returns {LogEntry[]}
 */
export function logOf(both) {
  /** @type {LogEntry[]} */
  const found = [];
  const used = Object.fromEntries(both.sides.map((side) => [side, { printed: new Map(), bugged: "", at: -1 }]));
  both.leading.forEach((atom, row) => {
    if (atom.logged) found.push(entryOf(both, used, atom, row));
    for (const side of both.sides) note(used[side], both.steps[side][row], row);
  });
  return found;
}

/** What one side's log has used up so far. @typedef {{printed: Map<string, number>, bugged: string, at: number}} Used */

/**
 * @param {Used} used
 * @param {Atom | null} atom
 * @param {number} row
 */
function note(used, atom, row) {
  if (!atom) return;
  if (atom.printed && !used.printed.has(atom.site)) used.printed.set(atom.site, row);
  if (atom.bugged) {
    used.bugged = atom.bugged;
    used.at = row;
  }
}

/**
 * @param {Paired} both
 * @param {Record<string, Used>} used
 * @param {Atom} atom
 * @param {number} row
 * @returns {LogEntry}
 */
function entryOf(both, used, atom, row) {
  const [head, detail] = atom.logged ?? ["", ""];
  const traced = atom.kind === "warn" || atom.kind === "masked";
  /** @type {LogEntry} */
  const entry = {
    row: row + 1,
    kind: atom.kind,
    head,
    detail,
    ...(atom.about ? { page: atom.about[0] } : {}),
    ...(traced ? { chain: atom.chain.map((location) => location[0]) } : {}),
  };
  for (const side of both.sides) entry[side] = sideOfEntry(both, used[side], side, atom, row);
  return entry;
}

/**
 * @param {Paired} both
 * @param {Used} used
 * @param {Side} side
 * @param {Atom} leading
 * @param {number} row
 * @returns {LogMark}
 */
function sideOfEntry(both, used, side, leading, row) {
  const own = both.steps[side][row];
  if (!own) return { mark: "absent", ...absentBecause(both, side, leading.site) };
  const mark = own.logged?.[2] ?? "panic";
  if (own.held) return { mark, ...heldBecause(both, used, own) };
  if (own.kind === "masked" && used.at >= 0)
    return { mark, because: used.bugged.replace("@S@", String(used.at + 1)), to: used.at + 1 };
  return { mark };
}

/**
 * @param {Paired} both
 * @param {Used} used
 * @param {Atom} own
 */
function heldBecause(both, used, own) {
  const row = used.printed.get(own.site);
  const [here, before] = own.held ?? ["", ""];
  if (row !== undefined) return { because: here.replace("@S@", String(row + 1)), to: row + 1 };
  const boot = /\d+/.exec(both.found.words.boot)?.[0] ?? "None";
  return { because: before.replace("@B@", boot) };
}

/**
 * @param {Paired} both
 * @param {Side} side
 * @param {string} site
 */
function absentBecause(both, side, site) {
  const known = both.data.absent[site];
  if (!known) return {};
  const ran = both.runs[side].sources.find((number) => String(number) in known);
  return { because: known[String(ran ?? "None")].replaceAll("@1@", both.runs[side].revision) };
}
