import assert from "node:assert/strict";
import { test } from "node:test";
import { Fold, firstState } from "../../kvmviz/explorer/static/fold.js";
import { smallView } from "./helpers.mjs";

test("first states are those of the skeleton", () => {
  assert.equal(firstState("spt L1 gfn=0x0"), "in-use");
  assert.equal(firstState("S-EPT L1 gfn=0x0"), "tdx-owned");
  assert.equal(firstState("TDCX[0][1]"), "tdx-owned");
  assert.equal(firstState("ptr L1 gfn=0x0"), "set");
});

test("going forth and back ends where it began", () => {
  const fold = new Fold(smallView(), "a");
  const first = [...fold.states];
  assert.deepEqual(
    [...fold.to(3)],
    [
      [2, "gone"],
      [3, "full"],
      [0, "leaked"],
    ],
  );
  assert.deepEqual([...fold.to(2)], [[0, "tdx-owned"]]);
  fold.to(4);
  fold.to(0);
  assert.deepEqual(fold.states, first);
});

test("every walk shows at a step what a fresh fold shows there", () => {
  const fold = new Fold(smallView(), "b");
  for (const step of [4, 1, 3, 0, 2, 2, 4, 0]) {
    fold.to(step);
    assert.deepEqual(fold.states, fold.at(step));
  }
});

test("a change to what is already so is not told", () => {
  const view = smallView();
  view.a.changes[1] = [2, 2];
  const fold = new Fold(view, "a");
  fold.to(1);
  assert.equal(fold.to(2).size, 0);
});

test("a row that changes an element twice is taken back to where it began", () => {
  const view = smallView();
  view.a.changes[2] = [0, 0, 0, 1];
  const fold = new Fold(view, "a");
  fold.to(3);
  assert.equal(fold.states[0], "freed");
  fold.to(2);
  assert.equal(fold.states[0], "tdx-owned");
});
