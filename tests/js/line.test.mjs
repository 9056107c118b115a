import assert from "node:assert/strict";
import { test } from "node:test";
import { expected, lineOf, linkOf, toggleFault, withWord, wordsOf } from "../../kvmviz/explorer/static/line.js";
import { smallView } from "./helpers.mjs";

test("a line leaves defaults out but keeps the tree", () => {
  assert.equal(lineOf({ ...smallView().words, fail: "none" }), "tree=1x1x3");
});

test("withWord drops what no longer fits", () => {
  const view = smallView();
  assert.equal(withWord(view, "hkid", "key-freeid-error"), "tree=1x1x3 hkid=key-freeid-error fail=L1@0x200");
  assert.equal(withWord(view, "tree", "1x1x1"), "tree=1x1x1");
  assert.equal(withWord(view, "tree", "1GiB"), "tree=1GiB");
  view.words.status = "OPERAND_INVALID";
  assert.equal(withWord(view, "fail", "none"), "tree=1x1x3");
  view.words.hkid = "vp-flush-error";
  assert.equal(withWord(view, "vcpus", "0"), "tree=1x1x3 hkid=flushvp-not-done vcpus=0");
});

test("toggleFault adds and takes away", () => {
  const view = smallView();
  assert.equal(toggleFault(view, "TDR"), "tree=1x1x3 fail=L1@0x200,TDR");
  assert.equal(toggleFault(view, "L1@0x200"), "tree=1x1x3");
});

test("a link leads back to exactly this view", () => {
  assert.equal(linkOf(smallView(), 3), "tree=1x1x3 fail=L1@0x200 step=3 revisions=before,v1");
});

test("wordsOf reads what lineOf writes", () => {
  const { words } = smallView();
  assert.deepEqual(wordsOf(lineOf(words)), words);
});

test("a second toggle builds on the first before its answer is there", () => {
  const view = smallView();
  const soon = expected(view, withWord(view, "boot", "second:60s"));
  assert.equal(
    withWord(soon, "hkid", "key-freeid-error"),
    "tree=1x1x3 hkid=key-freeid-error fail=L1@0x200 boot=second:60s",
  );
  assert.deepEqual(expected(view, "tree=1x1x3").fails, []);
  assert.deepEqual(expected(view, "tree=1x1x3 fail=all").fails, ["L1@0x200"]);
});

test("a size has no guest pages left to be present", () => {
  const view = smallView();
  view.words.leaves = "present";
  assert.equal(withWord(view, "tree", "1x1x2"), "tree=1x1x2 leaves=present");
  assert.equal(withWord(view, "tree", "1GiB"), "tree=1GiB");
});

test("toggleFault takes one page out of all, also where the picture has some pages only", () => {
  const view = {
    ...smallView(),
    words: { ...smallView().words, tree: "1TiB", fail: "all" },
    fails: ["L1@0x0", "L1@0x200"],
    allbut: { "L1@0x200": "L1@0x0,L1@0x400-0xffffe00" },
  };
  assert.equal(toggleFault(view, "L1@0x200"), "tree=1TiB fail=L1@0x0,L1@0x400-0xffffe00");
  assert.equal(toggleFault(view, "TDR"), "tree=1TiB fail=all,TDR");
});
