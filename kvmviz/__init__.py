"""kvmviz: watch a TDX guest being torn down by Linux KVM, before and after a patch.

>>> import kvmviz
>>> kvmviz.run("v1", "fail=L1@0x200").summary.leaked_count
2

One executable model computes everything that is shown: every warning, leak, count
and verdict.  All of it is loaded when it is first used, so that a command that needs
little starts quickly.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from kvmviz.version import __version__ as __version__

# Loading the package `kvmviz.compare` puts it in the place of the function of that
# name, and that happens once: now, and here it makes room for the function.
import_module("kvmviz.compare")
del globals()["compare"]

if TYPE_CHECKING:
    from kvmviz.c.revision import from_c as from_c
    from kvmviz.check import Report as Report
    from kvmviz.check import Verdict as Verdict
    from kvmviz.check import check as check
    from kvmviz.check import claims as claims
    from kvmviz.checkout.answer import Kernel as Kernel
    from kvmviz.checkout.answer import kernel as kernel
    from kvmviz.compare.comparison import Comparison as Comparison
    from kvmviz.compare.comparison import compare as compare
    from kvmviz.explorer import Explorer as Explorer
    from kvmviz.patches.reading import from_patch as from_patch
    from kvmviz.race import Design as Design
    from kvmviz.race import Race as Race
    from kvmviz.race import race as race
    from kvmviz.record.runs import Run as Run
    from kvmviz.record.runs import run as run
    from kvmviz.revisions import REVISIONS as REVISIONS
    from kvmviz.revisions import Revision as Revision
    from kvmviz.scenario import Scenario as Scenario
    from kvmviz.scenario import ScenarioError as ScenarioError
    from kvmviz.scenario.tree import Tree as Tree

_WHERE = {
    "Run": "record.runs", "run": "record.runs", "Comparison": "compare.comparison", "compare": "compare.comparison",
    "check": "check", "claims": "check", "Report": "check", "Verdict": "check", "Explorer": "explorer",
    "REVISIONS": "revisions", "Revision": "revisions", "Scenario": "scenario", "ScenarioError": "scenario",
    "Tree": "scenario.tree", "from_c": "c.revision", "from_patch": "patches.reading", "kernel": "checkout.answer",
    "Kernel": "checkout.answer", "Design": "race", "Race": "race", "race": "race",
}  # fmt: skip

__all__ = [*_WHERE]


def __getattr__(name: str) -> Any:
    """Load a public name from its module when it is first used."""
    if name not in _WHERE:
        raise AttributeError(f"module 'kvmviz' has no attribute {name!r}")
    value = getattr(import_module(f"kvmviz.{_WHERE[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext kvmviz`: cells of C, `%%kernel_c NAME`, whose verdict is shown at once."""
    import_module("kvmviz.cell").load(shell)


# In a notebook results show themselves as pictures; elsewhere nothing of that is loaded.
if sys.modules.get("IPython") is not None:
    import_module("kvmviz.show").attach()
