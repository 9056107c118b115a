"""What the parts of the translator ask of each other is what there is, and what cannot be done by default is said."""

import inspect
from typing import get_type_hints

import pytest

from kvmviz.c.blocks import Blocks
from kvmviz.c.program import Program
from kvmviz.c.surroundings import Place, StatementTranslator, Surroundings, Translator
from kvmviz.c.values import NULL, Unfit, Value


def asked(protocol: type) -> dict[str, list[str]]:
    """The methods of a protocol with the names of their parameters."""
    return {
        name: list(inspect.signature(one).parameters)
        for name, one in inspect.getmembers(protocol, inspect.isfunction)
        if not name.startswith("_")
    }


@pytest.mark.parametrize(
    ("protocol", "there"), [(Surroundings, Program), (Translator, Blocks), (StatementTranslator, Blocks)]
)
def test_what_is_asked_for_is_there_with_the_same_parameters(protocol: type, there: type) -> None:
    for name, parameters in asked(protocol).items():
        assert list(inspect.signature(getattr(there, name)).parameters) == parameters, name
    assert asked(protocol)


def test_a_program_and_a_translator_have_the_fields_that_are_asked_for() -> None:
    assert set(Surroundings.__annotations__) == {"base"}
    assert {"program", "scope", "unit", "fixed"} == set(Translator.__annotations__)
    assert set(get_type_hints(Place.read)) == {"return"}


class Bare(Place):
    """A place that says no more than it must."""

    def read(self) -> Value:
        return NULL

    def write(self, value: Value) -> Value:
        return value

    def check_once(self) -> None:
        pass


def test_a_place_has_no_address_unless_it_says_so() -> None:
    with pytest.raises(Unfit, match=r"^its address cannot be taken here$"):
        Bare().address()
    with pytest.raises(TypeError, match="abstract"):
        Place()  # type: ignore[abstract]
