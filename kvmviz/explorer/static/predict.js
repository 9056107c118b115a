/** Predict mode: asks before an interesting step, takes the answer, tells the truth, keeps the score. */

/** @import {View, Question} from "./types.js" */
import { h, say } from "./dom.js";
import { questionBefore } from "./quiz.js";

export class Predict {
  /**
   * @param {(score: {asked: number, right: number}) => void} onScore
   * @param {() => void} onDone the reader has seen the truth and goes on
   */
  constructor(onScore, onDone) {
    this.onScore = onScore;
    this.onDone = onDone;
    this.on = false;
    this.score = { asked: 0, right: 0 };
    /** Rows that were answered in this view. @type {Set<Question>} */
    this.done = new Set();
    /** @type {Question | null} */
    this.asking = null;
    this.ask = h("p");
    this.options = h("div", { class: "kv-options", role: "group", "aria-label": "your prediction" });
    this.truth = h("p", { class: "kv-truth", role: "status" });
    this.goOn = h("button", {
      text: "go on",
      hidden: true,
      "data-testid": "predict-go-on",
      onclick: () => this.finish(),
    });
    this.tally = h("span", { class: "kv-tally", "data-testid": "predict-score" });
    this.element = h(
      "section",
      { class: "kv-quiz kv-card", "data-testid": "predict", "aria-label": "predict", hidden: true },
      this.ask,
      this.options,
      this.truth,
      h("div", {}, this.goOn, this.tally),
    );
  }

  /** @returns {boolean} whether it is on now */
  toggle() {
    this.on = !this.on;
    this.leave();
    return this.on;
  }

  load() {
    this.done.clear();
    this.leave();
  }

  /** Withdraw the question that is asked now, if there is one. */
  leave() {
    this.asking = null;
    this.element.hidden = true;
  }

  /**
   * Whether a question stands before this step; if so it is asked now.
   * @param {View} view
   * @param {number} from
   * @param {number} to
   * @returns {number} the step to stop at: before the question, or `to`
   */
  stop(view, from, to) {
    if (!this.on || to <= from) return to;
    const question = questionBefore(view.questions, this.done, from, to);
    if (!question) return to;
    if (this.asking !== question) this.show(question);
    return question.row - 1;
  }

  /** @param {Question} question */
  show(question) {
    this.asking = question;
    say(this.ask, question.ask);
    say(this.truth, "");
    this.goOn.hidden = true;
    this.options.replaceChildren(
      ...question.options.map((text, i) =>
        h("button", { text, "data-option": i, onclick: () => this.answer(question, i) }),
      ),
    );
    this.tell();
    this.element.hidden = false;
    /** @type {HTMLElement | null} */ (this.options.firstElementChild)?.focus();
  }

  /**
   * @param {Question} question
   * @param {number} chosen
   */
  answer(question, chosen) {
    if (this.done.has(question)) return;
    this.done.add(question);
    const right = chosen === question.answer;
    this.score = { asked: this.score.asked + 1, right: this.score.right + Number(right) };
    [...this.options.children].forEach((button, i) => {
      button.setAttribute("data-verdict", i === question.answer ? "right" : i === chosen ? "wrong" : "");
      /** @type {HTMLButtonElement} */ (button).disabled = true;
    });
    say(this.truth, `${right ? "Right." : "Not this time."} ${question.truth}`);
    this.goOn.hidden = false;
    this.goOn.focus();
    this.tell();
    this.onScore(this.score);
  }

  tell() {
    say(this.tally, this.score.asked ? `${this.score.right} of ${this.score.asked} right` : "no answer yet");
  }

  finish() {
    this.leave();
    this.onDone();
  }
}
