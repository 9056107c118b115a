"""The widget without a browser: traits, what prints, what is stored."""

import json
import subprocess
import sys
from typing import Any
from xml.etree import ElementTree

import pytest
import traitlets

import kvmviz
from kvmviz.errors import KvmvizError
from kvmviz.explorer.widget import Explorer


def test_explorer_starts_with_a_point() -> None:
    explorer = Explorer()
    assert repr(explorer) == "Explorer(scenario='tree=1x1x3 fail=L1@0x200', revisions=('before', 'v1'))"
    assert explorer.step == 0


def test_repr_is_the_same_in_any_process() -> None:
    code = "import kvmviz; e = kvmviz.Explorer('hkid=assigned'); print(repr(e), e)"
    outputs = {subprocess.check_output([sys.executable, "-c", code]) for _ in range(2)}
    assert len(outputs) == 1
    assert b"0x7" not in outputs.pop()


@pytest.mark.parametrize("wrong", ["hkid=wrong", "tree=0x1x1", "fail=L1@0x7", "nonsense", "tree=9TiB", "é=1"])
def test_a_wrong_scenario_is_refused_in_one_sentence_and_changes_nothing(wrong: str) -> None:
    explorer = Explorer()
    with pytest.raises(traitlets.TraitError) as caught:
        explorer.scenario = wrong
    assert "\n" not in str(caught.value)
    assert explorer.scenario == explorer._view["scenario"] == "tree=1x1x3 fail=L1@0x200"


def test_wrong_revisions_are_refused_and_change_nothing() -> None:
    explorer = Explorer()
    for wrong in (("nonsense",), (), ("before", "v1", "v2")):
        with pytest.raises(traitlets.TraitError):
            explorer.revisions = wrong
    assert explorer._view["revisions"] == ["before", "v1"]


def test_a_link_is_read_whole() -> None:
    explorer = Explorer("fail=L1@0x200 step=62 revisions=v1,landed")
    assert explorer.step == 62
    assert explorer.revisions == ("v1", "landed")


def test_step_stays_within_the_run() -> None:
    explorer = Explorer()
    explorer.step = 100_000
    assert explorer.step == 117
    explorer.step = -3
    assert explorer.step == 0


def test_a_toggle_that_keeps_the_tree_sends_no_picture() -> None:
    explorer = Explorer()
    before = explorer._skeleton
    explorer.scenario = "hkid=assigned"
    assert explorer._skeleton is before
    explorer.scenario = "tree=1x1x2"
    assert explorer._skeleton["key"] == "1x1x2 1"


def ask(explorer: Explorer, **wanted: Any) -> list[dict[str, Any]]:
    """Ask as the browser does; return the updates that go out to it."""
    sent: list[dict[str, Any]] = []
    explorer.send_state = lambda key=None: sent.append(explorer.get_state(key))
    wanted = {"id": "1", "skeleton": explorer._skeleton["key"], "common": explorer._common["key"], **wanted}
    explorer._handle_custom_msg(wanted, [])
    return sent


def test_what_the_browser_asks_for_is_answered_in_one_update_with_a_view() -> None:
    explorer = Explorer()
    (update,) = ask(explorer, id="7", scenario="fail=none", revisions=["landed"])
    drawn = json.loads(update["_view"])
    assert explorer.scenario == drawn["scenario"] == update["scenario"] == "tree=1x1x3"
    assert (drawn["revisions"], drawn["answer"], drawn["problem"]) == (["landed"], "7", "")
    assert "_skeleton" not in update
    (update,) = ask(explorer, scenario="tree=1x1x1", revisions=["before"])
    assert update["_skeleton"]["key"] == json.loads(update["_view"])["skeleton"] == "1x1x1 1"


def test_a_question_that_changes_nothing_is_answered_too() -> None:
    explorer = Explorer()
    for number in "12":
        (update,) = ask(explorer, id=number, scenario=explorer.scenario, revisions=["before", "v1"])
        assert json.loads(update["_view"])["answer"] == number


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"scenario": "tree=9x9"}, "tree=9x9: use fan-outs"),
        ({"scenario": "fail=all", "revisions": ["v1", "nonsense"]}, "nonsense"),
        ({"scenario": "fail=all", "revisions": []}, "one or two revisions"),
    ],
)
def test_what_cannot_be_is_answered_in_a_sentence_and_changes_nothing(wrong: dict[str, Any], sentence: str) -> None:
    explorer = Explorer()
    (update,) = ask(explorer, id="7", **wrong)
    drawn = json.loads(update["_view"])
    assert sentence in drawn["problem"]
    assert (drawn["answer"], drawn["scenario"], drawn["revisions"]) == ("7", explorer.scenario, ["before", "v1"])
    assert (explorer.scenario, explorer.revisions) == ("tree=1x1x3 fail=L1@0x200", ("before", "v1"))
    explorer.scenario = "fail=none"
    assert explorer._view["problem"] == ""


def test_a_picture_that_the_browser_lost_is_sent_again() -> None:
    explorer = Explorer()
    first, second = ask(explorer, skeleton="1x1x1 1", scenario="fail=none")
    assert list(first) == ["_skeleton"]
    assert "_view" in second


def test_functions_that_the_browser_lost_are_sent_again() -> None:
    explorer = Explorer()
    first, second = ask(explorer, common="", scenario="fail=none")
    assert list(first) == ["_common"]
    assert json.loads(second["_view"])["common"] == json.loads(first["_common"])["key"]


def test_functions_that_are_there_are_not_sent_again() -> None:
    explorer = Explorer()
    (first,) = ask(explorer, scenario="hkid=assigned leaves=present", revisions=["v2", "landed"])
    assert "_common" in first
    (second,) = ask(explorer, scenario="hkid=assigned leaves=present", revisions=["landed", "v2"])
    assert "_common" not in second


def test_the_browser_says_where_it_stands_in_the_view_it_asked_for() -> None:
    explorer = Explorer()
    explorer.step = 117
    (update,) = ask(explorer, scenario="hkid=key-freeid-error")
    assert "step" not in update
    assert explorer._view["rows"] < explorer.step == 117
    assert "Step 96 of 96:" in str(explorer)
    explorer.scenario = "hkid=vpflushdone-error"
    assert explorer.step == explorer._view["rows"]


def test_a_class_of_ones_own_can_be_chosen_again_by_name() -> None:
    class Mine(kvmviz.Revision, base="v1"):
        pass

    explorer = Explorer(revisions=[Mine])
    ask(explorer, revisions=["before"])
    ask(explorer, revisions=["before", "Mine"])
    assert explorer.revisions == ("before", Mine)


def test_where_no_widgets_run_there_is_a_picture_and_text() -> None:
    explorer = Explorer()
    data, _ = explorer._repr_mimebundle_()
    assert data["text/plain"] == repr(explorer)
    assert "application/vnd.jupyter.widget-view+json" in data
    ElementTree.fromstring(data["image/svg+xml"])
    again, _ = Explorer()._repr_mimebundle_()
    assert again["image/svg+xml"] == data["image/svg+xml"]


def test_the_view_survives_json() -> None:
    assert json.loads(json.dumps(Explorer()._view))["rows"]


def test_print_is_ascii_of_72_columns() -> None:
    explorer = Explorer("fail=all")
    explorer.step = 70
    lines = str(explorer).splitlines()
    assert all(line.isascii() for line in lines)
    assert all(len(line) <= 72 for line in lines[1:])


def test_what_is_wrong_with_a_choice_is_said_in_the_model_s_own_sentence() -> None:
    explorer = Explorer()
    for trait, wrong in (("scenario", "hkid=wrong"), ("revisions", ("nonsense",))):
        with pytest.raises(traitlets.TraitError) as caught:
            setattr(explorer, trait, wrong)
        said = str(caught.value)
        with pytest.raises(KvmvizError) as error:
            kvmviz.run(*(("v1", "hkid=wrong") if trait == "scenario" else ("nonsense",)))
        assert said == str(error.value)
    with pytest.raises(traitlets.TraitError, match="one or two revisions, not 3"):
        explorer.revisions = ("before", "v1", "v2")
    with pytest.raises(traitlets.TraitError, match="cannot be counted together"):
        Explorer("tree=90x60x1 region=dense", ("dpamt",))
