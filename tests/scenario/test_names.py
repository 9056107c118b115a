"""Names of pages: a value says what the name says, and leads back to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvmviz.kvm.vm import build
from kvmviz.machine.printk import Boot
from kvmviz.record.frames import pages_of
from kvmviz.revisions import REVISIONS
from kvmviz.scenario import Scenario
from kvmviz.scenario.names import PageName, guest_name, sept_name, spt_name

LINES = ("", "tree=1x2x3 vcpus=3", "tree=2x1x1x2 vcpus=0", "tree=1GiB")


@pytest.mark.parametrize("line", LINES)
def test_every_name_of_a_td_is_read_and_written_back(line: str) -> None:
    for page in pages_of(Scenario.parse(line)):
        name = PageName.parse(page.name)
        assert str(name) == page.name
        assert name.kind == page.kind or name.is_control == (page.kind == "control")
        if page.kind in ("S-EPT", "spt", "guest") and not name.is_root:
            assert (name.level, name.gfn) == (page.level, page.gfn)


@given(st.integers(1, 5), st.integers(0, 2**40))
def test_tables_are_told_by_level_and_gfn(level: int, gfn: int) -> None:
    assert PageName.parse(sept_name(level, gfn)) == PageName("S-EPT", level, gfn)
    assert PageName.parse(spt_name(level, gfn)).table == PageName.parse(sept_name(level, gfn)).table
    assert PageName.parse(guest_name(gfn)) == PageName("guest", gfn=gfn)


@pytest.mark.parametrize("word", ["HKID", "group vCPUs", "TDXR", "", "TDCS[x]", "L1 gfn=0x0"])
def test_what_is_no_page_is_refused(word: str) -> None:
    with pytest.raises(ValueError):
        PageName.parse(word)


@pytest.mark.parametrize("line", LINES)
def test_a_vm_has_the_pages_that_the_scenario_names_in_the_same_order(line: str) -> None:
    scenario = Scenario.parse(line)
    vm = build(scenario, REVISIONS["v1"], Boot())
    named = [page.name for page in pages_of(scenario) if page.kind in ("control", "S-EPT")]
    assert [page.name for page in vm.pages()] == named
