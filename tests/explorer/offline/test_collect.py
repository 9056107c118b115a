"""What a family's scenarios are said to come to is what each comes to when it is run by itself."""

import pytest

from kvmviz.explorer.offline.collect import collect
from kvmviz.explorer.offline.space import Family
from kvmviz.record.runs import run
from kvmviz.revisions import revision
from kvmviz.scenario import Scenario


@pytest.mark.parametrize("name", ["before", "v1"])
@pytest.mark.parametrize(
    "line", ["fail=none", "fail=L1@0x0", "fail=all", "hkid=key-freeid-error", "fail=all leaves=present"]
)
def test_no_run_is_taken_for_another(line: str, name: str) -> None:
    family = Family(Scenario.parse(f"tree=1x2x2 {line}"))
    found = collect([family], [revision(name)])
    for scenario, number in zip(family.scenarios, found.at[name], strict=True):
        alone = run(name, scenario)
        taken = [found.atoms[n].event for segment in found.runs[number].segments for n in segment]
        assert taken == [step.event for step in alone.steps], str(scenario)
        assert found.runs[number].summary == alone.summary.to_json(), str(scenario)
