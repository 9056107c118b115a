import assert from "node:assert/strict";
import { test } from "node:test";
import { actionOf, stays } from "../../kvmviz/explorer/static/keys.js";

const press = (key, more = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...more });

test("keys do what the help says", () => {
  assert.equal(actionOf(press("ArrowRight"), "DIV"), "next");
  assert.equal(actionOf(press("d"), "BUTTON"), "nextDifference");
  assert.equal(actionOf(press("x"), "DIV"), null);
});

test("no key is taken from a text field or a select", () => {
  assert.equal(actionOf(press("n"), "INPUT", "number"), null);
  assert.equal(actionOf(press("ArrowLeft"), "SELECT"), null);
  assert.equal(actionOf(press("d"), "TEXTAREA"), null);
  assert.equal(actionOf(press("ArrowRight"), "INPUT", "range"), "next");
});

test("space presses a button that has the focus", () => {
  assert.equal(actionOf(press(" "), "BUTTON"), null);
  assert.equal(actionOf(press(" "), "DIV"), "toggle");
});

test("shortcuts of the host stay the host's", () => {
  assert.equal(actionOf(press("d", { ctrlKey: true }), "DIV"), null);
});

test("chords, Shift+Enter and Escape are the notebook's, letters and Enter stay", () => {
  const pressed = [
    press("s", { ctrlKey: true }),
    press("C", { ctrlKey: true, shiftKey: true }),
    press("Enter", { shiftKey: true }),
    press("Escape"),
  ];
  assert.deepEqual(pressed.map(stays), [false, false, false, false]);
  assert.deepEqual([press("j"), press("M", { shiftKey: true }), press("Enter"), press("ArrowUp")].map(stays), [
    true,
    true,
    true,
    true,
  ]);
});
