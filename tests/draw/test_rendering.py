"""Finding an engine and what is said when there is none or it fails."""

import os
from pathlib import Path

import pytest

from kvmviz.draw import rendering


@pytest.fixture(autouse=True)
def _fresh() -> None:
    rendering.render.cache_clear()


def test_engine_prefers_dot_and_falls_back_to_the_pip_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dot = tmp_path / "dot"
    dot.write_text("#!/bin/sh\n")
    dot.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert rendering.engine() == dot
    dot.unlink()
    assert rendering.engine().name == rendering.PURE


def test_engine_missing_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    with pytest.raises(rendering.DrawError, match="pip install graphviz-pure"):
        rendering.engine()


def test_render_failing_engine_is_one_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "dot"
    broken.write_text("#!/bin/sh\necho 'out of ink' >&2\nexit 3\n")
    broken.chmod(0o755)
    with pytest.raises(rendering.DrawError, match="dot could not draw the svg: out of ink") as caught:
        rendering.render("digraph { a }", "svg", broken)
    assert "\n" not in str(caught.value)


def test_an_engine_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hanging = tmp_path / "dot"
    hanging.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nexec sleep 600\n")
    hanging.chmod(0o755)
    monkeypatch.setattr(rendering, "TIMEOUT", 0.5)
    with pytest.raises(rendering.DrawError, match=r"dot did not draw the svg within 0.5 s and was ended"):
        rendering.render("digraph { a }", "svg", hanging)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_render_bad_dot_is_one_sentence() -> None:
    with pytest.raises(rendering.DrawError, match="could not draw the svg"):
        rendering.render("digraph {", "svg")


@pytest.mark.parametrize("name", ["dot", rendering.PURE])
def test_render_draws_with_both_engines(name: str) -> None:
    try:
        program = rendering.engine(name)
    except rendering.DrawError as missing:
        pytest.skip(str(missing))
    assert b"<svg" in rendering.render("digraph { a }", "svg", program)
    assert rendering.render("digraph { a }", "png", program).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("#!/bin/sh\nexit 1\n", "it said nothing"),
        ("#!/bin/sh\nprintf 'first\\nlast \\377 word\\n\\n' >&2\nexit 1\n", "last \ufffd word"),
        ("no program", "Exec format error"),
    ],
)  # fmt: skip
def test_what_an_engine_said_last_is_told_whatever_it_was(tmp_path: Path, script: str, said: str) -> None:
    broken = tmp_path / "dot"
    broken.write_text(script)
    broken.chmod(0o755)
    with pytest.raises(rendering.DrawError) as caught:
        rendering.render("digraph { a }", "png", broken)
    assert str(caught.value) == f"dot could not draw the png: {said}"


def test_an_engine_is_asked_for_the_format_and_dot_s_layout_and_given_the_text(tmp_path: Path) -> None:
    asked = tmp_path / "dot"
    asked.write_text('#!/bin/sh\necho "$@"\ncat\n')
    asked.chmod(0o755)
    assert rendering.render("digraph { \u00e4 }", "png", asked).decode() == "-Kdot -Tpng\ndigraph { \u00e4 }"


def test_an_engine_that_is_preferred_is_taken_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name, **_: f"/somewhere/{name}" if name == "dot" else None)
    assert rendering.engine("dot") == rendering.engine() == Path("/somewhere/dot")
    with pytest.raises(rendering.DrawError, match=f"no {rendering.PURE} was found"):
        rendering.engine(rendering.PURE)


@pytest.mark.parametrize(
    ("answer", "said"),
    [(("<svg/>", ""), None), (("", "out of ink"), "svg: out of ink"), (("", ""), "svg: it said nothing")],
)
def test_in_a_browser_the_page_draws_or_says_why_not(
    monkeypatch: pytest.MonkeyPatch, answer: tuple[str, str], said: str | None
) -> None:
    monkeypatch.setattr(rendering, "IN_BROWSER", True)
    monkeypatch.setattr(rendering, "has_page", lambda: False)
    with pytest.raises(rendering.DrawError, match="this page brings no Graphviz"):
        rendering.render("digraph { a }", "svg")
    monkeypatch.setattr(rendering, "has_page", lambda: True)
    monkeypatch.setattr("kvmviz.browser.draw", lambda *given: answer if given == ("digraph { a }", "svg") else None)
    if said is None:
        assert rendering.render("digraph { a }", "svg") == b"<svg/>"
    else:
        with pytest.raises(rendering.DrawError, match=f"Graphviz could not draw the {said}$"):
            rendering.render("digraph { a }", "svg")
