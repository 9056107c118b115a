/** Where to go: the next warning, the next difference, and the same place in another view. */

/** @import {View, Side} from "./types.js" */

/** @type {Side[]} */
export const SIDES = ["a", "b"];

/**
 * @param {View} view
 * @param {number} row
 */
export function isWarning(view, row) {
  return SIDES.some((side) => view[side]?.marks[row] === "warn");
}

/**
 * @param {View} view
 * @param {number} row
 */
export function isDifference(view, row) {
  return view.rows[row][2] === 0;
}

/**
 * The nearest step after (or before) this one that the test accepts; the same step if there is none.
 * @param {View} view
 * @param {number} step
 * @param {1 | -1} way
 * @param {(view: View, row: number) => boolean} test
 * @returns {number}
 */
export function seek(view, step, way, test) {
  for (let row = step - 1 + way; row >= 0 && row < view.rows.length; row += way) if (test(view, row)) return row + 1;
  return step;
}

/**
 * Where to stand after a toggle.  The start stays the start and the end the end.  Otherwise: the step of the same
 * kind about the same page in the same phase (the same time it happens); else the last step of that phase about
 * that page; else the first step of that phase; else the same number.
 * @param {View} old
 * @param {number} step
 * @param {View} now
 * @returns {number}
 */
export function keepStep(old, step, now) {
  if (step <= 0) return 0;
  if (step >= old.rows.length) return now.rows.length;
  const here = place(old, step - 1);
  const before = count(old, step - 1, here);
  let seen = 0;
  let samePage = 0;
  let samePhase = 0;
  for (let row = 0; row < now.rows.length; row++) {
    const there = place(now, row);
    if (there.phase !== here.phase) continue;
    samePhase ||= row + 1;
    if (there.page !== here.page) continue;
    samePage = row + 1;
    if (there.kind === here.kind && ++seen === before) return row + 1;
  }
  return samePage || samePhase || Math.min(step, now.rows.length);
}

/**
 * @param {View} view
 * @param {number} row
 */
function place(view, row) {
  return { phase: phaseAt(view, row + 1), kind: view.kinds[row], page: view.elements[view.about[row]]?.name ?? "" };
}

/**
 * @param {View} view
 * @param {number} row
 * @param {{phase: string, kind: string, page: string}} here
 */
function count(view, row, here) {
  let number = 0;
  for (let i = 0; i <= row; i++) {
    const there = place(view, i);
    if (there.phase === here.phase && there.kind === here.kind && there.page === here.page) number++;
  }
  return number;
}

/**
 * @param {View} view
 * @param {number} step
 * @returns {string} the name of the phase that a step belongs to
 */
export function phaseAt(view, step) {
  return view.phases.find((phase) => phase.first <= step && step <= phase.last)?.name ?? "";
}
