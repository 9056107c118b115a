/** The words of a picture that is drawn small: none below 12 pixels; those for which there is no room wait until one looks closer. */

import { put, say } from "./dom.js";

/** @typedef {{left: number, right: number, top: number, bottom: number}} Rect */

/** The least size of a letter, in pixels of the screen. */
export const LEAST = 12;
/** Looked at closely, a picture is at most so much larger than it was drawn. */
const MOST = 2;
/** How much lower a sign stands that makes room for a name; `small.css` has it too. */
const LOW = 25;
/** How far ink reaches above the line on which letters stand, and below, in their size. */
const RISE = 0.74;
const DROP = 0.06;
/** How much nearer letters stand in a page that is too narrow for them, in their size; `small.css` has it too. */
const TIGHT = 0.07;
/** What stays free beside a word within a page, in the size of its letters. */
const SPARE = 0.08;
/** Which words come first where two want the same place. */
const RANKS = [".name", ".word", ".sub", ".head", ".group-name", ".null", ".tag"];

/** @type {CanvasRenderingContext2D | null} */
let pen = null;

/**
 * @param {Element} svg
 * @returns {SVGTextElement[]} its words; the figures of bars come and go, and are measured where they are written
 */
function wordsOf(svg) {
  return /** @type {SVGTextElement[]} */ ([...svg.querySelectorAll("text")].filter((text) => !text.closest(".seg")));
}

/**
 * Let every word be as it was drawn.
 * @param {SVGElement} svg
 */
export function unfit(svg) {
  svg.style.removeProperty("--kv-letter");
  for (const page of svg.querySelectorAll("[data-glyph]")) page.removeAttribute("data-glyph");
  for (const text of wordsOf(svg)) {
    text.style.removeProperty("font-size");
    text.removeAttribute("data-fits");
    if (text.dataset.whole) say(text, text.dataset.whole);
    text.removeAttribute("data-whole");
    text.removeAttribute("data-tight");
  }
}

/**
 * @param {SVGElement} svg
 * @returns {number[]} x, y, width and height of what it shows
 */
export function viewBoxOf(svg) {
  return (svg.getAttribute("viewBox") ?? "0 0 1 1").split(" ").map(Number);
}

/**
 * @param {SVGElement} svg
 * @returns {number} how many pixels of the screen one of the picture is
 */
export function scaleOf(svg) {
  const [, , width, height] = viewBoxOf(svg);
  const box = svg.getBoundingClientRect();
  return Math.min(box.width / width, box.height / height);
}

/**
 * @param {SVGElement} svg as it was drawn
 * @returns {number} the scale from which every word of it can be read
 */
export function closeScale(svg) {
  const sizes = wordsOf(svg).map((text) => parseFloat(getComputedStyle(text).fontSize));
  return Math.min(MOST, Math.max(1, LEAST / Math.min(...sizes, LEAST)));
}

/**
 * Make the words of a picture large enough, and leave out those that then have no room.
 * @param {SVGElement} svg
 */
export function fit(svg) {
  unfit(svg);
  const scale = scaleOf(svg);
  if (!scale) return;
  svg.style.setProperty("--kv-letter", String(LEAST / scale));
  for (const page of svg.querySelectorAll(".large")) lower(page, LEAST / scale);
  const bodies = [...svg.querySelectorAll(".body")].map((body) => ({ owner: body.parentElement, rect: rectOf(body) }));
  for (const word of svg.querySelectorAll(".key .word")) shorten(/** @type {SVGTextElement} */ (word), LEAST / scale);
  for (const { owner, rect } of bodies) tighten(owner, rect, LEAST / scale);
  const found = wordsOf(svg).map((text) => ({ text, ...inkOf(text, LEAST / scale) }));
  found.sort((a, b) => a.rank - b.rank);
  /** @type {{owner: Element | null, rect: Rect}[]} */
  const kept = [];
  for (const { text, size, rect } of found) {
    const owner = text.closest(".page,.key");
    const outside = !owner || text.matches(".tag");
    const own = bodies.find((body) => body.owner === owner)?.rect;
    const others = kept.filter((one) => !text.matches(".word") || one.owner !== owner).map((one) => one.rect);
    const glyph = outside || !owner ? null : glyphOf(owner);
    const stands = outside
      ? within(rect, boundsOf(svg)) && !bodies.some((body) => meet(rect, body.rect))
      : (!own || within(rect, own)) && !(glyph && meet(rect, glyph));
    if (stands && !others.some((other) => meet(rect, other))) {
      text.style.fontSize = `${size}px`;
      kept.push({ owner, rect });
    } else text.setAttribute("data-fits", "no");
  }
}

/**
 * Make room for a page's name: where nothing stands below it, the sign of its state does.
 * @param {Element} page
 * @param {number} least
 */
function lower(page, least) {
  const [name, glyph] = [page.querySelector("text.name"), glyphOf(page)];
  if (!name || !glyph || page.querySelector(".sub:not(.words)")) return;
  const { rect } = inkOf(/** @type {SVGTextElement} */ (name), least);
  if (meet(rect, glyph)) put(page, "data-glyph", "low");
}

/**
 * Beside the sign of a key it is enough to say what became of it, where all of it has no room.
 * @param {SVGTextElement} word such as "HKID assigned"
 * @param {number} least
 */
function shorten(word, least) {
  const body = word.closest(".key")?.querySelector(".body");
  if (!body || within(inkOf(word, least).rect, rectOf(body))) return;
  word.dataset.whole = word.textContent ?? "";
  say(word, word.dataset.whole.replace(/^HKID /, ""));
}

/**
 * Let letters stand nearer where they would fill a page to its edges or leave it.
 * @param {Element | null} page
 * @param {Rect} body
 * @param {number} least
 */
function tighten(page, body, least) {
  for (const text of /** @type {NodeListOf<SVGTextElement>} */ (page?.querySelectorAll("text.name,text.sub") ?? [])) {
    const { size, rect } = inkOf(text, least);
    const room = body.right - body.left - 2 * SPARE * size;
    if (rect.right - rect.left > room) text.setAttribute("data-tight", "");
  }
}

/**
 * @param {Element} page
 * @returns {Rect | null} where the sign of its state stands
 */
function glyphOf(page) {
  const glyph = page.querySelector(".glyph");
  if (!glyph) return null;
  const rect = rectOf(glyph);
  const down = page.getAttribute("data-glyph") === "low" ? LOW : 0;
  return { ...rect, top: rect.top + down, bottom: rect.bottom + down };
}

/**
 * @param {SVGTextElement} text
 * @param {number} least
 * @returns {{size: number, rank: number, rect: Rect}} how large it becomes, when its turn is, and the ink that it then is
 */
function inkOf(text, least) {
  pen ??= document.createElement("canvas").getContext("2d");
  const { fontSize, fontFamily, fontWeight, textAnchor } = getComputedStyle(text);
  const size = Math.max(parseFloat(fontSize), least);
  if (pen) pen.font = `${fontWeight} ${size}px ${fontFamily}`;
  const words = text.textContent ?? "";
  const tight = text.hasAttribute("data-tight") ? TIGHT * size * words.length : 0;
  const width = (pen?.measureText(words).width ?? words.length * size) - tight;
  const [x, y] = ["x", "y"].map((key) => Number(text.getAttribute(key)));
  const left = x - (textAnchor === "start" ? 0 : textAnchor === "end" ? width : width / 2);
  const rank = RANKS.findIndex((selector) => text.matches(selector));
  return { size, rank, rect: { left, right: left + width, top: y - RISE * size, bottom: y + DROP * size } };
}

/**
 * @param {Element} node
 * @returns {Rect}
 */
function rectOf(node) {
  const [x, y, width, height] = ["x", "y", "width", "height"].map((key) => Number(node.getAttribute(key)));
  return { left: x, right: x + width, top: y, bottom: y + height };
}

/**
 * @param {SVGElement} svg
 * @returns {Rect}
 */
function boundsOf(svg) {
  const [x, y, width, height] = viewBoxOf(svg);
  return { left: x, right: x + width, top: y, bottom: y + height };
}

/**
 * @param {Rect} a
 * @param {Rect} b
 */
function within(a, b) {
  return a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom;
}

/**
 * @param {Rect} a
 * @param {Rect} b
 */
function meet(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
