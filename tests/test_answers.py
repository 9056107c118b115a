"""A JSON answer has the same fields for Python's types as in its published schema."""

from collections.abc import Iterator
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

import pytest

from kvmviz.schema import answers, names, races, read_schema, reviews

FORMS = {name: getattr({"race": races, "review": reviews}.get(name, answers), name.capitalize()) for name in names()}
"""Each form with the type of its answers."""


def found(reference: str, form: str) -> tuple[Any, str]:
    """What a `$ref` names, and the form that it stands in."""
    whole, _, where = reference.partition("#/$defs/")
    form = whole.rpartition(":")[2] or form
    return read_schema(form)["$defs"][where], form


def objects(schema: Any, form: str) -> Iterator[tuple[Any, str]]:
    """What a value may be, with references followed: its parts in turn where it is an array or one of several."""
    if "$ref" in schema:
        yield from objects(*found(schema["$ref"], form))
    elif "oneOf" in schema:
        for one in schema["oneOf"]:
            yield from objects(one, form)
    elif "items" in schema and isinstance(schema["items"], dict):
        yield from objects(schema["items"], form)
    else:
        yield schema, form


def typed(hint: Any) -> list[Any]:
    """The TypedDicts that a type mentions outside of dictionaries."""
    if is_typeddict(hint):
        return [hint]
    return [] if get_origin(hint) is dict else [one for part in get_args(hint) for one in typed(part)]


def differences(shape: Any, schema: Any, form: str, where: str) -> Iterator[str]:
    """Where a type and a schema part, from here downwards."""
    closed = schema.get("additionalProperties") is False
    if "properties" in schema and (shape.__annotations__.keys() != schema["properties"].keys()):
        yield f"{where}: {sorted(shape.__annotations__.keys() ^ schema['properties'].keys())}"
    required = set(schema.get("required", ()))
    if closed and shape.__required_keys__ != required:
        yield f"{where}, required: {sorted(shape.__required_keys__ ^ required)}"
    if not required <= shape.__required_keys__:
        yield f"{where}, not always there: {sorted(required - shape.__required_keys__)}"
    for key, hint in get_type_hints(shape).items():
        below = schema.get("properties", {}).get(key, {})
        parts = [(one, at) for one, at in objects(below, form) if one.get("type") != "null"]
        shapes = typed(hint)
        if "properties" in str(parts) and any("properties" in one for one, _ in parts) and not shapes:
            yield f"{where}.{key}: no type of its own"
        for one in shapes:
            yield from (d for part, at in parts for d in differences(one, part, at, f"{where}.{key}"))
        nullable = {"type": "null"} in below.get("oneOf", ()) or "null" in below.get("type", ())
        if below and "$ref" not in below and "anyOf" not in below and nullable != (NoneType in get_args(hint)):
            yield f"{where}.{key}: null in one of the two only"


@pytest.mark.parametrize("form", FORMS)
def test_a_type_has_the_fields_of_its_schema(form: str) -> None:
    assert list(differences(FORMS[form], read_schema(form), form, form)) == []


def test_a_field_that_one_of_them_lacks_is_found() -> None:
    schema = read_schema("run")
    del schema["properties"]["events"]["items"], schema["$defs"]
    schema["properties"]["summary"] = {"type": "object", "properties": {"splats": {}}, "required": ["splats"]}
    assert [line.split(":")[0] for line in differences(answers.Run, schema, "run", "run")] == ["run.summary"]
