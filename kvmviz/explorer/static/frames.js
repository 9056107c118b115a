/** Folds a side's changes into the state of every element at any step; going back undoes. */

/** @import {View, Side} from "./types.js" */

export class Frames {
  /**
   * @param {View} view
   * @param {Side} side
   */
  constructor(view, side) {
    const own = view[side];
    if (!own) throw new Error(`no side ${side}`);
    this.firsts = view.elements.map((element) => element.first);
    /** State of each element now, by its number. @type {string[]} */
    this.states = [...this.firsts];
    this.step = 0;
    this.forward = own.changes.map((row) => pairs(row, view.states));
    this.backward = undo(this.forward, this.firsts);
  }

  /**
   * Go to a step and say what is different there.
   * @param {number} step
   * @returns {Map<number, string>} elements with their new states
   */
  to(step) {
    /** @type {Map<number, string>} */
    const moved = new Map();
    for (; this.step < step; this.step++) for (const [name, state] of this.forward[this.step]) moved.set(name, state);
    for (; this.step > step; this.step--)
      for (const [name, state] of this.backward[this.step - 1]) moved.set(name, state);
    for (const [name, state] of moved) {
      if (this.states[name] === state) moved.delete(name);
      this.states[name] = state;
    }
    return moved;
  }

  /**
   * @param {number} step
   * @returns {string[]} the states at a step, without going there
   */
  at(step) {
    const states = [...this.firsts];
    for (let row = 0; row < step; row++) for (const [name, state] of this.forward[row]) states[name] = state;
    return states;
  }
}

/**
 * @param {number[]} row
 * @param {string[]} words
 * @returns {[number, string][]}
 */
function pairs(row, words) {
  /** @type {[number, string][]} */
  const found = [];
  for (let i = 0; i < row.length; i += 2) found.push([row[i], words[row[i + 1]]]);
  return found;
}

/**
 * @param {[number, string][][]} forward
 * @param {string[]} firsts
 * @returns {[number, string][][]} for each row what takes it back, last change first
 */
function undo(forward, firsts) {
  const states = [...firsts];
  return forward.map((row) =>
    row
      .map(([name, state]) => {
        const before = states[name];
        states[name] = state;
        return /** @type {[number, string]} */ ([name, before]);
      })
      .reverse(),
  );
}
