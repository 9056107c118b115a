/** Two ways in: a Jupyter widget, whose state lives in a kernel, and a plain page, which brings its views along. */

/** @import {Host, View} from "./types.js" */
import { Explorer } from "./explorer.js";

/** @typedef {{get: (name: string) => any, set: (name: string, value: any) => void, save_changes: () => void, on: (event: string, call: () => void) => void, off: (event: string, call?: () => void) => void}} Model */

/**
 * @param {Model} model
 * @returns {{host: Host, forget: () => void}}
 */
function widgetHost(model) {
  /** @type {[string, () => void][]} */
  const calls = [];
  const set = (/** @type {string} */ name, /** @type {any} */ value) => {
    model.set(name, value);
    model.save_changes();
  };
  /** A view that was sent ahead and is shown until the kernel's own answer is there. @type {View | null} */
  let ahead = null;
  let tell = () => {};
  /** The kernel's answer is there: show it, unless it is what is shown already. @param {() => void} call */
  const answered = (call) => {
    const shown = ahead?.scenario === model.get("_view").scenario;
    ahead = null;
    if (!shown) call();
  };
  const events = { view: "change:_view", step: "change:step", playing: "change:playing", problem: "change:_problem", answer: "change:_answered" };
  return {
    host: {
      view: () => ahead ?? model.get("_view"),
      skeleton: () => model.get("_skeleton"),
      step: () => model.get("step"),
      playing: () => model.get("playing"),
      problem: () => model.get("_problem").split("\n")[0],
      setStep: (step) => set("step", step),
      want: (wanted) => {
        const ready = wanted.revisions ? undefined : model.get("_family")[wanted.scenario ?? ""];
        if (ready) {
          ahead = ready;
          tell();
        }
        set("_wanted", { ...wanted, n: Date.now() });
      },
      prepare: () => set("_wanted", { family: true, n: Date.now() }),
      setPlaying: (playing) => set("playing", playing),
      setScore: (score) => set("score", score),
      on: (what, call) => {
        if (what === "view") tell = call;
        const heard = what === "view" ? () => answered(call) : call;
        calls.push([events[what], heard]);
        model.on(events[what], heard);
      },
    },
    forget: () => calls.forEach(([event, call]) => model.off(event, call)),
  };
}

/**
 * @param {{model: Model, el: HTMLElement}} widget
 * @returns {() => void} what ends this view of the widget
 */
export function render({ model, el }) {
  const { host, forget } = widgetHost(model);
  const explorer = new Explorer(el, host);
  return () => {
    forget();
    explorer.dispose();
  };
}

/**
 * Show the explorer in a plain page.
 * @param {HTMLElement} element
 * @param {Host} host
 * @returns {() => void} what takes it away again
 */
export function mount(element, host) {
  const explorer = new Explorer(element, host);
  return () => explorer.dispose();
}

export default { render };
