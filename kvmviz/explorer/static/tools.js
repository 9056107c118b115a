/** The buttons beside the scenario: taking a view away, projector, predict, help. */

import { put, say } from "./dom.js";
import { linkOf } from "./line.js";
import { copy, save } from "./share.js";
import { mailText } from "./text.js";

/**
 * @typedef {object} Tooled what the buttons act on
 * @property {import("./types.js").View} view
 * @property {number} step
 * @property {HTMLElement} root
 * @property {HTMLElement} live what is said aloud
 * @property {(on: boolean) => boolean} project
 * @property {import("./predict.js").Predict} predict
 * @property {import("./help.js").Help} help
 * @property {import("./small.js").Small} small
 */

/**
 * @param {Tooled} explorer
 * @param {import("./faults.js").Faults} faults
 * @returns {HTMLButtonElement} the projector's button
 */
export function addTools(explorer, faults) {
  const copied = (/** @type {string} */ text) =>
    copy(text).then(
      () => say(explorer.live, "Copied."),
      () => explorer.help.text(text),
    );
  faults.tool(
    "copy the scenario line with step and revisions",
    "Copy scenario",
    () => copied(linkOf(explorer.view, explorer.step)),
    "copy-scenario",
  );
  faults.tool(
    "copy this view as text for a mail",
    "Copy text",
    () => copied(mailText(explorer.view, explorer.step)),
    "copy-text",
  );
  faults.tool(
    "save the pictures as SVG",
    "Save SVG",
    () => explorer.small.without(() => save(explorer.root, explorer.view, explorer.step)),
    "save-svg",
  );
  const projector = faults.tool(
    "projector mode (Escape ends it)",
    "projector",
    () => explorer.project(!explorer.root.classList.contains("kv-projector")),
    "projector",
  );
  const quiz = faults.tool(
    "predict mode: guess before you see",
    "Predict",
    () => {
      const on = explorer.predict.toggle();
      put(quiz, "aria-pressed", String(on));
      put(explorer.root, "data-predict", String(on));
    },
    "predict-mode",
  );
  faults.tool("keys and help", "?", () => explorer.help.toggle(), "help");
  return projector;
}
