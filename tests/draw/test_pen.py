"""A pen writes an element's state: the first one, or that of a frame, and counts pages by state."""

import pytest

from kvmviz.draw.bars import segments
from kvmviz.draw.elements import Element
from kvmviz.draw.pen import Pen
from kvmviz.record.frames import pages_of
from kvmviz.record.runs import run


def test_first_states_are_those_of_a_run_before_its_first_event() -> None:
    first = run("v1", "tree=1x2x3").frames[0].states
    assert {page: Element.parse(page).first for page in first} == dict(first)
    assert len(first) == len(pages_of(run("v1", "tree=1x2x3").scenario))


def test_an_element_that_a_frame_does_not_name_is_in_its_first_state() -> None:
    assert Pen({}).head("ptr", "el", "ptr L1") == 'class="ptr s-set" data-el="ptr L1" data-state="set"'
    assert Pen().head("ptr", "el", "ptr a<b", ' id="x"') == 'class="ptr" id="x" data-el="ptr a&lt;b" data-state="set"'


def test_counts_are_of_pages_each_as_often_as_it_stands_for_others() -> None:
    pages = ("spt L1 gfn=0x0", "S-EPT L1 gfn=0x0", "S-EPT L1 gfn=0x200")
    assert Pen().counts(pages, 3) == ' data-count-in-use="3" data-count-tdx-owned="6"'
    assert Pen({pages[2]: "leaked"}).counts(pages[1:], 1) == ' data-count-tdx-owned="1" data-count-leaked="1"'


@pytest.mark.parametrize("state", ["leaked", "freed"])
def test_a_bar_is_filled_only_in_a_picture_that_stands_still(state: str) -> None:
    pages, place = {"TDR": 1, "S-EPT L1 gfn=0x0": 512}, (0.0, 0.0, 460.0, 21.0)
    assert Pen().bar(pages, place) == ""
    assert Pen({"TDR": state}).bar(pages, place) == segments({state: 1, "tdx-owned": 512}, place)
