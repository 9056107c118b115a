"""Two revisions over many scenarios: those that behave alike in the same way are counted together.

>>> from kvmviz.revisions import REVISIONS
>>> lines = ["fail=none", "fail=L1@0x0", "fail=L2@0x0"]
>>> spread = compare_many(REVISIONS["before"], REVISIONS["v1"], map(Scenario.parse, lines))
>>> [(group.count, group.only_a) for group in spread.groups]  # doctest: +NORMALIZE_WHITESPACE
[(1, ()),
 (2, ('set_null: external_spt cleared by handle_removed_pt', 'warn: WARN_ON in handle_removed_pt: trace printed'))]
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from shlex import quote
from typing import TYPE_CHECKING, Any

from kvmviz.machine.journal import Journal
from kvmviz.record.teardown import tear_down, where_it_belongs
from kvmviz.revisions import Revision
from kvmviz.scenario import Scenario
from kvmviz.scenario.names import PageName
from kvmviz.terms.columns import WIDTH, ascii_only, command, paragraph
from kvmviz.terms.events import Event, SetNull
from kvmviz.terms.kinds import brief
from kvmviz.terms.site import function_of
from kvmviz.version import SCHEMA, __version__

if TYPE_CHECKING:
    from kvmviz.schema import answers


@dataclass(slots=True)
class Group:
    """Scenarios in which the revisions differ in the same things: how many, and the first of them.

    `only_a` and `only_b` say what just one side does, whatever the page and
    however often; `moved` that both do the same things in another order.
    """

    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    moved: bool
    count: int = 0
    witness: str = ""

    @property
    def alike(self) -> bool:
        """Whether the kernel does the same in these scenarios."""
        return not (self.only_a or self.only_b or self.moved)


@dataclass(slots=True)
class Spread:
    """The groups of a comparison over many scenarios, those that are alike first, then the largest."""

    a: str
    b: str
    scenarios: int = 0
    groups: list[Group] = field(default_factory=list)

    def to_json(self) -> "answers.Spread":
        """Return the groups for JSON."""
        return {
            "kvmviz": __version__, "schema": SCHEMA, "a": self.a, "b": self.b, "scenarios": self.scenarios,
            "groups": [
                {"count": g.count, "alike": g.alike, "only_a": list(g.only_a), "only_b": list(g.only_b),
                 "moved": g.moved, "witness": g.witness}
                for g in self.groups
            ],
        }  # fmt: skip

    def __str__(self) -> str:
        return spread_text(self)


def compare_many(a: type[Revision], b: type[Revision], scenarios: Iterable[Scenario]) -> Spread:
    """Run every scenario under both revisions and group them by what differs."""
    return where_it_belongs(b if b.is_python else a, _compared, a, b, list(scenarios))


def _compared(a: type[Revision], b: type[Revision], scenarios: Sequence[Scenario]) -> Spread:
    spread, groups = Spread(a.name, b.name), dict[tuple[Any, ...], Group]()
    for scenario in scenarios:
        spread.scenarios += 1
        key = _difference(_events(a, scenario), _events(b, scenario))
        group = groups.setdefault(key, Group(*key))
        group.count += 1
        group.witness = min(group.witness or str(scenario), str(scenario), key=lambda s: (len(s), s))
    spread.groups = sorted(groups.values(), key=lambda g: (not g.alike, -g.count, g.only_a, g.only_b))
    return spread


def _events(revision: type[Revision], scenario: Scenario) -> list[Event]:
    journal = Journal()
    tear_down(revision, scenario, journal)
    return [event for _, event in journal.entries]


def _difference(a: list[Event], b: list[Event]) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    if a == b:
        return (), (), False
    counts_a, counts_b = Counter(map(_name, a)), Counter(map(_name, b))
    only_a, only_b = counts_a - counts_b, counts_b - counts_a
    return tuple(sorted(only_a)), tuple(sorted(only_b)), not (only_a or only_b)


def _name(event: Event) -> str:
    """Return what happens, without the page that it happens to."""
    if isinstance(event, SetNull):
        return f"set_null: external_spt cleared by {function_of(event.by)}"
    page: str = getattr(event, "page", None) or ""
    text = brief(event).replace(page, PageName.parse(page).kind) if page else brief(event)
    return f"{event.kind}: {text}" if text else event.kind


def spread_text(spread: Spread, width: int = WIDTH, names: tuple[str, str] | None = None) -> str:
    """Return the groups, each with its count, what differs, and a command that shows it.

    `names` are what the command line calls the revisions, where that is not their own name.
    """
    show = f"kvmviz compare {' '.join(map(quote, names or (spread.a, spread.b)))}"
    lines = [f"--- {spread.a}", f"+++ {spread.b}", f"{spread.scenarios:,} scenarios", ""]
    for group in spread.groups:
        lines += [*_group(group, width), command(show, group.witness, "  ", width), ""]
    return ascii_only("\n".join(lines).rstrip())


def _group(group: Group, width: int) -> list[str]:
    if group.alike:
        return [f"identical in {group.count:,}"]
    head = [f"differs in {group.count:,}" + (": the same things in another order" if group.moved else "")]
    marked = [(mark, text) for mark, texts in (("-", group.only_a), ("+", group.only_b)) for text in texts]
    body = [paragraph(text, f"{mark}   ", width).replace(f"\n{mark}   ", f"\n{mark}     ") for mark, text in marked]
    return head + body
