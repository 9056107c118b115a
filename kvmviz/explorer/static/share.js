/** Taking a view away: to the clipboard, or as an SVG file. */

/** @import {View} from "./types.js" */
import { linkOf } from "./line.js";

/**
 * @param {string} text
 * @returns {Promise<void>}
 */
export async function copy(text) {
  if (!navigator.clipboard) throw new Error("no clipboard here");
  await navigator.clipboard.writeText(text);
}

/** Properties that make up the look of the picture's elements. */
const LOOK = [
  "fill",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-opacity",
  "color",
  "font-family",
  "font-size",
  "font-weight",
  "text-anchor",
  "letter-spacing",
];

/**
 * Both pictures as one SVG text that needs no style sheet: what is not shown is left out, looks are written out.
 * @param {HTMLElement} root
 * @param {View} view
 * @param {number} step
 * @returns {string}
 */
export function pictureOf(root, view, step) {
  const pictures = [...root.querySelectorAll(".kv-picture > svg")].filter((svg) => svg.getClientRects().length > 0);
  const sheet = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const defs = root.querySelector(".kv-defs svg")?.firstElementChild;
  if (defs) sheet.append(plain(defs));
  let x = 0;
  let height = 0;
  for (const picture of pictures) {
    const box = (picture.getAttribute("viewBox") ?? "0 0 1 1").split(" ").map(Number);
    const copyOf = plain(picture);
    for (const [name, value] of Object.entries({ x, y: 30, width: box[2], height: box[3] }))
      copyOf.setAttribute(name, String(value));
    sheet.append(copyOf);
    x += box[2] + 16;
    height = Math.max(height, box[3] + 30);
  }
  const title = document.createElementNS("http://www.w3.org/2000/svg", "text");
  title.textContent = linkOf(view, step);
  for (const [name, value] of Object.entries({
    x: 14,
    y: 20,
    "font-family": "sans-serif",
    "font-size": 13,
    fill: getComputedStyle(root).color,
  }))
    title.setAttribute(name, String(value));
  sheet.prepend(ground(root, x - 16, height));
  sheet.append(title);
  sheet.setAttribute("viewBox", `0 0 ${x - 16} ${height}`);
  return `${new XMLSerializer().serializeToString(sheet)}\n`;
}

/**
 * @param {HTMLElement} root
 * @param {number} width
 * @param {number} height
 */
function ground(root, width, height) {
  const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  const fill = getComputedStyle(root.querySelector(".kv-card") ?? root).backgroundColor;
  for (const [name, value] of Object.entries({ width, height, fill })) rect.setAttribute(name, String(value));
  return rect;
}

/**
 * @param {Element} node
 * @returns {Element}
 */
function plain(node) {
  const copyOf = /** @type {Element} */ (node.cloneNode(false));
  const style = getComputedStyle(node);
  if (!/^(defs|symbol|pattern|title)$/.test(node.tagName) && !node.closest("symbol"))
    for (const name of LOOK) copyOf.setAttribute(name, looked(node, name, style.getPropertyValue(name)));
  for (const child of node.childNodes) {
    if (child instanceof Element) {
      if (node.closest("defs") || getComputedStyle(child).display !== "none") copyOf.append(plain(child));
    } else copyOf.append(child.cloneNode());
  }
  return copyOf;
}

/**
 * @param {Element} node
 * @param {string} name
 * @param {string} value
 */
function looked(node, name, value) {
  const own = node.getAttribute(name);
  return own && /^(url\(|currentColor|none)/.test(own) ? own : value;
}

/**
 * @param {HTMLElement} root
 * @param {View} view
 * @param {number} step
 */
export function save(root, view, step) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([pictureOf(root, view, step)], { type: "image/svg+xml" }));
  link.download = `kvmviz-step-${step}.svg`;
  link.click();
  URL.revokeObjectURL(link.href);
}
