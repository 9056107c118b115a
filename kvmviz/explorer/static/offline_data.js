/** What an offline page carries: unpacking it, and finding the scenario that a line names. */

import { lineOf, wordsOf } from "./line.js";

/** The tables that `kvmviz/explorer/offline/encode.py` writes. @typedef {Record<string, any>} Carried */
/** A scenario of the page: the number of what the revisions do with it, its canonical line and words, the pages that fail. @typedef {{at: number, line: string, words: Record<string, string>, fails: string[]}} Found */

/**
 * @param {string} text
 * @returns {Promise<Carried>}
 */
export async function unpack(text) {
  const letters = atob(text.trim());
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).json();
}

/**
 * @param {Carried} data
 * @param {string} line
 * @returns {Found | null} null for a scenario that is not carried
 */
export function findLine(data, line) {
  const words = wordsOf(line || "tree=1x1x3");
  const keys = [
    "tree",
    "fail",
    "status",
    "vcpus",
    "region",
    "remove",
    ...Object.keys(data.dimensions),
    ...Object.keys(data.family),
  ];
  if (Object.keys(words).some((key) => !keys.includes(key))) return null;
  if (words.hkid === "assigned") words.hkid = "flushvp-not-done";
  const pages = pagesOf(data, words.tree);
  const fails = words.fail === "none" ? [] : words.fail === "all" ? (pages ?? []) : words.fail.split(",");
  if (!pages || words.vcpus !== "1" || words.region !== "off" || (fails.length && words.status !== "OPERAND_BUSY"))
    return findSingle(data, words, fails);
  if (fails.some((/** @type {string} */ name) => !pages.includes(name))) return findSingle(data, words, fails);
  const inOrder = pages.filter((/** @type {string} */ name) => fails.includes(name));
  words.fail = inOrder.length === 0 ? "none" : inOrder.length === pages.length ? "all" : inOrder.join(",");
  words.status = "OPERAND_BUSY";
  const at = positionOf(data, words, inOrder);
  return at < 0 ? null : { at: data.at[at], line: lineOf(words), words, fails: inOrder };
}

/**
 * @param {Carried} data
 * @param {string} tree
 * @returns {string[] | undefined} the pages of a tree of which everything is carried
 */
function pagesOf(data, tree) {
  return Object.hasOwn(data.trees, tree) ? data.trees[tree] : undefined;
}

/**
 * A case or a status: by its line, its pages in the order of the tree.
 * @param {Carried} data
 * @param {Record<string, string>} words
 * @param {string[]} fails
 * @returns {Found | null}
 */
function findSingle(data, words, fails) {
  const pages = pagesOf(data, words.tree);
  if (pages && fails.length === pages.length && pages.every((/** @type {string} */ name) => fails.includes(name)))
    words.fail = "all";
  const line = lineOf(words);
  const number = data.single.findIndex((/** @type {any[]} */ one) => one[0] === line);
  if (number < 0) return null;
  const trees = Object.values(data.trees).reduce((sum, names) => sum + combinationsOf(data) * 2 ** names.length, 0);
  const [, known, failing] = data.single[number];
  return { at: data.at[trees + number], line, words: known, fails: failing };
}

/** @param {Carried} data */
function combinationsOf(data) {
  return Object.values({ ...data.dimensions, ...data.family }).reduce((product, words) => product * words.length, 1);
}

/**
 * @param {Carried} data
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

/** Numbers of an atom's parts, in the order in which Python writes them. */
const [
  PHASE,
  KIND,
  TEXT,
  SAME,
  ONLY,
  DIFFER,
  DOES,
  EVENT,
  RESTS,
  MARK,
  ABOUT,
  EPISODE,
  CHANGES,
  CHAIN,
  COUNTED,
  LOGGED,
  HELD,
  BUGGED,
  SITE,
  PRINTED,
  ASKED,
] = Array(21).keys();

/**
 * A step of a run with all its words.
 * @typedef {{phase: string, kind: string, text: string, same: string, only: string, differ: string, does: string, event: string, rests: string, mark: string, about: string | null, episode: string, changes: [string, string][], chain: any[], counted: number[], logged: string[] | null, held: string[] | null, bugged: string, site: string, printed: boolean, asked: Record<string, string>}} Atom
 */

/**
 * @param {Carried} data
 * @param {number} number
 * @returns {Atom}
 */
function atomOf(data, number) {
  const raw = data.atoms[number];
  const word = (/** @type {number} */ n) => (n < 0 ? "" : data.strings[n]);
  /** @type {[string, string][]} */
  const changes = [];
  for (let i = 0; i < raw[CHANGES].length; i += 2)
    changes.push([data.names[raw[CHANGES][i]], data.states[raw[CHANGES][i + 1]]]);
  return {
    phase: word(raw[PHASE]),
    kind: word(raw[KIND]),
    text: word(raw[TEXT]),
    same: word(raw[SAME]),
    only: word(raw[ONLY]),
    differ: word(raw[DIFFER]),
    does: word(raw[DOES]),
    event: word(raw[EVENT]),
    rests: word(raw[RESTS]),
    mark: word(raw[MARK]),
    about: raw[ABOUT] < 0 ? null : data.names[raw[ABOUT]],
    episode: word(raw[EPISODE]),
    changes,
    chain: data.chains[raw[CHAIN]].map((/** @type {number} */ n) => data.places[n]),
    counted: raw[COUNTED],
    logged: raw[LOGGED] ? raw[LOGGED].map(word) : null,
    held: raw[HELD] ? raw[HELD].map(word) : null,
    bugged: word(raw[BUGGED]),
    site: word(raw[SITE]),
    printed: Boolean(raw[PRINTED]),
    asked: raw[ASKED],
  };
}

/** A run as the page carries it. @typedef {{revision: string, atoms: Atom[][], words: any[], lost: string[], sources: number[]}} StoredRun */

/**
 * @param {Carried} data
 * @param {number} at
 * @param {number} revision
 * @returns {StoredRun}
 */
export function runOf(data, at, revision) {
  const numbers = data.runs[data.behaviours[at][revision]];
  const segments = numbers.slice(0, -1).map((/** @type {number} */ n) => data.segments[n]);
  const atoms = segments.map((/** @type {number[]} */ chunks) =>
    chunks.flatMap((chunk) => data.chunks[chunk].map((/** @type {number} */ n) => atomOf(data, n))),
  );
  const outcome = data.outcomes[numbers.at(-1)];
  const words = [...outcome.slice(0, 3).map((/** @type {number} */ n) => data.strings[n]), ...outcome.slice(3, 6)];
  const lost = outcome.slice(6).map((/** @type {number} */ n) => data.names[n]);
  const sources = new Set(
    atoms.flat().flatMap((/** @type {Atom} */ atom) => atom.chain.map((location) => location[2])),
  );
  return {
    revision: data.revisions[revision],
    atoms,
    words,
    lost,
    sources: /** @type {number[]} */ ([...sources].sort((x, y) => x - y)),
  };
}

/**
 * The rows of two runs: numbers of each side's step (-1: it waits), and whether they agree.
 * @param {Carried} data
 * @param {number} at
 * @param {number} a
 * @param {number} b
 * @param {StoredRun} first
 * @returns {[number, number, number][]}
 */
export function rowsOf(data, at, a, b, first) {
  /** @type {[number, number, number][]} */
  const rows = [];
  let [i, j] = [0, 0];
  const take = (/** @type {string} */ letter) => {
    if (letter === "A") rows.push([i++, -1, 0]);
    else if (letter === "B") rows.push([-1, j++, 0]);
    else rows.push([i++, j++, Number(letter === "M")]);
  };
  first.atoms.forEach((steps, phase) => {
    const word = (a !== b && data.alignments[data.aligned[`${a} ${b}`][phase][at]]) || `M${steps.length}`;
    for (const part of word.split(" ")) for (let n = Number(part.slice(1)); n > 0; n--) take(part[0]);
  });
  return rows;
}
