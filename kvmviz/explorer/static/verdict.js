/** What was printed and lost so far on one side, in figures and signs. */

/** @import {View, Side} from "./types.js" */
import { h, put, say } from "./dom.js";
import { pairSign, sign, swatch } from "./icons.js";

const SHOWN = 3;
/** From here a figure is set smaller, so that the line stays whole. */
const LONG = 500;

export class Verdict {
  /**
   * @param {Side} side
   * @param {string} prefix
   */
  constructor(side, prefix) {
    this.side = side;
    this.signs = [0, 1, 2].map(() => sign("full", 26));
    this.traces = h("b", { text: "0" });
    this.word = h("i", { text: "traces" });
    this.fewer = h("b", { class: "kv-few" });
    this.lines = h("b", { text: "0" });
    this.lineWord = h("i", { text: "error lines" });
    this.leaked = h("b", { text: "0" });
    this.kib = h("i", { text: "leaked 0 KiB" });
    this.tape = h("u", {}, swatch("leaked", "cross", prefix));
    this.pairs = h("b", { text: "0" });
    this.pairKib = h("i", { text: "PAMT pairs 0 KiB" });
    this.pairSign = h("u", {}, pairSign());
    this.pinned = h("div", { class: "kv-p" }, this.pairSign, this.pairs, this.pairKib);
    this.element = h(
      "div",
      { class: "kv-verdict", "data-testid": `summary-${side}` },
      h("span", { class: "kv-w" }, ...this.signs, this.traces, h("i", {}, this.word, this.fewer)),
      h("span", { class: "kv-l" }, this.lines, this.lineWord),
      h("span", { class: "kv-k" }, this.tape, this.leaked, this.kib),
    );
  }

  /**
   * @param {View} view
   * @param {number} step
   */
  to(view, step) {
    const own = view[this.side];
    const other = view[this.side === "a" ? "b" : "a"];
    if (!own) return;
    const mine = own.traces[step];
    const theirs = other?.traces[step] ?? mine;
    this.triangles(mine, theirs);
    put(this.element, "data-long", String(Math.max(mine, theirs, own.leaked[step]) >= LONG));
    say(this.traces, digits(mine));
    say(this.word, mine === 1 ? " trace " : " traces ");
    say(this.fewer, mine < theirs ? `${digits(theirs - mine)} fewer` : "");
    say(this.lines, String(own.lines[step]));
    say(this.lineWord, own.lines[step] === 1 ? " error line " : " error lines ");
    say(this.leaked, digits(own.leaked[step]));
    say(this.kib, ` leaked ${digits(own.leaked[step] * 4)} KiB`);
    put(this.tape, "data-on", String(own.leaked[step] > 0));
    if (own.pinned) this.element.append(this.pinned);
    else this.pinned.remove();
    const pairs = own.pinned?.[step] ?? 0;
    say(this.pairs, digits(pairs));
    say(this.pairKib, ` PAMT ${pairs === 1 ? "pair" : "pairs"} ${digits(pairs * 8)}\u00a0KiB`);
    put(this.pairSign, "data-on", String(pairs > 0));
    put(this.element, "data-pairs", String(Boolean(own.pinned)));
  }

  /**
   * @param {number} mine
   * @param {number} theirs
   */
  triangles(mine, theirs) {
    const most = Math.max(mine, theirs);
    this.signs.forEach((node, i) => {
      const folded = most > SHOWN;
      const shown = folded ? i === 0 : i < most;
      const full = folded ? mine > 0 : i < mine;
      put(node, "data-state", shown ? (full ? "full" : "ghost") : "none");
    });
  }
}

/** Made when a number first needs it: it takes as long as a tenth of the first picture. @type {Intl.NumberFormat | null} */
let grouped = null;

/** @param {number} value */
function digits(value) {
  if (value < 1000) return String(value);
  grouped ??= new Intl.NumberFormat("en-US");
  return grouped.format(value);
}
