import assert from "node:assert/strict";
import { test } from "node:test";
import { swiped } from "../../kvmviz/explorer/static/swipe.js";

const from = { x: 200, y: 300, time: 1000 };
const to = (x, y, after = 200) => ({ x: from.x + x, y: from.y + y, time: from.time + after });

test("to the left is a step on, to the right a step back", () => {
  assert.equal(swiped(from, to(-80, 12)), 1);
  assert.equal(swiped(from, to(80, -12)), -1);
});

test("what is short, slow or goes up and down is none", () => {
  assert.equal(swiped(from, to(-30, 0)), 0);
  assert.equal(swiped(from, to(-80, 0, 1500)), 0);
  assert.equal(swiped(from, to(-80, 60)), 0);
  assert.equal(swiped(from, to(0, 300)), 0);
});
