"""A message and what came of its patch: what a reply is written from."""

from dataclasses import dataclass

from kvmviz.review.findings import Finding
from kvmviz.review.ran import NotRun, Ran
from kvmviz.review.verdicts import Verdicts


@dataclass(frozen=True)
class Case:
    """A message with what came of running its patch: `path` is what commands call it.

    `ran` is None without a patch to what is modelled; `verdicts` are those of the
    claims that the message makes or is near to.
    """

    found: Finding
    ran: Ran | NotRun | None
    verdicts: Verdicts
    path: str
    earlier: int = 0

    @property
    def done(self) -> Ran | None:
        """What ran, if anything did."""
        return self.ran if isinstance(self.ran, Ran) else None
