/** The explorer on a small screen: pictures whose words can be read, a closer look that follows the steps, and swipes. */

import { closeScale, fit, unfit, viewBoxOf } from "./fit.js";
import { put } from "./dom.js";
import { SIDES } from "./seek.js";
import { followSwipes } from "./swipe.js";

/** Up to this width of its content the explorer is on a small screen; `small.css` has the same number. */
const SMALL = 820;
/** No projector is narrower. */
const PROJECTED = 560;

/** @typedef {{stage: import("./stage.js").Stage, near: HTMLButtonElement}} Looked one side: its picture, and the button that brings it closer */

export class Small {
  /**
   * @param {HTMLElement} root
   * @param {Record<import("./types.js").Side, Looked>} sides
   * @param {(way: -1 | 1) => void} onSwipe
   */
  constructor(root, sides, onSwipe) {
    this.root = root;
    this.sides = sides;
    this.near = false;
    this.small = false;
    for (const side of SIDES) {
      sides[side].near.addEventListener("click", () => this.look(!this.near));
      sides[side].stage.onDrawn = () => this.draw(sides[side]);
    }
    this.forget = followSwipes(root, onSwipe);
  }

  /** @param {boolean} near */
  look(near) {
    this.near = near;
    this.lay();
  }

  get width() {
    const { paddingLeft, paddingRight } = getComputedStyle(this.root);
    return this.root.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
  }

  /** Whether a projector's large type has no room here. */
  get narrow() {
    return this.root.clientWidth > 0 && this.width < PROJECTED;
  }

  lay() {
    const before = this.small;
    this.small = this.width <= SMALL && !this.root.classList.contains("kv-projector");
    for (const side of SIDES) this.draw(this.sides[side], before);
  }

  /**
   * @param {Looked} side
   * @param {boolean} [before] whether the screen was small until now
   */
  draw({ stage, near }, before = false) {
    if (!this.small && !before) return;
    const close = this.small && this.near;
    put(near, "aria-pressed", String(close));
    put(stage.element, "data-near", String(close));
    stage.element.tabIndex = close ? 0 : -1;
    for (const svg of /** @type {NodeListOf<SVGElement>} */ (stage.element.querySelectorAll("svg"))) {
      unfit(svg);
      svg.style.width = close ? `${viewBoxOf(svg)[2] * closeScale(svg)}px` : "";
      if (this.small) fit(svg);
    }
    for (const name of stage.groups.keys()) stage.paint(name);
    this.follow(stage);
  }

  /**
   * Bring what the step is about into view where the picture is larger than its place.
   * @param {import("./stage.js").Stage} stage
   */
  follow({ element, here }) {
    if (element.dataset.near !== "true" || !here || here.getAttribute("data-state") === "none") return;
    const [place, box] = [element.getBoundingClientRect(), here.getBoundingClientRect()];
    element.scrollLeft += (box.left + box.right - place.left - place.right) / 2;
  }

  /**
   * Run something while the pictures are as they were drawn.
   * @param {() => void} run
   */
  without(run) {
    for (const side of SIDES) this.sides[side].stage.element.querySelectorAll("svg").forEach((svg) => unfit(svg));
    run();
    this.lay();
  }
}
