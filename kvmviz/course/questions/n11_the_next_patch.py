"""Questions of the notebook `11-the-next-patch`."""

from types import new_class
from typing import Final

from kvmviz.course.marking import Question
from kvmviz.course.questions.facts import end
from kvmviz.race.design import Design, Steps
from kvmviz.race.region import Region
from kvmviz.race.result import race
from kvmviz.scenario.names import PAGE_SIZE
from kvmviz.terms.words import many

NUMBER: Final = "11"
ALONE: Final = "fail=L2@0x0 region=scattered"
LOGGED: Final = "tree=1x1x2 fail=L1@0x200 region=scattered"


def one_page() -> Question:
    """Pages that one bad table page costs, those of pairs included, where each page lies alone in its region."""
    found = end("dpamt", ALONE)
    assert found.pamt is not None
    pairs = found.pamt.pairs_pinned
    return Question(
        "One table page cannot be reclaimed, and every page of the TD lies alone in its region. How many pages stay "
        "with the module in the end, those of pairs included?",
        found.leaked_count + found.pamt.pinned_bytes // PAGE_SIZE,
        hints=(
            "Which page is lost besides the bad one, whatever its size?",
            "Each of the lost pages is one of its region's users, and so keeps that region's pair.",
        ),
        why=f"{many(found.leaked_count, 'page')} of the TD, as ever, and with them {many(pairs, 'pair')}: "
        f"{(found.leaked_bytes + found.pamt.pinned_bytes) // 1024} KiB instead of {found.leaked_bytes // 1024}.",
        kind="prediction",
        about=(ALONE,),
    )


def what_the_log_says() -> Question:
    """The log of a lost page says nothing of the pair."""
    old, new = end("landed", LOGGED), end("dpamt", LOGGED)
    same = (old.splats, old.pr_err) == (new.splats, new.pr_err)
    choices = ("a line more, about the region", "just what it said without pairs", "a trace more, about the pair")
    return Question(
        "A page is lost, and its pair with it. What does the log say?",
        choices[1] if same else choices[0],
        choices,
        ("Nobody calls REMOVE here: the reference is kept on purpose. Who would notice?",),
        f"{many(new.traces, 'trace')} and {many(new.lines, 'error line')}, as without pairs; none speaks of them.",
        about=(LOGGED,),
    )


def once_refused() -> Question:
    """A REMOVE that was refused is never tried again."""
    [left] = race("landed", threads=1, rounds=2, refuse=1).ends
    choices = ("the pair comes back", "the pair stays for good", "the put warns again")
    return Question(
        "REMOVE is refused once, for a cause that passes. Later somebody else gets the same region and puts it again. "
        "What then?",
        choices[1] if left.pair else choices[0],
        choices,
        ("What does the counter say when that user has gone?",),
        f"It ends with {left}: one user is counted who is not there, so no put is the last any more.",
    )


def _interrupted(region: Region) -> Steps:
    """Take the lock for a put, and then for that of a callback which interrupts it, before the first goes on."""
    yield region.lock()
    yield region.lock()


def in_the_callback() -> Question:
    """What does not help a put that waits for the lock that it interrupts?"""
    stuck = new_class("Interrupted", (Design,), {"base": "landed"}, lambda names: names.update(put=_interrupted))
    helps = race(stuck, threads=2)["all_can_finish"].verdict == "holds"
    choices = ("keep interrupts off under the lock", "give the host more processors", "put nowhere but in the op")
    return Question(
        "A put in an RCU callback can interrupt a put that has the lock, and then neither goes on. Which of these "
        "does not help?",
        "none of them" if helps else choices[1],
        choices,
        why="On whatever processor it happens, the lock's owner cannot run before the callback is done there.",
        kind="prediction",
    )


def whose_page() -> Question:
    """Whose page goes to the module without a pair, where only the counter is atomic."""
    first = race("naive").first
    assert first is not None
    assert first.steps
    who = first.steps[-1].thread != first.steps[0].thread
    choices = ("the first user's", "the second user's", "nobody's")
    return Question(
        "Two threads run this. Whose page may go to the module while the region has no pair?",
        choices[who],
        choices,
        ("What has the first done when the counter says one, and what not?",),
        f"After {many(len(first.steps), 'step')}: one counts and is stopped, the other counts and goes on.",
        kind="prediction",
    )


def what_breaks_first() -> Question:
    """What the old design comes to."""
    first = race("old").first
    assert first is not None
    choices = ("a get fails, and nothing was refused", "REMOVE is asked for twice", "the lock is never released")
    return Question(
        "It counts down first and looks again under the lock. Which of these can happen, although nobody meant it to?",
        choices[1] if first.name == "removed_once" else choices[0],
        choices,
        ("Between counting down and the lock a whole get and put of somebody else may pass. What does that one find?",),
        f"After {many(len(first.steps), 'step')}: both have waited for the lock, and the counter was zero for "
        "each. A refused ADD is foreseen here, and harmless.",
        kind="prediction",
    )


QUESTIONS: Final = (one_page, what_the_log_says, once_refused, in_the_callback, whose_page, what_breaks_first)
