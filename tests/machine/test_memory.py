"""What must never happen to a page is seen by the simulated machine."""

import pytest

from kvmviz.machine import pamt
from kvmviz.machine.host import Host
from kvmviz.machine.journal import Journal
from kvmviz.machine.page import Page


@pytest.fixture
def setting() -> tuple[Host, Journal, Page]:
    host, journal = Host(), Journal()
    tdr = host.memory.alloc("TDR")
    host.tdx.create(tdr)
    page = host.memory.alloc("S-EPT", level=1, gfn=0x200)
    host.tdx.add(page, pamt.EPT, tdr)
    host.watch(journal)
    return host, journal, page


Setting = tuple[Host, Journal, Page]


def test_freeing_an_owned_page_is_a_violation_and_frees_it_all_the_same(setting: Setting) -> None:
    host, journal, page = setting
    host.memory.free_page(page)
    assert [e.kind for _, e in journal.entries] == ["violation", "free"]
    assert not page.allocated


def test_freeing_twice(setting: Setting) -> None:
    host, journal, page = setting
    page.pamt = None
    host.memory.free_page(page)
    host.memory.free_page(page)
    assert [e.kind for _, e in journal.entries] == ["free", "double_free"]


def test_freeing_null_does_nothing(setting: Setting) -> None:
    host, journal, _ = setting
    host.memory.free_page(None)
    assert not journal.entries


def test_writing_an_owned_or_a_freed_page_is_a_violation(setting: Setting) -> None:
    host, journal, page = setting
    host.memory.check_write(page, "written")
    page.pamt = None
    host.memory.check_write(page, "written")
    host.memory.free_page(page)
    host.memory.check_write(page, "written")
    assert [what for _, what in journal.violations] == [
        "written while the TDX module owns it",
        "written after it was freed",
    ]
