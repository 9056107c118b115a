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
