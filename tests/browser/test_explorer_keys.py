"""Keys with the focus in the explorer: chords, Shift+Enter and Escape are the notebook's, letters stay here."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.test_explorer import EXPLORER, label


def test_what_any_widget_leaves_to_the_notebook_reaches_it(open_notebook: Open) -> None:
    notebook = open_notebook([EXPLORER, "1 + 1"], app="lab")
    page, explorer = notebook.page, notebook.explorer()
    explorer.focus()
    page.evaluate(
        """() => {
            window.did = [];
            jupyterapp.commands.commandExecuted.connect((_, {id}) => did.push(id));
            addEventListener('keydown', event => setTimeout(() => { window.taken = event.defaultPrevented; }), true);
        }"""
    )
    for keys, command in (("Control+s", "docmanager:save"), ("Control+Shift+c", "apputils:activate-command-palette")):
        explorer.focus()
        page.evaluate("window.taken = undefined")
        page.keyboard.press(keys)
        page.wait_for_function("name => did.includes(name)", arg=command)
        page.wait_for_function("window.taken !== undefined")
        assert page.evaluate("window.taken"), "or the browser does something of its own"
        page.keyboard.press("Escape")
    explorer.focus()
    page.keyboard.press("Shift+Enter")
    page.wait_for_function("() => did.includes('notebook:run-cell-and-select-next')")


@pytest.mark.slow
def test_escape_ends_what_is_open_here_first_and_then_belongs_to_the_notebook(open_notebook: Open) -> None:
    notebook = open_notebook([EXPLORER], app="lab")
    page, explorer = notebook.page, notebook.explorer()
    page.evaluate("() => { window.did = []; jupyterapp.commands.commandExecuted.connect((_, {id}) => did.push(id)); }")
    page.evaluate("() => { jupyterapp.shell.currentWidget.content.mode = 'edit'; }")
    explorer.focus()
    page.keyboard.press("?")
    page.keyboard.press("Escape")
    expect(explorer.get_by_role("dialog")).to_be_hidden()
    assert "notebook:enter-command-mode" not in page.evaluate("did")


@pytest.mark.slow
def test_letters_and_arrows_stay_in_the_explorer(open_notebook: Open) -> None:
    notebook = open_notebook([EXPLORER, "1 + 1"], app="lab")
    page, explorer = notebook.page, notebook.explorer()
    explorer.focus()
    page.evaluate("() => { window.did = []; jupyterapp.commands.commandExecuted.connect((_, {id}) => did.push(id)); }")
    for key in ("j", "k", "a", "b", "m", "x", "Shift+M", "ArrowDown", "ArrowUp", "d"):
        page.keyboard.press(key)
    label(explorer, 62, 117)
    assert [name for name in page.evaluate("did") if name.startswith("notebook:")] == []
    assert page.locator(".jp-Notebook .jp-Cell").count() == 2
