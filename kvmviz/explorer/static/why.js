/** Why this step: a sentence or two, and the event in the words of those who grep. */

/** @import {View} from "./types.js" */
import { h, put, say } from "./dom.js";

export class Why {
  constructor() {
    this.text = h("p");
    this.kind = h("b");
    this.about = h("span");
    this.rests = h("small");
    this.element = h(
      "section",
      { class: "kv-why", "data-testid": "panel-why", tabindex: -1, "aria-label": "why" },
      this.text,
      h("span", { class: "kv-event" }, this.kind, " ", this.about, this.rests),
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
    const [kind, ...about] = events[step].split(" ");
    say(this.kind, kind);
    say(this.about, about.join(" "));
    say(this.rests, rests[step] ? `rests on: ${rests[step]}` : "");
  }
}
