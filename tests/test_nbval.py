"""What the notebooks' stored pictures may differ in, and what not."""

import re
from pathlib import Path

import graphviz
import pytest
from graphviz.backend import dot_command
from nbval.plugin import get_sanitize_patterns

from kvmviz.draw.rendering import PURE, DrawError, engine

PATTERNS = get_sanitize_patterns((Path(__file__).parent / "nbval.cfg").read_text())

SOURCE = 'graph g { bgcolor=transparent; a [id="page a" class="leaked" label="spt L1"]; a -- b; b -- c; a -- c }'


def sanitized(text: str) -> str:
    for pattern, replacement in PATTERNS:
        text = re.sub(pattern, replacement, text)
    return text


@pytest.mark.parametrize(
    "text", ['id="a"', 'class="leaked"', 'data-state="freed"', 'data-width="3"', "<text>0x200</text>", 'fill="#1f77b4"']
)
def test_sanitize_keeps_what_means_something(text: str) -> None:
    assert sanitized(text) == text


def test_sanitize_drops_places() -> None:
    assert sanitized('<rect x="1.5" y="2" width="3"/>') == sanitized('<rect x="4" y="5" width="6"/>')


def test_sanitize_makes_two_engines_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    def svg(name: str) -> str:
        monkeypatch.setattr(dot_command, "DOT_BINARY", engine(name))
        return str(graphviz.pipe("dot", "svg", SOURCE.encode()).decode())

    try:
        native = svg("dot")
    except DrawError as error:
        pytest.skip(str(error))
    pure = svg(PURE)
    assert native != pure
    assert sanitized(native) == sanitized(pure)
