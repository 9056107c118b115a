"""What is shown is what the model says, whatever a reader does: random actions in a real browser, seeded."""

import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Locator, Page

from kvmviz.draw.lockstep import SIDES, Lockstep
from kvmviz.explorer.joiner import join, styles
from kvmviz.explorer.offline.document import page as export
from kvmviz.explorer.offline.document import page_data
from kvmviz.explorer.payload import skeleton_of
from kvmviz.revisions import REVISIONS
from kvmviz.scenario import Scenario
from kvmviz.terms import events as e
from tests.browser.conftest import Open
from tests.browser.notebook import Notebook

KEYS = ["ArrowRight", "ArrowLeft", "n", "p", "d", "Home", "End"]
WORDS = {
    "hkid": ["released", "flushvp-not-done", "vp-flush-error", "key-freeid-error"],
    "status": ["OPERAND_BUSY", "OPERAND_INVALID"],
    "tree": ["1x1x1", "1x1x3", "1x2x3", "1x1x12", "1x2x58"],
    "boot": ["first", "second:1s", "second:60s"],
    "leaves": ["gone", "present"],
    "zap": ["default", "prove-mmu"],
    "panic": ["off", "on"],
    "vcpus": ["0", "1", "2", "16"],
    "revision-a": [*REVISIONS],
    "revision-b": [*REVISIONS, "(none)"],
}
"""Controls and what may be chosen; a choice that is not offered now is left alone."""

CHOOSE = """(root, [control, word]) => {
    const select = root.querySelector(`[data-testid="${control}"]`);
    if (![...select.options].some(option => option.value === word)) return;
    select.value = word;
    select.dispatchEvent(new Event('change', {bubbles: true}));
}"""

CLICK = """(root, [side, number]) => {
    const pages = [...root.querySelectorAll(`[data-testid="stage-${side}"] [data-fails]`)];
    pages[number % pages.length].dispatchEvent(new MouseEvent('click', {bubbles: true}));
}"""

OPEN = """(root, [side]) => root.querySelector(`[data-testid="stage-${side}"] [data-group]`)
    ?.dispatchEvent(new MouseEvent('click', {bubbles: true}))"""

SHOWN = """root => {
    const value = id => root.querySelector(`[data-testid="${id}"]`).value;
    const side = name => {
        const stage = root.querySelector(`[data-testid="stage-${name}"]`);
        const groups = [...stage.querySelectorAll('[data-group]')].map(node => [node.dataset.group,
            Object.fromEntries([...node.attributes].filter(a => a.name.startsWith('data-count-') && a.value !== '0')
                .map(a => [a.name.slice(11), Number(a.value)]))]);
        return {
            pages: Object.fromEntries([...stage.querySelectorAll('[data-page]')]
                .map(node => [node.dataset.page, node.dataset.state])),
            groups: Object.fromEntries(groups),
            counts: [...root.querySelectorAll(`[data-testid="summary-${name}"] > span > b`)]
                .map(node => Number(node.textContent)),
        };
    };
    const rows = [...root.querySelectorAll('.kv-row')].filter(row => !row.hidden);
    return {
        label: root.querySelector('[data-testid="step-label"]').textContent,
        scenario: Object.fromEntries(['tree', 'hkid', 'status', 'boot', 'leaves', 'zap', 'vcpus', 'panic',
            'region', 'remove']
            .map(key => [key, value(key)])),
        revisions: ['revision-a', 'revision-b'].slice(0, Number(root.dataset.sides)).map(value),
        all: root.querySelector('[data-testid="fail-all"]').getAttribute('aria-pressed'),
        chips: [...root.querySelectorAll('.kv-chip')].map(chip => chip.dataset.fault),
        picture: root.querySelector('[data-testid="live"]').dataset.scenario,
        a: side('a'), b: side('b'),
        log: rows.map(row => [Number(row.dataset.row), row.dataset.kind, row.querySelector('.kv-head').textContent]),
    };
}"""

LOGGED = (e.Warn, e.Masked, e.PrErr, e.PrWarn, e.Panic)


class Monkey:
    """Does one thing after another to an explorer, and looks whether it still tells the truth."""

    def __init__(self, notebook: "Notebook | Offline", seed: int) -> None:
        self.notebook, self.random = notebook, random.Random(seed)
        self.explorer: Locator = notebook.explorer()
        self.whole: dict[str, dict[str, list[str]]] = {}

    def act(self) -> str:
        kind = self.random.choices(["key", "step", "word", "page", "fail", "open"], [8, 4, 3, 2, 1, 1])[0]
        if kind == "key":
            key = self.random.choice(KEYS)
            self.explorer.evaluate("(root, key) => root.dispatchEvent(new KeyboardEvent('keydown', {key}))", key)
            return f"key {key}"
        if kind == "step":
            share = self.random.random()
            self.explorer.evaluate(
                """(root, share) => { const s = root.querySelector('[data-testid="step-slider"]');
                    s.value = Math.round(share * s.max); s.dispatchEvent(new Event('input')); }""",
                share,
            )
            return f"slider {share}"
        if kind == "word":
            control = self.random.choice(list(WORDS))
            word = self.random.choice(WORDS[control])
            self.explorer.evaluate(CHOOSE, [control, word])
            return f"{control}={word}"
        side = "a" if kind != "open" else self.random.choice(SIDES)
        if kind == "fail":
            button = self.random.choice(["fail-none", "fail-all"])
            self.explorer.get_by_test_id(button).dispatch_event("click")
            return button
        number = self.random.randrange(1000)
        self.explorer.evaluate(CLICK if kind == "page" else OPEN, [side, number])
        return f"{kind} {side} {number}"

    def look(self) -> dict[str, Any]:
        self.notebook.page.wait_for_function("() => !document.querySelector('.kvmviz[aria-busy=true]')")
        shown: dict[str, Any] = self.explorer.evaluate(SHOWN)
        return shown

    def scenario(self, shown: dict[str, Any]) -> Scenario:
        """The scenario of the picture, which must be what the controls say; they name the first four faults."""
        drawn = Scenario.parse(shown["picture"])
        words = drawn.words()
        fail = words.pop("fail")
        assert words == {**shown["scenario"], "status": words["status"]}
        assert (fail == "all") == (shown["all"] == "true")
        assert shown["chips"] == ([] if fail in ("none", "all") else fail.split(",")[:4])
        return drawn

    def check(self) -> None:
        self.check_shown(self.look())

    def check_shown(self, shown: dict[str, Any]) -> None:
        scenario = self.scenario(shown)
        lockstep = Lockstep.of(shown["revisions"], scenario)
        step = int(shown["label"].split(" / ")[0])
        assert shown["label"] == f"{step} / {len(lockstep)}"
        for side, run in lockstep.runs.items():
            frame = run.frames[sum(at is not None for at in lockstep.indices(side)[:step])]
            self.check_side(shown[side], dict(frame.states), scenario)
            assert shown[side]["counts"] == [frame.traces, frame.lines, len(frame.leaked)]
        logged = [(n, s) for n, s in enumerate(lockstep.leading[:step], 1) if isinstance(s.event, LOGGED)]
        assert [(row, kind) for row, kind, _ in shown["log"]] == [(n, s.event.kind) for n, s in logged]
        for (_, _, head), (_, s) in zip(shown["log"], logged, strict=True):
            assert head == getattr(s.event, "message", head)

    def check_side(self, shown: dict[str, Any], states: dict[str, str], scenario: Scenario) -> None:
        key = f"{scenario.tree} {scenario.vcpus}"
        if key not in self.whole:
            self.whole[key] = skeleton_of(scenario)["whole"]
        folded = {page for pages in self.whole[key].values() for page in pages}
        for page, state in shown["pages"].items():
            assert states[page] == state, page
        assert set(states) - set(shown["pages"]) <= folded
        for group, pages in self.whole[key].items():
            assert shown["groups"][group] == dict(Counter(states[page] for page in pages)), group


def drive(notebook: "Notebook | Offline", actions: int, seed: int) -> None:
    monkey = Monkey(notebook, seed)
    done: list[str] = []
    for _ in range(actions):
        done.append(monkey.act())
        try:
            monkey.check()
        except AssertionError as error:
            raise AssertionError(f"after {done[-5:]} (seed {seed}, action {len(done)}): {error}") from error


CELL = "from kvmviz import Explorer\nExplorer()"


@pytest.mark.slow
def test_every_random_action_shows_the_truth(open_notebook: Open) -> None:
    drive(open_notebook([CELL], app="doc"), 40, seed=1)


@pytest.mark.slow
def test_a_thousand_random_actions_show_the_truth(open_notebook: Open) -> None:
    drive(open_notebook([CELL], app="doc"), 1000, seed=20261124)


@dataclass
class Offline:
    """An exported page, open from disk."""

    page: Page

    def explorer(self) -> Locator:
        return self.page.get_by_test_id("explorer")


@pytest.mark.slow
def test_a_thousand_random_actions_on_an_exported_page_show_the_truth(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(export(["1x1x1", "1x1x3"], ["before", "v1", "v2"]), encoding="utf-8")
    page, complaints = browser.new_page(offline=True, reduced_motion="reduce"), list[str]()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(file.as_uri())
    page.locator("#kvmviz[data-ready=true]").wait_for()
    drive(Offline(page), 1000, seed=20261128)
    assert complaints == []
    page.close()


SHOW = """async ([source, data, times]) => {
    window.kv ??= await import(URL.createObjectURL(new Blob([source], {type: 'text/javascript'})));
    for (let i = 0; i < times; i++) {
        const close = window.kv.mount(document.body, data);
        document.querySelector('.kvmviz').dispatchEvent(new KeyboardEvent('keydown', {key: 'End'}));
        if (i % 20 === 0) await new Promise(requestAnimationFrame);
        close();
    }
}"""


def metrics(session: CDPSession) -> dict[str, float]:
    session.send("HeapProfiler.collectGarbage")
    found = session.send("Performance.getMetrics")["metrics"]
    return {metric["name"]: metric["value"] for metric in found}


@pytest.mark.slow
def test_opening_and_closing_leaves_nothing_behind(browser: Any) -> None:
    data = page_data(["fail=L1@0x200"], ["before", "v1"])
    page = browser.new_page()
    page.set_content(f"<style>{styles()}</style>")
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    page.evaluate(SHOW, [join("offline.js"), data, 20])
    page.wait_for_timeout(500)
    before = metrics(session)
    page.evaluate(SHOW, ["", data, 200])
    page.wait_for_timeout(500)
    after = metrics(session)
    assert after["JSEventListeners"] <= before["JSEventListeners"] + 5
    assert after["Nodes"] <= before["Nodes"] + 2000
    assert after["JSHeapUsedSize"] <= before["JSHeapUsedSize"] + 3_000_000
    page.close()
