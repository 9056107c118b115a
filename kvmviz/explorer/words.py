"""The glossary as a module of the front end: `python -m kvmviz.explorer.words > kvmviz/explorer/static/glossary.js`.

>>> glossary_js().splitlines()[0]
'/** Made by kvmviz.explorer.words from kvmviz/terms/glossary.py: every term with its meaning. */'
"""

import json

from kvmviz.terms.glossary import TERMS


def glossary_js() -> str:
    """Return the module's text, in the form that `make js` asks for: terms in the order of the alphabet."""
    terms = sorted(TERMS.items(), key=lambda term: term[0].lower())
    rows = [_row(*map(_quoted, term)) for term in terms]
    head = "/** Made by kvmviz.explorer.words from kvmviz/terms/glossary.py: every term with its meaning. */"
    return f"{head}\n\n/** @type {{[string, string][]}} */\nexport const GLOSSARY = [\n" + "\n".join(rows) + "\n];\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=True)


def _row(term: str, meaning: str) -> str:
    line = f"  [{term}, {meaning}],"
    return line if len(line) <= 120 else f"  [\n    {term},\n    {meaning},\n  ],"


if __name__ == "__main__":
    print(glossary_js(), end="")
