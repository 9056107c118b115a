"""The code that ran: source text of a function, Python or C, for the code shown beside a step."""

import inspect
from dataclasses import dataclass
from functools import lru_cache

from kvmviz.machine.callchain import function_of, source_of


@dataclass(frozen=True, slots=True)
class Source:
    """A function's source: kernel name and file, Python module or file of C, first line in its file, text.

    Python begins at the `def` line, without decorators, and is not indented;
    `first_line` is that of `def`.  C stands as it was read, from its first line on.
    `language` is `Python` or `C`.
    """

    function: str
    file: str
    module: str
    first_line: int
    text: str
    language: str = "Python"


@lru_cache(maxsize=512)
def source(key: str) -> Source:
    """Return the source that a `Location.source` names; the text is empty if Python cannot find it."""
    function = source_of(key)
    known = function_of(function)
    fragment = getattr(function, "c_source", None)
    if fragment is not None:
        return Source(known.name, known.file, fragment.file, fragment.line, fragment.text, "C")
    try:
        lines, first = inspect.getsourcelines(function)
    except OSError:
        return Source(known.name, known.file, function.__module__, function.__code__.co_firstlineno, "")
    skipped = next((i for i, line in enumerate(lines) if line.lstrip().startswith("def ")), 0)  # a lambda has none
    text = inspect.cleandoc("\n" + "".join(lines[skipped:]))
    return Source(known.name, known.file, function.__module__, first + skipped, text)
