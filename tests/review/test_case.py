"""A case says what ran, and nothing where nothing did."""

from typing import Any, cast

from kvmviz.review.case import Case
from kvmviz.review.ran import NotRun, Ran
from tests.review import mails
from tests.review.letters import finding_of


def test_only_a_patch_that_ran_is_done() -> None:
    found = finding_of(mails.REPLIED + "hello\n")
    ran = cast("Any", object.__new__(Ran))
    for came, done in ((None, None), (NotRun("No."), None), (ran, ran)):
        assert Case(found, came, {}, "mail.eml").done is done
