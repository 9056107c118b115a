/** A plain page: the views it brings along, shown by the same explorer. */

/** @import {Host, View, Skeleton} from "./types.js" */
import { mount } from "./widget.js";

/**
 * @param {{views: Record<string, View>, skeletons: Record<string, Skeleton>, first: string, step: number}} data
 * @returns {Host}
 */
export function storedHost(data) {
  /** @type {Record<string, (() => void)[]>} */
  const calls = { view: [], step: [], playing: [], kernel: [] };
  let line = data.first;
  let step = data.step;
  let playing = false;
  const tell = (/** @type {string} */ what) => calls[what].forEach((call) => call());
  return {
    view: () => data.views[line],
    skeleton: () => data.skeletons[data.views[line].skeleton],
    step: () => step,
    playing: () => playing,
    kernel: () => "",
    setStep: (to) => {
      step = to;
    },
    want: async ({ scenario, revisions }) => {
      const held = revisions.join() === data.views[line].revisions.join() && data.views[scenario];
      if (!held)
        return `This page does not hold that view; open it in a notebook: kvmviz lab '${scenario} revisions=${revisions.join(",")}'`;
      line = scenario;
      tell("view");
      return "";
    },
    setPlaying: (to) => {
      playing = to;
    },
    setScore: () => {},
    limit: () => {},
    on: (what, call) => calls[what].push(call),
  };
}

/**
 * @param {HTMLElement} element
 * @param {Parameters<typeof storedHost>[0]} data
 * @returns {() => void} what takes the explorer away again
 */
export function show(element, data) {
  return mount(element, storedHost(data));
}

const holder = document.getElementById("kvmviz");
const stored = document.getElementById("kvmviz-data")?.textContent;
if (holder && stored) show(holder, JSON.parse(stored));
