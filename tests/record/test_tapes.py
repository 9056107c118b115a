"""What counts on a folded tree: each event as often as its page stands for others, against a run of the whole."""

from collections import Counter

import pytest

from kvmviz.record.folding import fold
from kvmviz.record.runs import run, run_folded
from kvmviz.record.tapes import FoldedTape, Weighed
from kvmviz.record.teardown import tear_down
from kvmviz.revisions import REVISIONS
from kvmviz.scenario import Scenario

LINES = ["tree=1x1x40", "tree=1x1x40 fail=all", "tree=1x2x30 leaves=present", "tree=1x1x40 hkid=flushvp-not-done"]


@pytest.mark.parametrize("revision", ["before", "landed"])
@pytest.mark.parametrize("line", LINES)
def test_each_kind_of_event_happens_as_often_as_in_the_whole_tree(revision: str, line: str) -> None:
    scenario = Scenario.parse(line)
    folded, whole = run_folded(REVISIONS[revision], scenario), run(revision, scenario)
    counted: Counter[str] = Counter()
    for step in folded.steps:
        counted[step.event.kind] += step.times
    assert counted == Counter(step.event.kind for step in whole.steps)
    assert len(folded.steps) < len(whole.steps)


@pytest.mark.parametrize("line", LINES)
def test_the_queue_is_as_long_as_that_of_the_whole_tree(line: str) -> None:
    scenario = Scenario.parse(line)
    tally = Weighed(fold(scenario.tree, scenario.fail))
    tear_down(REVISIONS["v1"], scenario, tally, tally.tree)
    assert tally.most_waiting == run("v1", scenario).summary.most_rcu_pending


def test_an_event_counts_for_the_page_it_names_and_one_taken_out_is_counted_no_more() -> None:
    scenario = Scenario.parse("tree=1x1x40")
    tree = fold(scenario.tree, scenario.fail)
    tape = FoldedTape(tree)
    tear_down(REVISIONS["v1"], scenario, tape, tree)
    times = [(getattr(event, "page", None), n) for (_, event), n in zip(tape.entries, tape.often(), strict=True)]
    assert all(n == tree.times_of(page) for page, n in times if page)
    assert max(n for _, n in times) == max(tree.times(*table) for table in tree.tables())
    before, where = list(tape.often()), next(at for at, (_, n) in enumerate(times) if n > 1)
    tape.drop(where)
    assert tape.often() == before[:where] + before[where + 1 :]
    assert len(tape.entries) == len(tape.often()) == len(tape.where)
