"""Every JSON answer fits its published schema."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError
from referencing import Registry, Resource

from kvmviz.check.engine import check
from kvmviz.check.space import scenarios
from kvmviz.cli import main
from kvmviz.record.runs import run
from kvmviz.revisions import REVISIONS
from kvmviz.schema import names, read_schema
from kvmviz.terms.kinds import KINDS
from kvmviz.version import SCHEMA
from tests.record.test_runs import SCENARIOS
from tests.review import mails, patches
from tests.trying import trying

REGISTRY: Registry[Any] = Registry().with_resources(
    (read_schema(n)["$id"], Resource.from_contents(read_schema(n))) for n in names()
)


def validate(form: str, answer: Any) -> None:
    Draft202012Validator(read_schema(form), registry=REGISTRY).validate(answer)


@pytest.mark.parametrize("form", names())
def test_a_schema_is_one_and_carries_its_version(form: str) -> None:
    Draft202012Validator.check_schema(read_schema(form))
    assert read_schema(form)["$id"] == f"urn:kvmviz:schema:{SCHEMA}:{form}"


@given(st.sampled_from(list(REVISIONS)), SCENARIOS)
@trying(20, 60)
def test_runs_fit(revision: str, scenario: str) -> None:
    validate("run", json.loads(json.dumps(run(revision, scenario).to_json())))


def test_an_unrecorded_run_fits() -> None:
    validate("run", json.loads(json.dumps(run("v1", "tree=16GiB fail=all").to_json())))


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("step", "run --format json --step 63 fail=L1@0x200"),
        ("step", "run --format json --step 0"),
        ("step", "run --format json --step 80 tree=1TiB fail=all"),
        pytest.param("comparison", "compare --format json before v1 tree=1TiB fail=rate:1/9:x", marks=pytest.mark.slow),
        ("comparison", "compare --format json before landed fail=all"),
        ("comparison", "compare --format json v1 v2"),
        ("spread", "compare --format json --scenarios SCENARIOS before v1"),
        ("claims", "claims --format json B1 B2 B3 F2 K1 N1 D1"),
        ("check", "check --revision v1 --tree 1x1x1 --against before --format json"),
        ("check", "check --revision landed --tree 1x1x1 --format json"),
        ("review", "review --format json --space 1x1x1 MAIL"),
    ],
)
def test_answers_of_the_command_line_fit(
    form: str, words: str, capsys: pytest.CaptureFixture[str], tmp_path: Any
) -> None:
    file = tmp_path / "scenarios"
    file.write_text("fail=all\nfail=none\nhkid=assigned\n")
    mail = tmp_path / "mail"
    mail.write_text(mails.replied(patches.OWN_IDEA))
    assert main(words.replace("SCENARIOS", str(file)).replace("MAIL", str(mail)).split()) == 0
    validate(form, json.loads(capsys.readouterr().out))


@pytest.mark.parametrize("spoil", [{"page": None}, {"how": "later"}, {"phase": "never"}, {"chain": "a>b"}, {"more": 1}])
def test_a_schema_can_refuse(spoil: dict[str, Any]) -> None:
    answer: Any = run("v1").to_json()
    event = next(e for e in answer["events"] if e["kind"] == "free")
    event.update(spoil)
    if event["page"] is None:
        del event["page"]
    with pytest.raises(ValidationError):
        validate("run", answer)


@pytest.mark.parametrize("spoil", [{"verdict": "perhaps"}, {"met": -1}, {"broken": {}}, {"more": 1}])
def test_the_schema_of_a_check_can_refuse(spoil: dict[str, Any]) -> None:
    answer: Any = check("v1", [str(one) for one in list(scenarios("1x1x1"))[::20]], progress=False).to_json()
    validate("check", answer)
    answer["invariants"][0].update(spoil)
    with pytest.raises(ValidationError):
        validate("check", answer)


def test_every_form_asks_for_both_versions() -> None:
    assert all({"kvmviz", "schema"} <= set(read_schema(form)["required"]) for form in names())


def test_every_kind_of_event_has_a_word() -> None:
    assert all(name == kind.event.kind for name, kind in KINDS.items())
