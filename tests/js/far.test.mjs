import assert from "node:assert/strict";
import { test } from "node:test";
import { farLines } from "../../kvmviz/explorer/static/far.js";

const lines = (/** @type {string} */ pattern) => [...pattern].map((letter, i) => [i, i, letter === "="]);
const folded = (/** @type {string} */ pattern) =>
  farLines(/** @type {any} */ (lines(pattern)))
    .map((far) => (far ? "." : "#"))
    .join("");

test("lines far from a difference are folded, the first never", () => {
  assert.equal(folded("=======x=="), "#.....####");
  assert.equal(folded("x=========="), "##.........");
});

test("a short run is not worth folding", () => {
  assert.equal(folded("====x==="), "########");
});

test("where nothing differs nothing is folded", () => {
  assert.equal(folded("=========="), "##########");
});
