/** Every page: who has it, its state on both sides, who will free it, what is lost, and its life as a strip. */

/** @import {View, Side} from "./types.js" */
import { Frames } from "./frames.js";
import { h, put, s, say } from "./dom.js";
import { swatch } from "./icons.js";
import { SIDES } from "./seek.js";

const RANK = ["leaked", "tdx-owned", "reclaimed", "rcu-pending", "in-use", "freed"];
const MOST = 200;

/** @typedef {{page: string, number: number, tr: HTMLElement, owner: HTMLElement, who: HTMLElement, bytes: HTMLElement, cells: Record<Side, {cell: HTMLElement, word: HTMLElement, signs: HTMLElement}>, pair: boolean, refs: number, bytesOf: number, held: Side[]}} LedgerRow */

export class Ledger {
  /** @param {string} prefix */
  constructor(prefix) {
    this.prefix = prefix;
    this.body = h("tbody");
    this.more = h("p", { class: "kv-empty", hidden: true });
    this.heads = [
      "page",
      "owner, by the module's book",
      "state, A and B",
      "who frees it",
      "bytes lost",
      "life, A over B",
    ].map((text, column) => {
      const button = h("button", { text, onclick: () => this.sortBy(column) });
      return h("th", { scope: "col" }, column < 5 ? button : text);
    });
    this.table = h("table", { class: "kv-ledger" }, h("thead", {}, h("tr", {}, ...this.heads)), this.body);
    this.element = h(
      "div",
      { class: "kv-ledgers", tabindex: 0, role: "region", "aria-label": "ledger of pages" },
      this.table,
      this.more,
    );
    /** @type {LedgerRow[]} */
    this.rows = [];
    /** @type {View | null} */
    this.view = null;
    this.column = -1;
    this.step = 0;
    this.order = "";
    /** @type {Record<Side, string[]> | null} */
    this.states = null;
  }

  /** @param {View} view */
  load(view) {
    this.view = view;
    this.rows = [];
    this.order = "";
    this.body.replaceChildren();
  }

  /**
   * @param {Record<Side, string[]>} states of all elements now, by side
   * @param {number} step
   */
  to(states, step) {
    const view = this.view;
    if (!view) return;
    this.states = states;
    this.step = step;
    if (!this.rows.length) this.build(view);
    this.table.style.setProperty("--kv-at", String(step / Math.max(1, view.rows.length)));
    for (const row of this.rows) this.fill(row, view, states);
    this.sort(view, states);
  }

  /** @param {View} view */
  build(view) {
    const sides = SIDES.filter((side) => view[side]);
    const lives = Object.fromEntries(sides.map((side) => [side, livesOf(view, side)]));
    const pages = chosen(view);
    const pairs = chosenPairs(view);
    this.rows = [...pages, ...pairs].map((number) => this.row(view, number, sides, lives));
    this.body.replaceChildren(...this.rows.map((row) => row.tr));
    const hidden = [view.pages.length - pages.length, view.pairs.length - pairs.length];
    const more = [hidden[0] && `${hidden[0]} more pages`, hidden[1] && `${hidden[1]} more pairs`].filter(Boolean);
    this.more.hidden = !more.length;
    say(this.more, more.length ? `and ${more.join(" and ")}, none of which is lost` : "");
  }

  /**
   * @param {View} view
   * @param {number} number
   * @param {Side[]} sides
   * @param {Record<string, Map<number, [number, string][]>>} lives
   * @returns {LedgerRow}
   */
  row(view, number, sides, lives) {
    const { name: page, kind, of } = view.elements[number];
    const pair = kind === "pair";
    const [refs, bytesOf] = ["refs", "bytes"].map((word) =>
      pair ? view.elements.findIndex((one) => one.kind === word && one.of === of) : -1,
    );
    const times = view.times?.[page] ?? 1;
    const [owner, who, bytes] = [h("td"), h("td"), h("td")];
    const cell = () => {
      const [word, signs] = [h("span"), h("span")];
      return { cell: h("span", { class: "kv-st" }, signs, word), word, signs };
    };
    const cells = { a: cell(), b: cell() };
    const life = h(
      "td",
      { class: "kv-life" },
      strip(
        sides.map((side) => (pair && !has(view, side, number) ? [] : (lives[side].get(number) ?? []))),
        view.rows.length,
        this.prefix,
      ),
      h("i"),
    );
    const tr = h(
      "tr",
      { "data-ledger": page },
      h("th", {
        scope: "row",
        text: pair ? `PAMT pair of ${of}` : times === 1 ? page : `${page} \u00d7 ${times.toLocaleString("en-US")}`,
      }),
      owner,
      h("td", {}, cells.a.cell, cells.b.cell),
      who,
      bytes,
      life,
    );
    const held = sides.filter((side) => !pair || has(view, side, number));
    return { page, number, tr, owner, who, bytes, cells, pair, refs, bytesOf, held };
  }

  /**
   * @param {LedgerRow} row
   * @param {View} view
   * @param {Record<Side, string[]>} states
   */
  fill(row, view, states) {
    if (row.pair) return this.fillPair(row, view, states);
    const a = states.a[row.number];
    const b = view.b ? states.b[row.number] : a;
    if (row.tr.dataset.a === a && row.tr.dataset.b === b) return;
    row.tr.dataset.a = a;
    row.tr.dataset.b = b;
    say(row.owner, both(view.table[a].owner, view.table[b].owner));
    say(row.who, both(view.table[a].who, view.table[b].who));
    const bytes = (4096 * (view.times?.[row.page] ?? 1)).toLocaleString("en-US");
    say(row.bytes, both(a === "leaked" ? bytes : "0", b === "leaked" ? bytes : "0"));
    this.cells(row, view, { a, b }, view.b ? SIDES : ["a"]);
  }

  /**
   * A pair of Dynamic PAMT's pages: only the sides that have one speak of it.
   * @param {LedgerRow} row
   * @param {View} view
   * @param {Record<Side, string[]>} states
   */
  fillPair(row, view, states) {
    const all = row.held.map((side) => [row.number, row.refs, row.bytesOf].map((n) => states[side][n] ?? ""));
    const told = all.map((one) => one.join()).join(";");
    if (row.tr.dataset.told === told) return;
    row.tr.dataset.told = told;
    for (const [i, side] of row.held.entries()) row.tr.dataset[side] = all[i][0];
    const each = (/** @type {(one: string[]) => string} */ say) => {
      const words = all.map(say);
      if (view.b && row.held.length === 1) return `${row.held[0].toUpperCase()} ${words[0]}`;
      return both(words[0], words[words.length - 1]);
    };
    say(
      row.owner,
      each(([state]) => view.table[state].owner),
    );
    say(row.who, each(whoFrees));
    say(
      row.bytes,
      each(([state, , bytes]) => (state === "leaked" ? Number(bytes || 8192).toLocaleString("en-US") : "0")),
    );
    const [first, last] = [all[0][0], all[all.length - 1][0]];
    this.cells(row, view, { a: first, b: last }, row.held);
  }

  /**
   * @param {LedgerRow} row
   * @param {View} view
   * @param {Record<Side, string>} now
   * @param {readonly Side[]} shown
   */
  cells(row, view, now, shown) {
    const alike = now.a === now.b && (shown.length > 1 || !view.b);
    for (const side of SIDES) {
      const state = now[side];
      row.cells[side].cell.hidden = !shown.includes(side) || (side === "b" && alike);
      say(row.cells[side].word, (alike ? "" : `${side.toUpperCase()} `) + view.table[state].word);
      row.cells[side].signs.replaceChildren(swatch(state, view.table[state].glyph, this.prefix));
    }
  }

  /** @param {number} column */
  sortBy(column) {
    this.column = this.column === column ? -1 : column;
    this.heads.forEach((head, i) =>
      i === this.column ? put(head, "aria-sort", "ascending") : head.removeAttribute("aria-sort"),
    );
    this.order = "";
    if (this.view && this.states) this.sort(this.view, this.states);
  }

  /**
   * Leaked pages first; then by the chosen column, then as they were allocated.
   * @param {View} view
   * @param {Record<Side, string[]>} states
   */
  sort(view, states) {
    /** @type {(row: LedgerRow) => string} */
    const key = (row) => {
      const state = states[row.held[0]][row.number];
      const lost = row.held.some((side) => states[side][row.number] === "leaked") ? "0" : "1";
      return (
        lost + ["", view.table[state].owner, String(RANK.indexOf(state)), view.table[state].who, ""][this.column] ||
        lost
      );
    };
    const sorted = this.rows.map((row, i) => ({ row, i, key: this.column === 0 ? row.page : key(row) }));
    sorted.sort((x, y) => (x.key < y.key ? -1 : x.key > y.key ? 1 : x.i - y.i));
    const order = sorted.map(({ i }) => i).join();
    if (order === this.order) return;
    this.order = order;
    this.body.append(...sorted.map(({ row }) => row.tr));
  }
}

/**
 * @param {string} a
 * @param {string} b
 */
function both(a, b) {
  return a === b ? a : `A ${a}; B ${b}`;
}

/**
 * The pages that the ledger lists: all of them, or of a large tree those that leak and the first ones.
 * @param {View} view
 * @returns {number[]}
 */
function chosen(view) {
  if (view.pages.length <= MOST) return view.pages;
  const lost = new Set(SIDES.flatMap((side) => view[side]?.lost ?? []));
  const leaked = view.pages.filter((number) => lost.has(view.elements[number].name));
  const others = view.pages.filter((number) => !lost.has(view.elements[number].name));
  return [...leaked, ...others].slice(0, Math.max(MOST, leaked.length));
}

/**
 * The pairs that it lists: those that are lost, and the first of the others.
 * @param {View} view
 * @returns {number[]}
 */
function chosenPairs(view) {
  if (view.pairs.length <= MOST) return view.pairs;
  const regions = new Set(view.elements.filter(({ kind }) => kind === "bytes").map(({ of }) => of));
  const lost = view.pairs.filter((number) => regions.has(view.elements[number].of));
  const others = view.pairs.filter((number) => !lost.includes(number));
  return [...lost, ...others].slice(0, Math.max(MOST, lost.length));
}

/**
 * @param {View} view
 * @param {Side} side
 * @param {number} pair
 * @returns {boolean} whether this side has such a pair at all
 */
function has(view, side, pair) {
  return view[side]?.changes.some((row) => row.some((name, i) => i % 2 === 0 && name === pair)) ?? false;
}

/**
 * @param {string[]} pair its state, and who holds it
 * @returns {string}
 */
function whoFrees([state, refs]) {
  if (state === "leaked") return `nobody (${refs})`;
  if (state === "tdx-owned") return `KVM, at the last put${refs ? ` (${refs})` : ""}`;
  return state === "freed" ? "done" : "KVM";
}

/**
 * @param {View} view
 * @param {Side} side
 * @returns {Map<number, [number, string][]>} for each page the steps at which its state changes
 */
function livesOf(view, side) {
  const frames = new Frames(view, side);
  const pages = new Set([...view.pages, ...view.pairs]);
  /** @type {Map<number, [number, string][]>} */
  const lives = new Map([...pages].map((number) => [number, [[0, frames.states[number]]]]));
  frames.forward.forEach((row, i) => {
    for (const [number, state] of row) if (pages.has(number)) lives.get(number)?.push([i + 1, state]);
  });
  return lives;
}

/**
 * @param {[number, string][][]} lives
 * @param {number} rows
 * @param {string} prefix
 */
function strip(lives, rows, prefix) {
  const svg = s("svg", { viewBox: `0 0 ${rows + 1} 15`, preserveAspectRatio: "none", "aria-hidden": "true" });
  lives.forEach((life, side) => {
    life.forEach(([from, state], i) => {
      const to = life[i + 1]?.[0] ?? rows + 1;
      const fill = state === "leaked" ? { fill: `url(#${prefix}tape)` } : {};
      svg.append(
        s("rect", {
          class: `kv-seg-${state}`,
          x: from,
          y: side * 8,
          width: Math.max(0.2, to - from),
          height: lives.length > 1 ? 6.5 : 14,
          ...fill,
        }),
      );
    });
  });
  return svg;
}
