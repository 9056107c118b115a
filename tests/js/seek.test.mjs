import assert from "node:assert/strict";
import { test } from "node:test";
import { isDifference, isWarning, keepStep, phaseAt, seek } from "../../kvmviz/explorer/static/seek.js";
import { smallView } from "./helpers.mjs";

test("seek finds the next and the previous, and stays where there is none", () => {
  const view = smallView();
  assert.equal(seek(view, 0, 1, isWarning), 2);
  assert.equal(seek(view, 2, 1, isWarning), 2);
  assert.equal(seek(view, 4, -1, isWarning), 2);
  assert.equal(seek(view, 1, 1, isDifference), 2);
  assert.equal(seek(view, 2, -1, isDifference), 2);
});

test("phaseAt names the phase of a step", () => {
  assert.equal(phaseAt(smallView(), 3), "mmu_uninit");
  assert.equal(phaseAt(smallView(), 0), "");
});

test("keepStep keeps start and end", () => {
  const [old, now] = [smallView(), smallView()];
  now.rows.push([4, 3, 1]);
  assert.equal(keepStep(old, 0, now), 0);
  assert.equal(keepStep(old, 4, now), 5);
});

test("keepStep finds the same thing happening to the same page", () => {
  const [old, now] = [smallView(), smallView()];
  now.rows = [
    [0, 0, 1],
    [1, 1, 1],
    [2, 2, 1],
  ];
  now.kinds = ["op", "leak", "free"];
  now.about = [0, 0, 1];
  now.phases = [
    { name: "mmu_uninit", label: "", first: 1, last: 2 },
    { name: "vm_destroy", label: "", first: 3, last: 3 },
  ];
  assert.equal(keepStep(old, 3, now), 2);
  assert.equal(keepStep(old, 2, now), 2, "no warning there: the last step about that page");
});

test("keepStep falls back to the phase, then to the number", () => {
  const [old, now] = [smallView(), smallView()];
  now.about = [1, 1, 1, 1];
  assert.equal(keepStep(old, 2, now), 1);
  now.phases = [{ name: "other", label: "", first: 1, last: 4 }];
  assert.equal(keepStep(old, 2, now), 2);
});

test("keepStep finds the same time that it happens", () => {
  const [old, now] = [smallView(), smallView()];
  for (const view of [old, now]) {
    view.kinds = ["op", "op", "op", "free"];
    view.about = [0, 0, 0, 1];
  }
  assert.equal(keepStep(old, 2, now), 2);
  assert.equal(keepStep(old, 3, now), 3);
});
