r"""Text as it travels in a mail: soft line breaks and quoted-printable taken back.

>>> unflow("> a sentence that goes on and on up to some column or other \n> and on\n  context")
'> a sentence that goes on and on up to some column or other and on\n context'
>>> unquote("if (a =3D=3D b) =\n{\n=3D=3D\n=3D=3D")
'if (a == b) {\n==\n=='
"""

import quopri
import re
from typing import Final

from kvmviz.mail.decode import text_of

_MARKS: Final = re.compile(r"(>*)( ?)(.*)")
_SOFT: Final = 40
"""A flowed line shorter than this was not broken by a mailer, even if it ends in a blank: code does."""

_PLAIN: Final = re.compile(r"=(?![0-9A-Fa-f]{2}|[ \t]*\n|\Z)")


def unflow(text: str, *, delsp: bool = False) -> str:
    """Undo `format=flowed` (RFC 3676): join what was broken, take off the blank that was stuffed in front."""
    out: list[str] = []
    before = None  # the depth of a line that goes on
    for line in text.split("\n"):
        match = _MARKS.match(line)
        marks, words = (match[1], match[3]) if match else ("", line)
        if before == marks and out:
            out[-1] = (out[-1][:-1] if delsp else out[-1]) + words
        else:
            out.append(f"{marks} {words}" if marks else words)
        goes_on = words.endswith(" ") and words != "-- " and len(words) > _SOFT and len(out[-1]) < 10_000
        before = marks if goes_on else None
    return "\n".join(line.rstrip() if line.startswith(">") and not line.strip("> ") else line for line in out)


def unquote(text: str) -> str:
    """Undo quoted-printable in a text whose header does not say so: it has no `=` that is not part of a code."""
    if "=3D" not in text or _PLAIN.search(text):
        return text
    return text_of(quopri.decodestring(text.encode("utf-8", "replace")))
