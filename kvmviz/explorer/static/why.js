/** Why this step: a sentence or two, and the event in the words of those who grep. */

/** @import {View} from "./types.js" */
import { h, put, say } from "./dom.js";
import { SIDES } from "./seek.js";

export class Why {
  /** @param {() => void} onPlace the reader wants to see the line of C */
  constructor(onPlace) {
    this.place = h("button", { class: "kv-place", title: "show this line", hidden: true, onclick: onPlace });
    this.text = h("p");
    this.kind = h("b");
    this.about = h("span");
    this.rests = h("small");
    this.element = h(
      "section",
      { class: "kv-why", "data-testid": "panel-why", tabindex: -1, "aria-label": "why" },
      this.text,
      h("span", { class: "kv-event" }, this.kind, " ", this.about, this.place, this.rests),
    );
  }

  /**
   * @param {View} view
   * @param {number} step
   */
  to(view, step) {
    const { why, events, rests } = view.texts;
    say(this.text, why[step]);
    put(this.text, "data-long", String(why[step].length > 130));
    const [kind, about] = events[step];
    say(this.kind, kind);
    say(this.about, about);
    const place = step ? placeOf(view, step - 1) : "";
    this.place.hidden = !place;
    say(this.place, place);
    say(this.rests, rests[step] ? `rests on: ${rests[step]}` : "");
  }
}

/**
 * @param {View} view
 * @param {number} row
 * @returns {string} file and line of the C that does this step; nothing where that is Python
 */
function placeOf(view, row) {
  const side = view.rows[row][0] < 0 ? "b" : "a";
  for (const one of side === "a" && view.b && view.rows[row][1] >= 0 ? SIDES : [side]) {
    const lit = view.code.lit[one]?.[row] ?? [];
    const [number, line] = lit.slice(-2);
    const c =
      number === undefined ? undefined : view.code.pairs[number].c?.[/** @type {import("./types.js").Side} */ (one)];
    if (c) return `${c[0]}:${c[1] + line}`;
  }
  return "";
}
