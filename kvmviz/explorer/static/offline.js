/** The explorer as one offline file: unpacks what the page carries and shows it, with no kernel and no network. */

/** @import {Host, PageData, View} from "./types.js" */
/** @import {Found} from "./view.js" */
import { unpack } from "./carried.js";
import { findLine } from "./find.js";
import { hashOf, readHash } from "./offline_link.js";
import { elsewhere } from "./offline_elsewhere.js";
import { viewOf } from "./view.js";
import { toggleFault, withWord } from "./line.js";
import { Explorer } from "./explorer.js";

const CONTROL_KEYS = ["tree", "hkid", "status", "boot", "leaves", "zap", "vcpus", "panic", "region", "remove"];

/**
 * What the explorer asks of an offline page.
 * @implements {Host}
 */
export class OfflineHost {
  /**
   * @param {PageData} data
   * @param {() => Promise<PageData>} [rest] unpacks all that the page carries, if that is more
   */
  constructor(data, rest) {
    this.data = data;
    this.rest = rest;
    /** @type {Promise<void> | null} */
    this.unpacking = null;
    /** @type {Record<string, (() => void)[]>} */
    this.calls = { view: [], step: [], playing: [], kernel: [] };
    this.at = 0;
    this.plays = false;
    this.said = "";
    /** @type {View | null} */
    this.shown = null;
  }

  /** Have all at hand that the page carries. */
  whole() {
    this.unpacking ??= (async () => {
      if (this.rest) this.data = await this.rest();
      this.rest = undefined;
    })();
    return this.unpacking;
  }

  /** @param {string} what */
  tell(what) {
    for (const call of this.calls[what]) call();
  }

  /**
   * Show what a line names, or say why that cannot be.
   * @param {string} line
   * @param {string[]} revisions
   * @returns {boolean}
   */
  show(line, revisions) {
    const found = this.find(line, revisions);
    if (!found) {
      this.said = `This page does not hold that view${elsewhere(line, revisions, this.data.sayable)}.`;
      return false;
    }
    this.said = "";
    const { data } = this;
    const numbers = revisions.map((name) => data.revisions.indexOf(name));
    this.shown = viewOf(data, data.common, data.layouts[found.layout], found, numbers);
    return true;
  }

  /**
   * @param {string} line
   * @param {string[]} revisions
   * @returns {Found | null}
   */
  find(line, revisions) {
    const known =
      revisions.length > 0 && revisions.length < 3 && revisions.every((name) => this.data.revisions.includes(name));
    return known ? findLine(this.data, line) : null;
  }

  /** @param {string} hash */
  open(hash) {
    const { line, step, revisions, wrong } = readHash(hash);
    if (wrong) {
      this.said = wrong;
      return false;
    }
    if (!this.show(line, revisions ?? this.shown?.revisions ?? this.data.revisions.slice(0, 2))) return false;
    this.at = Math.min(step ?? 0, this.view().rows.length);
    return true;
  }

  view() {
    if (!this.shown) throw new Error("no view was opened");
    return this.shown;
  }

  skeleton() {
    return this.data.layouts[this.view().skeleton];
  }

  step() {
    return this.at;
  }

  playing() {
    return this.plays;
  }

  /** A page needs none. @returns {""} */
  kernel() {
    return "";
  }

  /** @param {number} step */
  setStep(step) {
    if (step === this.at) return;
    this.at = step;
    this.keep();
  }

  /** @param {number} step */
  stand(step) {
    this.at = step;
  }

  /** @returns {string} what is shown, as it stands in the address */
  link() {
    const { scenario, revisions, rows } = this.view();
    return hashOf(scenario, Math.min(this.at, rows.length), revisions);
  }

  /** Write what is shown into the address. */
  keep() {
    try {
      history.replaceState(null, "", this.link());
    } catch {
      // WebKit takes a hundred a half-minute; the address catches up with the next step that it takes.
    }
  }

  /**
   * @param {{scenario: string, revisions: string[]}} wanted
   * @returns {Promise<string>}
   */
  async want({ scenario, revisions }) {
    if (this.rest) await this.whole();
    if (this.show(scenario, revisions)) this.tell("view");
    this.keep();
    return this.said;
  }

  /** @param {HTMLElement} root */
  limit(root) {
    if (!this.rest) limitControls(root, this);
  }

  /** @param {boolean} playing */
  setPlaying(playing) {
    this.plays = playing;
  }

  /** A page keeps no score beyond what it shows. */
  setScore() {}

  /**
   * @param {string} what
   * @param {() => void} call
   */
  on(what, call) {
    this.calls[what]?.push(call);
  }
}

/**
 * Disable in the controls what the page does not carry, and say so there.
 * @param {HTMLElement} root
 * @param {OfflineHost} host
 */
export function limitControls(root, host) {
  const view = host.view();
  const holds = (/** @type {string} */ line, names = view.revisions) => host.find(line, names) !== null;
  const options = (/** @type {string} */ name) =>
    /** @type {NodeListOf<HTMLOptionElement>} */ (root.querySelectorAll(`select[data-testid^="${name}"] option`));
  for (const key of CONTROL_KEYS)
    for (const option of options(key)) limitOption(option, holds(withWord(view, key, option.value)));
  for (const option of options("cases")) {
    const [, line, names] = view.cases[Number(option.value)];
    limitOption(option, !option.value || holds(line, names));
  }
  for (const option of options("revision-"))
    limitOption(option, option.value === "(none)" || host.data.revisions.includes(option.value));
  for (const word of ["none", "all"])
    limitOne(root.querySelector(`[data-testid="fail-${word}"]`), holds(withWord(view, "fail", word)));
  for (const control of root.querySelectorAll("[data-fault]"))
    limitOne(control, holds(toggleFault(view, control.getAttribute("data-fault") ?? "")));
}

/**
 * @param {HTMLOptionElement} option
 * @param {boolean} carried
 */
function limitOption(option, carried) {
  limitOne(option, carried);
  option.label = carried ? option.text : `${option.text} (not in this file)`;
}

/**
 * @param {any} control
 * @param {boolean} carried
 */
function limitOne(control, carried) {
  control.disabled = !carried;
  control.title = carried ? "" : "not in this file; a notebook has it: kvmviz lab";
}

/**
 * @param {HTMLElement} element
 * @param {PageData} data
 * @returns {() => void} what takes the explorer away again
 */
export function mount(element, data) {
  const host = new OfflineHost(data);
  host.open(data.first);
  const explorer = new Explorer(element, /** @type {Host} */ (host));
  return () => explorer.dispose();
}

/**
 * @param {HTMLElement} element
 * @param {OfflineHost} host
 */
export async function startOffline(element, host) {
  const asked = location.hash.length > 1;
  if (asked && !host.open(location.hash)) await host.whole();
  const opened = asked && host.open(location.hash);
  const problem = host.said;
  if (!opened) host.open(host.data.first);
  const explorer = new Explorer(element, /** @type {Host} */ (host));
  element.querySelector(".kv-pick")?.addEventListener("toggle", () => host.limit(element));
  if (asked && !opened) explorer.faults.complain(problem);
  window.addEventListener("hashchange", async () => {
    await host.whole();
    if (!host.open(location.hash)) return explorer.faults.complain(host.said);
    const step = host.at;
    host.tell("view");
    explorer.go(step, true);
  });
  onPaper(element, () => host.link());
  await painted();
  await host.whole();
  host.limit(element);
  element.dataset.ready = "true";
}

/** The first picture is to be seen before all the rest is unpacked; what nobody sees is not painted, and not waited for. */
function painted() {
  return new Promise((done) => {
    requestAnimationFrame(() => setTimeout(done));
    setTimeout(done, 1000);
  });
}

/**
 * Print in dark ink on white, whatever the screen does, under the link that leads back here.
 * @param {HTMLElement} element
 * @param {() => string} link
 */
function onPaper(element, link) {
  const { dataset } = document.documentElement;
  window.addEventListener("beforeprint", () => {
    element.dataset.link = link().slice(1).replaceAll("&", " ");
    dataset.theme = "light";
  });
  window.addEventListener("afterprint", () => delete dataset.theme);
}

/**
 * @param {HTMLElement} element
 * @param {unknown} error
 */
function unable(element, error) {
  element.className = "kv-unable";
  element.textContent = `This browser cannot unpack the page; a Chromium, Firefox or Safari of 2023 or later can (${error}).`;
}

/**
 * @param {string} id
 * @returns {string} what stands in the page under this id, which may not have been read so far
 */
function carried(id) {
  return document.getElementById(id)?.textContent?.trim() ?? "";
}

/** Show the page that this stands in. @param {HTMLElement} element */
async function begin(element) {
  const rest = async () => {
    if (document.readyState === "loading")
      await new Promise((done) => document.addEventListener("DOMContentLoaded", done));
    return unpack(carried("kvmviz-carried"));
  };
  const first = carried("kvmviz-first");
  await startOffline(element, first ? new OfflineHost(await unpack(first), rest) : new OfflineHost(await rest()));
}

const offlineHolder = document.getElementById("kvmviz");
if (offlineHolder) begin(offlineHolder).catch((error) => unable(offlineHolder, error));
