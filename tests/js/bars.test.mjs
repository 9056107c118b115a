import assert from "node:assert/strict";
import { test } from "node:test";
import { spans } from "../../kvmviz/explorer/static/bars.js";

test("the leaked segment comes first and never gets thin", () => {
  const [first, second] = spans({ leaked: 1, freed: 511 }, 10, 460);
  assert.deepEqual(first, ["leaked", 10, 30]);
  assert.deepEqual(second, ["freed", 40, 430]);
});

test("segments fill the bar", () => {
  for (const counts of [
    { leaked: 5 },
    { "tdx-owned": 3, freed: 2 },
    { leaked: 2, "rcu-pending": 300, "tdx-owned": 7 },
  ]) {
    const drawn = spans(counts, 0, 460);
    assert.ok(Math.abs(drawn.reduce((sum, span) => sum + span[2], 0) - 460) < 1e-9);
  }
});
