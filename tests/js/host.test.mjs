import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { SENTENCES, widgetHost } from "../../kvmviz/explorer/static/host.js";

/** What a kernel sends of two runs in which nothing happens. */
const view = (scenario, more = {}) =>
  JSON.stringify({
    scenario,
    skeleton: "small",
    common: "known",
    revisions: ["before", "v1"],
    answer: "",
    problem: "",
    single: [[scenario, { hkid: "released", fail: "none" }, [], "small"]],
    at: [0],
    behaviours: [[0, 0]],
    runs: [[0]],
    outcomes: [[0, 0, 0, 0, 0, 0]],
    aligned: { "0 1": [] },
    strings: [""],
    choices: {},
    ...more,
  });
const layout = (key) => ({ key, pages: [], faults: {}, starts: ["", "", ""] });
const common = (key) =>
  JSON.stringify({ key, functions: [], lines: {}, labels: {}, cases: [], table: {}, phrases: { "done-alike": "" } });
const asks = { scenario: "fail=all", revisions: ["before", "v1"] };

/** A widget's model, whose kernel answers when the test says so. */
class FakeModel {
  constructor() {
    this.values = {
      _view: view("tree=1x1x3"),
      _skeleton: layout("small"),
      _common: common("known"),
      step: 0,
      playing: false,
    };
    this.heard = [];
    this.sent = [];
  }

  get(name) {
    return this.values[name];
  }

  set(name, value) {
    this.values[name] = value;
  }

  save_changes() {}

  send(content, callbacks) {
    if (this.dead) throw new Error("Kernel is dead");
    this.sent.push({ content, idle: () => callbacks.iopub.status({ content: { execution_state: "idle" } }) });
  }

  on(event, call) {
    this.heard.push([event, call]);
  }

  off(event, call) {
    this.heard = this.heard.filter(([known, other]) => known !== event || other !== call);
  }

  tell(event) {
    for (const [known, call] of this.heard) if (known === event) call();
  }

  show(scenario, more = {}) {
    this.values._view = view(scenario, more);
    this.tell("change:_view");
  }

  /** Answer the question of this number. */
  answer(scenario, at = -1, more = {}) {
    this.show(scenario, { answer: this.sent.at(at).content.id, ...more });
  }
}

// No test waits for the clock: an answer that never comes is given up after twelve seconds.
beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

function started() {
  const model = new FakeModel();
  const { host, forget } = widgetHost(model);
  const shown = [];
  host.on("view", () => shown.push(host.view().scenario));
  return { model, host, forget, shown };
}

test("each question is a message with a number of its own, and says which picture is at hand", async () => {
  const { model, host, shown } = started();
  const answers = [host.want(asks), host.want({ ...asks, scenario: "tree=1x1x3" })];
  const [first, second] = model.sent.map(({ content }) => content);
  assert.deepEqual({ ...first, id: 0 }, { ...asks, id: 0, skeleton: "small", common: "known" });
  assert.notEqual(first.id, second.id);
  model.answer("fail=all", 0);
  model.answer("tree=1x1x3", 1);
  assert.deepEqual(await Promise.all(answers), ["", ""]);
  assert.deepEqual(shown, ["fail=all", "tree=1x1x3"]);
});

test("what is refused is answered in the kernel's sentence", async () => {
  const { model, host } = started();
  const answer = host.want(asks);
  model.answer("tree=1x1x3", 0, { problem: "That cannot be." });
  assert.equal(await answer, "That cannot be.");
});

test("a kernel that is through with a question and gave no answer does not know the explorer any more", async () => {
  const { model, host, shown } = started();
  const answer = host.want(asks);
  model.sent[0].idle();
  mock.timers.tick(1001);
  assert.equal(await answer, SENTENCES.unanswered);
  assert.equal(host.kernel(), "silent");
  assert.deepEqual(shown, []);
});

test("a kernel that is silent is waited for, and its answer is shown however late", async () => {
  const { model, host, shown } = started();
  const told = mock.fn();
  host.on("kernel", told);
  const answer = host.want(asks);
  mock.timers.tick(11_999);
  assert.equal(host.kernel(), "");
  mock.timers.tick(2);
  assert.equal(await answer, SENTENCES.silent);
  assert.equal(host.kernel(), "silent");
  model.answer("fail=all");
  assert.equal(host.kernel(), "");
  assert.deepEqual(shown, ["fail=all"]);
  assert.equal(told.mock.callCount(), 2);
});

test("where the kernel has gone that is told, and nothing is sent", async () => {
  const { model, host } = started();
  const told = mock.fn();
  host.on("kernel", told);
  model.values.layout = { comm_live: false };
  model.tell("comm_live_update");
  mock.timers.tick(1);
  assert.equal(told.mock.callCount(), 1);
  assert.equal(host.kernel(), "gone");
  assert.equal(await host.want(asks), SENTENCES.gone);
  assert.deepEqual(model.sent, []);
});

test("a kernel that cannot be sent to has gone", async () => {
  const { model, host } = started();
  model.dead = true;
  assert.equal(await host.want(asks), SENTENCES.gone);
});

test("a view is not shown without its picture, and the next question asks for that", async () => {
  const { model, host, shown } = started();
  const answer = host.want(asks);
  model.answer("tree=1x1x1", 0, { skeleton: "other" });
  assert.equal(await answer, SENTENCES.torn);
  assert.deepEqual([host.view().scenario, shown], ["tree=1x1x3", []]);
  model.values._skeleton = layout("other");
  host.want(asks);
  assert.equal(model.sent[1].content.skeleton, "other");
});

test("a view is not shown without the functions that it lights up, and the next question asks for those", async () => {
  const { model, host, shown } = started();
  const answer = host.want(asks);
  model.answer("tree=1x1x1", 0, { common: "more" });
  assert.equal(await answer, SENTENCES.torn);
  assert.deepEqual(shown, []);
  model.values._common = common("more");
  host.want(asks);
  assert.equal(model.sent[1].content.common, "more");
});

test("what Python sets is shown, and at the end nothing is heard or waited for", async () => {
  const { model, host, forget, shown } = started();
  model.show("hkid=key-freeid-error");
  assert.deepEqual(shown, ["hkid=key-freeid-error"]);
  const answer = host.want(asks);
  forget();
  assert.equal(await answer, "");
  assert.equal(model.heard.length, 0);
});

test("where the reader stands before a choice is told once the reader rests after it, and only once", () => {
  const { model, host } = started();
  const saved = mock.method(model, "save_changes");
  host.stand(7);
  host.want(asks);
  assert.equal(model.values.step, 7);
  assert.equal(saved.mock.callCount(), 0);
  host.setStep(7);
  host.setStep(7);
  assert.equal(saved.mock.callCount(), 1);
});
