/**
 * The questions of predict mode: what becomes of a page, who prints a warning, who cuts the pointer.
 * Of pages the first one is asked about, those that leak, and the one after each of these, so that a question gives
 * nothing away.
 */

/** @import {Question, Side} from "./types.js" */
/** @import {Paired} from "./view.js" */

import { filled } from "./phrases.js";

/**
 * @param {Paired} both
 * @returns {Question[]}
 */
export function questionsOf(both) {
  if (both.sides.some((side) => both.runs[side].words[5])) return [];
  const fates = Object.fromEntries(both.sides.map((side) => [side, fatesOf(both, side)]));
  const found = [...pageQuestions(both, fates), ...warningQuestions(both), ...pointerQuestion(both, fates)];
  return found.sort((x, y) => x.row - y.row);
}

/**
 * @param {Paired} both
 * @param {Side} side
 * @returns {(page: string) => string} what becomes of a page
 */
function fatesOf({ runs, common }, side) {
  const run = runs[side];
  const { now, rcu, leak } = common.phrases;
  const how = new Map(
    run.atoms
      .flat()
      .filter((atom) => atom.kind === "free")
      .map((atom) => [atom.asked.page, atom.asked.how]),
  );
  return (page) => (how.has(page) ? (how.get(page) === "immediate" ? now : rcu) : leak);
}

/**
 * @param {number} row
 * @param {string} ask
 * @param {string[]} options
 * @param {string} right
 * @param {string} truth
 * @returns {Question}
 */
function questionOf(row, ask, options, right, truth) {
  return { row, ask, options, answer: options.indexOf(right), truth };
}

/**
 * @param {Paired} both
 * @param {Record<string, (page: string) => string>} fates
 */
function pageQuestions(both, fates) {
  /** @type {Question[]} */
  const found = [];
  let before = true;
  both.leading.forEach(({ kind, asked }, i) => {
    const page = asked.page;
    if (kind !== "op" && !(kind === "seamcall" && asked.call === "TDH.PHYMEM.PAGE.RECLAIM" && page === "TDR")) return;
    const ends = both.sides.map((side) => fates[side](page));
    const leaks = ends.includes(both.common.phrases.leak);
    if (before || leaks) found.push(fateQuestion(both, i + 1, page, ends));
    before = leaks;
  });
  return found;
}

/**
 * @param {Paired} both
 * @param {number} row
 * @param {string} page
 * @param {string[]} ends
 */
function fateQuestion(both, row, page, ends) {
  const { now, rcu, leak, unlike, becomes, fates, in: where } = both.common.phrases;
  const same = new Set(ends).size === 1;
  const options = [now, rcu, leak, ...(ends.length > 1 ? [unlike] : [])];
  const said = both.sides.map((side, i) => filled(where, { revision: both.runs[side].revision, end: ends[i] }));
  const truth = filled(fates, { page, end: same ? ends[0] : said.join(", ") });
  return questionOf(row, filled(becomes, { page }), options, same ? ends[0] : unlike, truth);
}

/** @param {Paired} both */
function warningQuestions(both) {
  const { phrases } = both.common;
  const only = (/** @type {string} */ revision) => filled(phrases.only, { revision });
  /** @type {Question[]} */
  const found = [];
  both.leading.forEach((leading, i) => {
    if (leading.kind !== "warn") return;
    const prints = both.sides.map((side) =>
      Boolean(both.steps[side][i]?.kind === "warn" && both.steps[side][i]?.printed),
    );
    const names = both.sides.map((side) => both.runs[side].revision);
    const options =
      names.length === 1 ? [phrases.yes, phrases.no] : [phrases.both, only(names[0]), only(names[1]), phrases.neither];
    const right =
      names.length === 1 ? options[prints[0] ? 0 : 1] : options[prints[0] ? (prints[1] ? 0 : 1) : prints[1] ? 2 : 3];
    const ask = filled(phrases.prints, { site: leading.asked.short });
    found.push(questionOf(i + 1, ask, options, right, filled(phrases.answer, { right, text: leading.text })));
  });
  return found;
}

/**
 * @param {Paired} both
 * @param {Record<string, (page: string) => string>} fates
 * @returns {Question[]}
 */
function pointerQuestion(both, fates) {
  const lost = (/** @type {string} */ twin) =>
    both.sides.some((side) => fates[side](twin) === both.common.phrases.leak);
  const row = both.leading.findIndex((atom) => atom.kind === "set_null" && lost(atom.asked.twin)) + 1;
  if (!row) return [];
  const by = both.sides.map((side) => cutterOf(both, side, row));
  const { mmu, tdx, unlike, cut, forgets } = both.common.phrases;
  const options = [mmu, tdx, ...(by.length > 1 ? [unlike] : [])];
  const right = new Set(by).size > 1 ? unlike : by[0];
  const truth = both.sides.map((side, i) => filled(cut, { revision: both.runs[side].revision, end: by[i] }));
  return [questionOf(row, forgets, options, right, `${truth.join("; ")}.`)];
}

/**
 * @param {Paired} both
 * @param {Side} side
 * @param {number} row
 */
function cutterOf(both, side, row) {
  const steps = both.steps[side];
  const near = steps.map((_, at) => at).sort((x, y) => Math.abs(x - row + 1) - Math.abs(y - row + 1));
  const at = near.find((number) => steps[number]?.kind === "set_null");
  return both.common.phrases[(at === undefined ? undefined : steps[at]?.asked.by) ?? "mmu"];
}
