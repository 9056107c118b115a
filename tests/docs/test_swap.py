"""A build of the site that is killed leaves the old site or the new one, never half of one."""

import random
from pathlib import Path

import pytest

from tests.killing import kill_in_the_middle

# Builds for ever; a few lines take the place of sphinx, and write sites of 60 pages, each with the name of its build.
BUILDER = """
import sys
from pathlib import Path
from types import SimpleNamespace
from docs import __main__ as site

folder = Path(sys.argv[1])

def sphinx(command, check):
    for n in range(60):
        (Path(command[-1]) / f"{n}.html").write_text(command[-1])
    return SimpleNamespace(returncode=0)

site.BUILDS, site.LINK = folder / "build", folder / "site"
site.prepare, site.print = lambda source: None, lambda said: None
site.subprocess = SimpleNamespace(run=sphinx)
site.twin = SimpleNamespace(bring=lambda built: False)  # whether or not the folder was made here
site.main()

def work():
    while True:
        site.main()
"""


@pytest.mark.slow
def test_killed_at_any_moment_it_leaves_a_whole_site(tmp_path: Path) -> None:
    chance = random.Random(1)
    moments = [chance.uniform(0, 0.2) for _ in range(20)]
    seen = set()
    for _ in kill_in_the_middle(BUILDER, [str(tmp_path)], moments):
        pages = [page.read_text() for page in (tmp_path / "site").glob("*.html")]
        assert len(pages) == 60
        assert len(set(pages)) == 1
        seen.add(pages[0])
    assert len(seen) > 1
    built = [path for path in (tmp_path / "build").iterdir() if path.name.startswith("site-")]
    assert len(built) <= 3  # a build clears away what a killed one left
