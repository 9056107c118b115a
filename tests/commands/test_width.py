"""Whatever text is printed is ASCII of at most 72 columns, fit for a mail."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from kvmviz.check.cases import CASES
from kvmviz.check.propositions import CLAIMS
from kvmviz.cli import main
from kvmviz.commands import doctor
from kvmviz.commands.command_line import COMMANDS
from kvmviz.revisions import REVISIONS
from kvmviz.scenario import CAUSES
from kvmviz.terms.calls import CALLS
from kvmviz.terms.glossary import SITES, STATUSES, TERMS
from tests.record.test_runs import SCENARIOS
from tests.review import mails, patches
from tests.trying import sampled, trying

NAMES = list(REVISIONS)
TEXTS = {name: text for name, text in vars(patches).items() if isinstance(text, str) and name.isupper()}
PATCHES = {name: text for name, text in TEXTS.items() if "diff --git" in text}
ONES_OWN = """
import kvmviz

class \u00c4nderung_mit_einem_Namen_der_auf_eine_Zeile_passt(kvmviz.Revision, base="v1"):
    def tdx_sept_free_private_spt(kvm, gfn, sp):
        pass
"""

Capture = pytest.CaptureFixture[str]


def check(capsys: Capture, *argv: str) -> str:
    """Run a command; a scenario line, and a line that a mail is quoted by, may be as long as they are."""
    main(argv)
    out = capsys.readouterr().out
    assert out
    for line in out.splitlines():
        if not line.lstrip(" '").startswith("tree=") and not line.startswith(">"):
            assert line.isascii() and line.isprintable(), line
            assert len(line) <= 72, line
    return out


@pytest.mark.parametrize("case", CASES)
def test_runs_and_comparisons_of_every_case(case: str, capsys: Capture) -> None:
    line = CASES[case].scenario
    check(capsys, "run", "--revision", ",".join(NAMES), line)
    check(capsys, "log", "--short", "--revision", "before,landed", line)
    for name in NAMES if "GiB" not in line and "TiB" not in line else ():
        check(capsys, "compare", "before", name, line)


@given(st.permutations(NAMES), SCENARIOS, st.integers(0, 60))
@trying(20, 60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_runs_steps_and_comparisons_of_any_scenario(
    capsys: Capture, names: list[str], scenario: str, step: int
) -> None:
    check(capsys, "run", "--revision", names[0], scenario)
    check(capsys, "run", "--revision", names[0], "--step", str(step if "panic=off" in scenario else 0), scenario)
    check(capsys, "compare", *names[:2], scenario)


@pytest.mark.parametrize("name", sampled(NAMES, 2))
def test_reports_of_every_revision(name: str, capsys: Capture) -> None:
    check(capsys, "check", "--revision", name, "--tree", "1x1x1", "--against", "before")


@pytest.mark.parametrize("name", ["v1", "landed"])
def test_comparisons_over_a_space(name: str, capsys: Capture, tmp_path: Path) -> None:
    file = tmp_path / "lines"
    file.write_text("\n".join(case.scenario for case in CASES.values() if "iB" not in case.scenario))
    assert "kvmviz compare before" in check(capsys, "compare", "before", name, "--scenarios", str(file))


def test_a_revision_with_an_impossible_name(capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("m.py").write_text(ONES_OWN, encoding="utf-8")
    own = "m.py:\u00c4nderung_mit_einem_Namen_der_auf_eine_Zeile_passt"
    check(capsys, "run", "--revision", own)
    check(capsys, "compare", own, "v1", "fail=all")


@pytest.mark.parametrize("claim", CLAIMS)
def test_claims(claim: str, capsys: Capture) -> None:
    out = check(capsys, "claims", claim)
    assert f"{claim}: " in out


@pytest.mark.parametrize("patch", sampled(PATCHES, 4))
@pytest.mark.parametrize(
    "form", ["posted", *(pytest.param(f, marks=pytest.mark.slow) for f in ("replied", "saved page"))]
)
def test_replies(patch: str, form: str, capsys: Capture, tmp_path: Path) -> None:
    mail = tmp_path / "mail"
    mail.write_bytes(mails.FORMS[form](PATCHES[patch]))
    check(capsys, "review", "--space", "1x1x1", str(mail))


WORDS = (*TERMS, *SITES, *CALLS, *STATUSES, *CAUSES, "S-EPT L1 gfn=0x200", "TDCX[0][1]", "warn")


@pytest.mark.parametrize("word", WORDS)
def test_explanations(word: str, capsys: Capture) -> None:
    check(capsys, "explain", word)


def test_doctor(capsys: Capture) -> None:
    check(capsys, "doctor")


def test_doctor_lacks_nothing_without_what_only_the_tests_want(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "_version", lambda package: None if package in ("pytest", "nbval") else "1")
    assert main(["doctor"]) == 0
    assert capsys.readouterr().out.count("only the tests want it") == 2
    monkeypatch.setattr(doctor, "_version", lambda package: None if package == "jupyterlab" else "1")
    assert main(["doctor"]) == 1
    assert "pip install 'kvmviz[notebook]'" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help(command: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    with pytest.raises(SystemExit):
        check(capsys, *([command] if command else []), "--help")
    assert [line for line in capsys.readouterr().out.splitlines() if len(line) > 72 or not line.isascii()] == []
