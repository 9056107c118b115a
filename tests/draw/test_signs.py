"""Signs are shapes: whole SVG, a glyph for each state that names one, ids apart from those of another picture."""

import re
from xml.etree import ElementTree

from kvmviz.draw.signs import GLYPHS, TRIANGLE, definitions
from kvmviz.terms.states import HKID_STATES, PAGE_STATES


def test_every_glyph_that_a_state_names_is_drawn() -> None:
    named = {state.glyph for state in (*PAGE_STATES.values(), *HKID_STATES.values())} - {"none"}
    assert named <= set(GLYPHS)


def test_signs_are_drawn_of_shapes_and_not_of_letters() -> None:
    for body in (*GLYPHS.values(), TRIANGLE):
        assert {one.tag for one in ElementTree.fromstring(f"<g>{body}</g>")} <= {"path", "circle", "rect"}


def test_two_pictures_on_a_page_have_ids_of_their_own() -> None:
    one, other = (re.findall(r'id="([^"]+)"', definitions(prefix)) for prefix in ("a-", "b-"))
    assert one == ["a-tape", *(f"a-g-{name}" for name in GLYPHS)]
    assert not set(one) & set(other)
