"""A reader's own design: what is right is explored, what is wrong is a sentence with its line, and all of it ends."""

import inspect
import linecache
import re
from collections.abc import Iterator
from typing import Any

import pytest

import kvmviz
from kvmviz.race.design import DESIGNS, Design, RaceError
from kvmviz.race.designs import landed, v6
from kvmviz.race.invariants import INVARIANTS
from kvmviz.race.region import REGION, Region
from kvmviz.race.result import race
from kvmviz.race.walk import LINES


def made(body: str, name: str = "Mine") -> type[Design]:
    """Return a design that has this `put`, whose source can be read."""
    text = "def put(region):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    return from_text(text, name)


def from_text(text: str, name: str = "Mine") -> type[Design]:
    file = f"<{name} {hash(text)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    names: dict[str, Any] = {"SUCCESS": "SUCCESS"}
    exec(compile(text, file, "exec"), names)
    given: dict[str, Any] = {one: names[one] for one in ("get", "put") if one in names}
    return type(name, (Design,), given, base="landed")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("yield region.lock()\n1 / 0", "Mine: put, line 3, fails: ZeroDivisionError: division by zero."),
        ("while True:\n    pass\nyield region.lock()", f"does not end and was stopped after {LINES:,} lines"),
        ("n = 0\nwhile True:\n    n += 1\n    yield region.read()", "does not end: after 300 different places"),
        ("yield 3", "Mine: put, line 2, yields 3, which is no step; yield one of region's"),
        ("region.lock()", "Mine: put takes no steps; write `yield` before each"),
        ("yield region.lokc()", "line 2, fails: AttributeError: .*lokc.*; it has add_pair, "),
        ("for x in [1, 2]:\n    yield region.read()", "put, line 2: `for` around a yield hides where a thread stands"),
        ("x = (yield region.read()) + (yield region.read())", "put, line 2: a second yield in one expression"),
        ("try:\n    yield region.read()\nfinally:\n    pass", "put, line 2: `try` around a yield"),
        ("seen = []\nyield region.read()", "put, line 3: seen is a list, which can change unseen"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_sentence_with_its_line(body: str, said: str) -> None:
    with pytest.raises(RaceError if "fails" not in said and "2,000" not in said else ValueError) as error:
        race(made(body), 2, 1)
    assert re.search(said, str(error.value))
    assert "\n" not in str(error.value)


def test_a_design_that_remembers_elsewhere_is_found_out() -> None:
    text = "calls = []\ndef put(region):\n    calls.append(1)\n    if len(calls) % 2:\n        yield region.read()\n"
    with pytest.raises(RaceError, match="does something else with the same answers"):
        race(from_text(text + "    yield region.lock()\n"), 2, 1)


def test_a_range_may_be_counted_through() -> None:
    found = race(made("for n in range(2):\n    yield region.read()\nyield region.decrement()"), 1, 1)
    assert [one.name for one in found.broken] == ["pair_while_counted"]


def test_a_helper_of_ones_own_may_take_steps() -> None:
    text = (
        inspect.getsource(landed.put).replace("def put", "def helped").replace(": Region", "").replace("-> Steps", "")
    )
    both = from_text(f"{text}\ndef put(region):\n    yield from helped(region)\n")
    found = race(both, 2, 2)
    assert (found.clean, found.states) == (True, race("landed", 2, 2).states)


@pytest.mark.parametrize("name", ["get", "put"])
def test_what_is_missing_is_named(name: str) -> None:
    other = {"get": landed.get, "put": landed.put}
    del other[name]
    with pytest.raises(RaceError, match=f"Half has no {name}; define it as `def {name}"):
        type("Half", (Design,), other)


@pytest.mark.parametrize("which", ["new", 3, Design, int])
def test_what_is_no_design_is_refused(which: Any) -> None:
    with pytest.raises(RaceError, match="is no design; use naive, old, v6, landed, per-region"):
        race(which)


@pytest.mark.parametrize("bounds", [{"threads": 0}, {"rounds": 7}, {"refuse": -1}, {"threads": True}, {"rounds": "2"}])
def test_bounds_out_of_reach_are_named(bounds: dict[str, Any]) -> None:
    [name] = bounds
    with pytest.raises(RaceError, match=rf"^{name}=.*: use \d to \d\.$"):
        race("landed", **bounds)


def test_a_lost_update_is_found() -> None:
    body = "count = yield region.read()\nyield region.set(count - 1)\nif count == 1:\n    yield region.remove_pair()"
    found = race(made(f"{body}\n    yield region.free_pair()"), 2, 2)
    assert "counts_users" in {one.name for one in found.broken}


def test_threads_that_wait_for_each_other_are_found_and_where_they_stand() -> None:
    found = race(made("yield region.lock()\nyield region.lock()"), 2, 1)
    assert found["all_can_finish"].steps
    first, second = found["all_can_finish"].left
    assert first == "A before put lock, line 3"
    assert second.startswith("B before get lock, line ")


def test_a_get_that_always_fails_is_no_answer() -> None:
    found = race(from_text("def get(region):\n    return False\n    yield\n"), 2, 1)
    assert [one.name for one in found.broken] == ["gets_succeed"]
    assert found.first
    assert found.first.steps == ()


def test_the_package_is_the_function_too() -> None:
    assert kvmviz.race("landed", threads=2).states == race("landed", 2).states
    assert kvmviz.Design is Design


# One statement less, and something breaks: each step of the sound designs is there for a reason.


def without_a_line(module: Any) -> Iterator[tuple[str, str]]:
    """Yield each way to leave one plain step out, and the line that is left out."""
    text = f"{inspect.getsource(module.get)}\n{inspect.getsource(module.put)}".replace("-> Gets", "").replace(
        "-> Steps", ""
    )
    lines = text.replace("region: Region", "region").splitlines(keepends=True)
    for n, line in enumerate(lines):
        if line.strip().startswith("yield region."):
            yield f"{line.strip()} #{n}", "".join([*lines[:n], line.replace("yield region", "region"), *lines[n + 1 :]])


MUTANTS = [(module.__name__.rpartition(".")[2], *one) for module in (landed, v6) for one in without_a_line(module)]

NEVER_REACHED = {"landed": 2, "v6": 2}
"""Steps where ADD is refused, which a sound design never sees, and REMOVE, which is refused when asked for below."""


def test_a_step_left_out_is_found() -> None:
    [lock] = [text for design, what, text in MUTANTS if design == "landed" and what.startswith("yield region.lock()")][
        1:
    ]
    assert not race(from_text(lock), 2, 1).clean


def breaks(text: str) -> bool:
    mutant = from_text(text)
    return any(not race(mutant, threads, 2, refuse).clean for threads, refuse in ((2, 0), (2, 1)))


@pytest.mark.slow
def test_every_step_of_the_sound_designs_is_needed() -> None:
    assert len(MUTANTS) > 25
    idle = [(design, what) for design, what, text in MUTANTS if not breaks(text)]
    assert {design: sum(d == design for d, _ in idle) for design in NEVER_REACHED} == NEVER_REACHED
    assert all("unlock" in what or "free_pair" in what for _, what in idle)


def test_every_design_says_what_it_is() -> None:
    assert all(one.about and one.__doc__ for one in DESIGNS.values())
    assert all(one.expects <= set(INVARIANTS) for one in DESIGNS.values())


def test_every_step_of_a_region_says_what_it_is_in_the_kernel() -> None:
    steps = [name for name in dir(REGION) if not name.startswith("_")]
    assert len(steps) == 14
    for name in steps:
        step = getattr(REGION, name)(*([1] if name == "set" else []))
        assert step.name == name
        assert step.kernel in (getattr(Region, name).__doc__ or "")
