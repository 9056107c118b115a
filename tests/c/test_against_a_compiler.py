"""The translator against a real C compiler: the same results, or a sentence; never a wrong number."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from kvmviz.c import blocks, translate
from kvmviz.c.runtime import Stopped
from tests.c.compiler import by_compiler, front_end, shared_object
from tests.c.functions import Made, functions, values
from tests.trying import trying

RELAXED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]


def outcomes(made: tuple[Made, ...], data: st.DataObject, folder: Path) -> Counter[str]:
    """Hold each function against the compiler with some arguments; count how it went."""
    library, found = shared_object(made, folder), Counter[str]()
    run = front_end(made)
    for one in made:
        for arguments in data.draw(st.lists(st.tuples(*map(values, one.parameters)), min_size=2, max_size=4)):
            try:
                mine = run(one, arguments)
            except Stopped:
                found["stopped"] += 1
                continue
            if mine is None:
                found["refused"] += 1
                continue
            assert mine == by_compiler(library, one, arguments), f"{arguments}\n{one.text}"
            found["same"] += 1
    return found


@trying(15, 40, suppress_health_check=RELAXED, phases=[Phase.generate, Phase.shrink])
@given(made=functions(), data=st.data())
def test_small_functions_do_what_the_compiler_says(made: tuple[Made, ...], data: st.DataObject, tmp_path: Path) -> None:
    outcomes(made, data, tmp_path)


CUT = ("compound_statement", "if_statement", "else_clause", "while_statement", "for_statement", "do_statement",
       "switch_statement", "goto_statement", "labeled_statement")  # fmt: skip


@trying(15, 40, suppress_health_check=RELAXED, phases=[Phase.generate, Phase.shrink])
@given(made=functions(), data=st.data())
def test_functions_cut_into_blocks_do_the_same(
    made: tuple[Made, ...], data: st.DataObject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (blocks, translate):
        monkeypatch.setattr(module, "needs_blocks", lambda node: node.type in CUT)
    outcomes(made, data, tmp_path)


@pytest.mark.slow
@settings(max_examples=250, deadline=None, suppress_health_check=RELAXED, phases=[Phase.generate, Phase.shrink])
@given(made=functions(), data=st.data())
def test_a_thousand_functions_do_what_the_compiler_says(
    made: tuple[Made, ...], data: st.DataObject, tmp_path: Path
) -> None:
    outcomes(made, data, tmp_path)


@pytest.mark.slow
@pytest.mark.marathon
@pytest.mark.parametrize("part", range(4))
def test_thousands_of_functions_do_what_the_compiler_says(part: int, tmp_path: Path) -> None:
    """A thousand examples, of several functions each; in parts, so that none of them takes minutes."""

    @seed(part)
    @settings(max_examples=250, deadline=None, suppress_health_check=RELAXED, phases=[Phase.generate, Phase.shrink])
    @given(made=functions(), data=st.data())
    def hold(made: tuple[Made, ...], data: st.DataObject) -> None:
        outcomes(made, data, tmp_path)

    hold()
