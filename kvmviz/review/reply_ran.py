"""What a reply says of a patch that ran: which functions, what it is like, what it breaks, its figures."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from kvmviz.compare.comparison import compare
from kvmviz.review.behaviour import Shift
from kvmviz.review.case import Case
from kvmviz.review.layout import bullet, command, wrapped
from kvmviz.review.ran import NotRun, Ran
from kvmviz.terms.columns import WIDTH

_COLUMNS: Final[Mapping[str, str]] = {
    "traces": "traces", "lines": "lines", "leaked": "leaked", "at once": "at_once", "bugged": "bugged",
    "wrong": "wrong",
}  # fmt: skip


def what_ran(ran: Ran, case: Case) -> Iterator[str]:
    """Say which functions ran and where each is from."""
    yield from wrapped("I ran it in kvmviz, a model of the teardown of a TD: its C, as it stands in the mail.")
    for place in ("mail", "kernel"):
        names = [name for name, where in ran.functions.items() if where == place]
        if names:
            yield from bullet(f"from the {'tree' if place == 'kernel' else place}: {', '.join(names)}")
    if ran.completed:
        yield from bullet(f"shown in part, and completed from C of kvmviz's own: {', '.join(ran.completed)}")
    base = ran.new.base_name or ran.new.name
    yield from bullet(f"everything else as {base} has it" + (", after the patches before it" if case.earlier else ""))
    if ran.passed_over:
        yield from bullet(f"passed over, since nothing of it shows: {', '.join(ran.passed_over)}")


def together(ran: Ran, path: str) -> Iterator[str]:
    """Say what a series does as a whole: from the code before its first patch to that after its last."""
    yield from likeness(ran, path)
    yield ""
    yield from breaks(ran, path)
    yield ""
    yield from behaviour(ran, path)


def likeness(ran: Ran, path: str) -> Iterator[str]:
    """Say what the patch is like, and show where it first differs."""
    total, besides = ran.looked_at, ran.looked_at != ran.report.scenarios
    if ran.same_as:
        names = " and ".join(ran.same_as)
        yield from wrapped(f"It does what {names} does, event for event, in {total:,} of {total:,} scenarios.")
    elif ran.first is None:
        names = " and ".join(ran.report.like.same_as)
        yield from wrapped(
            f"What ran of it does what {names} does, event for event, in {total:,} of {total:,} scenarios. Not all of "
            "the patch ran, so I do not say that of the patch."
        )
    else:
        it, sampled = "What ran of it" if ran.incomplete else "It", ran.report.like.sampled
        by = f" by a sample of {sampled:,}" if sampled else ""
        start = f"{it} does what no version does that I know. {ran.nearest} is nearest{by}:"
        if besides:
            start = f"{it} does what {ran.nearest} does in all {ran.report.scenarios:,} scenarios of the space, but"
        where = "scenarios besides (other statuses, vCPUs, tables)" if besides else "scenarios"
        yield from wrapped(f"{start} it differs from that in {ran.differs:,} of {total:,} {where}, first here:")
        yield from command(f"kvmviz compare {ran.nearest} {path}", ran.first)
    if ran.old_shown and ran.old_same_as:
        yield from wrapped(f"The code before it does what {' and '.join(ran.old_same_as)} does, on the smallest tree.")
    elif ran.old_shown:
        yield from wrapped("The code before it does what no version does that I know.")


def first_difference(ran: Ran) -> Iterator[str]:
    """Show where a patch that is like no other first parts from the nearest."""
    if ran.first is not None and not ran.same_as:
        yield from _diff(str(compare(ran.nearest, ran.new, ran.first)))


def _diff(text: str) -> Iterator[str]:
    yield from text.split("\n")


def breaks(ran: Ran, path: str) -> Iterator[str]:
    """Say what the patch breaks that its base does not, each with its smallest counterexample."""
    base = ran.new.base_name or ran.new.name
    it = "what ran of it" if ran.incomplete else "it"
    if not ran.broken:
        yield from wrapped(f"Of {len(ran.report.results)} invariants {it} breaks none that {base} keeps.")
        return
    yield from wrapped(f"{it[0].upper()}{it[1:]} breaks what {base} keeps:")
    for result in ran.broken:
        if result.broken is None:
            continue
        yield ""
        yield from wrapped(f"{result.invariant.statement} ({result.name})")
        smallest = result.broken.smallest
        total = f"{ran.scenarios_of(result):,} scenarios" + (" besides the space" if result.besides else "")
        yield from wrapped(f"Broken in {result.broken.count:,} of {total}: {smallest.what}.", "  ")
        yield from command(f"kvmviz run --revision {path}", smallest.scenario)


def behaviour(ran: Ran, path: str) -> Iterator[str]:
    """Show the figures of this patch: both sides in the cases, and the first case that differs as a diff."""
    moved = ran.shifts
    before = "its old side" if ran.old_shown else ran.old.name
    after = "what ran of this patch" if ran.incomplete else "this patch"
    yield from wrapped(f"What it changes in behaviour, {before} -> {after}, computed:")
    yield ""
    yield from _table(moved)
    yield ""
    yield from wrapped(_sum(moved))
    if not ran.same_as:
        return
    differing = next((s for s in moved if not compare(ran.old, ran.new, s.scenario).alike), None)
    if differing:
        old = f"{path}:old" if ran.old_shown else ran.old.name
        yield ""
        yield from command(f"kvmviz compare {old} {path}", str(differing.scenario))
        yield from _diff(str(compare(ran.old, ran.new, differing.scenario)))


def _table(moved: Sequence[Shift]) -> Iterator[str]:
    """Give the figures in columns; cases that would make them too wide get a letter, and stand below."""
    heads = [head for head in _COLUMNS if head != "wrong" or any(any(shift.wrong) for shift in moved)]
    cells = [[_cell(getattr(shift, _COLUMNS[head])) for head in heads] for shift in moved]
    widths = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    names = [shift.name for shift in moved]
    fits = sum(widths) + 2 * len(widths) + 2 + max(map(len, names)) <= WIDTH
    letters = [chr(ord("A") + number) for number in range(len(names))]
    for row, name in zip([heads, *cells], ["scenario", *(names if fits else letters)], strict=True):
        yield "  " + "  ".join([*(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True)), name])
    if not fits:
        yield from (f"  {letter}: {name}" for letter, name in zip(letters, names, strict=True))


def _cell(pair: tuple[object, object]) -> str:
    a, b = pair
    return str(a) if a == b else f"{a} -> {b}"


def _sum(moved: Sequence[Shift]) -> str:
    tree = moved[0].scenario.tree
    same = all(shift.same_pages for shift in moved)
    leaks = "In every case above the same pages leak" if same else "In some of them not the same pages leak"
    wrong = "; wrong are pages freed twice, or touched while they are not the host's"
    return (
        "A figure is that of both where there is one. Lines are error lines printed; at once are S-EPT pages freed "
        f"inside the op; bugged is the VM{wrong if any(any(shift.wrong) for shift in moved) else ''}. {leaks}. "
        f"The tree is {tree}, with {len(tree.sept_pages())} S-EPT pages below the root."
    )


def not_modelled(case: Case) -> Iterator[str]:
    """Name what of the patch did not run, with its place."""
    missing = case.ran.not_modelled if isinstance(case.ran, Ran | NotRun) else ()
    if not missing:
        return
    yield from wrapped("Not modelled, so nothing is said of it" + ("; the rest ran:" if case.done else ":"))
    for item in missing:
        where = f"{item.file}{f' line {item.line}' if item.line else ''}"
        yield from bullet(f"{item.name} ({where}): {item.why}" if where else f"{item.name}: {item.why}")
    yield ""
