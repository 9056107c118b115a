/** The kernel log as it fills, one list for both sides; what was not printed says why when it is clicked. */

/** @import {View, LogEntry, LogMark, Side} from "./types.js" */
import { h } from "./dom.js";
import { sign } from "./icons.js";
import { SIDES } from "./seek.js";

export class Log {
  /**
   * @param {(step: number) => void} onStep
   * @param {() => void} onEarlier the TD that was torn down before, in the same boot, is wanted
   */
  constructor(onStep, onEarlier) {
    this.onStep = onStep;
    this.onEarlier = onEarlier;
    this.empty = h("p", { class: "kv-empty", text: "Nothing yet. The log is empty." });
    this.element = h("div", { class: "kv-log" }, this.empty);
    /** @type {HTMLElement[]} */
    this.rows = [];
    this.shown = 0;
    /** @type {HTMLElement[]} */
    this.now = [];
  }

  /** @param {View} view */
  load(view) {
    this.rows = [];
    this.shown = 0;
    this.now = [];
    this.element.replaceChildren(this.empty);
    this.element.classList.toggle("single", !view.b);
  }

  /**
   * @param {View} view
   * @param {number} step
   */
  to(view, step) {
    let count = this.shown;
    while (count < view.log.length && view.log[count].row <= step) count++;
    while (count > 0 && view.log[count - 1].row > step) count--;
    for (let i = this.rows.length; i < count; i++) {
      this.rows.push(this.row(view, view.log[i]));
      this.element.append(this.rows[i]);
    }
    for (let i = Math.min(count, this.shown); i < Math.max(count, this.shown); i++) this.rows[i].hidden = i >= count;
    for (const row of this.now) row.removeAttribute("data-now");
    this.now = [];
    for (let i = count - 1; i >= 0 && view.log[i].row === step; i--) {
      this.rows[i].setAttribute("data-now", "");
      this.now.push(this.rows[i]);
    }
    this.empty.hidden = count > 0;
    const grew = count !== this.shown;
    this.shown = count;
    if (grew) requestAnimationFrame(() => (this.element.scrollTop = this.element.scrollHeight));
  }

  /**
   * A click on a warning that is absent or withheld, in a picture or in the stack, leads to its reason here.
   * @param {View} view
   * @param {Element} target
   */
  whyNot(view, target) {
    const ghost = target.closest('.warn[data-state="ghost"]')?.getAttribute("data-el");
    const frame = target.closest('.kv-mark:is([data-mark="ghost"],[data-mark="held"])')?.closest(".kv-frame");
    const name = frame?.querySelector(".kv-fn span + span")?.textContent;
    if (ghost) this.explain(view, ({ page }) => [0, 1].some((slot) => ghost === `warn ${page} ${slot}`));
    else if (name) this.explain(view, (entry) => entry.chain?.at(-1) === name);
  }

  /**
   * Show why the latest warning that the test accepts was not printed.
   * @param {View} view
   * @param {(entry: LogEntry) => boolean} test
   */
  explain(view, test) {
    for (let i = this.shown - 1; i >= 0; i--) {
      const ask = this.rows[i].querySelector(".kv-why-not");
      if (!ask || !test(view.log[i])) continue;
      if (ask.getAttribute("aria-expanded") === "false") /** @type {HTMLElement} */ (ask).click();
      this.rows[i].scrollIntoView({ block: "nearest" });
      /** @type {HTMLElement} */ (ask).focus({ preventScroll: true });
      return;
    }
  }

  /**
   * @param {View} view
   * @param {LogEntry} entry
   */
  row(view, entry) {
    const sides = SIDES.filter((side) => view[side]);
    const marks = sides.map((side) => h("span", { class: "kv-mk" }, ...signsOf(entry, side)));
    const loud = sides.filter((side) => ["full", "line", "panic"].includes(entry[side]?.mark ?? ""));
    const text = h("div", { class: "kv-txt" });
    if (sides.length === 2 && loud.length === 1)
      text.append(h("b", { class: "kv-only-tag", text: `${loud[0].toUpperCase()} only` }));
    text.append(h(loud.length && entry.kind === "warn" ? "b" : "span", { text: entry.head, class: "kv-head" }));
    if (entry.chain) text.append(trace(entry, loud.length > 0));
    text.append(...this.reasons(view, entry, sides));
    return h(
      "div",
      { class: loud.length ? "kv-row" : "kv-row held", "data-kind": entry.kind, "data-row": entry.row },
      ...marks,
      text,
    );
  }

  /**
   * @param {View} view
   * @param {LogEntry} entry
   * @param {Side[]} sides
   * @returns {Node[]}
   */
  reasons(view, entry, sides) {
    const quiet = sides.filter((side) => entry[side]?.because);
    const same = quiet.length === 2 && entry.a?.because === entry.b?.because;
    return (same ? quiet.slice(0, 1) : quiet).map((side) => {
      const mark = /** @type {LogMark} */ (entry[side]);
      const who = same || sides.length === 1 ? "" : `${view[side]?.revision}: `;
      const said = mark.mark === "absent" ? `${who}why not?` : `${who}not printed, because \u2026`;
      const answer = h("span", { class: "kv-because", hidden: true, text: `${mark.because} ` });
      if (mark.to)
        answer.append(
          h("button", { class: "kv-go", text: `go to step ${mark.to}`, onclick: () => this.onStep(mark.to ?? 0) }),
        );
      else if (mark.mark === "held")
        answer.append(h("button", { class: "kv-go", text: "show that TD", onclick: () => this.onEarlier() }));
      const ask = h("button", { class: "kv-why-not", "aria-expanded": "false", text: said });
      ask.addEventListener("click", () => {
        answer.hidden = !answer.hidden;
        ask.setAttribute("aria-expanded", String(!answer.hidden));
      });
      return h("div", { class: "kv-reason" }, ask, answer);
    });
  }
}

/**
 * @param {LogEntry} entry
 * @param {Side} side
 */
function signsOf(entry, side) {
  const mark = entry[side]?.mark ?? "absent";
  if (mark === "panic") return [sign("full")];
  if (mark === "absent") return entry.kind === "warn" ? [sign("ghost")] : [];
  const node = sign(mark);
  node.setAttribute("data-mark", mark);
  return [node];
}

/**
 * @param {LogEntry} entry
 * @param {boolean} printed
 */
function trace(entry, printed) {
  const chain = entry.chain ?? [];
  if (!printed) return h("small", { text: entry.detail });
  const frames = h("ol", { reversed: true });
  for (const name of [...chain].reverse()) frames.append(h("li", { text: name }));
  return h("details", {}, h("summary", { text: `${entry.detail} \u00B7 ${chain.length} frames` }), frames);
}
