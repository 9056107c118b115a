/** Which question stands before a step. */

/** @import {Question} from "./types.js" */

/**
 * @param {Question[]} questions in order of their rows
 * @param {Set<Question>} done those that were answered
 * @param {number} from
 * @param {number} to
 * @returns {Question | null} the first question on the way that is not answered yet
 */
export function questionBefore(questions, done, from, to) {
  return questions.find((found) => found.row > from && found.row <= to && !done.has(found)) ?? null;
}
