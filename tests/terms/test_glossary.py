"""Every word that a run, a comparison or a scenario line shows can be asked about."""

import pytest

from kvmviz.check.cases import CASES
from kvmviz.errors import KvmvizError
from kvmviz.record.runs import Run, run
from kvmviz.revisions import REVISIONS
from kvmviz.scenario import CAUSES
from kvmviz.scenario.status import STATUS
from kvmviz.terms.events import Seamcall
from kvmviz.terms.glossary import explain
from kvmviz.terms.kinds import KINDS


def shown(result: Run) -> set[str]:
    events = [step.event for step in result.steps]
    sites = {
        site for counts in (result.summary.splats, result.summary.pr_err, result.summary.masked) for site in counts
    }
    return sites | {event.seamcall for event in events if isinstance(event, Seamcall)}


@pytest.mark.parametrize("name", REVISIONS)
def test_sites_and_calls_of_every_case_can_be_explained(name: str) -> None:
    lines = {case.scenario for case in CASES.values() if "iB" not in case.scenario}
    for word in set().union(*(shown(run(name, line)) for line in lines)):
        assert explain(word).endswith(".")


@pytest.mark.parametrize("word", [*STATUS, *CAUSES, *KINDS])
def test_words_of_the_tables_can_be_explained(word: str) -> None:
    assert explain(word).startswith(f"{word}: ")


def test_an_unknown_word_is_answered_with_its_neighbours() -> None:
    with pytest.raises(KvmvizError, match="did you mean OPERAND_BUSY"):
        explain("OPERAND_BUZY")
