import assert from "node:assert/strict";
import { test } from "node:test";

import { widgetHost } from "../../kvmviz/explorer/static/host.js";

const view = (scenario, skeleton = "small") => JSON.stringify({ scenario, skeleton, revisions: ["before", "v1"] });

/** A widget's model, whose kernel answers when the test says so. */
class FakeModel {
  constructor() {
    this.values = { _view: view("tree=1x1x3"), _answered: 0, _family: {}, _skeleton: { key: "small" }, step: 0, playing: false, _problem: "" };
    this.heard = [];
    this.saved = 0;
  }

  get(name) {
    return this.values[name];
  }

  set(name, value) {
    this.values[name] = value;
  }

  save_changes() {
    this.saved++;
  }

  on(event, call) {
    this.heard.push([event, call]);
  }

  off(event, call) {
    this.heard = this.heard.filter(([known, other]) => known !== event || other !== call);
  }

  answer(scenario, n = this.values._wanted.n) {
    Object.assign(this.values, { _view: view(scenario), _answered: n });
    for (const name of ["change:_view", "change:_answered"]) for (const [event, call] of this.heard) if (event === name) call();
  }
}

function started() {
  const model = new FakeModel();
  const { host, forget } = widgetHost(model);
  const shown = [];
  host.on("view", () => shown.push(host.view().scenario));
  return { model, host, forget, shown };
}

test("a question goes out as one message, with the step, and its answer is shown once", () => {
  const { model, host, shown } = started();
  host.want({ scenario: "fail=all", step: 7 });
  assert.equal(model.saved, 1);
  assert.equal(model.get("step"), 7);
  assert.equal(model.get("_wanted").scenario, "fail=all");
  model.answer("fail=all");
  assert.deepEqual(shown, ["fail=all"]);
});

test("a view that was sent ahead is shown at once, and its answer changes nothing", () => {
  const { model, host, shown } = started();
  model.values._family = { "fail=all": view("fail=all") };
  host.want({ scenario: "fail=all", step: 0 });
  assert.deepEqual(shown, ["fail=all"]);
  model.answer("fail=all");
  assert.deepEqual(shown, ["fail=all"]);
});

test("an answer to an earlier question is passed over", () => {
  const { model, host, shown } = started();
  model.values._family = { "fail=all": view("fail=all") };
  host.want({ scenario: "fail=all", step: 0 });
  const first = model.get("_wanted").n;
  host.want({ scenario: "tree=1x1x3", step: 0 });
  model.answer("fail=all", first);
  model.answer("tree=1x1x3");
  assert.deepEqual(shown, ["fail=all", "tree=1x1x3"]);
  assert.equal(host.view().scenario, "tree=1x1x3");
});

test("what Python sets is shown, and what was heard is forgotten at the end", () => {
  const { model, host, forget, shown } = started();
  model.answer("hkid=key-freeid-error", 0);
  assert.deepEqual(shown, ["hkid=key-freeid-error"]);
  assert.equal(host.view().scenario, "hkid=key-freeid-error");
  forget();
  assert.equal(model.heard.length, 0);
});

test("a view that was seen before is shown at once, and mended if the kernel answers with another", () => {
  const { model, host, shown } = started();
  host.want({ scenario: "fail=all", step: 0 });
  model.answer("fail=all");
  host.want({ scenario: "fail=none", step: 0 });
  model.answer("fail=none");
  host.want({ scenario: "fail=all", step: 0 });
  assert.deepEqual(shown, ["fail=all", "fail=none", "fail=all"]);
  model.values._view = JSON.stringify({ ...JSON.parse(view("fail=all")), rows: [1] });
  model.values._answered = model.values._wanted.n;
  for (const [event, call] of model.heard) if (event === "change:_view") call();
  assert.deepEqual(host.view().rows, [1]);
  assert.equal(shown.length, 4);
});

test("a view of another tree waits for the kernel, which sends its picture", () => {
  const { model, host, shown } = started();
  model.values._skeleton = { key: "large" };
  host.want({ scenario: "tree=1x1x3", step: 0 });
  assert.deepEqual(shown, []);
});
