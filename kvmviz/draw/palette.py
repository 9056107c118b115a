"""Colours by role, for both themes: one name for each role, read by CSS, SVG and DOT alike.

>>> tokens("light")["leaked-fill"]
'#bd3f00'

The colours of states come from `kvmviz.terms.states`; the others are here.  Contrasts
were measured: text at least 4.5 on its ground, edges that carry meaning at least 3.
"""

import re
from typing import Final, Literal

from kvmviz.terms.states import PAGE_STATES

Theme = Literal["light", "dark"]

_ROLES: Final[dict[Theme, dict[str, str]]] = {
    "light": {
        "canvas": "#f4f3ef", "paper": "#ffffff", "ink": "#16191d", "ink2": "#50575f", "line": "#d3d1ca",
        "line2": "#8b8f94", "tape": "#5a1c00", "tape2": "#ffa05c", "warn": "#f2a900", "warn-ink": "#16191d",
        "warn-edge": "#5c4000", "now": "#9c1f68", "now-ink": "#ffffff", "now-bg": "#f8e3ef", "only-bg": "#eeece5",
        "capsule": "#f1efe9", "word-leaked": "#bd3f00",
    },
    "dark": {
        "canvas": "#14171a", "paper": "#1d2125", "ink": "#eeece6", "ink2": "#adb4bb", "line": "#363c43",
        "line2": "#79818a", "tape": "#ffb48a", "tape2": "#7a2c00", "warn": "#ffc233", "warn-ink": "#14171a",
        "warn-edge": "#ffc233", "now": "#ff8ccb", "now-ink": "#14171a", "now-bg": "#4a2440", "only-bg": "#262b30",
        "capsule": "#272c32", "word-leaked": "#ff7a3a",
    },
}  # fmt: skip


FONTS: Final = {
    "ui-font": 'Inter,system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,"DejaVu Sans",sans-serif',
    "mono-font": '"JetBrains Mono",ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace',
}
"""Fonts of a picture on its own; in a notebook the host's own fonts come first."""


def tokens(theme: Theme) -> dict[str, str]:
    """Return every colour of a theme, and the fonts, by the name of its role."""
    found = {**FONTS, **_ROLES[theme]}
    for state in PAGE_STATES.values():
        look = state.light if theme == "light" else state.dark
        found |= {f"{state.name}-fill": look.fill, f"{state.name}-edge": look.edge, f"{state.name}-text": look.text}
    return found


def css_tokens() -> str:
    """Return the style rules that set the custom properties of both themes on the explorer's root."""
    return f'.kvmviz{{{_properties("light")}}}\n.kvmviz[data-theme="dark"]{{{_properties("dark")}}}'


def _properties(theme: Theme) -> str:
    return ";".join(f"--kv-{name}:{value}" for name, value in tokens(theme).items() if name not in FONTS)


def resolve(css: str, theme: Theme) -> str:
    """Return `css` with every custom property replaced by its value, for viewers that know none.

    >>> resolve("rect{fill:var(--kv-paper)}", "dark")
    'rect{fill:#1d2125}'
    """
    values = tokens(theme)
    return re.sub(r"var\(--kv-([a-z0-9-]+)\)", lambda match: values[match[1]], css)
