"""Every scenario of a space against every invariant, and what people claimed.

>>> import kvmviz
>>> kvmviz.check("landed", "1x1x1", progress=False)
<kvmviz.check landed in 1,104 scenarios: ok>

Read `invariants` and `reporting` for what has to hold, `known` for what is known
not to, `broken` for revisions that break it on purpose.  The package can be called:
`kvmviz.check(...)` is `kvmviz.check.check(...)`.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kvmviz.check.catalogue import INVARIANTS as INVARIANTS
    from kvmviz.check.engine import check as check
    from kvmviz.check.invariant_error import InvariantError as InvariantError
    from kvmviz.check.propositions import Verdict as Verdict
    from kvmviz.check.propositions import claims as claims
    from kvmviz.check.report import Report as Report

_WHERE = {
    "check": "engine", "Report": "report", "INVARIANTS": "catalogue", "InvariantError": "invariant_error",
    "Verdict": "propositions", "claims": "propositions",
}  # fmt: skip

__all__ = list(_WHERE)


class _Package(ModuleType):
    """A package that can be called, since `kvmviz.check` is the name of both the package and its function."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return import_module(f"{__name__}.engine").check(*arguments, **options)


sys.modules[__name__].__class__ = _Package


def __getattr__(name: str) -> Any:
    """Load a public name from its module when it is first used."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
