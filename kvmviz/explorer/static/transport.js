/** Buttons that move through the steps, and the clock of "play". */

import { h, put, say } from "./dom.js";
import { icon, sign } from "./icons.js";

const SPEEDS = [0.5, 1, 2, 4, 8];
const CALM = 4;

/**
 * @typedef {object} Moves
 * @property {() => void} first
 * @property {() => void} back
 * @property {() => void} next
 * @property {() => void} last
 * @property {() => void} previousWarning
 * @property {() => void} nextWarning
 * @property {() => void} nextDifference
 * @property {() => void} toggle
 * @property {(step: number) => void} go
 */

export class Transport {
  /**
   * @param {Moves} moves
   * @param {HTMLElement} timeline
   */
  constructor(moves, timeline) {
    /** @type {(id: string, label: string, run: () => void, ...children: (Node | string)[]) => HTMLButtonElement} */
    const button = (id, label, run, ...children) =>
      h("button", { "data-testid": id, "aria-label": label, title: label, onclick: run }, ...children);
    this.play = button("play", "play", moves.toggle, icon("play"));
    this.play.classList.add("kv-play");
    const hidden = (/** @type {string} */ text) => h("span", { "aria-hidden": "true", text });
    const jump = (/** @type {HTMLButtonElement} */ node) => {
      node.classList.add("kv-jump");
      return node;
    };
    this.buttons = h(
      "div",
      { class: "kv-buttons", role: "group", "aria-label": "transport" },
      button("step-first", "first step", moves.first, icon("first")),
      button("step-back", "step back", moves.back, icon("back")),
      this.play,
      button("step-next", "next step", moves.next, icon("next")),
      button("step-last", "last step", moves.last, icon("last")),
      h(
        "span",
        { class: "kv-seg" },
        jump(button("previous-warning", "previous trace", moves.previousWarning, hidden("\u2039"))),
        jump(button("next-warning", "next trace", moves.nextWarning, sign("full", 17), hidden("\u203A"))),
      ),
      jump(
        button(
          "next-difference",
          "next difference",
          moves.nextDifference,
          h("b", { "aria-hidden": "true", text: "\u2260" }),
          hidden("\u203A"),
        ),
      ),
    );
    this.speed = h(
      "select",
      { "aria-label": "steps a second", title: "steps a second", "data-testid": "speed" },
      ...SPEEDS.map((n) => h("option", { value: n, text: `${n}\u00D7` })),
    );
    this.speed.value = "2";
    this.label = h("output", { class: "kv-steplabel", "data-testid": "step-label" });
    this.goto = h("input", {
      type: "number",
      min: 0,
      "aria-label": "go to step",
      title: "go to step",
      "data-testid": "go-to-step",
      class: "kv-goto",
    });
    const goTo = () => this.goto.value && moves.go(Number(this.goto.value));
    this.goto.addEventListener("change", goTo);
    this.goto.addEventListener("focus", () => this.goto.select());
    // A notebook takes Enter for itself before it becomes a change.
    this.goto.addEventListener("keydown", (event) => event.key === "Enter" && goTo());
    this.element = h(
      "div",
      { class: "kv-transport kv-card" },
      this.buttons,
      timeline,
      h("div", { class: "kv-counter" }, this.label, h("div", {}, this.goto, this.speed)),
    );
    this.timer = 0;
    this.next = moves.next;
    this.speed.addEventListener("change", () => this.timer && this.start());
  }

  /** Steps a second. */
  get rate() {
    return Number(this.speed.value);
  }

  /** Whether a step may take its time. */
  get calm() {
    return !this.timer || this.rate <= CALM;
  }

  start() {
    this.stop();
    this.timer = window.setInterval(this.next, 1000 / this.rate);
    this.show("pause");
  }

  stop() {
    window.clearInterval(this.timer);
    this.timer = 0;
    this.show("play");
  }

  /** @param {"play" | "pause"} word */
  show(word) {
    if (this.play.getAttribute("aria-label") === word && this.play.firstChild) return;
    put(this.play, "aria-label", word);
    put(this.play, "title", word);
    this.play.replaceChildren(icon(word));
  }

  /**
   * @param {number} step
   * @param {number} steps
   */
  to(step, steps) {
    say(this.label, `${step} / ${steps}`);
    this.goto.max = String(steps);
    if (this.goto.value !== String(step)) this.goto.value = String(step);
  }
}
