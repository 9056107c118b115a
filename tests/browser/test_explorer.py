"""The explorer in JupyterLab: what a reader does with mouse and keys, against runs computed apart."""

from typing import Any
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Locator, expect

from kvmviz.compare.comparison import compare
from kvmviz.draw.lockstep import Lockstep
from kvmviz.revisions import REVISIONS
from tests.browser.conftest import Open
from tests.browser.notebook import App, Notebook

EXPLORER = "from kvmviz import Explorer\nexplorer = Explorer()\nexplorer"

STATES = """stage => Object.fromEntries([...stage.querySelectorAll('[data-page]')].map(
    node => [node.dataset.page, node.dataset.state]))"""


TEN_STEPS = """explorer => {
    for (let i = 0; i < 10; i++) explorer.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight'}));
    return explorer.querySelector('[data-testid=step-label]').textContent;
}"""


def states(explorer: Locator, side: str) -> dict[str, str]:
    found: dict[str, str] = explorer.get_by_test_id(f"stage-{side}").evaluate(STATES)
    return found


def label(explorer: Locator, step: int, rows: int) -> None:
    expect(explorer.get_by_test_id("step-label")).to_have_text(f"{step} / {rows}")


def go(explorer: Locator, step: int) -> None:
    field = explorer.get_by_test_id("go-to-step")
    field.fill(str(step))
    field.press("Enter")


def choose(explorer: Locator, control: str, word: str) -> None:
    select = explorer.get_by_test_id(control)
    if not select.is_visible():
        explorer.get_by_test_id("more").click()
    select.select_option(word)


def assert_shows(explorer: Locator, scenario: str, step: int, revisions: tuple[str, str] = ("before", "v1")) -> None:
    """Every page's state and every count must be those of runs computed apart."""
    both = compare(REVISIONS[revisions[0]], REVISIONS[revisions[1]], scenario)
    taken = {"a": [row.a for row in both.rows[:step]], "b": [row.b for row in both.rows[:step]]}
    label(explorer, step, len(both.rows))
    for side, run in (("a", both.a), ("b", both.b)):
        frame = run.frames[sum(at is not None for at in taken[side])]
        assert states(explorer, side) == dict(frame.states)
        numbers = explorer.get_by_test_id(f"summary-{side}").locator(":scope > span > b").all_text_contents()
        assert [int(number) for number in numbers] == [frame.traces, frame.lines, len(frame.leaked)]


def ask(notebook: Notebook, expression: str) -> str:
    """What Python in the notebook's kernel says of an expression."""
    value: Any = notebook.page.evaluate(
        """async code => {
            const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
            const future = kernel.requestExecute({code: `print(repr(${code}), end='')`});
            let text = '';
            future.onIOPub = message => { text += message.content.text ?? message.content.evalue ?? ''; };
            await future.done;
            return text;
        }""",
        expression,
    )
    return str(value)


def tell(notebook: Notebook, statement: str) -> str:
    return ask(notebook, f"exec({statement!r})")


@pytest.mark.parametrize("app", ["lab", pytest.param("notebooks", marks=pytest.mark.slow)])
def test_explorer_starts_before_the_first_event_and_steps_by_key(open_notebook: Open, app: App) -> None:
    notebook = open_notebook([EXPLORER], app=app)
    explorer = notebook.explorer()
    assert_shows(explorer, "fail=L1@0x200", 0)
    explorer.focus()
    for _ in range(3):
        notebook.page.keyboard.press("ArrowRight")
    assert_shows(explorer, "fail=L1@0x200", 3)
    notebook.page.keyboard.press("ArrowLeft")
    assert_shows(explorer, "fail=L1@0x200", 2)
    notebook.page.keyboard.press("End")
    assert_shows(explorer, "fail=L1@0x200", 117)


@pytest.mark.slow
def test_a_step_sends_no_message_until_the_reader_rests(open_notebook: Open) -> None:
    notebook = open_notebook([EXPLORER], app="doc")
    explorer = notebook.explorer()
    explorer.focus()
    notebook.page.wait_for_timeout(2000)
    notebook.sent.clear()
    assert explorer.evaluate(TEN_STEPS) == "10 / 117"
    assert notebook.sent == []
    notebook.page.wait_for_timeout(600)
    assert notebook.sent.count("comm_msg") == 1
    assert ask(notebook, "explorer.step") == "10"


def test_python_moves_the_picture(open_notebook: Open) -> None:
    notebook = open_notebook([EXPLORER], app="doc")
    explorer = notebook.explorer()
    tell(notebook, "explorer.step = 63")
    assert_shows(explorer, "fail=L1@0x200", 63)
    tell(notebook, "explorer.scenario = 'hkid=assigned'; explorer.step = 91")
    assert_shows(explorer, "hkid=assigned", 91)
    tell(notebook, "explorer.revisions = ('v2', 'landed')")
    expect(explorer.get_by_test_id("revision-b")).to_have_value("landed")
    assert "use released" in tell(notebook, "explorer.scenario = 'hkid=wrong'")


def test_toggles_change_the_scenario_and_keep_the_place(open_notebook: Open) -> None:
    notebook = open_notebook([EXPLORER], app="doc")
    explorer = notebook.explorer()
    go(explorer, 58)
    expect(explorer.get_by_test_id("panel-why")).to_contain_text("S-EPT L1 gfn=0x200")
    explorer.get_by_test_id("fail-none").click()
    expect(explorer.get_by_test_id("fail-none")).to_have_attribute("aria-pressed", "true")
    expect(explorer.get_by_test_id("panel-why")).to_contain_text("S-EPT L1 gfn=0x200")
    explorer.get_by_test_id("stage-a").locator("[data-page='S-EPT L2 gfn=0x0'] .body").click()
    expect(explorer.get_by_role("button", name="L2@0x0: let")).to_be_visible()
    explorer.get_by_test_id("step-last").click()
    assert_shows(explorer, "fail=L2@0x0", 117)
    choose(explorer, "boot", "second:60s")
    choose(explorer, "hkid", "key-freeid-error")
    expect(explorer.get_by_test_id("hkid")).to_have_value("key-freeid-error")
    expect(explorer.get_by_test_id("stage-a").locator("[data-el=HKID]")).to_have_attribute("data-state", "leaked")
    rows = len(Lockstep.of(["before", "v1"], "hkid=key-freeid-error fail=L2@0x0 boot=second:60s"))
    assert_shows(explorer, "hkid=key-freeid-error fail=L2@0x0 boot=second:60s", rows)
    notebook.page.wait_for_timeout(500)
    assert ask(notebook, "explorer.scenario") == repr("tree=1x1x3 hkid=key-freeid-error fail=L2@0x0 boot=second:60s")


def test_jumps_visit_every_warning_and_difference(open_notebook: Open) -> None:
    notebook = open_notebook(
        ["from kvmviz import Explorer\nExplorer('fail=L1@0x200', ['before', 'landed'])"], app="doc"
    )
    explorer = notebook.explorer()
    both = compare("before", "landed", "fail=L1@0x200")
    for row in both.differences:
        explorer.get_by_test_id("next-difference").click()
        label(explorer, row + 1, len(both.rows))
    explorer.get_by_test_id("step-first").click()
    explorer.get_by_test_id("next-warning").click()
    first = explorer.get_by_test_id("step-label").inner_text()
    explorer.get_by_test_id("next-warning").click()
    explorer.get_by_test_id("previous-warning").click()
    expect(explorer.get_by_test_id("step-label")).to_have_text(first)


def test_panels_say_what_happens_at_the_only_difference(open_notebook: Open) -> None:
    notebook = open_notebook([EXPLORER], app="doc", height=1400)
    explorer = notebook.explorer()
    explorer.focus()
    notebook.page.keyboard.press("d")
    label(explorer, 62, 117)
    expect(explorer.get_by_test_id("panel-why")).to_contain_text("Only before: WARN_ON in handle_removed_pt")
    stack = explorer.get_by_test_id("panel-stack")
    expect(stack.locator(".kv-frame[data-on=now]")).to_contain_text("handle_removed_pt")
    expect(stack.locator(".kv-frame[data-on=now] .kv-mark").first).to_have_attribute("data-mark", "full")
    expect(stack.locator(".kv-frame[data-on=now] .kv-mark").last).to_have_attribute("data-mark", "ghost")
    lit = explorer.get_by_test_id("panel-code").locator(".two [data-lit=now]")
    expect(lit).to_contain_text("WARN_ON")
    log = explorer.get_by_test_id("panel-log")
    expect(log.locator(".kv-row:visible")).to_have_count(3)
    expect(log.locator(".kv-row").last).to_contain_text("A only")
    log.get_by_role("button", name="v1: why not?").click()
    expect(log).to_contain_text("v1 has no such check")
    explorer.get_by_test_id("step-last").click()
    explorer.get_by_role("tab", name="ledger").click()
    expect(explorer.locator("[data-ledger]").first).to_contain_text("leaked")


def test_play_runs_to_the_end_and_the_trait_follows(open_notebook: Open) -> None:
    notebook = open_notebook([EXPLORER], app="doc")
    explorer = notebook.explorer()
    go(explorer, 110)
    explorer.get_by_test_id("speed").select_option("8")
    explorer.focus()
    notebook.page.keyboard.press(" ")
    expect(explorer.get_by_test_id("play")).to_have_attribute("aria-label", "pause")
    label(explorer, 117, 117)
    expect(explorer.get_by_test_id("play")).to_have_attribute("aria-label", "play")
    notebook.page.wait_for_timeout(500)
    assert ask(notebook, "(explorer.playing, explorer.step)") == "(False, 117)"


@pytest.mark.slow
def test_a_hostile_revision_name_is_shown_as_text(open_notebook: Open) -> None:
    name = "<img src=x onerror=alert(1)>"
    own = f"import kvmviz\nclass Mine(kvmviz.Revision, base='v1'):\n    name = {name!r}\n"
    cell = own + "kvmviz.Explorer('fail=all', [Mine, 'before'])"
    notebook = open_notebook([cell], app="doc")
    explorer = notebook.explorer()
    go(explorer, 70)
    expect(explorer.get_by_test_id("revision-a")).to_have_value(name)
    assert explorer.locator("img").count() == 0


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
@pytest.mark.parametrize("width", [pytest.param(1280, marks=pytest.mark.slow), 760])
def test_nothing_is_wider_than_its_place(open_notebook: Open, theme: Any, width: int) -> None:
    notebook = open_notebook([EXPLORER], app="doc", width=width)
    explorer = notebook.explorer()
    notebook.set_theme(theme)
    go(explorer, 63)
    expect(explorer).to_have_attribute("data-theme", theme)
    assert explorer.evaluate("root => root.scrollWidth - root.clientWidth") <= 0
    notebook.screenshot(f"explorer-{theme}-{width}", explorer)


def test_predict_mode_asks_before_it_shows_and_keeps_the_score(open_notebook: Open) -> None:
    notebook = open_notebook([EXPLORER], app="doc")
    explorer = notebook.explorer()
    explorer.get_by_test_id("predict-mode").click()
    explorer.get_by_test_id("step-last").click()
    quiz = explorer.get_by_test_id("predict")
    expect(quiz).to_contain_text("S-EPT L1 gfn=0x0")
    label(explorer, 53, 117)
    quiz.get_by_role("button", name="it is freed from the RCU callback").click()
    expect(quiz).to_contain_text("Right.")
    quiz.get_by_test_id("predict-go-on").click()
    label(explorer, 54, 117)
    explorer.get_by_test_id("step-last").click()
    quiz.get_by_role("button", name="it is freed at once").click()
    expect(quiz).to_contain_text("Not this time. S-EPT L1 gfn=0x200: it leaks.")
    notebook.page.wait_for_timeout(300)
    assert ask(notebook, "explorer.score") == "{'asked': 2, 'right': 1}"


@pytest.mark.slow
def test_shown_twice_both_follow_and_predict_mode_in_one_makes_neither_jump(open_notebook: Open) -> None:
    notebook = open_notebook([EXPLORER, "explorer"], app="doc", height=2000)
    asked, plain = notebook.explorer(0), notebook.explorer(1)
    asked.get_by_test_id("predict-mode").click()
    plain.get_by_test_id("step-last").click()
    label(asked, 117, 117)
    notebook.page.wait_for_timeout(1500)
    label(asked, 117, 117)
    label(plain, 117, 117)
    asked.get_by_test_id("step-first").click()
    label(plain, 0, 117)
    asked.get_by_test_id("step-last").click()
    label(plain, 53, 117)
    expect(asked.get_by_test_id("predict")).to_be_visible()
    plain.get_by_test_id("step-last").click()
    label(asked, 117, 117)
    expect(asked.get_by_test_id("predict")).to_be_hidden()


@pytest.mark.slow
def test_a_named_case_is_opened_with_its_revisions(open_notebook: Open) -> None:
    notebook = open_notebook([EXPLORER], app="doc")
    explorer = notebook.explorer()
    explorer.get_by_test_id("more").click()
    explorer.get_by_test_id("cases").select_option(label="Nothing goes wrong: does anybody notice the patch?")
    expect(explorer.get_by_test_id("fail-none")).to_have_attribute("aria-pressed", "true")
    go(explorer, 113)
    assert_shows(explorer, "fail=none", 113)


@pytest.mark.slow
def test_a_large_tree_is_folded_and_opens_on_click(open_notebook: Open) -> None:
    scenario = "tree=1x2x58 fail=L1@0x200"
    notebook = open_notebook([f"from kvmviz import Explorer\nExplorer({scenario!r})"], app="doc")
    explorer = notebook.explorer()
    explorer.get_by_test_id("step-last").click()
    group = explorer.get_by_test_id("stage-a").locator("[data-group='L2 gfn=0x0']")
    expect(group).to_have_attribute("data-count-leaked", "1")
    assert explorer.locator("[data-page='S-EPT L1 gfn=0x200']").count() == 0
    group.click()
    expect(explorer.get_by_test_id("stage-a").locator("[data-page='S-EPT L1 gfn=0x200']")).to_have_attribute(
        "data-state", "leaked"
    )


@pytest.mark.slow
def test_the_picture_is_saved_as_svg_that_stands_alone(open_notebook: Open) -> None:
    notebook = open_notebook([EXPLORER], app="doc")
    explorer = notebook.explorer()
    go(explorer, 63)
    with notebook.page.expect_download() as download:
        explorer.get_by_test_id("save-svg").click()
    text = download.value.path().read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    assert len(root.findall(".//{*}g[@data-page='S-EPT L1 gfn=0x200']")) == 2
    assert "var(" not in text
    assert "class=" in text


def test_a_click_on_an_absent_warning_says_why_and_leads_to_the_step_that_used_it_up(open_notebook: Open) -> None:
    notebook = open_notebook([EXPLORER], app="doc", height=1500)
    explorer = notebook.explorer()
    go(explorer, 62)
    ghost = explorer.get_by_test_id("stage-b").locator(".warn[data-state=ghost]")
    expect(ghost).to_have_count(1)
    ghost.dispatch_event("click")
    log = explorer.get_by_test_id("panel-log")
    expect(log).to_contain_text("v1 has no such check: WARN_ON is not in its handle_removed_pt.")
    go(explorer, 117)
    log.get_by_role("button", name="not printed, because").click()
    log.get_by_role("button", name="go to step 60").click()
    label(explorer, 60, 117)
