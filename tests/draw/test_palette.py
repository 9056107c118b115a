"""Colours by role: both themes have all, text can be read on its ground, a resolved style names no property."""

import re

import pytest

from kvmviz.draw.palette import FONTS, Theme, css_tokens, resolve, tokens
from kvmviz.terms.states import PAGE_STATES

THEMES: tuple[Theme, ...] = ("light", "dark")


def luminance(colour: str) -> float:
    """WCAG 2: of a colour as hex."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a: str, b: str) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_text_can_be_read_on_its_ground(theme: Theme) -> None:
    colours = tokens(theme)
    pairs = [("ink", "paper"), ("ink2", "paper"), ("ink", "canvas"), ("now-ink", "now"), ("warn-ink", "warn")]
    pairs += [(f"{state}-text", f"{state}-fill") for state in PAGE_STATES if colours[f"{state}-fill"] != "none"]
    assert {pair: contrast(*(colours[role] for role in pair)) for pair in pairs if
            contrast(*(colours[role] for role in pair)) < 4.5} == {}  # fmt: skip


def test_both_themes_have_the_same_roles_and_other_colours() -> None:
    light, dark = map(tokens, THEMES)
    assert list(light) == list(dark)
    assert light["paper"] != dark["paper"]
    assert [light[f"{state}-fill"] for state in PAGE_STATES] == [one.light.fill for one in PAGE_STATES.values()]
    assert [dark[f"{state}-edge"] for state in PAGE_STATES] == [one.dark.edge for one in PAGE_STATES.values()]


def test_the_explorer_gets_every_colour_of_both_themes_and_keeps_its_own_fonts() -> None:
    light, dark = css_tokens().splitlines()
    assert light.startswith(".kvmviz{") and dark.startswith('.kvmviz[data-theme="dark"]{')
    for rule, theme in ((light, "light"), (dark, "dark")):
        set_here = dict(re.findall(r"--kv-([a-z0-9-]+):([^;}]+)", rule))
        assert set_here == {name: value for name, value in tokens(theme).items() if name not in FONTS}  # type: ignore[arg-type]


@pytest.mark.parametrize("theme", THEMES)
def test_a_resolved_style_has_the_theme_s_colours_and_no_property(theme: Theme) -> None:
    css = "a{color:var(--kv-ink);font:var(--kv-ui-font)}b{fill:var(--kv-leaked-fill)}"
    said = resolve(css, theme)
    assert "var(" not in said
    assert [tokens(theme)[role] in said for role in ("ink", "ui-font", "leaked-fill")] == [True] * 3
