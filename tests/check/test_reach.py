"""Which lines and branches of the model the spaces reach, and why not the others."""

import json
import subprocess
import sys

import pytest

from tests.check.reach import FOLDERS, ROOT

CHAINS = "call chains: only a Tape asks for them, a check keeps events without"
PROMPT = "for a reader at a prompt"
WRONG = "no revision of the project does this; those of kvmviz.check.broken and a reader's own can"
MODULE = "KVM never asks for this in a teardown, so the module need not refuse it; tests/machine asks"
LOCK = "one processor tears down, so no lock of the module is ever found taken; tests/machine takes them"
TOGETHER = "two things would have to fail that no scenario lets fail together; tests/machine and tests/kvm do"
HUGE = "the trees of the space are small; sizes such as 1GiB are run, not checked"
FOLDED = "large trees only, whose tables are folded; tests/test_folded.py runs them"

UNREACHED: dict[str, dict[str, str]] = {
    "kvm/mmu_page.py": {
        "def __repr__": PROMPT,
        "external_spt: if forgotten is not None: -> (end)": WRONG,
        'external_spt: raise TypeError("external_spt can only be set to None during a teardown; '
        'no new page can be hung here")': WRONG,
        'private_spt: raise TypeError(f"{sp.spt.name} has no S-EPT page, so there is nothing to reclaim")': WRONG,
    },
    "kvm/tdp_mmu.py": {
        "kvm_tdp_mmu_zap_invalidated_roots: if root.invalid: -> for root in list(vm.tdp_mmu_roots):":
            "the model has one root, and a teardown marks every root invalid first",
    },
    "kvm/tdx.py": {
        "tdx_flush_vp: if err != VCPU_NOT_ASSOCIATED: -> (end)":
            "every vCPU of the model last ran somewhere, so each is still associated",
        "tdx_reclaim_td_control_pages: return": "WBINVD of a TDR that was just had back is never refused",
        "tdx_reclaim_td_control_pages: vm.forget(vm.tdr_page)": "as above: the end of the same branch",
    },
    "kvm/vm.py": {
        "_mirror: if scenario.tree.gib is None: -> (end)": HUGE,
        '_op_page: raise TypeError(f"free_external_spt takes an S-EPT page or an sp last, not {last!r}")': WRONG,
        "forget: if page.owned: -> (end)": "nobody forgets a page that is the host's; only a failed WBINVD would",
    },
    "machine/bug.py": {
        "TDX_BUG_ON: host.recorder.masked(name)": TOGETHER,
        "TDX_BUG_ON: return True": TOGETHER,
        'WARN_ON_ONCE: _trace_once(host, site("WARN_ON_ONCE"))':
            "v1+17 alone has one, in the RCU callback, and the op has forgotten every page by then",
    },
    "machine/callchain.py": {
        'caller: return KernelFunction("?", "?")': "every event happens inside a kernel function",
        "def _location": CHAINS, "def _meet": CHAINS, "def arguments": FOLDED,
        "def callers": CHAINS, "def function_of": CHAINS, "def location_of": CHAINS,
        "def source_of": CHAINS,
    },
    "machine/journal.py": {
        "__init__: self.where: list[tuple[Location, ...]] = []": CHAINS,
        "__init__: super().__init__()": CHAINS,
        "emit: self.where.append(callers())": CHAINS,
        "emit: super().emit(event)": CHAINS,
        "rcu_callback: self.entries.append((self.phase, _rcu_callback(page.name)))": CHAINS,
        "rcu_callback: self.where.append((location_of(callback),))": CHAINS,
        "def double_free": WRONG, "def often": FOLDED, "def violation": WRONG,
    },
    "machine/memory.py": {
        'check_use: self.recorder.violation(page, f"{what} after it was freed")': WRONG,
        'check_write: self.recorder.violation(page, f"{what} while the TDX module owns it")': WRONG,
        "free_page: return": WRONG,
        "free_page: self.recorder.double_free(page)": WRONG,
        'free_page: self.recorder.violation(page, "freed while the TDX module owns it")': WRONG,
    },
    "machine/module.py": {
        "_refusal: return BUSY_TDR, True": LOCK,
        '_refusal: return STATUS["OPERAND_BUSY"], False': LOCK,
        '_refusal: return STATUS["OPERAND_ADDR_RANGE_ERROR"], False': MODULE,
        '_refusal: return STATUS["OPERAND_INVALID"], False': MODULE,
        '_refusal: return STATUS["OPERAND_INVALID"], True': MODULE,
        '_refusal: return STATUS["PAGE_METADATA_INCORRECT"], False': MODULE,
        "_registers: return 0, 0, 0": MODULE,
        "tdh_mem_page_remove: if status == SUCCESS and page.pamt is not None: -> return status":
            "the leaf function asks for no guest page once the key is gone, and before, none is refused",
        'tdh_mng_key_freeid: return self._answer("TDH.MNG.KEY.FREEID", None, STATUS["LIFECYCLE_STATE_INCORRECT"])':
            "KVM gives the key up before, when VPFLUSHDONE failed",
        'tdh_vp_flush: return self._answer("TDH.VP.FLUSH", None, VCPU_NOT_ASSOCIATED)':
            "every vCPU of the model last ran somewhere, so each is still associated",
    },
    "machine/page.py": {"def __repr__": PROMPT},
    "machine/recorder.py": {
        "def double_free": WRONG, "def violation": WRONG, "free: if len(self.freed) < LISTED: -> (end)": HUGE,
    },
}  # fmt: skip
"""For each file of the model what the default space does not reach, and why."""


def unreached(space: str, *revisions: str) -> dict[str, list[str]]:
    command = [sys.executable, "-m", "tests.check.reach", space, ",".join(revisions)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT.parent)
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


def explained() -> dict[str, list[str]]:
    return {file: sorted(lines) for file, lines in UNREACHED.items()}


def test_what_the_quick_space_does_not_reach_is_explained() -> None:
    assert unreached("quick", "before", "v1+17") == explained()


@pytest.mark.slow
def test_what_the_default_space_does_not_reach_is_explained() -> None:
    assert unreached("default", "before", "v1+17", "landed") == explained()


def test_the_list_is_of_the_models_files() -> None:
    assert all((ROOT / file).is_file() and file.split("/")[0] in FOLDERS for file in UNREACHED)
    assert all(reason for lines in UNREACHED.values() for reason in lines.values())
