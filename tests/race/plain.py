"""A second search, written apart: no generators, no breadth first, nothing of `kvmviz.race`; tables and a stack.

A thread is a number of rounds left, a label, and how many pairs it holds.  Each label
gives the ways on: a condition, what it does to the counter, pair, lock and hand, and
the next label.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Machine:
    count: int = 0
    pair: bool = False
    pages: frozenset[int] = frozenset()
    lock: int | None = None


Way = tuple[Callable[[Machine, int], bool], Callable[[Machine, int], Machine], int, str, str]
"""Condition, effect, change of the hand, next label, what goes wrong."""

ALWAYS: Callable[[Machine, int], bool] = lambda m, me: True  # noqa: E731 (a table reads better so)


def count(by: int) -> Callable[[Machine, int], Machine]:
    return lambda m, me: replace(m, count=m.count + by)


def to(value: int) -> Callable[[Machine, int], Machine]:
    return lambda m, me: replace(m, count=value)


def same(m: Machine, me: int) -> Machine:
    return m


def lock(after: str) -> list[Way]:
    return [(lambda m, me: m.lock is None, lambda m, me: replace(m, lock=me), 0, after, "")]


def unlock(after: str) -> list[Way]:
    return [(ALWAYS, lambda m, me: replace(m, lock=None), 0, after, "")]


def hand(by: int, after: str) -> list[Way]:
    return [(ALWAYS, same, by, after, "")]


def either(test: Callable[[int], bool], then: tuple[int, str], other: tuple[int, str]) -> list[Way]:
    return [
        (lambda m, me: test(m.count), count(then[0]), 0, then[1], ""),
        (lambda m, me: not test(m.count), count(other[0]), 0, other[1], ""),
    ]


def add(good: str, bad: str, wrong: str = "twice added") -> list[Way]:
    return [
        (lambda m, me: not m.pair, lambda m, me: replace(m, pair=True), -1, good, ""),
        (lambda m, me: m.pair, same, 0, bad, wrong),
    ]


def remove(good: str, bad: str) -> list[Way]:
    return [
        (lambda m, me: m.pair and not m.pages, lambda m, me: replace(m, pair=False), 1, good, ""),
        (lambda m, me: not m.pair, same, 0, bad, "twice removed"),
        (lambda m, me: m.pair and bool(m.pages), same, 0, bad, "removed in use"),
    ]


def set_to(value: int, after: str) -> list[Way]:
    return [(ALWAYS, to(value), 0, after, "")]


USE: dict[str, list[Way]] = {
    "use": [
        (lambda m, me: m.pair, lambda m, me: replace(m, pages=m.pages | {me}), 0, "done", ""),
        (lambda m, me: not m.pair, same, 0, "done", "no pair"),
    ],
    "done": [(ALWAYS, lambda m, me: replace(m, pages=m.pages - {me}), 0, "put", "")],
}

DESIGNS: dict[str, dict[str, list[Way]]] = {
    "old": USE | {
        "get": either(lambda c: c != 0, (1, "use"), (0, "g2")), "g2": hand(1, "g3"), "g3": lock("g4"),
        "g4": either(lambda c: c != 0, (1, "g5"), (0, "g7")), "g5": unlock("g6"), "g6": hand(-1, "use"),
        "g7": add("g8", "h8", ""), "g8": set_to(1, "g9"), "g9": unlock("use"),
        "h8": set_to(1, "h9"), "h9": unlock("h10"), "h10": hand(-1, "use"),
        "put": either(lambda c: c != 1, (-1, "next"), (-1, "p2")), "p2": lock("p3"),
        "p3": either(lambda c: c != 0, (0, "p4"), (0, "p5")), "p4": unlock("next"), "p5": remove("p6", "p8"),
        "p6": unlock("p7"), "p7": hand(-1, "next"), "p8": [(ALWAYS, count(1), 0, "p9", "")], "p9": unlock("next"),
    },
    "v6": USE | {
        "get": either(lambda c: c != 0, (1, "use"), (0, "g2")), "g2": hand(1, "g3"), "g3": lock("g4"),
        "g4": either(lambda c: c != 0, (0, "g5"), (0, "g8")), "g5": [(ALWAYS, count(1), 0, "g6", "")],
        "g6": unlock("g7"), "g7": hand(-1, "use"), "g8": add("g9", "f1"), "g9": set_to(1, "g10"),
        "g10": unlock("use"), "f1": unlock("f2"), "f2": hand(-1, "next"),
        "put": either(lambda c: c != 1, (-1, "next"), (0, "p2")), "p2": lock("p3"),
        "p3": either(lambda c: c != 1, (-1, "p4"), (-1, "p5")), "p4": unlock("next"), "p5": remove("p6", "p8"),
        "p6": unlock("p7"), "p7": hand(-1, "next"), "p8": set_to(1, "p9"), "p9": unlock("next"),
    },
    "landed": USE | {
        "get": hand(1, "g2"), "g2": lock("g3"), "g3": either(lambda c: c != 0, (1, "g4"), (0, "g6")),
        "g4": unlock("g5"), "g5": hand(-1, "use"), "g6": add("g7", "f1"), "g7": set_to(1, "g8"), "g8": unlock("use"),
        "f1": unlock("f2"), "f2": hand(-1, "next"),
        "put": lock("p2"), "p2": either(lambda c: c > 1, (0, "p3"), (0, "p5")),
        "p3": [(ALWAYS, count(-1), 0, "p4", "")], "p4": unlock("next"), "p5": remove("p6", "p9"),
        "p6": set_to(0, "p7"), "p7": unlock("p8"), "p8": hand(-1, "next"), "p9": unlock("next"),
    },
}  # fmt: skip


def search(design: str, threads: int, rounds: int) -> tuple[int, set[str], set[tuple[int, bool]]]:
    """Return how many states there are, what goes wrong in any of them, and how counter and pair may end."""
    ways = DESIGNS[design]
    first = (Machine(), ((rounds, "get", 0),) * threads)
    seen, stack, wrong = {first}, [first], set[str]()
    while stack:
        machine, alive = stack.pop()
        for me, (left, label, held) in enumerate(alive):
            for condition, effect, by, after, bad in ways[label] if left else ():
                if condition(machine, me):
                    wrong |= {bad} - {""}
                    on = (left - 1, "get", held + by) if after == "next" else (left, after, held + by)
                    state = (effect(machine, me), (*alive[:me], on, *alive[me + 1 :]))
                    if state not in seen:
                        seen.add(state)
                        stack.append(state)
    ends = {(m.count, m.pair) for m, alive in seen if not any(left for left, _, _ in alive)}
    return len(seen), wrong, ends
