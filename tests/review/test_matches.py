"""How a claim is heard, by words made up for it: every group said, none that turns it round, else it is near."""

import pytest

from kvmviz.review import matches
from kvmviz.review.matches import CLAIMS, OF_NAMES, Words, heard

MADE_UP = {
    "X1": Words((r"\bapples?\b", r"\bred\b"), r"\bnot red\b", (r"\bapples?\b",)),
    "X2": Words((r"\bpears?\b", r"\bripe\b")),
    "S3": Words((r"\bfree\b",)),
}


@pytest.fixture(autouse=True)
def made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matches, "CLAIMS", MADE_UP)


@pytest.mark.parametrize(
    ("text", "said", "near"),
    [
        ("The apple is red.", ("X1",), ()),
        ("The apple is not red.", (), ("X1",)),
        ("The apple is round.", (), ("X1",)),
        ("Red it is.", (), ()),
        ("The pear is ripe.", ("X2",), ()),
        ("The pear is green.", (), ()),
        ("Is the pear ripe?", (), ("X2",)),
        ("A pear. It is ripe.", (), ()),
        ("The APPLE is RED and the pear is ripe.", ("X1", "X2"), ()),
        ("Is the apple red? The apple is red.", ("X1",), ()),
        ("It is free.", ("S3",), ()),
        ("It is called so. It is free.", (), ("S3",)),
    ],
)
def test_what_a_text_makes_of_a_claim(text: str, said: tuple[str, ...], near: tuple[str, ...]) -> None:
    found = heard(text)
    assert (found.said, found.near) == (said, near)
    assert set(found.where) == {*said, *near}


def test_the_sentence_that_makes_a_claim_goes_before_one_that_is_near_it() -> None:
    near_first = heard("Which apple? The apple is red.")
    assert near_first.where["X1"] == "The apple is red."
    assert heard("Which apple? What apple?").where["X1"] == "Which apple?"


def test_only_claims_that_there_are_depend_on_names() -> None:
    assert set(CLAIMS) >= OF_NAMES
