"""What a page, and the key, can be: the one table of states, looks and meanings.

>>> PAGE_STATES["leaked"].meaning
'Nobody will ever ask for it again; it stays with the TDX module for good.'

Picture, ledger, text and legend all read this table.  Each state has a colour
from a colour-blind-safe palette (Okabe-Ito hues, darkened until text passes AA)
*and* a line, a glyph and a word, so that nothing is said by colour alone.
"""

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class Look:
    """Colours of one theme as CSS hex: of the fill, of the edge, and of the text on the fill."""

    fill: str
    edge: str
    text: str


@dataclass(frozen=True, slots=True)
class State:
    """One state: how it is called, drawn and explained.

    `line` is the edge's style (`solid`, `dashed`, `dotted`, `tape`), `glyph` the
    name of the sign in the page's corner, `letter` its mark in plain text.
    """

    name: str
    word: str
    letter: str
    glyph: str
    line: Literal["solid", "dashed", "dotted", "tape"]
    light: Look
    dark: Look
    meaning: str


PAGE_STATES: Final[dict[str, State]] = {
    state.name: state
    for state in (
        State(
            "in-use", "in use", "u", "none", "solid",
            Look("#e8e4da", "#3b4046", "#16191d"), Look("#454b52", "#c9c6bd", "#eeece6"),
            "KVM uses it.",
        ),
        State(
            "tdx-owned", "TDX module's", "T", "lock", "solid",
            Look("#0b4a7a", "#08375c", "#ffffff"), Look("#2a74ad", "#7fc0ee", "#ffffff"),
            "The TDX module has it; the host must not touch it.",
        ),
        State(
            "reclaimed", "reclaimed", "r", "back", "solid",
            Look("#a6d1ee", "#0b4a7a", "#16191d"), Look("#1f435e", "#7fc0ee", "#eeece6"),
            "The module gave it back; it is the host's again and not yet free.",
        ),
        State(
            "rcu-pending", "waits for RCU", "w", "clock", "dashed",
            Look("#ffffff", "#50575f", "#16191d"), Look("#1d2125", "#adb4bb", "#eeece6"),
            "It will be freed when every reader that may still see it is done.",
        ),
        State(
            "freed", "freed", ".", "tick", "dotted",
            Look("none", "#8b8f94", "#656b72"), Look("none", "#6b737b", "#9aa1a8"),
            "It went back to the kernel's page allocator.",
        ),
        State(
            "leaked", "leaked", "X", "cross", "tape",
            Look("#bd3f00", "#5a1c00", "#ffffff"), Look("#ff7a3a", "#ffb48a", "#14171a"),
            "Nobody will ever ask for it again; it stays with the TDX module for good.",
        ),
    )
}  # fmt: skip
"""States of a page, in the order of a page's life."""

HKID_STATES: Final[dict[str, State]] = {
    state.name: state
    for state in (
        State(
            "assigned", "HKID assigned", "T", "key", "solid",
            PAGE_STATES["tdx-owned"].light, PAGE_STATES["tdx-owned"].dark,
            "The TD's memory is still encrypted with this key.",
        ),
        State(
            "released", "HKID released", ".", "key", "dotted",
            PAGE_STATES["freed"].light, PAGE_STATES["freed"].dark,
            "The key went back to the pool; the TD's pages can be reclaimed.",
        ),
        State(
            "leaked", "HKID leaked", "X", "key", "tape",
            PAGE_STATES["leaked"].light, PAGE_STATES["leaked"].dark,
            "The key could not be given back; it and every remaining page of the TD are lost until reboot.",
        ),
    )
}  # fmt: skip
"""States of the TD's key id."""
