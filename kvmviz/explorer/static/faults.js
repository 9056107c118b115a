/** The scenario as one line that reads as a sentence; every control speaks the words of the scenario. */

/** @import {View} from "./types.js" */
import { h, offer, put } from "./dom.js";
import { icon } from "./icons.js";
import { toggleFault, withWord } from "./line.js";

const MORE = ["boot", "leaves", "zap", "vcpus", "panic", "region", "remove"];
const WORDS = {
  boot: "this TD is the boot's",
  leaves: "guest pages are",
  zap: "zap passes",
  vcpus: "vCPUs",
  panic: "panic_on_warn",
  region: "PAMT regions are",
  remove: "PAMT.REMOVE",
};
const CHIPS = 4;
const OFFERED = 300;

export class Faults {
  /** @param {(line: string, revisions?: string[]) => void} onLine a scenario line is wanted */
  constructor(onLine) {
    this.onLine = onLine;
    /** What is shown. @type {View | null} */
    this.view = null;
    /** What a choice builds on: what will be shown once the last one is answered. @type {View | null} */
    this.ahead = null;
    /** @type {Record<string, HTMLSelectElement>} */
    this.selects = {};
    for (const key of ["hkid", "status", "tree", ...MORE]) this.selects[key] = this.select(key);
    this.none = h("button", { "data-testid": "fail-none", text: "none", onclick: () => this.set("fail", "none") });
    this.all = h("button", { "data-testid": "fail-all", text: "all", onclick: () => this.set("fail", "all") });
    this.chips = h("span", { class: "kv-chips" });
    this.pages = h("div", { class: "kv-pages" });
    this.pick = h("details", { class: "kv-pick" }, h("summary", { text: "pages\u2026" }), this.pages);
    this.pick.addEventListener("toggle", () => this.pick.open && this.offerPages());
    this.status = this.labelled("with", this.selects.status);
    this.more = h("div", { class: "kv-more", hidden: true });
    for (const key of MORE)
      this.more.append(this.labelled(WORDS[/** @type {keyof typeof WORDS} */ (key)], this.selects[key]));
    this.cases = h("select", { "data-testid": "cases" });
    this.cases.addEventListener("change", () => this.chooseCase());
    this.casesLabel = this.labelled("case", this.cases);
    this.moreButton = h("button", {
      "data-testid": "more",
      "aria-expanded": "false",
      text: "more\u2026",
      onclick: () => this.unfold(),
    });
    this.tools = h("span", { class: "kv-tools" });
    this.gone = h("span", {
      class: "kv-gone",
      "data-testid": "kernel-gone",
      title: "Stepping goes on; for another scenario run the cell again.",
      hidden: true,
    });
    this.problem = h("p", { class: "kv-problem", role: "alert", hidden: true });
    this.element = h(
      "div",
      { class: "kv-faults", role: "group", "aria-label": "scenario" },
      this.labelled("HKID", this.selects.hkid),
      h(
        "span",
        { class: "kv-label" },
        h("span", { text: "reclaim fails for" }),
        this.chips,
        h("span", { class: "kv-seg" }, this.none, this.all),
        this.pick,
      ),
      this.status,
      this.labelled("tree", this.selects.tree),
      this.moreButton,
      this.gone,
      this.tools,
      this.more,
      this.problem,
    );
  }

  /** @param {string} key */
  select(key) {
    const select = h("select", { "data-testid": key });
    select.addEventListener("change", () => this.choose(key, select));
    return select;
  }

  /**
   * @param {string} key
   * @param {HTMLSelectElement} select
   */
  choose(key, select) {
    if (select.value !== "other\u2026") return this.set(key, select.value);
    const typed = prompt(
      "A tree: fan-outs below the root such as 1x2x3, or a size such as 2GiB",
      this.view?.words.tree,
    );
    if (this.view) select.value = this.view.words[key];
    if (typed) this.set(key, typed.trim());
  }

  /**
   * @param {string} text
   * @param {HTMLElement} control
   */
  labelled(text, control) {
    return h("label", { class: "kv-label" }, h("span", { text }), control);
  }

  /**
   * @param {string} key
   * @param {string} word
   */
  set(key, word) {
    if (this.ahead) this.onLine(withWord(this.ahead, key, word));
  }

  unfold() {
    this.more.hidden = !this.more.hidden;
    put(this.moreButton, "aria-expanded", String(!this.more.hidden));
  }

  /** @param {string} fault */
  toggle(fault) {
    if (this.ahead) this.onLine(toggleFault(this.ahead, fault));
  }

  /**
   * @param {View} view
   * @param {View} ahead
   */
  load(view, ahead) {
    this.view = view;
    this.ahead = ahead;
    for (const [key, select] of Object.entries(this.selects)) {
      const words = view.choices[key] ?? [];
      offer(select, key === "tree" ? [...words, "other\u2026"] : words, view.words[key]);
    }
    put(this.none, "aria-pressed", String(!view.fails.length));
    put(this.all, "aria-pressed", String(view.words.fail === "all"));
    this.status.hidden = !view.fails.length;
    const changed = MORE.some((key) => view.words[key] !== view.choices[key]?.[key === "vcpus" ? 1 : 0]);
    if (changed && this.more.hidden) this.unfold();
    this.chips.replaceChildren(...this.chipsOf(view));
    if (this.pick.open) this.offerPages();
    this.loadCases(view);
  }

  chooseCase() {
    const chosen = this.view?.cases[Number(this.cases.value)];
    if (this.cases.value && chosen) this.onLine(chosen[1], chosen[2]);
  }

  /** @param {View} view */
  loadCases(view) {
    this.casesLabel.hidden = !view.cases?.length;
    if (!view.cases?.length) return;
    if (!this.casesLabel.isConnected) this.more.prepend(this.casesLabel);
    if (this.cases.options.length !== view.cases.length + 1)
      this.cases.replaceChildren(
        h("option", { value: "", text: "choose\u2026" }),
        ...view.cases.map(([question], i) => h("option", { value: i, text: question })),
      );
    const shown = view.cases.findIndex(
      ([, line, names]) => line === view.scenario && names.join() === view.revisions.join(),
    );
    this.cases.value = shown < 0 ? "" : String(shown);
  }

  /**
   * @param {View} view
   * @returns {Node[]}
   */
  chipsOf(view) {
    if (view.words.fail === "all") return [];
    const chips = view.fails.slice(0, CHIPS).map((fault) => {
      const chip = h("button", {
        class: "kv-chip",
        "data-fault": fault,
        "aria-label": `${fault}: let its reclaim succeed`,
        onclick: () => this.toggle(fault),
      });
      chip.append(fault.replace("@", " at "), h("span", { "aria-hidden": "true", text: "\u00D7" }));
      return chip;
    });
    const more = view.fails.length - chips.length;
    return more > 0 ? [...chips, h("span", { text: `and ${more} more` })] : chips;
  }

  /** A box to tick for every page, for those who do not click in the picture. */
  offerPages() {
    const view = this.view;
    if (!view) return;
    const offered = Object.values(view.faults).slice(0, OFFERED);
    const boxes = () => /** @type {NodeListOf<HTMLInputElement>} */ (this.pages.querySelectorAll("input"));
    if ([...boxes()].map((box) => box.dataset.fault).join() !== offered.join())
      this.pages.replaceChildren(
        ...offered.map((fault) =>
          h(
            "label",
            {},
            h("input", { type: "checkbox", "data-fault": fault, onchange: () => this.toggle(fault) }),
            fault.replace("@", " at "),
          ),
        ),
      );
    for (const box of boxes()) box.checked = view.fails.includes(box.dataset.fault ?? "");
  }

  /**
   * @param {string} label
   * @param {string} text
   * @param {() => void} onclick
   * @param {string} [testid]
   */
  tool(label, text, onclick, testid) {
    const button = h("button", { "aria-label": label, title: label, "data-testid": testid, onclick });
    button.append(text === "projector" ? icon("projector") : text);
    this.tools.append(button);
    return button;
  }

  /**
   * @param {string} sentence
   * @param {boolean} [waiting] whether it may yet turn out well
   */
  complain(sentence, waiting = false) {
    this.problem.hidden = !sentence;
    this.problem.textContent = sentence;
    put(this.problem, "data-waiting", String(waiting));
  }

  /**
   * Say whether what answers is still there.
   * @param {HTMLElement} root
   * @param {"" | "gone" | "silent"} kernel
   */
  mark(root, kernel) {
    put(root, "data-kernel", kernel || "there");
    this.gone.hidden = !kernel;
    this.gone.textContent = kernel === "gone" ? "no kernel" : "kernel silent";
  }
}
