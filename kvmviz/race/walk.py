"""One thread that is really run, to its next step, within bounds.

>>> from kvmviz.race.design import DESIGNS
>>> walk = Walk(DESIGNS["naive"], rounds=1)
>>> walk.section, walk.op.name, walk.go(2)
('get', 'increment', (('get', True),))
>>> walk.section, walk.op.name
('use', 'use')

What a reader's design does wrong is one sentence with its line.  Its lines are
counted, so that a loop without a step in it ends; a sleep or a call into C is ended
from outside (`kvmviz.race.own`).  That is no sandbox: files and network are not
looked at.
"""

import sys
from collections.abc import Callable, Iterator
from types import CodeType, FrameType, GeneratorType
from typing import Any, Final, Literal

from kvmviz.race.design import Design, RaceError
from kvmviz.race.reading import check_code
from kvmviz.race.region import DONE, REGION, USE, Answer, Op
from kvmviz.revisions.guard import Refused, refused, stepping
from kvmviz.revisions.telling import failed, in_kvmviz, too_long

Section = Literal["get", "use", "put", ""]
"""What a thread is at; empty when it has come to its end."""

Ended = tuple[tuple[str, Any], ...]
"""Sections that came to their end, each with what it returned."""

LINES: Final = 2_000
"""Lines of a reader's Python that may run for one step."""

_SECTIONS: Final[tuple[Section, ...]] = ("get", "use", "put")


class Walk:
    """A thread: `section`, `op` its next step (None at the end), `fresh` whether that is the section's first.

    `begun` are sections that ended before the first step of all.
    """

    def __init__(self, design: type[Design], rounds: int) -> None:
        self._design, self._left = design, rounds
        self._steps: GeneratorType[Any, Any, Any] | None = None
        self.section: Section = ""
        self.op: Op | None = None
        self.fresh = True
        self.function, self.line = "", 0
        self.begun = self._begin("get")

    def key(self) -> Any:
        """Return what tells this thread's future: its section, the lines it stands on, its variables."""
        frames = tuple((code, at, self._variables(frame)) for code, at, frame in _frames(self._steps))
        return self._left, self.section, self.fresh, frames

    def go(self, answer: Answer, *, first: bool = False) -> Ended:
        """Give the step's answer and run up to the next one; return the sections that ended."""
        assert self._steps is not None
        steps, section = self._steps, self.section
        self.fresh = first
        try:
            op = _guarded(self._design, lambda: steps.send(None if first else answer))
        except StopIteration as end:
            refused = section == "get" and end.value is not None and not end.value
            return ((section, end.value), *self._begin("get" if refused else _after(section)))
        *_, (code, _, frame) = _frames(steps)
        self.function, self.line = code.co_name, frame.f_lineno
        if not isinstance(op, Op):
            raise RaceError(
                f"{self._design.name}: {self.function}, line {self.line}, yields {repr(op)[:40]}, which is no step; "
                "yield one of region's, as in `yield region.lock()`."
            )
        self.op = op
        return ()

    def _begin(self, section: Section) -> Ended:
        """Begin a section, and run to its first step."""
        if section == "get":
            if not self._left:
                self._steps, self.section, self.op, self.fresh = None, "", None, True
                self.function, self.line = "", 0
                return ()
            self._left -= 1
        self.section = section
        function = _use if section == "use" else getattr(self._design, section)
        made = _guarded(self._design, lambda: function(REGION))
        if not isinstance(made, GeneratorType):
            raise RaceError(
                f"{self._design.name}: {section} takes no steps; write `yield` before each, as in "
                "`yield region.lock()`."
            )
        self._steps = made
        return self.go(None, first=True)

    def _variables(self, frame: FrameType) -> tuple[tuple[str, Any], ...]:
        """Return the local variables by name; raise RaceError for one that cannot be compared."""
        found = tuple(sorted(frame.f_locals.items(), key=lambda item: item[0]))
        for name, value in found:
            try:
                hash(value)
            except TypeError:
                raise RaceError(
                    f"{self._design.name}: {self.section}, line {frame.f_lineno}: {name} is a {type(value).__name__}, "
                    "which can change unseen; keep numbers, words and tuples in variables."
                ) from None
        return found


def _after(section: Section) -> Section:
    return _SECTIONS[(_SECTIONS.index(section) + 1) % len(_SECTIONS)]


def _use(_region: object) -> Iterator[Op]:
    """What a thread does between `get` and `put`: a page of the region goes to the module and comes back."""
    yield USE
    yield DONE


def _frames(steps: object) -> list[tuple[CodeType, int, FrameType]]:
    """Return what a suspended generator stands on, and those that it waits for."""
    found = []
    while isinstance(steps, GeneratorType) and (frame := steps.gi_frame) is not None:
        if not in_kvmviz(steps.gi_code):
            check_code(steps.gi_code)
        found.append((steps.gi_code, frame.f_lasti, frame))
        steps = steps.gi_yieldfrom
    return found


class _TooManyLines(BaseException):
    """The bound is reached; not an `Exception`, so that the code under test does not catch it."""


def _guarded(design: type[Design], run: Callable[[], Any]) -> Any:
    """Run code to its next step; a reader's within bounds, and what goes wrong there is a sentence."""
    if in_kvmviz(design.get.__code__) and in_kvmviz(design.put.__code__):
        return run()
    before = sys.gettrace()
    sys.settrace(_counting(LINES))
    try:
        with stepping(design.name):
            return run()
    except (StopIteration, KeyboardInterrupt, RaceError):
        raise
    except Refused as error:
        raise refused(design.name, error) from None
    except _TooManyLines as error:
        allowed = f"between two steps {LINES:,} lines may run"
        raise too_long(design.name, error.__traceback__, LINES, "no step in them", allowed) from None
    except BaseException as error:
        raise failed(design.name, error) from None
    finally:
        sys.settrace(before)


def _counting(left: int) -> Callable[..., Any]:
    """Return a tracer that ends what runs more than so many lines."""

    def line(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal left
        left -= event == "line"
        if left < 0:
            raise _TooManyLines
        return line

    return line
