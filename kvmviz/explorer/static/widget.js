/** The way in of a Jupyter widget, whose state lives in a kernel; that of a page is `offline.js`. */

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

export default { render };
