/** One side's picture: the skeleton, and flipping the states of its elements. */

/** @import {View, Skeleton} from "./types.js" */
import { countAlike } from "./alike.js";
import { put, s } from "./dom.js";
import { spans } from "./bars.js";
import { firstState } from "./fold.js";

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
    /** @type {string[]} */
    this.names = [];
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
    this.names = view.names;
    this.times = view.times ?? {};
    const drawn = this.key !== skeleton.key;
    if (drawn) {
      this.key = skeleton.key;
      this.skeleton = skeleton;
      // The one place where markup is taken as it comes: Python wrote and escaped it.
      this.element.innerHTML = skeleton.svg.replaceAll("@ID@", this.prefix);
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
    const known = this.nodes.get(name);
    if (known) known.push(node);
    else this.nodes.set(name, [node]);
  }

  /** Put every element into its first state. */
  reset() {
    this.now.clear();
    for (const [name, nodes] of this.nodes)
      for (const node of nodes)
        if (!name.startsWith("group ") && name !== "here") put(node, "data-state", firstState(name));
    this.count();
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
        counts: tally(members, this.times),
        whole: tally(whole, this.times),
        bar,
        node,
        words: {},
      });
      for (const page of whole)
        this.groupsOf.set(page, [name, members.includes(page) && page.slice(0, 3) !== "spt" ? "bar" : ""]);
      this.paint(name);
    }
    countAlike(this.element);
  }

  /**
   * @param {Map<number, string>} moved
   */
  apply(moved) {
    /** @type {Set<string>} */
    const touched = new Set();
    for (const [number, state] of moved) {
      const name = this.names[number];
      for (const node of this.nodes.get(name) ?? []) node.setAttribute("data-state", state);
      const group = this.groupsOf.get(name);
      if (group) {
        this.recount(group, name, state);
        touched.add(group[0]);
      } else if (name.startsWith("warn ")) this.groupWarning(name, state);
      else if (name.startsWith("cause ")) this.groupCause(name, state);
    }
    for (const group of touched) this.paint(group);
    countAlike(this.element);
  }

  /**
   * @param {string[]} group
   * @param {string} page
   * @param {string} state
   */
  recount([name, bar], page, state) {
    const group = this.groups.get(name);
    if (!group) return;
    const before = this.now.get(page) ?? firstState(page);
    this.now.set(page, state);
    for (const counts of bar ? [group.counts, group.whole] : [group.whole]) {
      counts[before] = (counts[before] ?? 0) - (this.times[page] ?? 1);
      counts[state] = (counts[state] ?? 0) + (this.times[page] ?? 1);
    }
  }

  /**
   * A warning about a folded page stands on its group's bar.
   * @param {string} name
   * @param {string} state
   */
  groupWarning(name, state) {
    const group = this.groupsOf.get(name.slice(5, -2));
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
   * @param {string} state
   */
  groupCause(name, state) {
    const group = this.groupsOf.get(name.slice(6));
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
    const table = /^(?:spt|S-EPT) (L.*)$/.exec(page);
    const node =
      (table && this.nodes.get(`twin ${table[1]}`)?.[0]) || this.nodes.get(page)?.[0] || this.groupNode(page);
    const rect = node?.querySelector(".capsule,.body");
    const here = node?.closest("svg")?.querySelector(".here");
    if (!here || !rect) return null;
    const [x, y, width, height] = ["x", "y", "width", "height"].map((key) => Number(rect.getAttribute(key)));
    const grow = table ? 2 : width >= LARGE ? 9 : 3;
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
    countAlike(drawer);
    this.onDrawn();
  }

  /** What to do when something was drawn anew. */
  onDrawn() {}

  /** @type {(name: string) => string} what an element shows now; set by the explorer */
  stateOf = firstState;

  /** @param {View} view mark the pages whose reclaim will fail */
  faults(view) {
    for (const [name, nodes] of this.nodes) {
      const fault = view.faults[name];
      if (fault) for (const node of nodes) put(node, "data-fails", String(view.fails.includes(fault)));
    }
  }
}

/**
 * @param {string[]} pages
 * @param {Record<string, number>} times
 * @returns {Record<string, number>}
 */
function tally(pages, times) {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const page of pages) counts[firstState(page)] = (counts[firstState(page)] ?? 0) + (times[page] ?? 1);
  return counts;
}

/**
 * @param {Element} bar
 * @param {string} state
 * @param {string} prefix
 */
function segmentOf(bar, state, prefix) {
  const tape = state === "leaked" ? { fill: `url(#${prefix}tape)` } : {};
  const segment = s(
    "g",
    { class: `seg seg-${state}` },
    s("rect", { rx: 2, ...tape }),
    s("rect", { class: "core" }),
    s("text", {}),
  );
  bar.append(segment);
  return segment;
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
