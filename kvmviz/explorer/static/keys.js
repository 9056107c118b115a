/** Keys of the explorer; it takes none from a text field and gives its host none that it uses. */

/** @type {[string, string, string][]} key, action, words for the help */
export const KEYS = [
  ["ArrowRight", "next", "next step"],
  ["ArrowLeft", "back", "step back"],
  ["Home", "first", "first step"],
  ["End", "last", "last step"],
  [" ", "toggle", "play or pause"],
  ["n", "nextWarning", "next warning"],
  ["p", "previousWarning", "previous warning"],
  ["d", "nextDifference", "next difference"],
  ["1", "panel1", "panel: why"],
  ["2", "panel2", "panel: code"],
  ["3", "panel3", "panel: stack"],
  ["4", "panel4", "panel: log"],
  ["5", "panel5", "panel: ledger"],
  ["?", "help", "this help"],
];

/**
 * The action of a key press, null if the explorer leaves it alone.
 * @param {{key: string, ctrlKey: boolean, metaKey: boolean, altKey: boolean}} event
 * @param {string} tag of the element that has the focus
 * @param {string} [type] of that element, for an input
 * @returns {string | null}
 */
export function actionOf(event, tag, type = "") {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const action = KEYS.find(([key]) => key === event.key)?.[1] ?? null;
  if (tag === "TEXTAREA" || tag === "SELECT" || (tag === "INPUT" && type !== "range" && type !== "checkbox")) return null;
  if (event.key === " " && (tag === "BUTTON" || tag === "SUMMARY" || type === "checkbox")) return null;
  return action;
}
