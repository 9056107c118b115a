"""Known claims, put to the test for one patch: only those that a mail calls for.

>>> from kvmviz.revisions import REVISIONS
>>> found = judge(["B6"], REVISIONS["before"], REVISIONS["v1"], same=True)
>>> found["B6"].verdict.verdict, found["B6"].own
('holds', False)

A patch that does what a known revision does, event for event, has that one's verdicts.
Any other is put in the place of the revisions after the patch, and its old side in the
place of the one before; then the figures are its own, and the reasons that name known
revisions are left out.
"""

from collections.abc import Iterable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Final

from kvmviz.c.runtime import Endless
from kvmviz.check.propositions import CLAIMS, Runs, Verdict
from kvmviz.check.propositions.registry import AFTER
from kvmviz.errors import KvmvizError
from kvmviz.revisions import REVISIONS, Revision

_NOT_ASKED: Final = (AttributeError, LookupError, TypeError, ValueError, OSError, StopIteration, AssertionError)
"""What a claim's function meets that looks at Python's source, or at arguments that a patch does not have."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict; `own` says that it was asked of the patch itself, in the place of known revisions.

    `verdict` is None where the claim's function could not be asked of this patch.
    """

    verdict: Verdict | None
    own: bool


Verdicts = Mapping[str, Judged]


def judge(names: Iterable[str], old: type[Revision], new: type[Revision], *, same: bool) -> dict[str, Judged]:
    """Judge claims of a patch that leads from `old` to `new`; `same`: both are, or do the same as, known revisions."""
    table, found = Runs(), dict[str, Judged]()
    for name in names:
        if same:
            verdict = CLAIMS[name].verdict(table)
            if new.name in verdict.revisions or not set(verdict.revisions) & set(AFTER):
                found[name] = Judged(verdict, own=False)
                continue
        found[name] = _own(name, old, new)
    return found


def _own(name: str, old: type[Revision], new: type[Revision]) -> Judged:
    """Put the two sides in the place of the revisions that a claim is about, and ask."""
    first = ("v1", "v2") if name.startswith("F") else ("before",)
    instead = {**dict.fromkeys(AFTER, new), **dict.fromkeys(first, old)}
    try:
        verdict = CLAIMS[name].verdict(Runs(instead))
    except (*_NOT_ASKED, KvmvizError, Endless):
        return Judged(None, own=True)  # it looks at Python's source, or at arguments that this patch does not have
    if verdict.witness_for is None and verdict.witness_against is None:
        return Judged(None, own=True)  # it is about code, not about what a run shows
    return Judged(verdict, own=True)


def submit(
    names: Iterable[str], old: type[Revision], new: type[Revision], executor: Executor | None, *, same: bool
) -> "Future[dict[str, Judged]]":
    """Let another process judge, while this one does something else; without an executor it is done here."""
    if executor is not None:
        return executor.submit(_judge, tuple(names), old, new, same)
    done: Future[dict[str, Judged]] = Future()
    done.set_result(judge(names, old, new, same=same))
    return done


def _judge(names: tuple[str, ...], old: type[Revision], new: type[Revision], same: bool) -> dict[str, Judged]:
    return judge(names, old, new, same=same)


def known(name: str) -> type[Revision]:
    """Give a revision of the project by name."""
    return REVISIONS[name]
