/** What travels to the browser: runs taken apart, as `kvmviz/explorer/encode.py` writes them, and put together again. */

/** @import {Carried, SentElement} from "./types.js" */

/**
 * @param {string} text
 * @returns {Promise<any>}
 */
export async function unpack(text) {
  const letters = atob(text.trim());
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i++) bytes[i] = letters.charCodeAt(i);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).json();
}

/** Numbers of an atom's parts, in the order in which Python writes them. */
const [
  PHASE,
  KIND,
  TEXT,
  MEANS,
  LACKS,
  WHO,
  DOES,
  RESTS,
  WHAT,
  OF,
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
] = Array(22).keys();

/**
 * A step of a run with all its words.
 * @typedef {{phase: string, kind: string, text: string, means: string, lacks: string, who: string, does: string, rests: string, event: [string, string], mark: string, about: SentElement | null, episode: string, changes: [SentElement, string][], chain: any[], counted: number[], logged: string[] | null, held: string[] | null, bugged: string, site: string, printed: boolean, asked: Record<string, string>}} Atom
 */

/**
 * @param {Carried} data
 * @param {number} number
 * @returns {Atom}
 */
function atomOf(data, number) {
  const raw = data.atoms[number];
  const word = (/** @type {number} */ n) => (n < 0 ? "" : data.strings[n]);
  /** @type {[SentElement, string][]} */
  const changes = [];
  for (let i = 0; i < raw[CHANGES].length; i += 2)
    changes.push([data.elements[raw[CHANGES][i]], data.states[raw[CHANGES][i + 1]]]);
  return {
    phase: word(raw[PHASE]),
    kind: word(raw[KIND]),
    text: word(raw[TEXT]),
    means: word(raw[MEANS]),
    lacks: word(raw[LACKS]),
    who: word(raw[WHO]),
    does: word(raw[DOES]),
    rests: word(raw[RESTS]),
    event: [word(raw[WHAT]), word(raw[OF])],
    mark: word(raw[MARK]),
    about: raw[ABOUT] < 0 ? null : data.elements[raw[ABOUT]],
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
  const outcome = data.outcomes[numbers[numbers.length - 1]];
  const words = [...outcome.slice(0, 3).map((/** @type {number} */ n) => data.strings[n]), ...outcome.slice(3, 6)];
  const lost = outcome.slice(6).map((/** @type {number} */ n) => data.elements[n][0]);
  const sources = new Set(
    atoms.flat().flatMap((/** @type {Atom} */ atom) => atom.chain.map((location) => location[2])),
  );
  return {
    revision: data.revisions[revision],
    atoms,
    words,
    lost,
    sources: /** @type {number[]} */ ([...sources]),
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
