"""A call chain holds what is marked and runs now, whatever code stood at the same place in memory before."""

from collections.abc import Callable

from kvmviz.machine.callchain import Location, callers, enroll

MARKED = "def marked(callers):\n    return callers()\n"
OTHER = "def others(callers):\n    return callers()\n"


def made(text: str) -> Callable[..., tuple[Location, ...]]:
    names: dict[str, Callable[..., tuple[Location, ...]]] = {}
    exec(text, names)  # code that nobody keeps
    return names[text[4:10]]


def test_code_that_is_gone_lends_its_place_in_chains_to_none() -> None:
    first = made(MARKED)
    first.__module__ = __name__
    enroll(first, "marked", "a.c")
    assert [one.function.name for one in first(callers)] == ["marked"]
    for _ in range(50):  # code that is equal to what is marked counts as marked, and may be gone the next moment
        assert [one.function.name for one in made(MARKED)(callers)] == ["marked"]
        assert made(OTHER)(callers) == ()
