"""The sentences that the front end fills in: the blanks are those it knows, and yes is not no."""

from string import Formatter

from kvmviz.draw.narration import DONE, ROW
from kvmviz.explorer.phrases import PHRASES


def blanks(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field}


def test_each_sentence_has_the_blanks_that_are_filled() -> None:
    asked = {"becomes": {"page"}, "in": {"revision", "end"}, "fates": {"page", "end"}, "prints": {"site"},
             "only": {"revision"}, "answer": {"right", "text"}, "cut": {"revision", "end"}}  # fmt: skip
    own = {name: text for name, text in PHRASES.items() if not name.startswith(("row-", "done-"))}
    assert {name: blanks(text) for name, text in own.items() if blanks(text)} == asked


def test_answers_of_one_question_are_told_apart() -> None:
    for names in (("now", "rcu", "leak", "unlike"), ("yes", "no"), ("both", "only", "neither"), ("mmu", "tdx")):
        assert len({PHRASES[name] for name in names}) == len(names)
    assert ("at once" in PHRASES["now"], "RCU" in PHRASES["rcu"], "leaks" in PHRASES["leak"]) == (True,) * 3
    assert (PHRASES["yes"], PHRASES["no"]) == ("yes", "no")
    assert "generic" in PHRASES["mmu"] and "TDX" in PHRASES["tdx"]


def test_what_is_said_of_rows_and_ends_is_the_narration_s() -> None:
    assert {name[4:]: text for name, text in PHRASES.items() if name.startswith("row-")} == ROW
    assert {name[5:]: text for name, text in PHRASES.items() if name.startswith("done-")} == DONE
