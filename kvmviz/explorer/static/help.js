/** What the keys do and what the words mean; also where a text stands that could not be copied. */

import { h } from "./dom.js";
import { GLOSSARY } from "./glossary.js";
import { KEYS } from "./keys.js";

/** @type {Record<string, string>} */
const NAMES = { ArrowRight: "\u2192", ArrowLeft: "\u2190", " ": "Space" };

export class Help {
  constructor() {
    this.close_ = h("button", { text: "close", onclick: () => this.close() });
    this.keys = h(
      "dl",
      {},
      ...KEYS.flatMap(([key, , words]) => [
        h("dt", {}, h("kbd", { text: NAMES[key] ?? key })),
        h("dd", { text: words }),
      ]),
    );
    this.note = h("p", {
      text:
        "Click an S-EPT page or a control page to make its reclaim fail; click it again to let it succeed. " +
        "On a touch screen a swipe to the left is a step on, one to the right a step back.",
    });
    this.words = h(
      "details",
      { class: "kv-glossary" },
      h("summary", { text: "words" }),
      h(
        "dl",
        { tabindex: "0" },
        ...GLOSSARY.flatMap(([term, meaning]) => [h("dt", { text: term }), h("dd", { text: meaning })]),
      ),
    );
    this.plain = h("textarea", { hidden: true, readonly: true, rows: 12, cols: 74, "aria-label": "text to copy" });
    this.element = h(
      "div",
      { class: "kv-help kv-card", role: "dialog", "aria-label": "help", hidden: true },
      this.keys,
      this.note,
      this.words,
      this.plain,
      this.close_,
    );
  }

  toggle() {
    if (!this.close()) this.open(false);
  }

  /** @param {boolean} text */
  open(text) {
    this.back = /** @type {HTMLElement | null} */ (document.activeElement);
    this.element.hidden = false;
    this.plain.hidden = !text;
    this.keys.hidden = this.note.hidden = this.words.hidden = text;
    (text ? this.plain : this.close_).focus();
  }

  /** @returns {boolean} whether it was open */
  close() {
    if (this.element.hidden) return false;
    this.element.hidden = true;
    this.back?.focus();
    return true;
  }

  /** @param {string} text */
  text(text) {
    this.plain.value = text;
    this.open(true);
    this.plain.select();
  }
}
