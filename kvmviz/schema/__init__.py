"""The JSON Schemas of kvmviz's answers: one file a form, published with the package.

>>> "run" in names(), read_schema("run")["title"]
(True, 'A run')
"""

import json
from importlib.resources import files
from typing import Any


def names() -> list[str]:
    """Return the names of the forms that have a schema."""
    found = files(__package__).iterdir()
    return [item.name.removesuffix(".json") for item in found if item.name.endswith(".json")]


def read_schema(name: str) -> dict[str, Any]:
    """Return the schema of a form; raise FileNotFoundError if there is none."""
    loaded: dict[str, Any] = json.loads(files(__package__).joinpath(f"{name}.json").read_text("utf-8"))
    return loaded
