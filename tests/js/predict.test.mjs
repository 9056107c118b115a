import assert from "node:assert/strict";
import { test } from "node:test";
import { Predict } from "../../kvmviz/explorer/static/predict.js";
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

/** Predict mode on buttons that are none of a browser's. */
function asked(answer) {
  const told = [];
  const buttons = ["a", "b", "c"].map(() => ({
    disabled: false,
    verdict: "none",
    setAttribute(_, value) {
      this.verdict = value;
    },
  }));
  const quiz = Object.assign(Object.create(Predict.prototype), {
    done: new Set(),
    score: { asked: 0, right: 0 },
    options: { children: buttons },
    truth: { textContent: "" },
    tally: { textContent: "" },
    goOn: { hidden: true, focus() {} },
    onScore: (score) => told.push(score),
  });
  return { quiz, buttons, told, question: { row: 1, ask: "a", options: ["a", "b", "c"], answer, truth: "So it is." } };
}

test("a right answer counts and is marked, and no other button is", () => {
  const { quiz, buttons, told, question } = asked(1);
  quiz.answer(question, 1);
  assert.deepEqual(told, [{ asked: 1, right: 1 }]);
  assert.deepEqual(
    buttons.map((one) => one.verdict),
    ["", "right", ""],
  );
  assert.ok(buttons.every((one) => one.disabled));
  assert.equal(quiz.truth.textContent, "Right. So it is.");
  assert.equal(quiz.tally.textContent, "1 of 1 right");
  assert.equal(quiz.goOn.hidden, false);
});

test("a wrong answer counts as asked, is marked wrong beside the right one, and is taken once", () => {
  const { quiz, buttons, told, question } = asked(2);
  quiz.answer(question, 0);
  quiz.answer(question, 2);
  assert.deepEqual(told, [{ asked: 1, right: 0 }]);
  assert.deepEqual(
    buttons.map((one) => one.verdict),
    ["wrong", "", "right"],
  );
  assert.equal(quiz.truth.textContent, "Not this time. So it is.");
  assert.equal(quiz.tally.textContent, "0 of 1 right");
});
