import assert from "node:assert/strict";
import { test } from "node:test";
import { Frames } from "../../kvmviz/explorer/static/frames.js";
import { smallView } from "./helpers.mjs";

test("frames begin with the first states that were sent", () => {
  const view = smallView();
  view.elements[1].first = "in-use";
  assert.deepEqual(new Frames(view, "a").states, ["tdx-owned", "in-use", "present", "none"]);
});

test("going forth and back ends where it began", () => {
  const frames = new Frames(smallView(), "a");
  const first = [...frames.states];
  assert.deepEqual(
    [...frames.to(3)],
    [
      [2, "gone"],
      [3, "full"],
      [0, "leaked"],
    ],
  );
  assert.deepEqual([...frames.to(2)], [[0, "tdx-owned"]]);
  frames.to(4);
  frames.to(0);
  assert.deepEqual(frames.states, first);
});

test("every walk shows at a step what a fresh one shows there", () => {
  const frames = new Frames(smallView(), "b");
  for (const step of [4, 1, 3, 0, 2, 2, 4, 0]) {
    frames.to(step);
    assert.deepEqual(frames.states, frames.at(step));
  }
});

test("a change to what is already so is not told", () => {
  const view = smallView();
  view.a.changes[1] = [2, 2];
  const frames = new Frames(view, "a");
  frames.to(1);
  assert.equal(frames.to(2).size, 0);
});

test("a row that changes an element twice is taken back to where it began", () => {
  const view = smallView();
  view.a.changes[2] = [0, 0, 0, 1];
  const frames = new Frames(view, "a");
  frames.to(3);
  assert.equal(frames.states[0], "freed");
  frames.to(2);
  assert.equal(frames.states[0], "tdx-owned");
});
