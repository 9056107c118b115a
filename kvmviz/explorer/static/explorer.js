/** The explorer: builds the panels once, loads views into them, and moves through the steps of a view. */

/** @import {Host, View, Side} from "./types.js" */
import { Choices } from "./choices.js";
import { Code } from "./code.js";
import { h, put, say } from "./dom.js";
import { Faults } from "./faults.js";
import { Frames } from "./frames.js";
import { Help } from "./help.js";
import { actionOf, shareKeys } from "./keys.js";
import { Ledger } from "./ledger.js";
import { Log } from "./log.js";
import { movesOf } from "./moves.js";
import { dock, fillLegend, placeChoice, sideOf } from "./panels.js";
import { Predict } from "./predict.js";
import { Timeline } from "./timeline.js";
import { SIDES, keepStep } from "./seek.js";
import { Small } from "./small.js";
import { Stack } from "./stack.js";
import { followTheme } from "./theme.js";
import { addTools } from "./tools.js";
import { Transport } from "./transport.js";
import { Why } from "./why.js";

const REST = 300;
let instances = 0;

export class Explorer {
  /**
   * @param {HTMLElement} element
   * @param {Host} host
   */
  constructor(element, host) {
    this.host = host;
    this.prefix = `kv${++instances}-`;
    this.step = 0;
    this.rest = 0;
    this.moves = movesOf(this);
    this.timeline = new Timeline((step) => this.go(step, true));
    this.transport = new Transport(this.moves, this.timeline.element);
    this.faults = new Faults((line, names) => this.choices.want(line, names));
    this.choices = new Choices(this, host);
    this.predict = new Predict(
      (score) => host.setScore(score),
      () => this.advance(),
    );
    this.why = new Why(() => this.panel(2));
    this.stack = new Stack((name) => this.lead(name));
    this.code = new Code();
    this.log = new Log(
      (step) => this.go(step),
      () => this.choices.word("boot", "first"),
    );
    this.ledger = new Ledger(this.prefix);
    this.help = new Help();
    this.live = h("div", { class: "kv-sr", role: "status", "aria-live": "polite", "data-testid": "live" });
    this.defs = h("div", { class: "kv-defs", "aria-hidden": "true" });
    const sided = (/** @type {Side} */ side) =>
      sideOf(
        side,
        this.prefix,
        (name) => this.choices.revision(side, name),
        (page) => this.choices.fault(page),
      );
    this.sides = { a: sided("a"), b: sided("b") };
    this.legend = h("div", { class: "kv-legend", role: "list", "aria-label": "legend" });
    this.dock = dock(this.prefix, this.code.element, this.ledger.element, this.log.element, (name) => this.show(name));
    this.projector = addTools(this, this.faults);
    /** @type {HTMLElement} */
    this.root = h(
      "div",
      { class: "kvmviz", "data-testid": "explorer", tabindex: 0, role: "group", "aria-label": "kvmviz explorer" },
      this.defs,
      this.faults.element,
      this.transport.element,
      this.why.element,
      this.predict.element,
      h(
        "div",
        { class: "kv-main" },
        h("div", { class: "kv-stage" }, this.sides.a.element, this.stack.element, this.sides.b.element),
        this.legend,
        this.dock.element,
      ),
      this.live,
      this.help.element,
    );
    this.root.addEventListener("click", (event) => this.log.whyNot(this.view, /** @type {Element} */ (event.target)));
    this.root.addEventListener("keydown", (event) => this.key(event));
    element.append(this.root);
    this.small = new Small(this.root, this.sides, (way) => (way > 0 ? this.moves.next() : this.moves.back()));
    const watcher = new ResizeObserver(() => this.lay());
    for (const node of [this.root, this.timeline.element]) watcher.observe(node);
    this.forget = [
      () => watcher.disconnect(),
      followTheme(this.root),
      this.small.forget,
      shareKeys(this.root, () => !this.help.element.hidden || this.root.classList.contains("kv-projector")),
    ];
    this.loaded = "";
    /** @type {View} */
    this.view = host.view();
    this.load(this.view, host.step());
    host.on("view", () => this.arrive());
    host.on("step", () => host.step() !== this.step && this.follow(host.step()));
    host.on("playing", () => this.setPlaying(host.playing()));
    host.on("kernel", () => this.faults.mark(this.root, host.kernel()));
    this.faults.mark(this.root, host.kernel());
    if (host.playing()) this.setPlaying(true);
  }

  /** @param {string} name */
  show(name) {
    const code = name === "code";
    this.dock.code.hidden = !code;
    this.dock.ledger.hidden = code;
    this.dock.tabs.forEach((tab, i) => put(tab, "aria-selected", String((i === 0) === code)));
    say(
      this.dock.hint,
      code ? (this.view.b ? "\u2212 only in A  + only in B" : "") : "leaked first; click a column to sort",
    );
    if (!code) this.fillLedger();
  }

  /** @param {string} name of a function whose code is wanted */
  lead(name) {
    if (this.code.lead(this.view, name)) this.panel(2);
  }

  /** @param {number} number */
  panel(number) {
    if (number === 2) this.show("code");
    if (number === 5) this.show("ledger");
    const panel = [this.why.element, this.dock.code, this.stack.element, this.dock.log, this.dock.ledger][number - 1];
    this.root.dataset.panel = String(number);
    panel?.scrollIntoView({ block: "nearest" });
    panel?.focus({ preventScroll: true });
  }

  /** A new view came from the host: stand where it makes sense. */
  arrive() {
    const before = this.view;
    const now = this.host.view();
    this.load(now, keepStep(before, this.step, now));
    this.settle();
  }

  /**
   * @param {View} view
   * @param {number} step
   */
  load(view, step) {
    this.view = view;
    const skeleton = this.host.skeleton();
    if (this.loaded !== skeleton.key) {
      this.loaded = skeleton.key;
      // Signs and tape, once for both pictures; written and escaped by Python.
      this.defs.innerHTML = skeleton.defs.replaceAll("@ID@", this.prefix);
    }
    put(this.root, "data-sides", view.b ? "2" : "1");
    this.sides.b.element.hidden = !view.b;
    placeChoice(this.sides.a, this.sides.b, Boolean(view.b));
    for (const side of SIDES) if (view[side]) this.loadSide(view, side, skeleton);
    this.choices.show();
    this.faults.complain("");
    put(this.live, "data-scenario", view.scenario);
    this.timeline.load(view);
    this.code.load(view);
    this.log.load(view);
    this.predict.load();
    this.ledger.load(view);
    fillLegend(this.legend, view, this.prefix);
    this.show(this.dock.code.hidden ? "ledger" : "code");
    this.step = 0;
    this.render(Math.max(0, Math.min(view.rows.length, step)));
  }

  /**
   * @param {View} view
   * @param {Side} side
   * @param {import("./types.js").Skeleton} skeleton
   */
  loadSide(view, side, skeleton) {
    const own = this.sides[side];
    own.frames = new Frames(view, side);
    own.stage.stateOf = (name) => own.frames?.states[view.elements.findIndex((one) => one.name === name)] ?? "none";
    own.stage.load(skeleton, view);
  }

  /** One step on; at the end play stops. */
  advance() {
    if (this.step >= this.view.rows.length) return this.setPlaying(false);
    this.go(this.step + 1);
  }

  /**
   * @param {number} step
   * @param {boolean} [scrubbing]
   */
  go(step, scrubbing = false) {
    if (this.predict.on) step = this.asked(step);
    const to = Math.max(0, Math.min(this.view.rows.length, Math.round(step) || 0));
    put(this.root, "data-motion", scrubbing || !this.transport.calm || Math.abs(to - this.step) !== 1 ? "off" : "on");
    if (to !== this.step) this.render(to);
    this.settle();
  }

  /**
   * Stand where Python, or another view of the same explorer, does: nobody here asked for it, so nothing is asked here.
   * @param {number} step
   */
  follow(step) {
    put(this.root, "data-motion", "off");
    this.predict.leave();
    this.render(Math.max(0, Math.min(this.view.rows.length, step)));
    this.announce();
  }

  /**
   * In predict mode: where to stop because a question stands before the step.
   * @param {number} step
   */
  asked(step) {
    const to = this.predict.stop(this.view, this.step, step);
    if (to !== step) this.setPlaying(false);
    return to;
  }

  /** @param {number} step */
  render(step) {
    const view = this.view;
    this.step = step;
    for (const side of SIDES) this.renderSide(side, step);
    this.transport.to(step, view.rows.length);
    this.timeline.to(step);
    put(this.timeline.input, "aria-valuetext", `step ${step} of ${view.rows.length}: ${view.texts.why[step]}`);
    this.why.to(view, step);
    this.stack.to(view, step);
    this.code.to(view, step);
    this.log.to(view, step);
    if (!this.dock.ledger.hidden) this.fillLedger();
  }

  /**
   * @param {Side} side
   * @param {number} step
   */
  renderSide(side, step) {
    const view = this.view;
    const own = this.sides[side];
    if (!view[side] || !own.frames) return;
    own.stage.apply(own.frames.to(step));
    const about = step ? view.about[step - 1] : -1;
    const waits = step > 0 && view.rows[step - 1][side === "a" ? 0 : 1] < 0;
    own.stage.outline(view.elements[about]?.name ?? "", about < 0 ? "none" : waits ? "waits" : "now");
    own.verdict.to(view, step);
    const [who, what] = view.texts.sides[side]?.[step] ?? ["", ""];
    say(own.who, who);
    say(own.does, what ? ` ${what}` : "");
    put(own.line, "data-waits", String(waits));
    this.small.follow(own.stage);
  }

  fillLedger() {
    const { a, b } = this.sides;
    if (a.frames) this.ledger.to({ a: a.frames.states, b: b.frames?.states ?? a.frames.states }, this.step);
  }

  /** When the reader rests: tell the live region, and the kernel. */
  settle() {
    window.clearTimeout(this.rest);
    this.rest = window.setTimeout(() => this.flush(), REST);
  }

  flush() {
    this.announce();
    this.host.setStep(this.step);
  }

  /** Before another view is asked for: only this page hears where the reader stands; what answers has enough to do. */
  stand() {
    this.announce();
    this.host.stand(this.step);
  }

  announce() {
    window.clearTimeout(this.rest);
    const lines = SIDES.map((side) => this.view.texts.sides[side]?.[this.step] ?? [""])
      .filter(([who]) => who)
      .map((line) => line.join(": "));
    say(
      this.live,
      `Step ${this.step} of ${this.view.rows.length}. ${this.view.texts.why[this.step]} ${lines.join(" ")}`,
    );
  }

  /** @param {boolean} playing */
  setPlaying(playing) {
    if (playing && this.step >= this.view.rows.length) this.go(0);
    if (playing) this.transport.start();
    else this.transport.stop();
    if (this.host.playing() !== playing) this.host.setPlaying(playing);
  }

  /**
   * Large type, thick lines, fewer panels.
   * @param {boolean} on
   * @returns {boolean} whether that changed anything
   */
  project(on) {
    const changed = this.root.classList.contains("kv-projector") !== on;
    this.root.classList.toggle("kv-projector", on);
    put(this.projector, "aria-pressed", String(on));
    this.lay();
    if (on) this.root.focus({ preventScroll: true });
    return changed;
  }

  /** Fit what does not fit by itself into the width there is. */
  lay() {
    if (this.small.narrow && this.root.classList.contains("kv-projector")) this.project(false);
    this.small.lay();
    this.timeline.resize();
    const room = this.stack.room;
    this.stack.lie(this.root.classList.contains("kv-projector") ? this.root.clientWidth : 0);
    if (this.stack.room !== room) this.stack.to(this.view, this.step);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const action = actionOf(event, target.tagName, target.getAttribute("type") ?? "");
    if (event.key === "Escape" && (this.help.close() || this.project(false))) return;
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    this.moves[action]();
  }

  dispose() {
    this.choices.forget();
    window.clearTimeout(this.rest);
    this.transport.stop();
    for (const forget of this.forget) forget();
    this.root.remove();
  }
}
