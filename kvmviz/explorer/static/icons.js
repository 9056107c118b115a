/** Signs outside the picture, built from the same shapes as the picture's. */

import { s } from "./dom.js";

const PATHS = {
  first: "M2 2h2.4v12H2zM14 2v12L5 8z",
  back: "M12 2v12L3 8z",
  play: "M3 1.5 14 8 3 14.5z",
  pause: "M3 2h4v12H3zM9 2h4v12H9z",
  next: "M4 2v12l9-6z",
  last: "M11.6 2H14v12h-2.4zM2 2v12l9-6z",
  projector: "M1 2h14v9H1zM3 4v5h10V4zM5 13h6v1.6H5z",
};

/**
 * @param {keyof typeof PATHS} name
 * @returns {SVGElement}
 */
export function icon(name) {
  return s(
    "svg",
    { viewBox: "0 0 16 16", width: 15, height: 15, fill: "currentColor", "aria-hidden": "true" },
    s("path", { d: PATHS[name] }),
  );
}

/**
 * @param {string} state full, ghost, held, masked, line, absent
 * @param {number} [size]
 * @returns {SVGElement}
 */
export function sign(state, size = 18) {
  const box = { width: size, height: size, "aria-hidden": "true", class: `kv-sign kvpic-sign` };
  if (state === "held" || state === "masked")
    return s(
      "svg",
      { ...box, viewBox: "0 0 24 24" },
      s("circle", { cx: 12, cy: 12, r: 9, class: "kv-struck" }),
      s("path", { d: "M5.8 18.2 18.2 5.8", class: "kv-struck" }),
    );
  if (state === "line")
    return s("svg", { ...box, viewBox: "0 0 24 24" }, s("circle", { cx: 12, cy: 12, r: 5, class: "kv-dot" }));
  return s(
    "svg",
    { ...box, viewBox: "0 0 24 22", "data-state": state },
    s("path", { class: "tri", d: "M12 1.5 22.8 20.6H1.2z" }),
    s("path", { class: "ex", d: "M10.6 7.6h2.8l-.5 6.7h-1.8zM10.7 15.7h2.6v2.6h-2.6z" }),
  );
}

/** A pair of PAMT pages that stays: two pages, and a pin through both. */
export function pairSign() {
  return s(
    "svg",
    { viewBox: "0 0 30 24", width: 30, height: 24, class: "kv-pairsign", "aria-hidden": "true" },
    s("rect", { x: 1.5, y: 8.5, width: 12, height: 14, rx: 2 }),
    s("rect", { x: 16.5, y: 8.5, width: 12, height: 14, rx: 2 }),
    s("path", { d: "M7.5,15.5V4.5H22.5V15.5" }),
    s("circle", { cx: 7.5, cy: 15.5, r: 2.6 }),
    s("circle", { cx: 22.5, cy: 15.5, r: 2.6 }),
  );
}

/**
 * A small page in a state, for legend, ledger and verdict.
 * @param {string} state
 * @param {string} glyph
 * @param {string} prefix of the ids in this explorer
 * @returns {SVGElement}
 */
export function swatch(state, glyph, prefix) {
  const inset = state === "leaked" ? 3.5 : 2;
  const page = s("g", { class: "page swatch", "data-state": state });
  page.append(s("rect", { class: "tape", fill: `url(#${prefix}tape)`, x: 0, y: 0, width: 24, height: 18, rx: 4 }));
  page.append(s("rect", { class: "body", x: inset, y: inset, width: 24 - 2 * inset, height: 18 - 2 * inset, rx: 3 }));
  if (glyph !== "none")
    page.append(
      s("use", { class: `glyph g-${state}`, href: `#${prefix}g-${glyph}`, x: 7, y: 4, width: 10, height: 10 }),
    );
  return s(
    "svg",
    { viewBox: "0 0 24 18", width: 24, height: 18, class: "kvpic kv-swatch", "aria-hidden": "true" },
    page,
  );
}
