/** The explorer's way to a kernel: traits carry what is shown, messages of their own ask for another view. */

/** @import {Answer, Common, Host, View} from "./types.js" */
import { singleOf, viewOf } from "./view.js";

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
  const common = commonOf(model);
  /** @type {() => [Answer, View | null]} what came last, and the view if all that belongs to it is here */
  const read = () => {
    const answer = JSON.parse(model.get("_view"));
    const layout = model.get("_skeleton");
    const whole = answer.skeleton === layout.key && answer.common === common().key;
    const numbers = answer.revisions.map((/** @type {string} */ _, /** @type {number} */ i) => i);
    return [answer, whole ? viewOf(answer, common(), layout, singleOf(answer, 0, answer.at[0]), numbers) : null];
  };
  let view = /** @type {View} */ (read()[1]);
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
    const [answer, next] = read();
    if (next) {
      view = next;
      find("");
      tell.view();
    }
    waiting.get(answer.answer)?.(next ? answer.problem : SENTENCES.torn);
  });
  // A widget does not get to see whether its own line to the kernel holds; that of its layout, another widget, falls with it.
  hear("comm_live_update", () => setTimeout(() => tell.kernel()));
  /** Whether the kernel has not heard where the reader stands. */
  let untold = false;
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
        const here = { skeleton: model.get("_skeleton").key, common: common().key };
        model.send({ id, ...wanted, ...here }, { iopub: { status } });
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
      setStep: (step) => {
        if (model.get("step") !== step || untold) set("step", step);
        untold = false;
      },
      stand: (step) => {
        untold ||= model.get("step") !== step;
        model.set("step", step);
      },
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

/**
 * @param {Model} model
 * @returns {() => Common} what is the same in every view, read anew only when another came
 */
function commonOf(model) {
  let text = "";
  /** @type {Common} */
  let read;
  return () => {
    const now = model.get("_common");
    if (now !== text) [text, read] = [now, JSON.parse(now)];
    return read;
  };
}
