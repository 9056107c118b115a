"""What a revision from C says of itself: made up by hand, sentence by sentence and field by field."""

from contextlib import nullcontext
from dataclasses import replace

from kvmviz.c.conditions import Choice
from kvmviz.c.origin import Origin, Ran
from kvmviz.c.passing import PassedOver
from kvmviz.c.recipe import Recipe

OP, BASE, HELPER = Ran("op", "C", "a.c", 3), Ran("other", "v1"), Ran("help", "C", "b.c", 9)
PLAIN = Origin(Recipe((), ()), "v1", "its op takes (kvm, sp)", (OP, BASE), (), (), (), (),
               lambda *_: nullcontext(), lambda *_: None)  # fmt: skip
FULL = replace(
    PLAIN, helpers=(HELPER,), unused=("left", "right"), passed_over=(PassedOver("note", "a.c", 4, "a trace"),),
    choices=(Choice("a.c", 1, "#if 0", False), Choice("a.c", 2, "#else", True)),
)  # fmt: skip


def test_functions_are_of_the_c_or_of_the_base() -> None:
    assert (FULL.from_c, FULL.from_base) == ((OP,), (BASE,))


def test_only_what_there_is_is_said() -> None:
    assert PLAIN.sentences() == ("From C: op (a.c:3).", "From v1 (its op takes (kvm, sp)): other.")
    assert replace(PLAIN, functions=(OP,)).sentences() == ("From C: op (a.c:3).",)
    assert FULL.sentences() == (
        "From C: op (a.c:3), help (b.c:9).", "From v1 (its op takes (kvm, sp)): other.",
        "Passed over: note (a.c:4): a trace.", "Settled: a.c:1: #if 0: left out; a.c:2: #else: kept.",
        "Not used: left, right.",
    )  # fmt: skip


def test_json_has_every_field() -> None:
    assert FULL.to_json() == {
        "base": "v1", "base_by": "its op takes (kvm, sp)",
        "functions": [
            {"name": "op", "from": "C", "file": "a.c", "line": 3},
            {"name": "other", "from": "v1", "file": None, "line": None},
            {"name": "help", "from": "C", "file": "b.c", "line": 9},
        ],
        "unused": ["left", "right"],
        "passed_over": [{"name": "note", "file": "a.c", "line": 4, "why": "a trace"}],
        "choices": [
            {"file": "a.c", "line": 1, "directive": "#if 0", "kept": False},
            {"file": "a.c", "line": 2, "directive": "#else", "kept": True},
        ],
    }  # fmt: skip
