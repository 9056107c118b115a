/** Two ways in: a Jupyter widget, whose state lives in a kernel, and a plain page, which brings its views along. */

/** @import {Host} from "./types.js" */
/** @import {Model} from "./host.js" */
import { Explorer } from "./explorer.js";
import { widgetHost } from "./host.js";

/**
 * @param {{model: Model, el: HTMLElement}} widget
 * @returns {() => void} what ends this view of the widget
 */
export function render({ model, el }) {
  const { host, forget } = widgetHost(model);
  const explorer = new Explorer(el, host);
  return () => {
    forget();
    explorer.dispose();
  };
}

/**
 * Show the explorer in a plain page.
 * @param {HTMLElement} element
 * @param {Host} host
 * @returns {() => void} what takes it away again
 */
export function mount(element, host) {
  const explorer = new Explorer(element, host);
  return () => explorer.dispose();
}

export default { render };
