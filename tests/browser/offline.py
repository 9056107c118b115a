"""What is asked of an offline page in every browser.

An `ask` calls a JavaScript function in the page with one argument and returns what it returns.
"""

import random
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kvmviz import run
from kvmviz.draw.lockstep import Lockstep
from kvmviz.explorer.log import head
from kvmviz.explorer.offline import space
from kvmviz.explorer.offline.document import page
from kvmviz.record.frames import Frame
from kvmviz.terms.kinds import kind_of

Ask = Callable[[str, Any], Any]

TREE, REVISIONS = "1x1x1", ("before", "v1")

# Stands before everything else in the page and writes down, in the page, what a reader would not see.
PROBE = """<script>
  const notes = document.documentElement.dataset;
  const note = (kind, text) => { notes[kind] = `${notes[kind] ?? ""}${text}\\n`; };
  addEventListener("error", (event) => note("errors", event.message), true);
  addEventListener("unhandledrejection", (event) => note("errors", String(event.reason)));
  document.addEventListener("securitypolicyviolation", (event) => note("refused", event.effectiveDirective));
</script>"""

NOTED = """() => {
  const { errors = "", refused = "" } = document.documentElement.dataset;
  return { errors, refused, requests: performance.getEntriesByType("resource").map(entry => entry.name) };
}"""

READY = """() => new Promise(done => {
  const look = () => document.querySelector("#kvmviz[data-ready=true]") ? done(true) : setTimeout(look, 5);
  look();
})"""

SHOWN = """() => {
  const part = (name) => document.querySelector(`[data-testid="${name}"]`);
  const texts = (root, selector) => [...root.querySelectorAll(selector)].map(node => node.textContent);
  const pages = (name) => [...part(`stage-${name}`).querySelectorAll("[data-page]")].map(node => node.dataset);
  const side = (name) => ({
    states: Object.fromEntries(pages(name).map(({ page, state }) => [page, state])),
    figures: part(`summary-${name}`).textContent,
  });
  return {
    step: part("step-label").textContent, hash: decodeURIComponent(location.hash), a: side("a"), b: side("b"),
    heads: texts(part("panel-log"), ".kv-row:not([hidden]) .kv-head"),
  };
}"""

FOLLOW = """link => new Promise(done => {
  addEventListener("hashchange", () => setTimeout(done), { once: true });
  location.hash = link;
})"""


def written(folder: Path) -> Path:
    """A small page in a file, with the probe in it."""
    found = folder / "explorer.html"
    text = page([TREE], REVISIONS)
    assert text.count("<main") == 1
    found.write_text(text.replace("<main", f"{PROBE}<main"), encoding="utf-8")
    return found


def show(ask: Ask, link: str) -> None:
    """Follow a link to another state of the page that is open."""
    link = link.replace(" ", "&")
    if ask(SHOWN, None)["hash"] != f"#{link}":
        ask(FOLLOW, link)


def compare_states(ask: Ask, number: int, seed: int) -> None:
    """Hold random states of the page against the model: every page's state, the log, the figures."""
    chance = random.Random(seed)
    known = [*space.combinations(TREE), *(one for one in space.single([TREE]) if one.tree.text == TREE)]
    for _ in range(number):
        scenario = chance.choice(known)
        want = Lockstep.of(REVISIONS, scenario)
        step = chance.randint(0, len(want))
        show(ask, f"{scenario} step={step} revisions={','.join(REVISIONS)}")
        compare_view(ask, want, step)


def compare_state(ask: Ask, scenario: str, step: int) -> None:
    """Hold what the page shows against two runs of the model at one row of their lockstep."""
    compare_view(ask, Lockstep.of(REVISIONS, scenario), step)


def compare_view(ask: Ask, want: Lockstep, step: int) -> None:
    """Hold what the page shows against two runs of the model at one row of their lockstep."""
    shown = ask(SHOWN, None)
    assert shown["step"] == f"{step} / {len(want)}"
    for side in want.sides:
        taken = sum(at is not None for at in want.indices(side)[:step])
        compare_side(shown[side], run(want.runs[side].revision, want.scenario).frames[taken])
    assert shown["heads"] == [head(one)[0] for one in want.leading[:step] if kind_of(one.event).logged]


def compare_side(shown: Mapping[str, Any], frame: Frame) -> None:
    """Hold one side of the page against a frame of the model."""
    drawn = {page: state for page, state in frame.states.items() if page in shown["states"]}
    assert {page: shown["states"][page] for page in drawn} == drawn
    assert {f"S-EPT L{level} gfn=0x0" for level in (1, 2, 3)} <= drawn.keys()
    assert re.findall(r"(\d+) (?:trace|error line)", shown["figures"]) == [str(frame.traces), str(frame.lines)]
    assert f"{len(frame.leaked)} leaked" in shown["figures"]
