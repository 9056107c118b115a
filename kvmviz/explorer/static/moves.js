/** What buttons and keys do: steps, jumps, play, panels, help. */

/** @import {View} from "./types.js" */
import { isDifference, isWarning, seek } from "./seek.js";

/**
 * @param {import("./explorer.js").Explorer} explorer
 * @returns {import("./transport.js").Moves & Record<string, () => void>}
 */
export function movesOf(explorer) {
  const jump = (/** @type {1 | -1} */ way, /** @type {(view: View, row: number) => boolean} */ test) => () =>
    explorer.go(seek(explorer.view, explorer.step, way, test));
  return /** @type {any} */ ({
    first: () => explorer.go(0),
    back: () => explorer.go(explorer.step - 1),
    next: () => explorer.advance(),
    last: () => explorer.go(explorer.view.rows.length),
    previousWarning: jump(-1, isWarning),
    nextWarning: jump(1, isWarning),
    nextDifference: jump(1, isDifference),
    toggle: () => explorer.setPlaying(!explorer.transport.timer),
    go: (/** @type {number} */ step) => explorer.go(step),
    help: () => explorer.help.toggle(),
    ...Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`panel${n}`, () => explorer.panel(n)])),
  });
}
