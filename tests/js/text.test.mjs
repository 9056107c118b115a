import assert from "node:assert/strict";
import { test } from "node:test";
import { ascii, mailText, wrap } from "../../kvmviz/explorer/static/text.js";
import { smallView } from "./helpers.mjs";

test("a mail is ASCII and at most 72 columns, but for the link", () => {
  const text = mailText(smallView(), 3);
  assert.match(text, /^[\x20-\x7e\n]*$/);
  for (const line of text.split("\n").slice(1)) assert.ok(line.length <= 72, line);
});

test("a mail says step, counts and log of both sides", () => {
  const text = mailText(smallView(), 3);
  assert.match(text, /Step 3 of 4 \(page tables\):/);
  assert.match(text, /traces +1 +0/);
  assert.match(text, /^A\. +WARNING: tdp_mmu.c/m);
  assert.match(text, /^A- +SEAMCALL/m);
  assert.doesNotMatch(mailText(smallView(), 1), /WARNING/);
});

test("wrap keeps every word and indents what follows", () => {
  const words = Array.from({ length: 40 }, (_, i) => `word${i}`).join(" ");
  const lines = wrap(words, "  ");
  assert.equal(lines.map((line) => line.trim()).join(" "), words);
  assert.ok(lines.slice(1).every((line) => line.startsWith("  ")));
});

test("ascii writes what it knows and marks what it does not", () => {
  assert.equal(ascii("a \u2192 b\u2026 \u00e9"), "a -> b... ?");
});
