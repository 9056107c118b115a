"""Things by number: the first time a thing is met it gets the next one, and keeps it."""

from itertools import product

from kvmviz.explorer.table import Table


def test_things_are_numbered_in_the_order_of_their_first_use() -> None:
    for things in product(("a", "b", 1, ("a", 1)), repeat=4):
        table, met = Table(), list(dict.fromkeys(things))
        numbers = [table(thing) for thing in things]
        assert table.things == met
        assert numbers == [met.index(thing) for thing in things]
        assert [table.things[number] for number in numbers] == list(things)
