/** The call stack, one for both sides: how deep each side stands and where each has warned. */

/** @import {View, Side} from "./types.js" */
import { h, put, say } from "./dom.js";
import { sign } from "./icons.js";
import { SIDES } from "./seek.js";

const TDX = "tdx.c";
/** What stands beside the names of a stack that lies down, in pixels, in a wide and in a narrow explorer; how wide a letter is, in its size, and what surrounds a name, in letters. */
const AROUND = [330, 215];
const NARROW = 1032;
const LETTER = 0.6;
const FRAME = 6;

class Frame {
  constructor() {
    this.depth = h("span", { class: "kv-d" });
    this.name = h("span");
    this.fn = h("span", { class: "kv-fn" }, this.depth, this.name);
    /** @type {Record<Side, {sign: SVGElement, cell: HTMLElement, arrow: HTMLElement}>} */
    this.sides = { a: stackMark(), b: stackMark() };
    const { a, b } = this.sides;
    this.border = h("div", { class: "kv-border" }, h("span", { text: "generic KVM above, KVM's TDX code below" }));
    this.row = h("div", { class: "kv-frame", role: "listitem" }, a.cell, a.arrow, this.fn, b.arrow, b.cell);
    this.element = h("div", {}, this.border, this.row);
  }
}

function stackMark() {
  return {
    sign: sign("none"),
    cell: h("span", { class: "kv-mark" }),
    arrow: h("span", { class: "kv-cur", "aria-hidden": "true" }),
  };
}

export class Stack {
  /** @param {(name: string) => void} onFunction a function was chosen */
  constructor(onFunction) {
    this.title = h("span", { text: "call stack, both sides" });
    this.folded = h("div", { class: "kv-callers" });
    this.list = h("div", { class: "kv-frames", role: "list", "aria-label": "call stack" });
    this.letterB = h("span", { class: "kv-side b", text: "B" });
    this.element = h(
      "section",
      { class: "kv-spine kv-card", "data-testid": "panel-stack", tabindex: -1, "aria-label": "call stack" },
      h(
        "div",
        { class: "kv-cols" },
        h("span", { class: "kv-side", text: "A" }),
        h("h2", {}, this.title, " ", h("kbd", { text: "3" })),
        this.letterB,
      ),
      this.folded,
      this.list,
    );
    this.list.addEventListener("click", (event) => {
      const frame = this.frames.find(({ fn }) => fn.contains(/** @type {Node} */ (event.target)));
      if (frame) onFunction(frame.name.textContent ?? "");
    });
    /** @type {Frame[]} */
    this.frames = [];
    /** How many letters fit where the stack lies down; it stands upright without. */
    this.room = Infinity;
  }

  /**
   * Lie down, as wide as the explorer, or stand up again.
   * @param {number} width 0 to stand
   */
  lie(width) {
    const size = Math.max(12, Math.min(21, width / 86));
    this.room = width ? (width - AROUND[Number(width <= NARROW)]) / (size * LETTER) : Infinity;
    this.element.style.setProperty("--kv-lying", `${size}px`);
  }

  /**
   * @param {View} view
   * @param {number} step
   */
  to(view, step) {
    const end = step === view.rows.length;
    const row = end ? lastTelling(view) : step - 1;
    const episode = row >= 0 ? view.stack.episodes[view.stack.rows[row]] : null;
    say(
      this.title,
      end && episode?.marks.length ? "where it warned" : view.b ? "call stack, both sides" : "call stack",
    );
    this.letterB.hidden = !view.b;
    const nodes = episode
      ? episode.nodes
          .map((node, number) => ({ node, number, wide: FRAME + view.stack.functions[node[1]][0].length }))
          .filter(({ node }) => node[3] <= row)
      : [];
    while (this.frames.length < nodes.length) {
      const frame = new Frame();
      for (const side of SIDES) frame.sides[side].cell.append(frame.sides[side].sign);
      this.frames.push(frame);
      this.list.append(frame.element);
    }
    const fitting = episode ? fitted(nodes, this.room, (number) => needed(view, episode, number, row, end)) : nodes;
    let tdx = false;
    this.frames.forEach((frame, i) => {
      const shown = fitting[i];
      frame.element.hidden = !shown;
      if (!shown || !episode) return;
      const file = view.stack.functions[shown.node[1]][1];
      frame.border.hidden = tdx || file !== TDX;
      tdx ||= file === TDX;
      this.fill(frame, view, episode, shown, row, end);
    });
    const deep = nodes.length ? Math.max(...nodes.map(({ node }) => node[0])) : 0;
    put(this.list, "data-deep", String(deep > 9));
    put(this.folded, "data-empty", String(!nodes.length));
    const above = this.room < Infinity ? (fitting[0]?.node[0] ?? 1) - 1 : deep > 9 ? 10 : 0;
    say(
      this.folded,
      !nodes.length ? "Nothing runs yet." : above ? `\u2026 ${above} ${above > 1 ? "callers" : "caller"} above` : "",
    );
  }

  /**
   * @param {Frame} frame
   * @param {View} view
   * @param {import("./types.js").Episode} episode
   * @param {{node: [number, number, number, number], number: number}} shown
   * @param {number} row
   * @param {boolean} end
   */
  fill(frame, view, episode, shown, row, end) {
    const [depth, fn] = shown.node;
    say(frame.depth, String(depth));
    say(frame.name, view.stack.functions[fn][0]);
    put(frame.row, "data-depth", String(depth));
    put(frame.row, "title", view.stack.functions[fn].join(", "));
    let on = false;
    let lit = false;
    for (const side of SIDES) {
      if (!view[side]) continue;
      const here = view.rows[row][side === "a" ? 0 : 1] >= 0;
      const at = lastNode(view, side, row);
      const mine = !end && at === shown.number;
      on ||= !end && above(episode, at, shown.number);
      lit ||= mine && here;
      say(
        frame.sides[side].arrow,
        mine ? (side === "a" ? (here ? "\u25B6" : "\u25B7") : here ? "\u25C0" : "\u25C1") : "",
      );
      put(frame.sides[side].arrow, "data-waits", String(!here));
      put(frame.sides[side].cell, "data-mark", markAt(episode, shown.number, row, side));
      put(frame.sides[side].sign, "data-state", markAt(episode, shown.number, row, side));
    }
    put(frame.row, "data-on", lit ? "now" : on ? "yes" : "back");
  }
}

/**
 * The frames for which there is room: all if they fit; else those that are needed, and of the others the deepest.
 * @template {{number: number, wide: number}} T
 * @param {T[]} nodes
 * @param {number} room
 * @param {(number: number) => number} need 2 for a frame that is needed, 1 for one that is on the stack, 0 for one that has returned
 * @returns {T[]} in their order
 */
export function fitted(nodes, room, need) {
  const ranked = [2, 1, 0].flatMap((rank) => nodes.filter(({ number }) => need(number) === rank).reverse());
  let free = room;
  const chosen = ranked.filter(({ number, wide }) => (free -= wide) >= 0 || need(number) === 2);
  return nodes.filter((node) => chosen.includes(node));
}

/**
 * @param {View} view
 * @param {import("./types.js").Episode} episode
 * @param {number} number
 * @param {number} row
 * @param {boolean} end
 * @returns {number} how much a frame is needed, as `fitted` asks
 */
function needed(view, episode, number, row, end) {
  const sides = SIDES.filter((side) => view[side]);
  const at = sides.map((side) => lastNode(view, side, row));
  if (at.includes(number) || sides.some((side) => markAt(episode, number, row, side) !== "none")) return 2;
  return !end && at.some((from) => above(episode, from, number)) ? 1 : 0;
}

/**
 * The node a side stands on: that of its last step in this episode.
 * @param {View} view
 * @param {Side} side
 * @param {number} row
 */
function lastNode(view, side, row) {
  for (let i = row; i >= 0 && view.stack.rows[i] === view.stack.rows[row]; i--)
    if (view.stack.at[side][i] >= 0) return view.stack.at[side][i];
  return -1;
}

/**
 * @param {import("./types.js").Episode} episode
 * @param {number} from
 * @param {number} node
 * @returns {boolean} whether `node` is `from` or one of its callers
 */
function above(episode, from, node) {
  for (let at = from; at >= 0; at = episode.nodes[at][2]) if (at === node) return true;
  return false;
}

/**
 * @param {import("./types.js").Episode} episode
 * @param {number} node
 * @param {number} row
 * @param {Side} side
 * @returns {string} full, ghost (only the other side prints), held or none
 */
function markAt(episode, node, row, side) {
  const marks = episode.marks.filter((found) => found[0] === node && found[1] <= row);
  const mine = marks.filter((found) => found[2] === side).map((found) => found[3]);
  if (mine.includes("full")) return "full";
  if (mine.length) return "held";
  return marks.some((found) => found[3] === "full") ? "ghost" : "none";
}

/**
 * @param {View} view
 * @returns {number} the last row of the episode that says most: one with a difference, else with a warning, else the last
 */
function lastTelling(view) {
  const marked = view.stack.episodes.map((episode, number) => ({
    number,
    full: episode.marks.filter((found) => found[3] === "full").length,
  }));
  const most = Math.max(0, ...marked.map((found) => found.full));
  const chosen = most ? marked.find((found) => found.full === most)?.number : undefined;
  return chosen === undefined ? view.rows.length - 1 : view.stack.rows.lastIndexOf(chosen);
}
