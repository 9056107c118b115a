"""A run as text: what was run, its steps, its summary."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from kvmviz.record.frames import Frame
from kvmviz.record.lines import step_lines, steps_text
from kvmviz.record.step import Step
from kvmviz.record.summary import Pinned, Summary
from kvmviz.terms.columns import WIDTH, ascii_only, labelled, listing, paragraph
from kvmviz.terms.site import Site
from kvmviz.terms.words import many


def run_text(title: str, steps: Sequence[Step], summary: Summary, width: int = WIDTH, note: str = "") -> str:
    """Return a run as a log of steps and its summary; a `note` stands before the steps, or in their place."""
    parts = [title, note, steps_text(steps, width), summary_text(summary, width)]
    return ascii_only("\n\n".join(part for part in parts if part))


def step_text(
    title: str, steps: Sequence[Step], number: int, frame: Frame, times: Callable[[str], int], width: int = WIDTH,
    *, pamt: bool = False,
) -> str:  # fmt: skip
    """Return one step of a run: what happens, where, and the counts of the picture after it, its `frame`.

    `times` says how many pages stand behind the name of one, `pamt` whether there are pairs to lose.
    """
    lines = [f"{title}\n", f"step {number} of {len(steps)}"]
    if number:
        step = steps[number - 1]
        said = paragraph(step.text, width=width)
        lines += [f"phase {step.phase}", "", *step_lines(number, step, width=width, stack=False), "", said, ""]
        lines += [f"  {'in' if n == 0 else '<-'} {name}" for n, name in enumerate(reversed(step.chain))]
    counts = Counter[str]()
    for page, state in frame.states.items():
        counts[state] += times(page)
    lines += ["", "after it"]
    lines += [labelled(f"pages {state}", f"{count:,}", width) for state, count in counts.items()]
    lines += [
        labelled("HKID", frame.hkid, width),
        labelled("traces, error lines", f"{frame.traces:,}, {frame.lines:,}"),
    ]
    if pamt:
        lines += [labelled("PAMT pairs pinned", f"{many(frame.pinned, 'pair')}, {frame.phantoms:,} phantom", width)]
    return ascii_only("\n".join(lines))


def summary_text(summary: Summary, width: int = WIDTH) -> str:
    """Return the summary, one figure a line."""
    lines = ["summary" if summary.td == "first" else "summary (second TD of the boot)"]
    if summary.panicked:
        lines += [labelled("panic", "the host stopped at the first trace (panic_on_warn)", width)]
    lines += _sites("traces printed", summary.splats, width)
    lines += _sites("traces withheld", summary.suppressed, width, always=False)
    lines += _sites("muted, VM bugged", summary.masked, width, always=False)
    lines += _sites("error lines", summary.pr_err, width)
    lines += _sites("lines rate-limited", summary.pr_err_ratelimited, width, always=False)
    lines += [labelled("VM marked bugged", "yes" if summary.vm_bugged else "no", width)]
    lines += [labelled("HKID", summary.hkid, width)]
    lines += _pages("leaked", summary.leaked, summary.leaked_count, f", {summary.leaked_bytes:,} bytes")
    lines += _pinned(summary.pamt, width) if summary.pamt else []
    lines += _pages("guest pages lost", summary.guest_owned, len(summary.guest_owned))
    lines += _pages("never freed", summary.unfreed, len(summary.unfreed))
    lines += [labelled("freed", f"{summary.freed_count:,} pages", width)]
    lines += [labelled("must never happen", f"{page}: {what}", width) for page, what in summary.violations]
    lines += [labelled("freed twice", page, width) for page in summary.double_frees]
    lines += [labelled("silent", "yes: pages leaked and the log says nothing", width)] if summary.silent else []
    return "\n".join(lines)


def _pinned(pamt: Pinned, width: int) -> list[str]:
    """Return the lines of Dynamic PAMT: pairs that stay, and why."""
    pinned = f"{many(pamt.pairs_pinned, 'pair')}" + (f", {pamt.pinned_bytes:,} bytes" if pamt.pairs_pinned else "")
    why = f"{pamt.leaked_references:,} leaked, {pamt.phantom_references:,} phantom"
    return [
        labelled("PAMT pairs back", many(pamt.pairs_back, "pair"), width), labelled("PAMT pairs pinned", pinned, width),
        *([labelled("references left", why, width)] if pamt.pairs_pinned else []),
    ]  # fmt: skip


def _sites(label: str, counts: Mapping[str, int], width: int, *, always: bool = True) -> list[str]:
    total = sum(counts.values())
    if not counts:
        return [labelled(label, "0", width)] if always else []
    return [
        labelled(label if n == 0 else "", f"{count:>3,}  {Site.parse(site).short}", width)
        for n, (site, count) in enumerate(counts.items())
    ] + ([labelled("", f"{total:>3,}  in all", width)] if len(counts) > 1 else [])


def _pages(label: str, names: tuple[str, ...], count: int, more: str = "") -> list[str]:
    if not count:
        return [labelled(label, "0 pages")] if more else []
    lines = [labelled(label, f"{count:,} page{'s' if count > 1 else ''}{more}")]
    return lines + [labelled("", name) for name in listing(names, 12)]
