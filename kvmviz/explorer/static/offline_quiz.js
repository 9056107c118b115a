/** The questions of predict mode in an offline page's view. */

/** @import {Question, Side} from "./types.js" */
/** @import {StoredRun} from "./offline_data.js" */
/** @import {Paired} from "./offline_view.js" */

const FATES = ["it is freed at once", "it is freed from the RCU callback", "it leaks"];
const DIFFER_WORDS = "not the same on both sides";

/**
 * @param {Paired} both
 * @returns {Question[]}
 */
export function offlineQuestions(both) {
  if (both.sides.some((side) => both.runs[side].words[5])) return [];
  const fates = Object.fromEntries(both.sides.map((side) => [side, fatesOf(both.runs[side])]));
  const found = [...pageQuestions(both, fates), ...warningQuestions(both), ...pointerQuestion(both, fates)];
  return found.sort((x, y) => x.row - y.row);
}

/**
 * @param {StoredRun} run
 * @returns {(page: string) => string} what becomes of a page
 */
function fatesOf(run) {
  const how = new Map(
    run.atoms
      .flat()
      .filter((atom) => atom.kind === "free")
      .map((atom) => [atom.asked.page, atom.asked.how]),
  );
  return (page) => (how.has(page) ? FATES[how.get(page) === "immediate" ? 0 : 1] : FATES[2]);
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
    const leaks = ends.includes(FATES[2]);
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
  const same = new Set(ends).size === 1;
  const options = [...FATES, ...(ends.length > 1 ? [DIFFER_WORDS] : [])];
  const said = both.sides.map((side, i) => `in ${both.runs[side].revision} ${ends[i]}`).join(", ");
  const ask = `KVM is about to ask for ${page} back. What becomes of it?`;
  return questionOf(row, ask, options, same ? ends[0] : DIFFER_WORDS, `${page}: ${same ? ends[0] : said}.`);
}

/** @param {Paired} both */
function warningQuestions(both) {
  /** @type {Question[]} */
  const found = [];
  both.leading.forEach((leading, i) => {
    if (leading.kind !== "warn") return;
    const prints = both.sides.map((side) =>
      Boolean(both.steps[side][i]?.kind === "warn" && both.steps[side][i]?.printed),
    );
    const names = both.sides.map((side) => both.runs[side].revision);
    const options =
      names.length === 1 ? ["yes", "no"] : ["both sides", `only ${names[0]}`, `only ${names[1]}`, "neither"];
    const right =
      names.length === 1 ? options[prints[0] ? 0 : 1] : options[prints[0] ? (prints[1] ? 0 : 1) : prints[1] ? 2 : 3];
    const ask = `${leading.asked.short} is about to see a failure. Who prints a stack trace?`;
    found.push(questionOf(i + 1, ask, options, right, `Answer: ${right}. ${leading.text}`));
  });
  return found;
}

/**
 * @param {Paired} both
 * @param {Record<string, (page: string) => string>} fates
 * @returns {Question[]}
 */
function pointerQuestion(both, fates) {
  const lost = (/** @type {string} */ mirror) =>
    both.sides.some((side) => fates[side](`S-EPT ${mirror.slice(mirror.indexOf(" ") + 1)}`) === FATES[2]);
  const row = both.leading.findIndex((atom) => atom.kind === "set_null" && lost(atom.asked.page)) + 1;
  if (!row) return [];
  const by = both.sides.map((side) => cutterOf(both, side, row));
  const options = ["generic MMU code", "KVM's TDX code", ...(by.length > 1 ? [DIFFER_WORDS] : [])];
  const right = new Set(by).size > 1 ? DIFFER_WORDS : by[0];
  const truth = both.sides.map((side, i) => `${both.runs[side].revision}: ${by[i]}`).join("; ");
  return [questionOf(row, "Who forgets the page, so that nobody frees it by mistake?", options, right, `${truth}.`)];
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
  const by = at === undefined ? "" : (steps[at]?.asked.by ?? "");
  return by.startsWith("tdx.c") ? "KVM's TDX code" : "generic MMU code";
}
