/** The code of a view and its call stack: which functions stand in the panels at each row. */

/** @import {CodePair, CodeView, Episode, Side, StackView} from "./types.js" */
/** @import {Atom} from "./carried.js" */
/** @import {Paired} from "./view.js" */

/** Functions that the panel of code holds. */
const MOST_CODE = 3;

/** @typedef {{depth: number, name: string, file: string, first: number, number: number, children: Map<string, CallNode>}} CallNode */
/** @typedef {{top: CallNode, marks: [CallNode, number, Side, string][]}} CallTree */

/**
 * @param {Paired} both
 * @returns {StackView}
 */
export function stackOf(both) {
  /** @type {CallTree[]} */
  const trees = [];
  /** @type {Record<string, (CallNode | null)[]>} */
  const at = Object.fromEntries(both.sides.map((side) => [side, []]));
  both.episodes.forEach((number, row) => {
    trees[number] ??= { top: { depth: 0, name: "", file: "", first: 0, number: 0, children: new Map() }, marks: [] };
    for (const side of both.sides) {
      const atom = both.steps[side][row];
      at[side].push(atom ? grow(trees[number], atom, row, side) : null);
    }
  });
  /** @type {Map<string, number>} */
  const functions = new Map();
  const episodes = trees.map((tree) => written(tree, functions));
  const numbers = both.sides.map((side) => [side, at[side].map((node) => (node?.depth ? node.number : -1))]);
  return {
    functions: [...functions.keys()].map((key) => /** @type {[string, string]} */ (key.split("\n"))),
    episodes,
    rows: both.episodes,
    at: Object.fromEntries(numbers),
  };
}

/**
 * @param {CallTree} tree
 * @param {Atom} atom
 * @param {number} row
 * @param {Side} side
 */
function grow(tree, atom, row, side) {
  let node = tree.top;
  atom.chain.forEach(([name, file], i) => {
    const known = node.children.get(name) ?? { depth: i + 1, name, file, first: row, number: 0, children: new Map() };
    node.children.set(name, known);
    node = known;
  });
  const mark = atom.kind === "masked" ? "masked" : atom.kind === "warn" ? (atom.printed ? "full" : "held") : null;
  if (mark) tree.marks.push([node, row, side, mark]);
  return node;
}

/**
 * @param {CallTree} tree
 * @param {Map<string, number>} functions
 * @returns {Episode}
 */
function written(tree, functions) {
  /** @type {[number, number, number, number][]} */
  const nodes = [];
  const walk = (/** @type {CallNode} */ above, /** @type {number} */ parent) => {
    for (const node of above.children.values()) {
      const key = `${node.name}\n${node.file}`;
      node.number = nodes.length;
      functions.set(key, functions.get(key) ?? functions.size);
      nodes.push([node.depth, functions.get(key) ?? 0, parent, node.first]);
      walk(node, node.number);
    }
  };
  walk(tree.top, -1);
  return {
    nodes,
    marks: tree.marks.filter(([node]) => node.depth).map(([node, row, side, mark]) => [node.number, row, side, mark]),
  };
}

/** Which functions stand in the panel: source numbers by name and side, and those that differ. */
class CodePanel {
  /** @param {Paired} both */
  constructor(both) {
    this.both = both;
    /** @type {Map<string, number>} */
    this.numbers = new Map();
    /** @type {Map<string, Partial<Record<Side, number>>>} */
    this.sources = new Map();
    /** Whether a function differs between the sides, as far as that was asked. @type {Map<string, boolean>} */
    this.unlike = new Map();
    for (const side of both.sides)
      for (const number of both.runs[side].sources) {
        const slot = both.common.functions[number][1];
        this.sources.set(slot, { ...this.sources.get(slot), [side]: number });
      }
  }

  /** @param {string} name */
  differs(name) {
    const known = this.unlike.get(name) ?? this.isUnlike(name);
    this.unlike.set(name, known);
    return known;
  }

  /** @param {string} name */
  isUnlike(name) {
    const found = Object.values(this.sources.get(name) ?? {}).map((number) => this.both.common.functions[number][4]);
    return found.some((lines) => lines.length !== found[0].length || lines.some((line, i) => line !== found[0][i]));
  }

  /** @param {string} name */
  number(name) {
    const known = this.numbers.get(name) ?? this.numbers.size;
    this.numbers.set(name, known);
    return known;
  }

  /**
   * @param {string[]} reached
   * @param {string[]} names of the step's chain
   */
  shown(reached, names) {
    const own = names[names.length - 1];
    let chosen = reached.filter((name) => this.differs(name)).slice(-MOST_CODE);
    if (!chosen.includes(own)) chosen = chosen.length ? [...chosen.slice(1 - MOST_CODE), own] : names.slice(-2);
    return chosen.map((name) => this.number(name));
  }

  /**
   * @param {string} name
   * @returns {CodePair}
   */
  pair(name) {
    const { functions, lines: known } = this.both.common;
    const found = this.sources.get(name) ?? {};
    const one = functions[found.a ?? found.b ?? 0];
    const key = this.both.sides.length === 1 ? String(found.a) : `${found.a ?? "None"} ${found.b ?? "None"}`;
    const lines = /** @type {CodePair["lines"]} */ (
      known[key].map(([a, b, same]) => [a < 0 ? null : a, b < 0 ? null : b, Boolean(same)])
    );
    const pair = { name: one[2], file: one[3], a: linesOf(functions, found.a), b: linesOf(functions, found.b), lines };
    const c = Object.entries(found).flatMap(([side, number]) =>
      functions[number][5] ? [[side, functions[number][5]]] : [],
    );
    return c.length ? { ...pair, c: Object.fromEntries(c) } : pair;
  }
}

/**
 * @param {any[]} functions
 * @param {number} [number]
 * @returns {string[]}
 */
function linesOf(functions, number) {
  const lines = number === undefined ? [] : [...functions[number][4]];
  while (lines.length && !lines[lines.length - 1]) lines.pop();
  return lines;
}

/**
 * @param {Paired} both
 * @returns {CodeView}
 */
export function codeOf(both) {
  const panel = new CodePanel(both);
  const names = (/** @type {Atom} */ atom) => atom.chain.map((location) => both.common.functions[location[2]][1]);
  /** @type {Record<string, number[][]>} */
  const lit = Object.fromEntries(both.sides.map((side) => [side, []]));
  /** @type {Record<string, Atom | null>} */
  let last = {};
  /** @type {string[]} */
  let reached = [];
  const shown = both.leading.map((leading, row) => {
    if (!row || both.episodes[row] !== both.episodes[row - 1]) [last, reached] = [{}, []];
    for (const side of both.sides) {
      last[side] = both.steps[side][row] ?? last[side] ?? null;
      if (last[side]) reach(reached, names(/** @type {Atom} */ (last[side])));
    }
    const numbers = leading.chain.length ? panel.shown(reached, names(leading)) : [];
    for (const side of both.sides) lit[side].push(litOf(panel, last[side], names, numbers));
    return numbers;
  });
  return { pairs: [...panel.numbers.keys()].map((name) => panel.pair(name)), shown, lit };
}

/**
 * @param {string[]} reached
 * @param {string[]} chain
 */
function reach(reached, chain) {
  let at = 0;
  for (const name of chain) {
    if (reached.includes(name)) at = reached.indexOf(name) + 1;
    else reached.splice(at++, 0, name);
  }
}

/**
 * @param {CodePanel} panel
 * @param {Atom | null} step
 * @param {(atom: Atom) => string[]} names
 * @param {number[]} numbers
 */
function litOf(panel, step, names, numbers) {
  /** @type {Map<number, number>} */
  const lines = new Map();
  if (step)
    names(step).forEach((name, i) => {
      const number = panel.numbers.get(name);
      if (number !== undefined && numbers.includes(number)) lines.set(number, step.chain[i][3]);
    });
  return [...lines].flat();
}
