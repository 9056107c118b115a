/** Two ways in: a Jupyter widget, whose state lives in a kernel, and a plain page, which brings its views along. */

/** @import {Host} from "./types.js" */
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
  const events = { view: "change:_view", step: "change:step", playing: "change:playing", problem: "change:_problem" };
  return {
    host: {
      view: () => model.get("_view"),
      skeleton: () => model.get("_skeleton"),
      step: () => model.get("step"),
      playing: () => model.get("playing"),
      problem: () => model.get("_problem").split("\n")[0],
      setStep: (step) => set("step", step),
      setScenario: (line) => set("_wanted", { scenario: line, n: Date.now() }),
      setRevisions: (names) => set("_wanted", { revisions: names, n: Date.now() }),
      setPlaying: (playing) => set("playing", playing),
      setScore: (score) => set("score", score),
      on: (what, call) => {
        calls.push([events[what], call]);
        model.on(events[what], call);
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
