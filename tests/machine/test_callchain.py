"""A call chain holds what is marked and runs now, whatever code is equal to it or stood in its place before."""

from collections.abc import Callable

from kvmviz.machine.callchain import Location, caller, callers, enroll, function_of, is_kernel

Function = Callable[[], tuple[Location, ...]]


def made(name: str) -> Function:
    """A function whose code nobody keeps, equal to the code of any other that is made so."""
    names: dict[str, Function] = {"callers": callers}
    exec("def made():\n    return callers()\n", names)
    names["made"].__module__, names["made"].__qualname__ = __name__, name
    return names["made"]


def test_functions_with_equal_code_stand_in_chains_under_their_own_names() -> None:
    first, second, other = made("first"), made("second"), made("other")
    for function, name in ((first, "a"), (second, "b")):
        enroll(function, name, f"{name}.c")
    assert first.__code__ == second.__code__ == other.__code__
    told = [[(one.function.name, one.source) for one in function()] for function in (first, second, other)]
    assert told == [[("a", f"{__name__}:first")], [("b", f"{__name__}:second")], []]
    assert (function_of(first).file, is_kernel(other)) == ("a.c", False)


def test_code_that_is_gone_lends_its_mark_to_none() -> None:
    for number in range(20):
        enroll(made("gone"), f"gone_{number}", "a.c")
        assert made("unmarked")() == ()


def test_without_a_marked_function_the_caller_is_unknown() -> None:
    assert caller().name == "?"
