import assert from "node:assert/strict";
import { test } from "node:test";
import { countsOf } from "../../kvmviz/explorer/static/twins.js";

test("a twin that stands for several counts each of its two pages so often", () => {
  assert.deepEqual(
    [...countsOf(["in-use", "leaked"], 511)],
    [
      ["in-use", 511],
      ["leaked", 511],
    ],
  );
});

test("pages in the same state are counted together", () => {
  assert.deepEqual([...countsOf(["freed", "freed"], 3)], [["freed", 6]]);
});
