/** The frames of the panels: one side's picture with its head, the dock below, the legend. */

/** @import {View, Side} from "./types.js" */
import { Frames } from "./frames.js";
import { h, s } from "./dom.js";
import { pairSign, sign, swatch } from "./icons.js";
import { Stage } from "./stage.js";
import { Verdict } from "./verdict.js";

/**
 * @param {Side} side
 * @param {string} prefix of the ids in this explorer
 * @param {(name: string) => void} onRevision
 * @param {(page: string) => void} onPage
 */
export function sideOf(side, prefix, onRevision, onPage) {
  const letter = side.toUpperCase();
  const select = h("select", {
    "data-testid": `revision-${side}`,
    "aria-label": `revision ${letter}`,
    onchange: () => onRevision(select.value),
  });
  const verdict = new Verdict(side, prefix);
  const [who, does] = [h("b"), h("span")];
  const line = h("div", { class: "kv-sideline" }, who, does);
  const near = h("button", {
    class: "kv-near",
    text: "closer",
    "data-testid": `near-${side}`,
    title: "both pictures so large that every word can be read",
  });
  const picture = h("div", {
    class: "kv-picture",
    "data-testid": `stage-${side}`,
    role: "group",
    "aria-label": `page tables, side ${letter}`,
  });
  const stage = new Stage(picture, prefix, onPage);
  const which = h("span", { class: "kv-which" }, h("span", { class: `kv-side ${side}`, text: letter }), select);
  const head = h("div", { class: "kv-head" }, which, verdict.element);
  const element = h(
    "section",
    { class: "kv-view kv-card", "data-side": side, "aria-label": `side ${letter}` },
    head,
    line,
    near,
    picture,
  );
  return {
    element,
    head,
    which,
    select,
    verdict,
    near,
    line,
    who,
    does,
    stage,
    frames: /** @type {Frames | null} */ (null),
  };
}

/**
 * Put the choice of B's revision where it can be reached: at the head of its picture, or of A's where B has none.
 * @param {{head: HTMLElement, which: HTMLElement}} a
 * @param {{head: HTMLElement, which: HTMLElement, select: HTMLSelectElement}} b
 * @param {boolean} both
 */
export function placeChoice(a, b, both) {
  const home = both ? b.head : a.head;
  if (b.which.parentElement === home) return;
  const root = /** @type {Document | ShadowRoot} */ (b.select.getRootNode());
  const focused = root.activeElement === b.select;
  home.insertBefore(b.which, both ? home.firstChild : a.which.nextSibling);
  if (focused) b.select.focus();
}

/**
 * Code and ledger behind tabs, and the log beside them.
 * @param {string} prefix
 * @param {HTMLElement} codeElement
 * @param {HTMLElement} ledgerElement
 * @param {HTMLElement} logElement
 * @param {(name: string) => void} onTab
 */
export function dock(prefix, codeElement, ledgerElement, logElement, onTab) {
  const tabs = ["code", "ledger"].map((name, i) => {
    const button = h("button", {
      role: "tab",
      "aria-selected": String(!i),
      id: `${prefix}tab-${name}`,
      "aria-controls": `${prefix}panel-${name}`,
      onclick: () => onTab(name),
    });
    button.append(name, " ", h("kbd", { text: name === "code" ? "2" : "5", "aria-hidden": "true" }));
    return button;
  });
  const panel = (/** @type {string} */ name, /** @type {HTMLElement} */ inside) =>
    h(
      "div",
      {
        "data-testid": `panel-${name}`,
        role: "tabpanel",
        id: `${prefix}panel-${name}`,
        "aria-labelledby": `${prefix}tab-${name}`,
        tabindex: 0,
      },
      inside,
    );
  const code = panel("code", codeElement);
  const ledger = panel("ledger", ledgerElement);
  ledger.hidden = true;
  const hint = h("span", { class: "kv-hint" });
  const letters = [h("span", { class: "kv-side", text: "A" }), h("span", { class: "kv-side b", text: "B" })];
  const log = h(
    "section",
    { class: "kv-panel kv-card", "data-testid": "panel-log", tabindex: 0, "aria-label": "kernel log" },
    h(
      "header",
      { class: "kv-loghead" },
      ...letters,
      h("h2", {}, "Log ", h("kbd", { text: "4", "aria-hidden": "true" })),
    ),
    logElement,
  );
  const left = h(
    "section",
    { class: "kv-panel kv-card kv-codeledger" },
    h("header", { class: "kv-tabs" }, h("div", { role: "tablist" }, ...tabs), hint),
    code,
    ledger,
  );
  return { element: h("div", { class: "kv-dock" }, left, log), tabs, hint, code, ledger, log };
}

const PAIR = "the two pages in which the module keeps its ledger of a 2 MiB region stay with it for good: 8 KiB";

/**
 * @param {HTMLElement} legend
 * @param {View} view
 * @param {string} prefix
 */
export function fillLegend(legend, view, prefix) {
  const pairs = legend.querySelector(".kv-legend-pair");
  pairs?.toggleAttribute("hidden", !view.pairs.length);
  if (legend.childElementCount) return;
  const item = (/** @type {Node} */ node, /** @type {string} */ text, /** @type {string} */ title) =>
    h("span", { role: "listitem", title }, node, text);
  legend.append(
    ...Object.entries(view.table).map(([name, state]) =>
      item(swatch(name, state.glyph, prefix), state.word, state.meaning),
    ),
    item(sign("full"), "trace", "this side prints a trace here"),
    item(sign("ghost"), "only on the other side", "the other side prints a trace here, this one does not"),
    item(sign("held"), "withheld", "the condition is true, but nothing is printed"),
    item(pointerSign("set"), "external_spt", "KVM's pointer from the mirror table to its S-EPT page"),
    item(pointerSign("cut"), "cut to NULL", "KVM has forgotten the S-EPT page"),
    item(h("span", { class: "kv-now-sign" }), "now", "the page that this step is about"),
    h(
      "span",
      { role: "listitem", class: "kv-legend-pair", title: PAIR, hidden: !view.pairs.length },
      pairSign(),
      "PAMT pair pinned",
    ),
  );
}

/** @param {"set" | "cut"} state */
function pointerSign(state) {
  const shape =
    state === "set"
      ? [s("path", { d: "M4,9H20" }), s("path", { class: "hd", d: "M19,4.5 27,9 19,13.5z" })]
      : [s("path", { d: "M4,9H13M13,2V16" })];
  const group = s("g", { class: "ptr", "data-state": state }, s("circle", { cx: 4, cy: 9, r: 3 }), ...shape);
  return s(
    "svg",
    { viewBox: "0 0 30 18", width: 30, height: 18, class: "kvpic kv-swatch wide", "aria-hidden": "true" },
    group,
  );
}
