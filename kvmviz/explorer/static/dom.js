/** Small helpers for the DOM; text is always data, never markup. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, any>} [props] attributes; `class`, `text`, and `on...` listeners
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "text") node.textContent = value;
    else if (value !== undefined && value !== false) node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children);
  return node;
}

/**
 * @param {string} tag
 * @param {Record<string, string | number | undefined>} props
 * @param {Node[]} children
 * @returns {SVGElement}
 */
export function s(tag, props = {}, ...children) {
  const node = /** @type {SVGElement} */ (document.createElementNS(SVG, tag));
  for (const [key, value] of Object.entries(props)) if (value !== undefined) node.setAttribute(key, String(value));
  node.append(...children);
  return node;
}

/**
 * Write a text only where it is another one.
 * @param {Element} node
 * @param {string} text
 */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * @param {Element} node
 * @param {string} name
 * @param {string} value
 */
export function put(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

/**
 * @param {HTMLSelectElement} select
 * @param {string[]} words
 * @param {string} chosen
 */
export function offer(select, words, chosen) {
  const known = [...select.options].map((option) => option.value);
  if (known.join("\n") !== words.join("\n"))
    select.replaceChildren(...words.map((word) => h("option", { value: word, text: word })));
  select.value = chosen;
}
