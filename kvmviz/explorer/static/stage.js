/** One side's picture: the skeleton, and flipping the states of its elements. */

/** @import {View, Skeleton} from "./types.js" */
import { countTwins, pagesOfTwins } from "./twins.js";
import { put } from "./dom.js";
import { segmentOf, spans } from "./bars.js";

const LARGE = 50;

export class Stage {
  /**
   * @param {HTMLElement} element where the picture goes
   * @param {string} prefix of the ids in this explorer
   * @param {(page: string) => void} onPage a click on a page whose reclaim can fail
   */
  constructor(element, prefix, onPage) {
    this.element = element;
    this.prefix = prefix;
    /** @type {Map<string, Element[]>} */
    this.nodes = new Map();
    /** @type {Map<string, {counts: Record<string, number>, whole: Record<string, number>, bar: Element, node: Element, words: Record<string, SVGElement>}>} */
    this.groups = new Map();
    /** @type {Map<string, string[]>} */
    this.groupsOf = new Map();
    this.key = "";
    /** State of pages in folded groups and of their warnings. @type {Map<string, string>} */
    this.now = new Map();
    /** @type {Element | null} */
    this.here = null;
    /** @type {View["elements"]} */
    this.elements = [];
    /** State of each page, and of each element that is drawn, before the first step. @type {Map<string, string>} */
    this.firsts = new Map();
    /** The twin of each page of a table. @type {Map<string, string>} */
    this.twinOf = new Map();
    /** The pages of each twin. @type {Map<string, string[]>} */
    this.pagesOf = new Map();
    /** @type {Skeleton | null} */
    this.skeleton = null;
    /** How many pages stand behind a name. @type {Record<string, number>} */
    this.times = {};
    element.addEventListener("click", (event) => this.click(/** @type {Element} */ (event.target), onPage));
  }

  /**
   * @param {Element} target
   * @param {(page: string) => void} onPage
   */
  click(target, onPage) {
    const group = target.closest("[data-group]")?.getAttribute("data-group");
    if (group) return this.toggle(group);
    const page = target.closest("[data-page]")?.getAttribute("data-page") ?? "";
    if (this.skeleton?.faults[page]) onPage(page);
  }

  /**
   * @param {Skeleton} skeleton
   * @param {View} view
   */
  load(skeleton, view) {
    this.elements = view.elements;
    this.times = view.times ?? {};
    const drawn = this.key !== skeleton.key;
    if (drawn) {
      this.key = skeleton.key;
      this.skeleton = skeleton;
      // The one place where markup is taken as it comes: Python wrote and escaped it.
      this.element.innerHTML = skeleton.svg.replaceAll("@ID@", this.prefix);
      const firsts = new Map(view.elements.map(({ name, first }) => [name, first]));
      this.firsts = new Map(skeleton.pages.map(([name]) => [name, firsts.get(name) ?? ""]));
      this.pagesOf = pagesOfTwins(skeleton);
      this.twinOf = new Map([...this.pagesOf].flatMap(([twin, pages]) => pages.map((page) => [page, twin])));
      this.index();
    }
    this.reset();
    this.faults(view);
    if (drawn) this.onDrawn();
  }

  index() {
    this.nodes.clear();
    for (const node of this.element.querySelectorAll("[data-page],[data-el]")) this.enter(node);
    this.here = this.element.querySelector(".here");
  }

  /** @param {Element} node */
  enter(node) {
    const name = node.getAttribute("data-page") ?? node.getAttribute("data-el") ?? "";
    if (!this.firsts.has(name)) this.firsts.set(name, node.getAttribute("data-state") ?? "");
    const known = this.nodes.get(name);
    if (known) known.push(node);
    else this.nodes.set(name, [node]);
  }

  /** Put every element into its first state. */
  reset() {
    this.now.clear();
    for (const [name, nodes] of this.nodes)
      for (const node of nodes)
        if (!node.matches("[data-group]:not([data-times]),.here")) put(node, "data-state", this.firstOf(name));
    this.count();
  }

  /** @param {string} name */
  firstOf(name) {
    return this.firsts.get(name) ?? "none";
  }

  count() {
    this.groups.clear();
    this.groupsOf.clear();
    for (const [name, members] of Object.entries(this.skeleton?.members ?? {})) {
      const node = this.element.querySelector(`[data-group="${CSS.escape(name)}"]`);
      const bar = node?.querySelector("[data-bar]");
      if (!node || !bar) continue;
      for (const { name: attribute } of [...node.attributes])
        if (attribute.startsWith("data-count-")) node.removeAttribute(attribute);
      const whole = this.skeleton?.whole[name] ?? members;
      this.groups.set(name, {
        counts: this.tally(members),
        whole: this.tally(whole),
        bar,
        node,
        words: {},
      });
      for (const page of whole) this.groupsOf.set(page, [name, members.includes(page) ? "bar" : ""]);
      this.paint(name);
    }
    countTwins(this.element, this.pagesOf);
  }

  /**
   * @param {Map<number, string>} moved
   */
  apply(moved) {
    /** @type {Set<string>} */
    const touched = new Set();
    for (const [number, state] of moved) {
      const { name, kind, of } = this.elements[number];
      for (const node of this.nodes.get(name) ?? []) node.setAttribute("data-state", state);
      const group = this.groupsOf.get(name);
      if (group) {
        this.recount(group, name, state);
        touched.add(group[0]);
      } else if (kind === "warn") this.groupWarning(name, of, state);
      else if (kind === "cause") this.groupCause(name, of, state);
    }
    for (const group of touched) this.paint(group);
    countTwins(this.element, this.pagesOf);
  }

  /**
   * @param {string[]} group
   * @param {string} page
   * @param {string} state
   */
  recount([name, bar], page, state) {
    const group = this.groups.get(name);
    if (!group) return;
    const before = this.now.get(page) ?? this.firstOf(page);
    this.now.set(page, state);
    for (const counts of bar ? [group.counts, group.whole] : [group.whole]) {
      counts[before] = (counts[before] ?? 0) - (this.times[page] ?? 1);
      counts[state] = (counts[state] ?? 0) + (this.times[page] ?? 1);
    }
  }

  /**
   * A warning about a folded page stands on its group's bar.
   * @param {string} name
   * @param {string} page
   * @param {string} state
   */
  groupWarning(name, page, state) {
    const group = this.groupsOf.get(page);
    if (!group) return;
    const key = `warn group ${group[0]}`;
    const before = this.now.get(name) ?? "none";
    this.now.set(name, state);
    const full = Number(this.now.get(key) ?? 0) + (state === "full" ? 1 : 0) - (before === "full" ? 1 : 0);
    this.now.set(key, String(full));
    for (const node of this.nodes.get(`${key} 0`) ?? []) put(node, "data-state", full > 0 ? "full" : state);
  }

  /**
   * The line from a folded page to the TDR that it costs begins at its group's bar.
   * @param {string} name
   * @param {string} page
   * @param {string} state
   */
  groupCause(name, page, state) {
    const group = this.groupsOf.get(page);
    if (!group) return;
    const key = `cause group ${group[0]}`;
    const on = Number(this.now.get(key) ?? 0) + Number(state === "on") - Number(this.now.get(name) === "on");
    this.now.set(name, state);
    this.now.set(key, String(on));
    for (const node of this.nodes.get(key) ?? []) put(node, "data-state", on > 0 ? "on" : "off");
  }

  /** @param {string} name */
  paint(name) {
    const group = this.groups.get(name);
    if (!group) return;
    for (const [state, count] of Object.entries(group.whole)) put(group.node, `data-count-${state}`, String(count));
    const [x, y, width, height] = (group.bar.getAttribute("data-bar") ?? "").split(" ").map(Number);
    const drawn = spans(group.counts, x, width);
    // What a digit takes on a small screen; elsewhere no more than it always did.
    const digit = 0.65 * Number(group.bar.closest("svg")?.style.getPropertyValue("--kv-letter") ?? 0);
    for (const [state, segment] of Object.entries(group.words))
      if (!drawn.some((span) => span[0] === state)) put(segment, "display", "none");
    for (const [state, at, wide] of drawn) {
      const segment = (group.words[state] ??= segmentOf(group.bar, state, this.prefix));
      put(segment, "display", "inline");
      const [rect, core, text] = segment.children;
      setBox(rect, at, y, wide, height);
      setBox(core, at + 4, y + 4, wide - 8, height - 8);
      const count = group.counts[state].toLocaleString("en-US");
      text.textContent = wide > Math.max(14, digit * count.length) ? count : "";
      put(text, "x", String(at + wide / 2));
      put(text, "y", String(y + height / 2 + 4));
    }
  }

  /**
   * The outline that says "now": round a twin, or round a page on its own.
   * @param {string} page
   * @param {"now" | "waits" | "none"} state
   */
  outline(page, state) {
    const found = state === "none" ? null : this.boxOf(page);
    if (this.here && this.here !== found?.here) put(this.here, "data-state", "none");
    this.here = found?.here ?? this.here;
    if (!found) return;
    put(found.here, "data-state", state);
    setBox(found.here, found.box[0], found.box[1], found.box[2], found.box[3]);
  }

  /**
   * @param {string} page
   * @returns {{here: Element, box: number[]} | null} the outline of the picture that shows the page, and its place
   */
  boxOf(page) {
    const twin = this.twinOf.get(page);
    const node = (twin && this.nodes.get(twin)?.[0]) || this.nodes.get(page)?.[0] || this.groupNode(page);
    const rect = node?.querySelector(".capsule,.body");
    const here = node?.closest("svg")?.querySelector(".here");
    if (!here || !rect) return null;
    const [x, y, width, height] = ["x", "y", "width", "height"].map((key) => Number(rect.getAttribute(key)));
    const grow = twin ? 2 : width >= LARGE ? 9 : 3;
    return { here, box: [x - grow, y - grow, width + 2 * grow, height + 2 * grow] };
  }

  /** @param {string} page */
  groupNode(page) {
    const group = this.groupsOf.get(page);
    return group ? this.groups.get(group[0])?.node : undefined;
  }

  /**
   * Open a folded group below the picture, or close it.
   * @param {string} name
   */
  toggle(name) {
    const group = this.groups.get(name);
    const shelf = this.skeleton?.shelves[name];
    if (!group || !shelf) return;
    const open = this.element.querySelector(`[data-shelf="${CSS.escape(name)}"]`);
    put(group.node, "data-state", open ? "closed" : "open");
    if (open) {
      open.remove();
      this.index();
      this.onDrawn();
      return;
    }
    const drawer = document.createElement("div");
    drawer.className = "kv-shelf";
    drawer.setAttribute("data-shelf", name);
    drawer.innerHTML = shelf.replaceAll("@ID@", this.prefix);
    this.element.append(drawer);
    for (const node of drawer.querySelectorAll("[data-page],[data-el]")) {
      const known = node.getAttribute("data-page") ?? node.getAttribute("data-el") ?? "";
      if (known !== "words" && known !== "here") this.enter(node);
      put(node, "data-state", this.stateOf(known));
    }
    countTwins(drawer, this.pagesOf);
    this.onDrawn();
  }

  /**
   * @param {string[]} pages
   * @returns {Record<string, number>} how many pages are in which state before the first step
   */
  tally(pages) {
    /** @type {Record<string, number>} */
    const counts = {};
    for (const page of pages) counts[this.firstOf(page)] = (counts[this.firstOf(page)] ?? 0) + (this.times[page] ?? 1);
    return counts;
  }

  /** What to do when something was drawn anew. */
  onDrawn() {}

  /** @type {(name: string) => string} what an element shows now; set by the explorer */
  stateOf = (name) => this.firstOf(name);

  /** @param {View} view mark the pages whose reclaim will fail */
  faults(view) {
    for (const [name, nodes] of this.nodes) {
      const fault = view.faults[name];
      if (fault) for (const node of nodes) put(node, "data-fails", String(view.fails.includes(fault)));
    }
  }
}

/**
 * @param {Element} rect
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 */
function setBox(rect, x, y, width, height) {
  put(rect, "x", String(x));
  put(rect, "y", String(y));
  put(rect, "width", String(Math.max(0, width)));
  put(rect, "height", String(Math.max(0, height)));
}
