"""What the front end makes of what is sent, asked of its own modules in node."""

import json
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from kvmviz.explorer.encode import Sources, answer_of
from kvmviz.explorer.payload import skeleton_of
from kvmviz.record.runs import run_all, shown_tree
from kvmviz.revisions import Revision, revision
from kvmviz.scenario import Scenario

Asked = tuple[str, Sequence[str | type[Revision]]]

SCRIPT = Path(__file__).with_name("views.mjs")


def assembled(lines: Iterable[Any], *page: Path) -> list[Any]:
    """Return the view that the front end makes of each line, of a page if there is one."""
    if not shutil.which("node"):
        pytest.skip("no node on PATH: apt install nodejs")
    asked = "\n".join(map(json.dumps, lines))
    done = subprocess.run(["node", SCRIPT, *page], input=asked, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def sent(line: str, revisions: Sequence[str | type[Revision]]) -> dict[str, Any]:
    """Return everything that a widget sends of a scenario."""
    scenario, which, sources = Scenario.parse(line), [revision(one) for one in revisions], Sources()
    tree = shown_tree(which, scenario)
    answer = answer_of(run_all(which, scenario), tree, sources)
    return {"answer": answer, "layout": skeleton_of(scenario, tree), "common": sources.common()}


def views(asked: Iterable[Asked]) -> list[Any]:
    """Return the view that a widget shows of each scenario under one or two revisions."""
    return assembled(sent(*one) for one in asked)


def view(revisions: Sequence[str | type[Revision]], line: str) -> Any:
    """Return the view that a widget shows."""
    return views([(line, revisions)])[0]
