/** The explorer's way to a kernel: traits carry what is shown, messages of their own ask for another view. */

/** @import {Host, View} from "./types.js" */

/** @typedef {{get: (name: string) => any, set: (name: string, value: any) => void, save_changes: () => void, send: (content: any, callbacks?: any) => void, on: (event: string, call: () => void) => void, off: (event: string, call?: () => void) => void}} Model */

/** How long a choice waits for its answer, in milliseconds. */
const PATIENCE = 12_000;
/** The same once the kernel is done with it: the answer went out before that, or there is none. */
const DONE = 1000;

export const SENTENCES = {
  gone: "No kernel is behind this explorer any more, so it stays with what it shows; stepping goes on. Run its cell again.",
  unanswered:
    "The kernel gave no answer, so this stays with what it shows; stepping goes on. Choose again, or run the cell again if the kernel was restarted.",
  silent: `The kernel has not answered for ${PATIENCE / 1000} s, so this stays with what it shows; stepping goes on. An answer that still comes will be shown.`,
  torn: "A part of the answer was lost on its way, so this stays with what it shows. Choose again.",
};

/**
 * @param {Model} model
 * @returns {{host: Host, forget: () => void}}
 */
export function widgetHost(model) {
  /** @type {[string, () => void][]} */
  const calls = [];
  const hear = (/** @type {string} */ event, /** @type {() => void} */ call) => {
    calls.push([event, call]);
    model.on(event, call);
  };
  const set = (/** @type {string} */ name, /** @type {any} */ value) => {
    model.set(name, value);
    model.save_changes();
  };
  /** @type {View} */
  let view = JSON.parse(model.get("_view"));
  /** What ends each choice that waits for its answer. @type {Map<string, (sentence: string) => void>} */
  const waiting = new Map();
  /** What is wrong with what answers, as far as the last choice told. @type {"" | "gone" | "silent"} */
  let wrong = "";
  /** @type {Record<string, () => void>} */
  const tell = { view: () => {}, kernel: () => {} };
  const find = (/** @type {typeof wrong} */ what) => {
    wrong = what;
    tell.kernel();
  };
  hear("change:_view", () => {
    const next = JSON.parse(model.get("_view"));
    const whole = next.skeleton === model.get("_skeleton").key;
    if (whole) {
      view = next;
      find("");
      tell.view();
    }
    waiting.get(next.answer)?.(whole ? next.problem : SENTENCES.torn);
  });
  // A widget does not get to see whether its own line to the kernel holds; that of its layout, another widget, falls with it.
  hear("comm_live_update", () => setTimeout(() => tell.kernel()));
  const gone = () => model.get("layout")?.comm_live === false;
  let asked = 0;
  /** @type {Host["want"]} */
  const want = (wanted) =>
    new Promise((resolve) => {
      const id = `${Date.now()}-${++asked}`;
      let timer = 0;
      const end = (/** @type {string} */ sentence) => {
        clearTimeout(timer);
        waiting.delete(id);
        resolve(sentence);
      };
      const give = (/** @type {number} */ after, /** @type {string} */ sentence) => {
        clearTimeout(timer);
        timer = setTimeout(() => (find("silent"), end(sentence)), after);
      };
      waiting.set(id, end);
      const status = (/** @type {any} */ message) =>
        message.content.execution_state === "idle" && waiting.has(id) && give(DONE, SENTENCES.unanswered);
      give(PATIENCE, SENTENCES.silent);
      if (gone()) return end(SENTENCES.gone);
      try {
        model.send({ id, ...wanted, skeleton: model.get("_skeleton").key }, { iopub: { status } });
      } catch {
        find("gone");
        end(SENTENCES.gone);
      }
    });
  return {
    host: {
      view: () => view,
      skeleton: () => model.get("_skeleton"),
      step: () => model.get("step"),
      playing: () => model.get("playing"),
      kernel: () => (gone() ? "gone" : wrong),
      setStep: (step) => set("step", step),
      want,
      setPlaying: (playing) => set("playing", playing),
      setScore: (score) => set("score", score),
      limit: () => {},
      on: (what, call) => {
        if (what in tell) tell[what] = call;
        else hear(`change:${what}`, call);
      },
    },
    forget: () => {
      calls.forEach(([event, call]) => model.off(event, call));
      for (const end of [...waiting.values()]) end("");
    },
  };
}
