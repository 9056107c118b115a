"""A slow network, lost messages, a kernel that has gone: names and picture belong together at every moment."""

import json
import random
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Open
from tests.browser.jupyter import Server
from tests.browser.notebook import KERNEL_IS_READY, Notebook
from tests.browser.test_explorer_monkey import CHOOSE, SHOWN, Monkey

EXPLORER = "from kvmviz import Explorer\nexplorer = Explorer()\nexplorer"

NETWORK = """() => {
    // Between page and kernel: every message may take its time, in order, and those of widgets may be lost.
    window.net = {delay: () => 0, lose: () => false};
    const text = data => typeof data === 'string' ? data : new TextDecoder('latin1').decode(data);
    const later = () => { let last = Promise.resolve(); return (data, way, call) => {
        if (text(data).includes('"method"') && net.lose(way, text(data))) return;
        const due = new Promise(done => setTimeout(done, net.delay(way)));
        last = last.then(() => due).then(call);
    }; };
    const Real = WebSocket;
    window.WebSocket = class extends Real {
        out = later();
        in = later();
        send(data) {
            if (!this.url.includes('/channels')) return super.send(data);
            this.out(data, 'out', () => this.readyState === 1 && super.send(data));
        }
        set onmessage(call) {
            super.onmessage = !this.url.includes('/channels') ? call
                : event => this.in(event.data, 'in', () => call.call(this, event));
        }
    };
}"""

WATCH = f"""root => {{
    const shown = {SHOWN};
    window.seen = new Set();
    const look = () => window.seen.add(JSON.stringify(shown(root)));
    new MutationObserver(look).observe(root, {{subtree: true, childList: true, attributes: true, characterData: true}});
    const frame = () => {{ look(); requestAnimationFrame(frame); }};
    frame();
}}"""

SEEN = "() => { const seen = [...window.seen]; window.seen.clear(); return seen; }"

CHOICES = [
    ("hkid", "key-freeid-error"), ("boot", "second:60s"), ("revision-b", "landed"), ("status", "OPERAND_INVALID"),
    ("tree", "1x1x1"), ("hkid", "released"), ("revision-a", "v2"), ("tree", "1x2x3"), ("zap", "prove-mmu"),
]  # fmt: skip


def opened(open_notebook: Open) -> tuple[Notebook, Monkey]:
    notebook = open_notebook([EXPLORER], app="doc", script=f"({NETWORK})()")
    monkey = Monkey(notebook, 1)
    monkey.explorer.evaluate(WATCH)
    return notebook, monkey


def check_seen(notebook: Notebook, monkey: Monkey) -> int:
    """Hold everything that was to be seen against runs computed apart; return how many different views these were."""
    seen = [json.loads(one) for one in notebook.page.evaluate(SEEN)]
    for shown in seen:
        monkey.check_shown(shown)
    return len({(shown["picture"], *shown["revisions"]) for shown in seen})


def choose(explorer: Locator, control: str, word: str) -> None:
    explorer.evaluate(CHOOSE, [control, word])


def quiet(notebook: Notebook) -> None:
    notebook.page.wait_for_function("() => !document.querySelector('.kvmviz[aria-busy=true]')")


@pytest.mark.slow
def test_names_and_picture_belong_together_while_answers_take_their_time(open_notebook: Open) -> None:
    notebook, monkey = opened(open_notebook)
    notebook.page.evaluate("net.delay = way => way === 'out' ? 100 : 250")
    for control, word in CHOICES[:3]:
        choose(monkey.explorer, control, word)
    expect(monkey.explorer.get_by_test_id("revision-b")).to_have_value("v1")
    quiet(notebook)
    shown = monkey.look()
    assert shown["picture"] == "tree=1x1x3 hkid=key-freeid-error fail=L1@0x200 boot=second:60s"
    assert shown["revisions"] == ["before", "landed"]
    assert check_seen(notebook, monkey) >= 2


@pytest.mark.slow
def test_a_choice_that_waits_says_so(open_notebook: Open) -> None:
    notebook, monkey = opened(open_notebook)
    alert = monkey.explorer.get_by_role("alert")
    notebook.page.evaluate("net.delay = () => 800")
    choose(monkey.explorer, "hkid", "key-freeid-error")
    expect(alert).to_contain_text("Waiting for the kernel to show tree=1x1x3 hkid=key-freeid-error")
    expect(alert).to_be_hidden()
    assert check_seen(notebook, monkey) == 2


@pytest.mark.slow
def test_a_lost_answer_withdraws_the_choice_in_a_sentence_and_the_next_one_heals(open_notebook: Open) -> None:
    notebook, monkey = opened(open_notebook)
    alert = monkey.explorer.get_by_role("alert")
    notebook.page.evaluate("net.lose = (way, text) => way === 'in' && text.includes('update')")
    choose(monkey.explorer, "tree", "1x1x1")
    expect(alert).to_contain_text("The kernel gave no answer, so this stays with what it shows")
    expect(monkey.explorer.get_by_test_id("kernel-gone")).to_have_text("kernel silent")
    expect(monkey.explorer.get_by_test_id("tree")).to_have_value("1x1x3")
    notebook.page.evaluate("net.lose = () => false")
    choose(monkey.explorer, "hkid", "key-freeid-error")
    quiet(notebook)
    expect(alert).to_be_hidden()
    expect(monkey.explorer.get_by_test_id("kernel-gone")).to_be_hidden()
    choose(monkey.explorer, "tree", "1x1x1")
    quiet(notebook)
    assert monkey.look()["picture"] == "tree=1x1x1 hkid=key-freeid-error"
    assert check_seen(notebook, monkey) == 3


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.marathon)])
def test_any_delay_and_any_loss_leaves_the_page_true(open_notebook: Open, seed: int) -> None:
    notebook, monkey = opened(open_notebook)
    dice = random.Random(seed)
    for _ in range(12):
        slowest, loss = dice.choice([0, 50, 500, 5000]), dice.choice([0, 0, 0.3, 1])
        notebook.page.evaluate(
            """([slowest, loss]) => Object.assign(net, {
                delay: () => slowest * Math.random(), lose: () => Math.random() < loss})""",
            [slowest, loss],
        )
        for _ in range(dice.randrange(1, 4)):
            choose(monkey.explorer, *dice.choice(CHOICES))
            notebook.page.wait_for_timeout(dice.choice([0, 20, 300]))
        quiet(notebook)
    notebook.page.evaluate("Object.assign(net, {delay: () => 0, lose: () => false})")
    notebook.page.wait_for_timeout(11_000)
    choose(monkey.explorer, "tree", "1x1x1")
    quiet(notebook)
    assert monkey.look()["picture"].startswith("tree=1x1x1")
    check_seen(notebook, monkey)


GONE = {
    "restarted": "kernel.restart()",
    "shut down": "jupyterapp.shell.currentWidget.sessionContext.shutdown()",
    "dead": "kernel.requestExecute({code: 'import os; os.kill(os.getpid(), 9)'})",
}

END = """async how => {
    const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
    await Promise.race([eval(how), new Promise(done => setTimeout(done, 4000))]);
}"""


def end_kernel(notebook: Notebook, how: str) -> None:
    """End it; what JupyterLab itself says of that in the console counts for nothing."""
    notebook.errors = Lenient(notebook.errors)
    notebook.page.evaluate(END, GONE[how])


class Lenient(list[str]):
    def append(self, error: str) -> None:
        if "/static/lab/" not in error and "/extensions/@jupyter-widgets/" not in error:
            super().append(error)


@pytest.mark.slow
@pytest.mark.parametrize("how", GONE)
def test_where_the_kernel_has_gone_a_choice_is_withdrawn_in_a_sentence(open_notebook: Open, how: str) -> None:
    notebook, monkey = opened(open_notebook)
    explorer = monkey.explorer
    end_kernel(notebook, how)
    if how != "shut down":  # of which JupyterLab tells its widgets nothing
        expect(explorer.get_by_test_id("kernel-gone")).to_be_visible(timeout=30_000)
    choose(explorer, "hkid", "key-freeid-error")
    expect(explorer.get_by_test_id("kernel-gone")).to_have_text("no kernel")
    expect(explorer.get_by_role("alert")).to_contain_text("Run its cell again.")
    expect(explorer.get_by_test_id("hkid")).to_have_value("released")
    expect(explorer).to_have_attribute("aria-busy", "false")
    explorer.evaluate("root => root.dispatchEvent(new KeyboardEvent('keydown', {key: 'End'}))")
    expect(explorer.get_by_test_id("step-label")).to_have_text("117 / 117")
    notebook.screenshot(f"kernel-{how.replace(' ', '-')}", explorer)
    assert check_seen(notebook, monkey) == 1
    if how == "shut down":
        return
    notebook.page.wait_for_function(KERNEL_IS_READY)
    notebook.run_all()
    explorer = notebook.explorer()
    expect(explorer.get_by_test_id("kernel-gone")).to_be_hidden()
    choose(explorer, "hkid", "key-freeid-error")
    expect(explorer.get_by_test_id("hkid")).to_have_value("key-freeid-error")


@pytest.fixture
def kept_state(server: Server) -> Iterator[None]:
    """Let JupyterLab save the state of widgets in notebooks, which is a setting of its readers."""
    file = server.root.parent / "settings/@jupyter-widgets/jupyterlab-manager/plugin.jupyterlab-settings"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text('{"saveState": true}')
    yield
    file.unlink()


@pytest.mark.slow
@pytest.mark.usefixtures("kept_state")
def test_reopened_with_its_saved_state_it_says_that_no_kernel_is_there(open_notebook: Open) -> None:
    notebook = open_notebook([EXPLORER], app="doc", fresh=True)
    notebook.explorer()
    notebook.command("docmanager:save")
    notebook.page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    notebook.errors = Lenient()
    notebook.open_file("test.ipynb")
    explorer = notebook.explorer()
    expect(explorer.get_by_test_id("kernel-gone")).to_have_text("no kernel")
    choose(explorer, "hkid", "key-freeid-error")
    expect(explorer.get_by_role("alert")).to_contain_text("No kernel is behind this explorer any more")
    expect(explorer.get_by_test_id("hkid")).to_have_value("released")
    explorer.focus()
    notebook.page.keyboard.press("End")
    expect(explorer.get_by_test_id("step-label")).to_have_text("117 / 117")
