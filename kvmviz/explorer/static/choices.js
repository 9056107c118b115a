/** What the reader chooses: asked of the host, shown when it is answered, else withdrawn in a sentence. */

/** @import {Host, View, Side} from "./types.js" */
import { offer, put } from "./dom.js";
import { expected, withWord } from "./line.js";
import { SIDES } from "./seek.js";

/** From here on, in milliseconds, a choice that waits for its answer says so. */
const SLOW = 600;

/**
 * @typedef {object} Chosen what is chosen for
 * @property {View} view
 * @property {HTMLElement} root
 * @property {import("./faults.js").Faults} faults
 * @property {Record<Side, {select: HTMLSelectElement}>} sides
 * @property {() => void} stand
 * @property {() => void} settle
 */

/** Until a choice is answered every control goes on saying what is shown: names and picture are of one view, always. */
export class Choices {
  /**
   * @param {Chosen} explorer
   * @param {Host} host
   */
  constructor(explorer, host) {
    this.explorer = explorer;
    this.host = host;
    /** What will be shown once the last choice is answered. @type {View | null} */
    this.ahead = null;
    this.turn = 0;
  }

  /** What a further choice builds on. */
  get base() {
    return this.ahead ?? this.explorer.view;
  }

  /** Let every control say what is shown. */
  show() {
    const { view, faults, sides, root } = this.explorer;
    faults.load(view, this.base);
    SIDES.forEach((side, i) => {
      const none = i ? ["(none)"] : [];
      offer(sides[side].select, [...view.choices.revision, ...none], view.revisions[i] ?? "(none)");
    });
    this.host.limit(root);
  }

  /**
   * Ask for another view.
   * @param {string} line
   * @param {string[]} [revisions]
   */
  async want(line, revisions) {
    const { faults, root } = this.explorer;
    const turn = ++this.turn;
    this.explorer.stand();
    this.ahead = expected(this.base, line, revisions);
    const asked = { scenario: line, revisions: this.ahead.revisions };
    put(root, "aria-busy", "true");
    const slow = setTimeout(
      () =>
        turn === this.turn &&
        faults.complain(`Waiting for the kernel to show ${line}, ${asked.revisions.join(" and ")} \u2026`, true),
      SLOW,
    );
    this.show();
    const sentence = await this.host.want(asked);
    clearTimeout(slow);
    if (turn !== this.turn) return;
    this.ahead = null;
    this.show();
    faults.complain(sentence);
    put(root, "aria-busy", "false");
    this.explorer.settle();
  }

  /**
   * @param {string} key
   * @param {string} word
   */
  word(key, word) {
    this.want(withWord(this.base, key, word));
  }

  /** @param {string} page whose reclaim is to fail, or to succeed again */
  fault(page) {
    const fault = this.explorer.view.faults[page];
    if (fault) this.explorer.faults.toggle(fault);
  }

  /**
   * @param {Side} side
   * @param {string} name
   */
  revision(side, name) {
    const { scenario, revisions } = this.base;
    const [a, b] = side === "a" ? [name, revisions[1]] : [revisions[0], name];
    this.want(scenario, b && b !== "(none)" ? [a, b] : [a]);
  }

  /** Let no answer that still comes change anything. */
  forget() {
    this.turn++;
  }
}
