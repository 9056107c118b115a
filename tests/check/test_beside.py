"""Beside another revision: who says less has mended nothing."""

from typing import Any

from kvmviz.check.engine import check
from kvmviz.revisions import Revision


class Silent(Revision, base="v1"):
    """Says nothing at all, and forgets whatever it does not get."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: Any, gfn: int, sp: Any) -> None:
        if vm.hkid > 0 or vm.host.tdx.tdh_phymem_page_reclaim(sp.external_spt)[0]:
            sp.external_spt = None
            return
        vm.host.memory.check_write(sp.external_spt, "written")


class Alarming(Revision, base="v1"):
    """Warns of every table."""

    @staticmethod
    def tdx_sept_free_private_spt(vm: Any, gfn: int, sp: Any) -> None:
        from kvmviz.machine.bug import WARN_ON
        from kvmviz.revisions import REVISIONS

        WARN_ON(vm.host, True)
        REVISIONS["v1"].tdx_sept_free_private_spt(vm, gfn, sp)


def test_a_patch_that_became_silent_mends_nothing() -> None:
    report = check(Silent, "1x1x1", against="before", progress=False)
    about_the_log = [r for r in report.results if r.mended and "log" in r.name + r.invariant.statement]
    assert about_the_log == [] and report.less > 0 and not report.more
    assert f"Silent puts less into the log in {report.less:,} scenarios." in " ".join(str(report).split())
    assert report.to_json()["less_reported"] == report.less


def test_what_is_no_longer_said_is_called_that_and_not_mended() -> None:
    report = check("v1", "1x1x1", against=Alarming, progress=False)
    alarm = report["no_false_alarm"]
    assert alarm.mended is None and alarm.quieter is not None
    assert "puts less into the log there; that mends nothing" in " ".join(str(report).split())


def test_the_patchs_own_faults_come_first_and_what_is_known_after() -> None:
    text = " ".join(str(check(Alarming, "1x1x1", progress=False)).split())
    own, known = text.index("no_false_alarm: a bug, in"), text.index("as v1 has it, too.")
    assert own < known and "not known of this revision" not in text


def test_a_function_that_never_ran_is_named() -> None:
    class Unreached(Revision, base="landed"):
        @staticmethod
        def tdx_sept_remove_leaf_spte(vm: Any, gfn: int, level: int, page: Any) -> int:
            return 0

    report = check(Unreached, ["tree=1x1x1 leaves=present hkid=released panic=on"], progress=False)
    ran = report.own["tdx_sept_remove_leaf_spte"]
    assert ("never ran, so nothing here speaks of it" in " ".join(str(report).split())) == (ran == 0)
