"""What an element's name says, and that no two have one id."""

import pytest

from kvmviz.draw.elements import BETWEEN, FIRST, PAGES, Element, slug
from kvmviz.record.frames import FrameBuilder, pages_of
from kvmviz.scenario import Scenario

TD = Scenario.parse("tree=2x2x2 vcpus=3")


def test_a_page_s_first_state_is_that_of_the_first_frame() -> None:
    frame = FrameBuilder(pages_of(TD)).frame()
    assert {page: Element.parse(page).first for page in frame.states} == dict(frame.states)
    assert Element.parse("HKID").first == frame.hkid


@pytest.mark.parametrize(
    ("name", "kind", "of"),
    [
        ("ptr L2 gfn=0x40000", "ptr", "L2 gfn=0x40000"), ("warn S-EPT L1 gfn=0x0 1", "warn", "S-EPT L1 gfn=0x0"),
        ("warn TDR 0", "warn", "TDR"), ("cause TDCX[0][1]", "cause", "TDCX[0][1]"), ("HKID", "HKID", ""),
        ("spt root", "spt", ""), ("spt L1 gfn=0x200", "spt", "L1 gfn=0x200"), ("TDR", "TDR", ""),
        ("group vCPUs", "group", "vCPUs"),
    ],
)  # fmt: skip
def test_a_name_is_of_a_kind_and_of_a_table_a_page_or_nothing(name: str, kind: str, of: str) -> None:
    assert Element.parse(name) == Element(kind, of)


def test_what_is_no_element_is_refused() -> None:
    with pytest.raises(ValueError, match="no-such"):
        Element.parse("no-such thing")


def test_kinds_are_pages_or_between_them_and_ids_differ_and_hold_no_blank() -> None:
    assert not PAGES.keys() & BETWEEN.keys() and FIRST == {**PAGES, **BETWEEN}
    names = [page.name for page in pages_of(TD)]
    ids = [slug(name) for name in names]
    assert len(set(ids)) == len(names)
    assert not [one for one in ids if set(one) & set(" []=")]
