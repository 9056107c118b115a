"""The explorer's glossary is that of the project, and the help has it."""

import json

from kvmviz.explorer.joiner import join, modules
from kvmviz.explorer.words import glossary_js
from kvmviz.terms.glossary import TERMS


def test_the_stored_glossary_is_the_tables() -> None:
    assert modules()["glossary.js"] == glossary_js()
    assert all(f'"{term}"' in glossary_js() for term in TERMS)


def test_the_explorer_has_it() -> None:
    assert "kv-glossary" in modules()["help.js"]
    assert all(json.dumps(meaning, ensure_ascii=False) in join("widget.js") for meaning in TERMS.values())
