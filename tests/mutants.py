"""How many small changes of a room its tests notice: a sample of mutmut's mutants, drawn by a seed.

`make mutants ROOMS=compare SAMPLE=60 SEED=1` runs it.  Each mutant runs the quick tests of the room's own folder that
reach the changed function, and the doctests of the room; browsers and what is slow stay out.

Each mutant is a process of its own that has neither imported the package nor cached anything, and it meets every test
of each file in which some test reaches the changed function: what a fixture or a cache has computed for the first test
of a file, the others look at.  What runs as the package is imported meets all tests of the room.

mutmut changes what stands in functions and methods; it leaves out properties and tables of a module.  Left
out here by rule, before anything is drawn: another case of a string of which another change is drawn, a string without
a letter or digit (spacing, punctuation), a colour, the wording of an error that is raised, the type in a `cast`, and in
`draw` a number above 1 that becomes larger by 1 (a point more or less) and an argument that says how something looks.
What is the same program in other words (`EQUIVALENT`) is left out too, since no test could tell it.
"""

import argparse
import gc
import random
import re
import shutil
from collections import Counter
from contextlib import redirect_stdout
from functools import lru_cache
from importlib import import_module
from io import StringIO
from itertools import islice, takewhile
from typing import Any, cast

WRAPPED = re.compile(r"(?P<quote>[\"'])XX(?P<text>.*?)XX(?P=quote)")
NO_WORDS = re.compile(r"[\W_]*|#[0-9a-fA-F]{3,8}")
NUMBER = re.compile(r"(\d+(?:\.\d+)?)")
LOOKS = re.compile(r"\s*(?:font(?:size|color)|(?:edge|face)?color|line(?:width|style)|lw|alpha|pad|[hv]a|loc|ncols)=")
Cached = type(lru_cache(len))
HEAVY = ("pytest", "hypothesis", "matplotlib.pyplot", "anywidget", "IPython", "tree_sitter")  # imported before, once
SETTING_UP = 4.0  # seconds that a mutant may take to import the package, before mutmut takes it for endless
EQUIVALENT = {
    r",\s*(?:strict|signed)=(?:False|None)\b": (
        "", "where nothing is said, `zip` and `int.to_bytes` take False, and None is as false",
    ),
    r"\b(autojunk|closefd|delete|ensure_ascii|squeeze|tight|wait)=(?:False|None)\b": (
        r"\1", "a flag of which the callee asks nothing but `if`, so that None is as false as False",
    ),
    r",\s*(?=\))": ("", "a comma before a bracket"),
}  # fmt: skip
"""What may be written in two ways: a pattern, what stands for both, and why no test could tell them apart."""

NOTICED = ("killed", "timeout", "suspicious", "segfault", "check was interrupted by user")
"""How mutants end that are noticed; the last is how one ends with which a test file cannot even be imported."""


def changed(diff: str) -> tuple[str, str]:
    """Return the lines that a mutant takes away and those that it puts in their place."""
    lines = [line for line in diff.splitlines() if not line.startswith(("---", "+++"))]
    before, after = ("\n".join(line[1:].strip() for line in lines if line[0] == sign) for sign in "-+")
    return before, after


def string_in(before: str, after: str) -> str | None:
    """Return the string that a mutant put between two XX, None if it did something else."""
    for found in WRAPPED.finditer(after):
        quote, text = found["quote"], found["text"]
        if after[: found.start()] + quote + text + quote + after[found.end() :] == before:
            return text
    return None


def a_point_more(before: str, after: str) -> bool:
    """Whether a mutant makes one number above 1 larger by 1."""
    pairs = list(zip(NUMBER.split(before), NUMBER.split(after), strict=False))
    differ = [(a, b) for a, b in pairs if a != b]
    return (
        len(differ) == 1
        and all(NUMBER.fullmatch(one) for one in differ[0])
        and (1 < float(differ[0][0]) == float(differ[0][1]) - 1)
    )


def of_looks(before: str, after: str) -> bool:
    """Whether a mutant changes an argument that matplotlib or Graphviz takes for the look of something."""
    start = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))
    argument = re.split("[,(]", before[:start])[-1] + before[start:]
    return LOOKS.match(argument) is not None


def plain(text: str) -> str:
    """Return a text in which what is `EQUIVALENT` is written in one way, in small letters.

    >>> plain("zip(a, b, strict=False)") == plain("zip(a, b, strict=None)") == plain("zip(a, b, )")
    True
    >>> plain("zip(a, b, strict=True)") == plain("zip(a, b)")
    False
    """
    for pattern, (same, _) in EQUIVALENT.items():
        text = re.sub(pattern, same, text)
    return text.lower()


def counts(diff: str, room: str = "") -> bool:
    """Whether a mutant changes what somebody could see or rely on.

    >>> counts('-    return a < b\\n+    return a <= b')
    True
    >>> [counts(f'-    say("yes")\\n+    say("{text}")') for text in ("XXyesXX", "YES")]
    [True, False]
    >>> [counts(f"-    text(x, {was})\\n+    text(x, {now})", "draw") for was, now in (("ha=1", "ha=0"), ("y", "z"))]
    [False, True]
    >>> [counts("-    x = left + 14\\n+    x = left + 15", room) for room in ("draw", "record")]
    [False, True]
    """
    before, after = changed(diff)
    if room == "draw" and (a_point_more(before, after) or of_looks(before, after)):
        return False
    text = string_in(before, after)
    if plain(before) == plain(after) or re.search(r"\bcast\((None|\"XX)", after):
        return False
    return text is None or not (NO_WORDS.fullmatch(text) or before.startswith("raise "))


def draw(room: str, sample: int, seed: int, children: int) -> tuple[list[str], str]:
    """Write the mutants of a room and return the names of those that are drawn, and a line on what they are from."""
    from mutmut.__main__ import collect_source_file_mutation_data, create_mutants
    from mutmut.configuration import ProcessIsolation, config
    from mutmut.mutation.diff_apply import get_diff_for_mutant
    from mutmut.utils.file_utils import copy_also_copy_files, copy_src_dir

    settings = config()
    settings.process_isolation, settings.timeout_constant = ProcessIsolation.FORKSERVER, SETTING_UP
    settings.only_mutate = [f"kvmviz/{room}/*"]
    settings.pytest_add_cli_args_test_selection = [f"tests/{room}", f"kvmviz/{room}"]
    shutil.rmtree("mutants", ignore_errors=True)
    with redirect_stdout(StringIO()):
        copy_src_dir()
        copy_also_copy_files()
        create_mutants(children)
    every = [(m.path, name) for m, name, _ in collect_source_file_mutation_data(mutant_names=())[0]]
    random.Random(seed).shuffle(every)
    counting = (name for path, name in every if counts(get_diff_for_mutant(name, path=path), room))
    drawn = list(islice(counting, sample))
    return drawn, f"of {len(every):,} mutants {len(drawn)} by seed {seed}"


class Reach:
    """The plugin of the run that finds out which tests reach what: no test is spared a call by one of another file."""

    _file = ""

    def pytest_collection_finish(self, session: Any) -> None:
        """Have all tests reach what was called as they and the package were imported."""
        from mutmut.state import state

        known = state()
        for function in known._stats:
            known.tests_by_mangled_function_name[function] |= {item.nodeid for item in session.items}
        known._stats.clear()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Empty the package's caches where another file begins."""
        file = nodeid.partition("::")[0]
        if file != self._file:
            self._file = file
            for one in gc.get_objects():
                if isinstance(one, Cached) and str(one.__module__).startswith("kvmviz"):
                    one.cache_clear()


def tests_by_file() -> None:
    """Have mutmut give each mutant all tests of the files that reach it, the quick ones first, of which most die.

    The run that finds out which tests reach what is a clean one, so none is made after it.
    """
    from mutmut import __main__ as mutmut
    from mutmut.runners.harness import PytestRunner
    from mutmut.state import state
    from mutmut.workers.isolation import ForkServerRunner

    known, run_stats, submit = mutmut.collect_or_load_stats, PytestRunner.execute_pytest, ForkServerRunner.submit

    def executed(runner: PytestRunner, params: list[str], **named: Any) -> Any:
        if "plugins" in named and named["plugins"] and type(named["plugins"][0]).__name__ == "StatsCollector":
            named["plugins"] = [Reach(), *named["plugins"]]
        return run_stats(runner, params, **named)

    def collected(*given: Any, **named: Any) -> None:
        known(*given, **named)
        took, reached = state().duration_by_test, state().tests_by_mangled_function_name
        of_file: dict[str, set[str]] = {}
        for test in took:
            of_file.setdefault(test.partition("::")[0], set()).add(test)
        for function, tests in reached.items():
            reached[function] = set().union(*(of_file[file] for file in {test.partition("::")[0] for test in tests}))

    def submitted(runner: ForkServerRunner, mutant: str, tests: list[str], *given: Any) -> None:
        submit(runner, mutant, sorted(tests, key=lambda test: state().duration_by_test[test]), *given)

    def warmed(_: PytestRunner) -> None:
        for name in HEAVY:
            import_module(name)

    mutmut.collect_or_load_stats = collected
    runner, server = cast("Any", PytestRunner), cast("Any", ForkServerRunner)
    runner.execute_pytest, runner.warm_up = executed, warmed
    server.submit, server.run_clean_tests = submitted, lambda *_, **__: 0


def report(room: str, drawn: list[str], what: str) -> None:
    """Print the mutants that lived, each with its change, and the figure."""
    from mutmut.__main__ import collect_source_file_mutation_data
    from mutmut.mutation.diff_apply import get_diff_for_mutant
    from mutmut.stats import status_by_exit_code

    ends: Counter[str] = Counter()
    for mutant, name, code in collect_source_file_mutation_data(mutant_names=drawn)[0]:
        end = status_by_exit_code[code]
        ends[end] += 1
        if end not in NOTICED:
            before, after = changed(get_diff_for_mutant(name, path=mutant.path))
            print(f"{end}: {name}\n  - {before}\n  + {after}")
    noticed = sum(ends[end] for end in NOTICED)
    print(f"{room}: {noticed} of {len(drawn)} killed ({100 * noticed / len(drawn):.0f} %), {dict(ends)}; {what}")


def main() -> None:
    """Draw, run and report for one room."""
    from mutmut.__main__ import _run

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("room")
    parser.add_argument("--sample", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--children", type=int, default=2)
    given = parser.parse_args()
    tests_by_file()
    drawn, what = draw(given.room, given.sample, given.seed, given.children)
    _run(drawn, given.children)
    report(given.room, drawn, what)


if __name__ == "__main__":
    main()
