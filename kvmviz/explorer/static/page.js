/** A plain page: the views it brings along, shown by the same explorer. */

/** @import {Host, View, Skeleton} from "./types.js" */
import { mount } from "./widget.js";

/**
 * @param {{views: Record<string, View>, skeletons: Record<string, Skeleton>, first: string, step: number}} data
 * @returns {Host}
 */
export function storedHost(data) {
  /** @type {Record<string, (() => void)[]>} */
  const calls = { view: [], step: [], playing: [], problem: [] };
  let line = data.first;
  let step = data.step;
  let playing = false;
  let problem = "";
  const tell = (/** @type {string} */ what) => calls[what].forEach((call) => call());
  return {
    view: () => data.views[line],
    skeleton: () => data.skeletons[data.views[line].skeleton],
    step: () => step,
    playing: () => playing,
    problem: () => problem,
    setStep: (to) => {
      step = to;
    },
    setScenario: (wanted) => {
      if (data.views[wanted]) {
        line = wanted;
        tell("view");
      } else {
        problem = `This page does not hold ${wanted}; open it in a notebook: kvmviz lab '${wanted}'`;
        tell("problem");
      }
    },
    setRevisions: () => {
      problem = "This page holds these revisions alone.";
      tell("problem");
    },
    setPlaying: (to) => {
      playing = to;
    },
    setScore: () => {},
    on: (what, call) => calls[what].push(call),
  };
}

const holder = document.getElementById("kvmviz");
const stored = document.getElementById("kvmviz-data")?.textContent;
if (holder && stored) mount(holder, storedHost(JSON.parse(stored)));
