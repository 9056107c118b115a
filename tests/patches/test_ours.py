"""C of our own, from which functions shown in part are completed, does what the model does."""

import pytest

from kvmviz.c.revision import revision_of
from kvmviz.c.syntax import parse
from kvmviz.check.space import scenarios
from kvmviz.patches.ours import FILES, named
from kvmviz.revisions import REVISIONS, Revision
from tests.c.equality import differing


def around(base: str) -> type[Revision]:
    """A revision with every function of the teardown around it from C of our own."""
    names = named("teardown")
    units = tuple(parse(f"{text}\n", f"{name}.c") for name, text in names.items())
    return revision_of(units, base=base, name="ours", wanted=list(names))


@pytest.mark.parametrize("base", ["before", "landed"])
def test_the_functions_around_do_what_the_models_do_in_a_sample(base: str) -> None:
    made = around(base)
    assert len(made.origin.from_c) == len(named("teardown")) > 10
    assert differing(made, REVISIONS[base], list(scenarios("quick"))[::211]) == []


@pytest.mark.slow
@pytest.mark.parametrize("base", FILES)
def test_the_functions_around_do_what_the_models_do_in_the_quick_space(base: str) -> None:
    assert differing(around(base), REVISIONS[base], scenarios("quick")) == []
