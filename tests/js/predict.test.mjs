import assert from "node:assert/strict";
import { test } from "node:test";
import { questionBefore } from "../../kvmviz/explorer/static/quiz.js";

const questions = [
  { row: 5, ask: "a", options: [], answer: 0, truth: "" },
  { row: 9, ask: "b", options: [], answer: 0, truth: "" },
];

test("a question stands before the step that answers it", () => {
  assert.equal(questionBefore(questions, new Set(), 4, 5)?.ask, "a");
  assert.equal(questionBefore(questions, new Set(), 3, 4), null);
});

test("a jump stops at the first question that is not answered yet", () => {
  assert.equal(questionBefore(questions, new Set(), 0, 100)?.ask, "a");
  assert.equal(questionBefore(questions, new Set([questions[0]]), 0, 100)?.ask, "b");
  assert.equal(questionBefore(questions, new Set(questions), 0, 100), null);
});

test("nothing is asked on the way back", () => {
  assert.equal(questionBefore(questions, new Set(), 9, 2), null);
});
