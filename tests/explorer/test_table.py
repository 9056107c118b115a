"""Things by number: the first time a thing is met it gets the next one, and keeps it."""

from hypothesis import given
from hypothesis import strategies as st

from kvmviz.explorer.table import Table


@given(st.lists(st.integers(0, 9) | st.text("ab", max_size=2)))
def test_things_are_numbered_in_the_order_of_their_first_use(things: list[int | str]) -> None:
    table, met = Table(), list(dict.fromkeys(things))
    numbers = [table(thing) for thing in things]
    assert table.things == met
    assert numbers == [met.index(thing) for thing in things]
    assert [table.things[number] for number in numbers] == things
