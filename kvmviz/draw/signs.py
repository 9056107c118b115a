"""The signs of the picture: glyphs of states, the warning triangle, the hazard tape; as SVG text.

Every sign is drawn from shapes, so that no font decides how it looks.  `{id}` is
the prefix that keeps the ids of two pictures on one page apart.
"""

from typing import Final

ID: Final = "@ID@"
"""Stands for the prefix of ids; whoever shows a picture replaces it."""

GLYPHS: Final = {
    "lock": '<path d="M3.4 5V3.8a2.6 2.6 0 0 1 5.2 0V5" fill="none" stroke="currentColor" stroke-width="1.5"/>'
    '<rect x="2" y="5" width="8" height="6" rx="1" fill="currentColor"/>',
    "back": '<path d="M10.5 9.5V7a2.6 2.6 0 0 0-2.6-2.6H3" fill="none" stroke="currentColor" stroke-width="1.7"/>'
    '<path d="M4.8 1.2 1 4.4l3.8 3.2z" fill="currentColor"/>',
    "clock": '<circle cx="6" cy="6" r="4.7" fill="none" stroke="currentColor" stroke-width="1.4"/>'
    '<path d="M6 3.2V6l2 1.6" fill="none" stroke="currentColor" stroke-width="1.4"/>',
    "tick": '<path d="M1.8 6.4 4.7 9.2 10.2 2.8" fill="none" stroke="currentColor" stroke-width="1.6"/>',
    "cross": '<path d="M2 2l8 8M10 2l-8 8" fill="none" stroke="currentColor" stroke-width="2.4"/>',
    "key": '<circle cx="3" cy="6" r="2.3" fill="none" stroke="currentColor" stroke-width="1.3"/>'
    '<path d="M5.3 6H11.6M9 6v2.4M11.2 6v1.9" fill="none" stroke="currentColor" stroke-width="1.3"/>',
}
"""Glyphs in a square of 12."""

TRIANGLE: Final = (
    '<path class="halo" d="M12 1.5 22.8 20.6H1.2z"/><path class="tri" d="M12 1.5 22.8 20.6H1.2z"/>'
    '<path class="ex" d="M10.6 7.6h2.8l-.5 6.7h-1.8zM10.7 15.7h2.6v2.6h-2.6z"/>'
)
"""The warning sign, 24 by 22."""


def definitions(prefix: str) -> str:
    """Return the `<defs>` that the pictures of one explorer or file refer to."""
    symbols = "".join(
        f'<symbol id="{prefix}g-{name}" viewBox="0 0 12 12">{body}</symbol>' for name, body in GLYPHS.items()
    )
    tape = (
        f'<pattern id="{prefix}tape" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect class="kv-tape-a" width="8" height="8"/><rect class="kv-tape-b" width="4" height="8"/></pattern>'
    )
    return f"<defs>{tape}{symbols}</defs>"
