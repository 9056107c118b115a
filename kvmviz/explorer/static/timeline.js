/** The time line: every step on one line for each side, with its marks; the native slider lies on top. */

/** @import {View, Side} from "./types.js" */
import { h, put, s } from "./dom.js";
import { SIDES } from "./seek.js";

const LEFT = 26;
const RIGHT = 8;
/** @type {Record<Side, number>} */
const LANE = { a: 28, b: 50 };
const DENSE = 3;
/** Room of a step on the line: what happens to guest memory is told briefly, what says something broadly. */
const BROAD = 3.4;
const BRIEF = 0.45;
/** Up to so many steps that say something have at least this share of the others' room, each. */
const RARE = 16;
const RARE_SHARE = 0.024;
/** Below so many pixels a warning or a leak is a tick. */
const TIGHT = 9;
/** Up to this width of the explorer the line may scroll (small.css) and is longer than its place: so many pixels a step, up to so many times the room. */
const SMALL = 640;
const STEP = 7;
const TIMES = 4;
/** How near to an end of its place the flag may come before the line scrolls. */
const NEAR = 44;

export class Timeline {
  /** @param {(step: number) => void} onStep */
  constructor(onStep) {
    this.svg = s("svg", { "aria-hidden": "true" });
    this.input = h("input", { type: "range", min: 0, value: 0, "data-testid": "step-slider", "aria-label": "step" });
    this.input.addEventListener("input", () => onStep(Number(this.input.value)));
    this.reel = h("div", { class: "kv-reel", role: "group", "aria-label": "time line" }, this.svg);
    this.element = h("div", { class: "kv-timeline" }, this.reel, this.input, h("div", { class: "kv-focus" }));
    this.width = 0;
    /** How wide it is on the screen, and how far it is scrolled. */
    this.room = 0;
    this.left = 0;
    this.frame = 0;
    /** Whether the style lets it be longer than its place, and whether it is. */
    this.mayScroll = false;
    this.scrolls = false;
    this.step = 0;
    /** @type {View | null} */
    this.view = null;
    /** Where each step stands, from 0 to 1. @type {number[]} */
    this.places = [0];
    this.onStep = onStep;
    this.reel.addEventListener("scroll", () => {
      if (!this.frame) this.left = this.reel.scrollLeft; // else this tells of a place that is being left
      this.keepLetters();
    });
    this.touched = false;
    this.element.addEventListener("pointerdown", (event) => this.grab(event));
    // A finger may want to scroll: it chooses a step when it goes along a line that has room, or was a tap.
    this.element.addEventListener("click", (event) => this.touched && this.scrub(event));
    this.element.addEventListener(
      "pointermove",
      (event) => this.element.hasPointerCapture(event.pointerId) && this.scrub(event),
    );
  }

  /** Look how wide it is, which costs a layout; so only where that may have changed. */
  resize() {
    this.room = this.element.clientWidth;
    this.mayScroll = (this.element.closest(".kvmviz")?.clientWidth ?? Infinity) <= SMALL;
    this.widen();
  }

  widen() {
    const { room } = this;
    const wanted = LEFT + RIGHT + STEP * (this.view?.rows.length ?? 0);
    const width = !this.mayScroll ? room : Math.max(room, Math.min(TIMES * room, wanted));
    if (room && width !== this.width) {
      this.width = width;
      this.scrolls = width > room;
      this.reel.tabIndex = this.scrolls ? 0 : -1;
      this.draw();
    }
    this.follow();
  }

  /** @param {View} view */
  load(view) {
    this.view = view;
    this.input.max = String(view.rows.length);
    this.places = placesOf(view);
    this.width = 0;
    this.widen();
  }

  /** @param {number} step */
  x(step) {
    return LEFT + (this.width - LEFT - RIGHT) * (this.places[step] ?? 0);
  }

  /** @param {PointerEvent} event */
  grab(event) {
    this.element.setPointerCapture(event.pointerId);
    this.touched = event.pointerType === "touch";
    if (this.touched) return;
    this.input.focus({ preventScroll: true });
    this.scrub(event);
    event.preventDefault();
  }

  /** @param {MouseEvent} event */
  scrub(event) {
    const box = this.svg.getBoundingClientRect();
    const at = ((event.clientX - box.left) * this.width) / box.width;
    let nearest = 0;
    for (let step = 1; step < this.places.length; step++)
      if (Math.abs(this.x(step) - at) < Math.abs(this.x(nearest) - at)) nearest = step;
    this.onStep(nearest);
  }

  draw() {
    const view = this.view;
    if (!view || !this.width) return;
    this.svg.setAttribute("viewBox", `0 0 ${this.width} 68`);
    this.svg.style.minWidth = this.mayScroll ? `${this.width}px` : ""; // else it follows its place at once
    this.flag = s(
      "g",
      { class: "kv-flag" },
      s("path", { d: "M0,14V60" }),
      s("path", { class: "foot", d: "M0,56L8,62V68H-8V62Z" }),
    );
    this.line = /** @type {Element} */ (this.flag.firstChild);
    const under = s("g", { class: "kv-flag" }, s("path", { d: "M0,14V60" }));
    this.under = under;
    this.svg.replaceChildren(
      ...this.phases(view),
      ...this.lanes(view),
      under,
      s("g", { class: "kv-marks" }, ...this.marks(view)),
      this.letters(view),
      this.flag,
    );
    this.keepLetters();
    this.to(this.step);
  }

  /** @param {View} view */
  phases(view) {
    let free = 0;
    return view.phases.flatMap((phase) => {
      const x = (this.x(phase.first - 1) + this.x(phase.first)) / 2;
      const bar = s("path", { class: "kv-bar", d: `M${x},14V58` });
      const wide = 6 + phase.label.length * (this.element.closest(".kv-projector") ? 9 : 7.6);
      const at = Math.min(x + 3, this.width - wide);
      if (at < free) return [bar];
      const text = s("text", { class: "kv-phase", x: at, y: 10 });
      text.textContent = phase.label;
      free = at + wide;
      return [bar, text];
    });
  }

  /** @param {View} view */
  lanes(view) {
    return SIDES.filter((side) => view[side]).map((side) => {
      const y = LANE[side];
      return s("path", { class: "kv-line", d: `M${this.x(0)},${y}H${this.x(view.rows.length)}` });
    });
  }

  /**
   * What the lines are called: it stays where it is when they scroll.
   * @param {View} view
   */
  letters(view) {
    this.names = s("g", { class: "kv-lanes" }, s("rect", { y: 14, width: 20, height: 48 }));
    for (const side of SIDES) {
      if (!view[side]) continue;
      const letter = s("text", { class: "kv-lane", x: 6, y: LANE[side] + 4 });
      letter.textContent = side.toUpperCase();
      this.names.append(letter);
    }
    return this.names;
  }

  keepLetters() {
    if (this.names) put(this.names, "transform", `translate(${this.left})`);
  }

  /** @param {View} view */
  marks(view) {
    const line = this.width - LEFT - RIGHT;
    const { weights, broad } = weigh(view);
    const room = Math.min(22, (line * broad) / weights.reduce((sum, own) => sum + own, 0));
    const dense = line / view.rows.length < DENSE;
    const tight = room < TIGHT;
    /** @type {SVGElement[]} */
    const found = [];
    /** @type {Set<string>} */
    const taken = new Set();
    view.rows.forEach((row, index) => {
      const x = this.x(index + 1);
      const spot = `${Math.round(x / DENSE)}`;
      if (!row[2] && !(tight && taken.has(`d${spot}`))) {
        taken.add(`d${spot}`);
        found.push(
          s("rect", {
            class: "kv-only",
            x: x - (tight ? 1.5 : room / 2),
            y: 14,
            width: tight ? 3 : room,
            height: 46,
            rx: tight ? 1 : 3,
          }),
        );
      }
      for (const side of SIDES) {
        const mark = view[side]?.marks[index];
        if (!mark || (dense && (mark === "dot" || mark === "free")) || (tight && taken.has(mark + side + spot)))
          continue;
        taken.add(mark + side + spot);
        if (tight && (mark === "warn" || mark === "leak")) {
          found.push(s("path", { class: `kv-dense-${mark}`, d: `M${x},${LANE[side] - (mark === "warn" ? 8 : 0)}v8` }));
          continue;
        }
        const other = view[side === "a" ? "b" : "a"]?.marks[index];
        found.push(...this.mark(mark === "wait" && other === "warn" ? "ghost" : mark, x, LANE[side]));
      }
    });
    return found;
  }

  /**
   * @param {string} mark
   * @param {number} x
   * @param {number} y
   * @returns {SVGElement[]}
   */
  mark(mark, x, y) {
    if (mark === "warn" || mark === "ghost") {
      const tri = s("g", {
        class: "kvpic-sign",
        "data-state": mark === "warn" ? "full" : "ghost",
        transform: `translate(${x - 8.5},${y - 9}) scale(.71)`,
      });
      tri.append(
        s("path", { class: "tri", d: "M12 1.5 22.8 20.6H1.2z" }),
        s("path", { class: "ex", d: "M10.6 7.6h2.8l-.5 6.7h-1.8zM10.7 15.7h2.6v2.6h-2.6z" }),
      );
      return [tri];
    }
    if (mark === "leak")
      return [
        s("rect", { class: "kv-leak", x: x - 4.5, y: y - 7, width: 9, height: 14 }),
        s("path", { class: "kv-leak-x", d: `M${x - 2.5},${y - 3}l5,6m0,-6l-5,6` }),
      ];
    if (mark === "free") return [s("path", { class: "kv-tick", d: `M${x},${y - 4.5}V${y + 4.5}` })];
    if (mark === "held") return [s("circle", { class: "kv-held", cx: x, cy: y, r: 3.5 })];
    if (mark === "panic") return [s("path", { class: "kv-panic", d: `M${x - 5},${y - 5}l10,10m0,-10l-10,10` })];
    return mark === "wait" ? [] : [s("circle", { class: "kv-step", cx: x, cy: y, r: 1.6 })];
  }

  /** @param {number} step */
  to(step) {
    this.step = step;
    const move = `translate(${this.x(step)})`;
    if (this.flag) put(this.flag, "transform", move);
    if (this.under) put(this.under, "transform", move);
    if (this.input.value !== String(step)) this.input.value = String(step);
    this.follow();
  }

  /** Keep the flag in view where the line scrolls. */
  follow() {
    if (!this.scrolls) return;
    const at = this.x(this.step) - this.left;
    if (at >= NEAR && at <= this.room - NEAR) return;
    const left = Math.max(0, Math.min(this.width - this.room, this.x(this.step) - this.room / 2));
    this.left = left;
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.reel.scrollLeft = left; // at once it would cost a layout
    });
  }
}

/**
 * What says something has room to be seen, also among thousands of steps, as long as it is rare.
 * @param {View} view
 * @returns {{weights: number[], broad: number}} the room of each step, and that of one that says something
 */
function weigh(view) {
  /** @type {number[]} */
  const plain = view.rows.map((_, row) =>
    tells(view, row) ? 0 : view.phases[0]?.name === "gmem_release" && row < view.phases[0].last ? BRIEF : 1,
  );
  const rare = plain.filter((own) => !own).length <= RARE;
  const broad = Math.max(BROAD, rare ? RARE_SHARE * plain.reduce((sum, own) => sum + own, 0) : 0);
  return { weights: plain.map((own) => own || broad), broad };
}

/**
 * @param {View} view
 * @param {number} row
 */
function tells(view, row) {
  const marks = SIDES.map((side) => view[side]?.marks[row]);
  return (
    !view.rows[row][2] ||
    marks.some((mark) => mark === "warn" || mark === "leak" || mark === "panic" || mark === "held")
  );
}

/**
 * @param {View} view
 * @returns {number[]} where each step stands, from 0 to 1
 */
export function placesOf(view) {
  const { weights } = weigh(view);
  const whole = Math.max(
    1,
    weights.reduce((sum, own) => sum + own, 0),
  );
  const places = [0];
  let sum = 0;
  for (const own of weights) {
    places.push((sum + own / 2) / whole);
    sum += own;
  }
  return places;
}
