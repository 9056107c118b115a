"""What people said about the change, and whether it holds: every claim a function over runs.

>>> verdict = CLAIMS["V2"].verdict(Runs())
>>> verdict.who, verdict.verdict, verdict.witness_against
('Yan Zhao', 'holds partly', 'tree=1x1x1 fail=all')

A claim is asked of every scenario of the sample (`kvmviz.check.propositions.sampling`) that
meets its premise or, where no scenario line can say it, of an experiment
(`kvmviz.check.experiments`); one about code, of the syntax trees of the model's
functions.  Propositions are in our words.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

from kvmviz.check.progress import bar, in_lite
from kvmviz.check.propositions import code, dpamt, patch2, patch16, patch17, reply, rfc
from kvmviz.check.propositions.registry import Claim, Runs
from kvmviz.check.propositions.verdict import WORDS, Finding, Verdict
from kvmviz.revisions import Revision

__all__ = ["CLAIMS", "WORDS", "Claim", "Finding", "Runs", "Verdict", "claims"]

CLAIMS: Final = {
    entry.id: entry
    for module in (reply, patch16, patch17, patch2, rfc, code, dpamt)
    for entry in vars(module).values()
    if isinstance(entry, Claim)
}
"""Every claim by its id, in the order in which they were made."""


def claims(instead: Mapping[str, type[Revision]] | None = None) -> list[Verdict]:
    """Put every claim to the test and return the verdicts, in the order of the table.

    `instead` puts a revision of your own in the place of one of the project's, as
    in `claims({"landed": MyPatch})`: what would hold then?  Of the project's own
    the answer is always the same, and is found once.
    """
    return _asked(Runs(instead)) if instead else [*_of_the_projects_own()]


@cache
def _of_the_projects_own() -> tuple[Verdict, ...]:
    return tuple(_asked(Runs()))


def _asked(runs: Runs) -> list[Verdict]:
    verdicts = []
    with bar(len(CLAIMS), "claims", in_lite(), " claims") as shown:
        for claim in CLAIMS.values():
            verdicts.append(claim.verdict(runs))
            shown.update()
    return verdicts
