/** Keys of the explorer; it takes none from a text field and gives its host none that it uses. */

/** @type {[string, string, string][]} key, action, words for the help */
export const KEYS = [
  ["ArrowRight", "next", "next step"],
  ["ArrowLeft", "back", "step back"],
  ["Home", "first", "first step"],
  ["End", "last", "last step"],
  [" ", "toggle", "play or pause"],
  ["n", "nextWarning", "next trace"],
  ["p", "previousWarning", "previous trace"],
  ["d", "nextDifference", "next difference"],
  ["1", "panel1", "panel: why"],
  ["2", "panel2", "panel: code"],
  ["3", "panel3", "panel: stack"],
  ["4", "panel4", "panel: log"],
  ["5", "panel5", "panel: ledger"],
  ["?", "help", "this help"],
];

/**
 * Whether a key press with the focus in the explorer stays there.  Chords, Shift+Enter and Escape go to the notebook,
 * as from any other widget.
 * @param {{key: string, ctrlKey: boolean, metaKey: boolean, altKey: boolean, shiftKey: boolean}} event
 * @returns {boolean}
 */
export function stays(event) {
  return !(
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    event.key === "Escape" ||
    (event.shiftKey && event.key === "Enter")
  );
}

/**
 * While a key press is on its way down the page, say whether the notebook may have it: Lumino looks at an attribute,
 * before any listener of the explorer is called.
 * @param {HTMLElement} root
 * @param {() => boolean} closable whether Escape has something to close in the explorer
 * @returns {() => void} stop it
 */
export function shareKeys(root, closable) {
  const keep = () => root.setAttribute("data-lm-suppress-shortcuts", "true");
  const press = (/** @type {KeyboardEvent} */ event) => {
    if (!root.contains(/** @type {Node} */ (event.target)) || stays(event) || (event.key === "Escape" && closable()))
      return;
    root.removeAttribute("data-lm-suppress-shortcuts");
    setTimeout(keep);
  };
  keep();
  window.addEventListener("keydown", press, true);
  return () => window.removeEventListener("keydown", press, true);
}

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
  if (tag === "TEXTAREA" || tag === "SELECT" || (tag === "INPUT" && type !== "range" && type !== "checkbox"))
    return null;
  if (event.key === " " && (tag === "BUTTON" || tag === "SUMMARY" || type === "checkbox")) return null;
  return action;
}
