"""The course in a narrow notebook: questions, a race, a comparison, the explorer fit their output and can be read."""

from typing import Any

import pytest

from tests.browser.conftest import Open
from tests.browser.small import MEASURE

CELLS = {
    "number": "from kvmviz.course import ask\nask('01-traces-v1')",
    "choices": "ask('08-puzzle-a')",
    "log": "ask('05-log-a')",
    "race": "import kvmviz\nkvmviz.race('old', threads=2, rounds=1)",
    "comparison": "kvmviz.compare('before', 'landed', 'fail=L1@0x200')",
    "explorer": "kvmviz.Explorer('fail=L1@0x200', step=62)",
}

# A notebook needs a moment to be as narrow as its window.
SETTLED = """() => new Promise(done => {
    let last = -1;
    const look = () => {
        const now = document.querySelector('.jp-Cell-outputArea').clientWidth;
        if (now === last) return done();
        last = now;
        setTimeout(look, 200);
    };
    look();
})"""


@pytest.mark.slow
def test_in_a_narrow_notebook_all_of_it_fits(open_notebook: Open) -> None:
    notebook = open_notebook(list(CELLS.values()), app="doc", width=590, height=5200)
    notebook.explorer()
    outputs = notebook.page.locator(".jp-CodeCell .jp-Cell-outputArea")
    found: dict[str, Any] = {}
    for width in (590, 500, 430, 390):
        notebook.page.set_viewport_size({"width": width, "height": 5200})
        notebook.page.evaluate(SETTLED)
        notebook.screenshot(f"course-{width}")
        for n, name in enumerate(CELLS):
            found[f"{name} in {width}"] = outputs.nth(n).evaluate(MEASURE)
    assert {where: one for where, one in found.items() if one} == {}
