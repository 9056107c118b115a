/** The explorer's way to a kernel: the traits of a Jupyter widget. */

/** @import {Host, View} from "./types.js" */

const SEEN = 8;

/** @typedef {{get: (name: string) => any, set: (name: string, value: any) => void, save_changes: () => void, on: (event: string, call: () => void) => void, off: (event: string, call?: () => void) => void}} Model */

/**
 * @param {Model} model
 * @returns {{host: Host, forget: () => void}}
 */
export function widgetHost(model) {
  /** @type {[string, () => void][]} */
  const calls = [];
  const set = (/** @type {string} */ name, /** @type {any} */ value) => {
    model.set(name, value);
    model.save_changes();
  };
  /** Views come as JSON text; the one that is shown may be one that was sent ahead, until the kernel's answer is there. */
  let text = model.get("_view");
  /** @type {View} */
  let view = JSON.parse(text);
  /** What is shown before the kernel's answer, as it was sent ahead or seen before. */
  let ahead = "";
  /** The last views, by revisions and scenario: who toggles forth and back need not wait. @type {Map<string, string>} */
  const seen = new Map();
  const keyOf = (/** @type {string} */ scenario) => [...view.revisions, scenario].join(" ");
  seen.set(keyOf(view.scenario), text);
  let asked = 0;
  let tell = () => {};
  /** Show what the kernel has, unless an answer to a later question is still to come. */
  const arrived = () => {
    if ((!ahead && text === model.get("_view")) || model.get("_answered") < asked) return;
    text = model.get("_view");
    const known = ahead === text;
    ahead = "";
    if (!known) view = JSON.parse(text);
    seen.delete(keyOf(view.scenario));
    seen.set(keyOf(view.scenario), text);
    if (seen.size > SEEN) seen.delete(/** @type {string} */ (seen.keys().next().value));
    if (!known) tell();
  };
  /** @type {(scenario: string) => void} */
  const showAhead = (scenario) => {
    const ready = model.get("_family")[scenario] ?? seen.get(keyOf(scenario));
    const found = ready && JSON.parse(ready);
    if (!found || found.skeleton !== model.get("_skeleton").key) return;
    view = found;
    ahead = ready;
    tell();
  };
  const events = { view: "change:_view", step: "change:step", playing: "change:playing", problem: "change:_problem", answer: "change:_answered" };
  const hear = (/** @type {string} */ event, /** @type {() => void} */ call) => {
    calls.push([event, call]);
    model.on(event, call);
  };
  hear(events.view, arrived);
  hear(events.answer, arrived);
  return {
    host: {
      view: () => view,
      skeleton: () => model.get("_skeleton"),
      step: () => model.get("step"),
      playing: () => model.get("playing"),
      problem: () => model.get("_problem").split("\n")[0],
      setStep: (step) => set("step", step),
      want: ({ step, ...wanted }) => {
        model.set("step", step);
        asked = Math.max(Date.now(), asked + 1);
        if (wanted.scenario && !wanted.revisions) showAhead(wanted.scenario);
        set("_wanted", { ...wanted, n: asked });
      },
      prepare: () => set("_wanted", { family: true, n: Date.now() }),
      setPlaying: (playing) => set("playing", playing),
      setScore: (score) => set("score", score),
      on: (what, call) => {
        if (what === "view") tell = call;
        else hear(events[what], what === "answer" ? () => model.get("_answered") >= asked && call() : call);
      },
    },
    forget: () => calls.forEach(([event, call]) => model.off(event, call)),
  };
}
