/** The code that ran, Python or C, both sides aligned; the current line is lit. */

/** @import {View, Side, CodePair} from "./types.js" */
import { h, put, say } from "./dom.js";
import { farLines } from "./far.js";
import { SIDES } from "./seek.js";

/**
 * A pair of functions in two columns and in one; `at` has the nodes of each side's lines, `c` those that say where in a file of C it stands.
 * @typedef {{two: HTMLElement, one: HTMLElement, at: Record<Side, Map<number, HTMLElement[]>>, c: Partial<Record<Side, HTMLElement[]>>}} Drawn
 */

export class Code {
  constructor() {
    this.two = h("div", { class: "kv-code two" });
    this.one = h("div", { class: "kv-code one" });
    this.element = h("div", { class: "kv-codes" }, this.two, this.one);
    /** Pairs that were drawn, by what they hold: most of them are the same in the next view. @type {Map<string, Drawn>} */
    this.known = new Map();
    /** @type {(number: number) => Drawn} */
    this.pair = () => {
      throw new Error("no view is loaded");
    };
    /** @type {HTMLElement[]} */
    this.lit = [];
    this.shown = "";
  }

  /** @param {View} view */
  load(view) {
    const keys = view.code.pairs.map((pair) => `${view.b ? 2 : 1}${JSON.stringify(pair)}`);
    for (const key of [...this.known.keys()]) if (!keys.includes(key)) this.known.delete(key);
    for (const line of this.lit) line.removeAttribute("data-lit");
    this.pair = (number) => {
      const key = keys[number];
      const drawn = this.known.get(key) ?? drawPair(view.code.pairs[number], Boolean(view.b));
      this.known.set(key, drawn);
      return drawn;
    };
    this.shown = "";
    put(this.element, "data-sides", view.b ? "2" : "1");
  }

  /**
   * @param {View} view
   * @param {number} step
   */
  to(view, step) {
    const row = Math.max(0, step - 1);
    const shown = view.code.shown[row] ?? [];
    if (shown.join() !== this.shown) {
      this.shown = shown.join();
      const pairs = shown.map((number) => this.pair(number));
      this.two.replaceChildren(...pairs.map((pair) => pair.two));
      this.one.replaceChildren(...pairs.map((pair) => pair.one));
    }
    for (const line of this.lit) line.removeAttribute("data-lit");
    this.lit = [];
    for (const number of shown) for (const side of SIDES) this.place(view, number, side, 0);
    if (!step) return;
    for (const side of SIDES) {
      const lit = view.code.lit[side]?.[row] ?? [];
      const waits = view.rows[row][side === "a" ? 0 : 1] < 0;
      for (let i = 0; i < lit.length; i += 2) {
        const inner = i === lit.length - 2;
        this.place(view, lit[i], side, lit[i + 1]);
        for (const line of this.pair(lit[i]).at[side].get(lit[i + 1]) ?? []) {
          put(line, "data-lit", waits ? "waits" : inner ? "now" : "caller");
          this.lit.push(line);
        }
      }
    }
    requestAnimationFrame(() => this.reveal());
  }

  /**
   * Say where in its file of C a side stands.
   * @param {View} view
   * @param {number} number of the pair
   * @param {Side} side
   * @param {number} line of the function
   */
  place(view, number, side, line) {
    const c = view.code.pairs[number].c?.[side];
    if (c) for (const node of this.pair(number).c[side] ?? []) say(node, `${c[0]}:${c[1] + line}`);
  }

  /**
   * Bring a function into the panel's view.
   * @param {View} view
   * @param {string} name
   * @returns {boolean} whether it stands there
   */
  lead(view, name) {
    const number = this.shown.split(",").find((one) => one && view.code.pairs[Number(one)].name === name);
    if (!number) return false;
    const { two, one } = this.pair(Number(number));
    (two.offsetParent ? two : one).scrollIntoView({ block: "nearest" });
    return true;
  }

  /** Bring the current line into the panel's view, without moving the page. */
  reveal() {
    const panel = this.element.parentElement;
    const line =
      this.lit.find((node) => node.dataset.lit === "now" && node.offsetParent) ??
      this.lit.find((node) => node.offsetParent);
    if (!panel || !line) return;
    const [box, own] = [panel.getBoundingClientRect(), line.getBoundingClientRect()];
    if (own.top < box.top) panel.scrollTop -= box.top - own.top + 20;
    else if (own.bottom > box.bottom) panel.scrollTop += own.bottom - box.bottom + 20;
  }
}

/**
 * @param {CodePair} pair
 * @param {boolean} both
 * @returns {Drawn}
 */
function drawPair(pair, both) {
  /** @type {Record<Side, Map<number, HTMLElement[]>>} */
  const at = { a: new Map(), b: new Map() };
  const two = h("div", { class: "kv-pair" });
  const [heads, c] = headsOf(pair, both);
  two.append(...heads);
  const far = farLines(pair.lines);
  pair.lines.forEach(([a, b, same], i) => {
    if (far[i] && !far[i - 1]) two.append(foldOf(far, i, two));
    const cells = both
      ? [codeCell(pair, "a", a, same, at), codeCell(pair, "b", b, same, at)]
      : [codeCell(pair, "a", a, same, at)];
    for (const cell of cells) cell.classList.toggle("far", far[i]);
    two.append(...cells);
  });
  const one = unified(pair, both, at);
  if (pair.c) {
    const [above, places] = headsOf(pair, false);
    one.prepend(...above);
    for (const side of SIDES) c[side]?.push(...(places[side] ?? []));
  }
  return { two, one, at, c };
}

/**
 * What stands above a function: its file; where C ran, that C's file and line, and each side's language.
 * @param {CodePair} pair
 * @param {boolean} apart whether each side has a column of its own
 * @returns {[HTMLElement[], Partial<Record<Side, HTMLElement[]>>]}
 */
function headsOf(pair, apart) {
  const { c } = pair;
  if (!c) return [[h("span", { class: "kv-file", text: pair.file })], {}];
  /** @type {Partial<Record<Side, HTMLElement[]>>} */
  const places = {};
  const heads = SIDES.filter((side) => apart || pair[side].length).map((side) => {
    const place = h("b", { text: c[side] ? `${c[side][0]}:${c[side][1]}` : pair[side].length ? pair.file : "" });
    if (c[side]) places[side] = [place];
    return h(
      "span",
      { class: apart ? "kv-file half" : "kv-file" },
      apart ? "" : `${side.toUpperCase()} `,
      place,
      c[side] ? " C" : pair[side].length ? " Python, as the model has it" : "",
    );
  });
  return [heads, places];
}

/**
 * @param {CodePair} pair
 * @returns {boolean} whether the two sides speak different languages, so that every line differs and none is a change
 */
function foreign({ a, b, c }) {
  return Boolean(c) && a.length > 0 && b.length > 0 && !(c?.a && c.b);
}

/**
 * The button in the place of lines that are the same on both sides and far from any difference.
 * @param {boolean[]} far
 * @param {number} from
 * @param {HTMLElement} two
 */
function foldOf(far, from, two) {
  const to = far.indexOf(false, from);
  const count = (to < 0 ? far.length : to) - from;
  return h("button", {
    class: "kv-fold",
    text: `\u22EF ${count} more lines, the same on both sides`,
    onclick: () => two.classList.add("whole"),
  });
}

/**
 * @param {CodePair} pair
 * @param {Side} side
 * @param {number | null} line
 * @param {boolean} same
 * @param {Record<Side, Map<number, HTMLElement[]>>} at
 */
function codeCell(pair, side, line, same, at) {
  const node = h("div", { class: "kv-ln" });
  if (line === null) {
    node.classList.add("void");
    return node;
  }
  node.append(...wordsIn(pair[side][line] || " "));
  if (!same && !foreign(pair)) {
    node.classList.add("diff");
    node.dataset.m = side === "a" ? "\u2212" : "+";
  }
  at[side].set(line, [...(at[side].get(line) ?? []), node]);
  return node;
}

/**
 * One column: a hunk shows all lines of A, then all lines of B.
 * @param {CodePair} pair
 * @param {boolean} both
 * @param {Record<Side, Map<number, HTMLElement[]>>} at
 */
function unified(pair, both, at) {
  const one = h("div", { class: "kv-pair" });
  /** @type {[number, HTMLElement][]} */
  let later = [];
  const flush = () => {
    for (const [, node] of later) one.append(node);
    later = [];
  };
  for (const [a, b, same] of pair.lines) {
    if (same) {
      flush();
      const node = codeRow(pair.a[a ?? 0], both ? "AB" : "A", false);
      one.append(node);
      keepLine(at, "a", a, node);
      keepLine(at, "b", b, node);
      continue;
    }
    if (a !== null) {
      const node = codeRow(pair.a[a], "A", !foreign(pair));
      one.append(node);
      keepLine(at, "a", a, node);
    }
    if (b !== null) {
      const node = codeRow(pair.b[b], "B", !foreign(pair));
      later.push([b, node]);
      keepLine(at, "b", b, node);
    }
  }
  flush();
  return one;
}

/**
 * @param {string} text
 * @param {string} letters
 * @param {boolean} diff
 */
function codeRow(text, letters, diff) {
  const i = (/** @type {string} */ letter) => h("i", { text: letters.includes(letter) ? letter : "" });
  return h(
    "div",
    { class: diff ? "kv-ln uni diff" : "kv-ln uni" },
    i("A"),
    i("B"),
    h("span", {}, ...wordsIn(text || " ")),
  );
}

/**
 * @param {Record<Side, Map<number, HTMLElement[]>>} at
 * @param {Side} side
 * @param {number | null} line
 * @param {HTMLElement} node
 */
function keepLine(at, side, line, node) {
  if (line !== null) at[side].set(line, [...(at[side].get(line) ?? []), node]);
}

/**
 * @param {string} text
 * @returns {(string | HTMLElement)[]} the text, in which no line ends within an arrow of C
 */
function wordsIn(text) {
  return text.split(/(->)/).map((part) => (part === "->" ? h("span", { class: "kv-nb", text: part }) : part));
}
