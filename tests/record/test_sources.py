"""The source beside a step is that of the function that ran: read from the file it is said to stand in."""

import importlib
import inspect
import re
from pathlib import Path

import pytest

import kvmviz
from kvmviz.record.runs import run
from kvmviz.record.sources import source

RAN = run("v1", "fail=L1@0x200 leaves=present hkid=flushvp-not-done")


def test_a_source_stands_in_its_file_at_its_line() -> None:
    for key, found in RAN.sources.items():
        assert found is source(key) and found.language == "Python"
        file = inspect.getsourcefile(importlib.import_module(found.module))
        assert file is not None
        lines = Path(file).read_text().split("\n")[found.first_line - 1 :]
        assert lines[0].strip().startswith(f"def {re.split('[:.]', key)[-1]}("), key
        shown = found.text.split("\n")
        assert [line.strip() for line in lines[: len(shown)]] == [line.strip() for line in shown]
        assert not shown[0].startswith(" ") and shown[1].startswith("    ") and shown[-1].strip()


def test_a_source_bears_the_kernel_s_name_and_file() -> None:
    names = {one.function: one.file for one in RAN.sources.values()}
    assert names["tdx_vcpu_free"] == "tdx.c" and names["handle_removed_pt"] == "tdp_mmu.c"


C = """static void tdx_sept_free_private_spt(struct kvm *kvm, struct kvm_mmu_page *sp)
{
	sp->external_spt = NULL;
}
"""


def test_c_is_shown_as_it_was_read() -> None:
    which = kvmviz.from_c("\n\n" + C, base="landed", name="C")
    (found,) = (one for one in run(which, "tree=1x1x1").sources.values() if one.language == "C")
    assert (found.function, found.first_line) == ("tdx_sept_free_private_spt", 3)
    assert found.text.strip() == C.strip()


def test_a_function_without_a_file_has_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_: object) -> None:
        raise OSError

    key = next(iter(RAN.sources))
    whole = RAN.sources[key]
    monkeypatch.setattr(inspect, "getsourcelines", gone)
    found = source.__wrapped__(key)
    assert (found.function, found.file, found.module, found.text) == (whole.function, whole.file, whole.module, "")
