/** A view, put together from what was carried: the runs of one scenario, side by side. */

/** @import {Carried, Common, SentElement, Skeleton, View, Side} from "./types.js" */
/** @import {Atom, StoredRun} from "./carried.js" */
import { rowsOf, runOf } from "./carried.js";
import { filled } from "./phrases.js";
import { SIDES } from "./seek.js";
import { codeOf, stackOf } from "./view_code.js";
import { logOf } from "./view_log.js";
import { questionsOf } from "./view_quiz.js";

/** A scenario: the number of what the revisions do with it, its canonical line and words, the pages that fail, the key of its picture. @typedef {{at: number, line: string, words: Record<string, string>, fails: string[], layout: string}} Found */

/**
 * What the parts of a view are made from: runs by side, each side's steps by row, and the step that speaks for a row.
 * @typedef {{data: Carried, common: Common, found: Found, sides: Side[], runs: Record<string, StoredRun>, rows: [number, number, number][], steps: Record<string, (Atom | null)[]>, leading: Atom[], episodes: number[]}} Paired
 */

/**
 * @param {Carried} data
 * @param {number} number of a scenario among those that stand alone
 * @param {number} at what the revisions do with it
 * @returns {Found}
 */
export function singleOf(data, number, at) {
  const [line, words, fails, layout] = data.single[number];
  return { at, line, words, fails, layout };
}

/**
 * @param {Carried} data
 * @param {Common} common
 * @param {Found} found
 * @param {number[]} numbers of the revisions
 * @returns {Paired}
 */
function pairedOf(data, common, found, numbers) {
  const sides = SIDES.slice(0, numbers.length);
  const runs = Object.fromEntries(sides.map((side, i) => [side, runOf(data, found.at, numbers[i])]));
  const name = (/** @type {number} */ number) => common.functions[number][0];
  for (const side of sides) runs[side].sources.sort((x, y) => (name(x) < name(y) ? -1 : 1));
  const flat = Object.fromEntries(sides.map((side) => [side, runs[side].atoms.flat()]));
  /** @type {[number, number, number][]} */
  const rows =
    numbers.length > 1 ? rowsOf(data, found.at, numbers[0], numbers[1], runs.a) : flat.a.map((_, i) => [i, -1, 1]);
  const steps = Object.fromEntries(sides.map((side, i) => [side, rows.map((row) => flat[side][row[i]] ?? null)]));
  const leading = rows.map((_, i) => /** @type {Atom} */ (steps.a[i] ?? steps.b[i]));
  let episode = -1;
  const episodes = leading.map((atom, i) => (i && leading[i - 1].episode === atom.episode ? episode : ++episode));
  return { data, common, found, sides, runs, rows, steps, leading, episodes };
}

/**
 * Numbers things in the order of their first use.
 * @template T
 */
class Numbered {
  /** @param {(thing: T) => string} name that tells one thing from another */
  constructor(name) {
    this.name = name;
    /** @type {Map<string, number>} */
    this.numbers = new Map();
    /** @type {T[]} */
    this.things = [];
  }

  /** @param {T} thing */
  of(thing) {
    const known = this.numbers.get(this.name(thing)) ?? this.things.push(thing) - 1;
    this.numbers.set(this.name(thing), known);
    return known;
  }
}

/**
 * @param {Carried} data
 * @param {Common} common
 * @param {Skeleton} layout
 * @param {Found} found
 * @param {number[]} numbers of the revisions, A's first
 * @returns {View}
 */
export function viewOf(data, common, layout, found, numbers) {
  const both = pairedOf(data, common, found, numbers);
  /** @type {Numbered<SentElement>} */
  const elements = new Numbered(([name]) => name);
  /** @type {Numbered<string>} */
  const states = new Numbered((word) => word);
  const about = both.leading.map((atom) => (atom.about ? elements.of(atom.about) : -1));
  const pages = layout.pages.map((page) => elements.of(page));
  const sided = Object.fromEntries(both.sides.map((side) => [side, sideView(both, side, elements, states)]));
  return /** @type {View} */ ({
    scenario: found.line,
    words: found.words,
    fails: found.fails,
    revisions: both.sides.map((side) => both.runs[side].revision),
    skeleton: found.layout,
    choices: choicesOf(data, found.words),
    rows: both.rows,
    about,
    phases: phasesOf(both),
    kinds: both.leading.map((atom) => atom.kind),
    pages,
    faults: layout.faults,
    ...(layout.times ? { times: layout.times, allbut: layout.allbut } : {}),
    pairs: elements.things.flatMap(([, kind], number) => (kind === "pair" ? [number] : [])),
    texts: textsOf(both, layout.starts),
    log: logOf(both),
    stack: stackOf(both),
    code: codeOf(both),
    questions: questionsOf(both),
    cases: common.cases,
    causes: common.causes,
    ...sided,
    elements: elements.things.map(([name, kind, of]) => ({ name, kind, of, first: common.firsts[kind] })),
    states: states.things,
    table: common.table,
  });
}

/**
 * @param {Carried} data
 * @param {Record<string, string>} words
 */
function choicesOf(data, words) {
  return Object.fromEntries(
    Object.entries(data.choices).map(([key, known]) => [
      key,
      key === "revision" || known.includes(words[key]) ? known : [...known, words[key]],
    ]),
  );
}

/**
 * @param {Paired} both
 * @param {Side} side
 * @param {Numbered<SentElement>} elements
 * @param {Numbered<string>} states
 */
function sideView(both, side, elements, states) {
  const other = both.sides.find((one) => one !== side);
  /** @type {Map<string, number>} */
  const used = new Map();
  const changes = both.steps[side].map((atom, row) => {
    const moves = [
      ...(atom?.changes ?? []),
      ...triangles(warnedPage(atom), warnedPage(other ? both.steps[other][row] : null), used),
    ];
    return moves.flatMap(([element, state]) => [elements.of(element), states.of(state)]);
  });
  const paired = both.steps[side].some((atom) => atom?.changes.some(([[, kind]]) => kind === "pair"));
  const counts = [0, 1, 2, 3].map((n) => {
    let sum = 0;
    return [0, ...both.steps[side].map((atom) => (sum += atom?.counted[n] ?? 0))];
  });
  const marks = both.steps[side].map((atom) => atom?.mark ?? "wait");
  return {
    revision: both.runs[side].revision,
    changes,
    marks,
    traces: counts[0],
    lines: counts[1],
    leaked: counts[2],
    ...(paired ? { pinned: counts[3] } : {}),
    lost: both.runs[side].lost,
  };
}

/** @param {Atom | null} atom */
function warnedPage(atom) {
  return atom?.kind === "warn" && atom.printed && atom.about ? atom.about[0] : null;
}

/**
 * @param {string | null} full the page that this side warns about
 * @param {string | null} ghost the page that the other side warns about
 * @param {Map<string, number>} used
 * @returns {[SentElement, string][]}
 */
function triangles(full, ghost, used) {
  /** @type {[SentElement, string][]} */
  const found = [];
  for (const [page, state] of [
    [full, "full"],
    [ghost === full ? null : ghost, "ghost"],
  ]) {
    if (!page) continue;
    const name = `warn ${page} ${Math.min(used.get(page) ?? 0, 1)}`;
    found.push([[name, "warn", page], /** @type {string} */ (state)]);
    used.set(page, (used.get(page) ?? 0) + 1);
  }
  return found;
}

/** @param {Paired} both */
function phasesOf(both) {
  /** @type {{name: string, label: string, first: number, last: number}[]} */
  const found = [];
  let after = false;
  both.leading.forEach((atom, i) => {
    after = (after || atom.kind === "rcu_barrier") && atom.phase === "mmu_uninit";
    const name = after ? "rcu" : atom.phase;
    if (found.at(-1)?.name !== name) found.push({ name, label: both.common.labels[name], first: i + 1, last: i + 1 });
    found[found.length - 1].last = i + 1;
  });
  return found;
}

/**
 * @param {Paired} both
 * @param {string[]} starts
 */
function textsOf(both, starts) {
  const { leading, rows, sides, found } = both;
  const { hkid, fail } = found.words;
  const [held, failing, none] = starts;
  const start = hkid !== "released" ? held.replace("@1@", hkid) : fail !== "none" ? failing.replace("@1@", fail) : none;
  const verdict = verdictOf(both);
  const why = [start, ...leading.map((atom, row) => whyOf(both, atom, row))];
  if (rows.length) why[rows.length] = `${leading[rows.length - 1].text} ${verdict}`;
  const { "who-waits": who, waits } = both.common.phrases;
  const line = (/** @type {Atom | null} */ atom) => (atom ? [atom.who, atom.does] : [who, waits]);
  const lines = (/** @type {Side} */ side) => [
    ["", ""],
    ...rows.map((row, i) => (sides.length === 1 || row[2] ? ["", ""] : line(both.steps[side][i]))),
  ];
  return {
    why,
    sides: Object.fromEntries(sides.map((side) => [side, lines(side)])),
    events: [["", ""], ...leading.map((atom) => atom.event)],
    rests: ["", ...rows.map((_, row) => restsOf(both, row))],
    verdict,
  };
}

/**
 * What a row rests on; each side speaks for itself where they rest on different things.
 * @param {Paired} both
 * @param {number} row
 */
function restsOf(both, row) {
  const found = both.sides.flatMap((side) => {
    const atom = both.steps[side][row];
    return atom ? [[side.toUpperCase(), atom.rests]] : [];
  });
  if (new Set(found.map(([, rests]) => rests)).size === 1) return found[0][1];
  return found.map(([side, rests]) => `${side}, ${rests}`).join("; ");
}

/**
 * @param {Paired} both
 * @param {Atom} atom
 * @param {number} row
 */
function whyOf(both, atom, row) {
  const { phrases } = both.common;
  const { text, means, lacks } = atom;
  const [a, b, same] = both.rows[row];
  const meant = (/** @type {string} */ said) => (means ? filled(phrases["row-same"], { text: said, means }) : said);
  if (both.sides.length === 1 || same) return meant(text);
  if (a >= 0 && b >= 0)
    return atom.kind === "set_null"
      ? meant(filled(phrases["row-cuts"], { page: atom.asked.page }))
      : filled(phrases["row-differs"], { text });
  const [own, other] = b < 0 ? [both.runs.a, both.runs.b] : [both.runs.b, both.runs.a];
  return filled(phrases["row-alone"], { own: own.revision, other: other.revision, text, lacks });
}

/** @param {Paired} both */
function verdictOf(both) {
  const { phrases } = both.common;
  const [a, b] = both.sides.map((side) => both.runs[side]);
  const [lost, printed, came] = a.words;
  if (!b) return filled(phrases["done-one"], { came });
  const names = { a: a.revision, b: b.revision };
  const [otherLost, other, otherCame] = b.words;
  const prints = String(a.words.slice(3, 5)) === String(b.words.slice(3, 5));
  if (String(a.lost) === String(b.lost)) {
    if (lost === otherLost && prints) return filled(phrases["done-alike"], { lost, printed });
    if (lost === otherLost) return filled(phrases["done-prints"], { ...names, lost, printed, other });
    if (!a.words[5] && !b.words[5])
      return filled(phrases[prints ? "done-loses" : "done-unlike"], {
        ...names,
        lost,
        printed,
        other: otherLost,
        said: other,
      });
  }
  return filled(phrases["done-apart"], { ...names, came, other: otherCame });
}
