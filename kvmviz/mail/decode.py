r"""Bytes into text, whatever their encoding says or forgets to say.

>>> text_of("caf\u00e9".encode("latin-1"), "iso-8859-1") == text_of("caf\u00e9".encode()) == "caf\u00e9"
True
>>> text_of(b"\xff\xfeH\0i\0")
'Hi'
"""

import codecs
import re
from typing import Final

from kvmviz.mail.limits import MailError

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
# Python knows codecs that are no character sets, some of them slow: a mail may name only these families.
_CHARSETS: Final = re.compile(r"(utf|ascii|iso|cp\d|koi8|gb|big5|euc|shift|johab|hz|mac|tis|kz)")
_PACKED: Final = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"PK\x03\x04": "zip", b"(\xb5/\xfd": "zstd"}


def text_of(data: bytes, charset: str | None = None) -> str:
    """Give the text of `data`: by its mark, else by `charset`, else as UTF-8, else as Windows-1252.

    Bytes that fit nowhere become U+FFFD; no input is an error.  Line ends
    become one newline.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _lines(data[len(mark) :].decode(name, "replace"))
    for name in (_known(charset), "utf-8"):
        try:
            return _lines(data.decode(name))
        except (UnicodeError, LookupError):
            continue
    return _lines(data.decode("cp1252", "replace"))


def _known(charset: str | None) -> str:
    try:
        name = codecs.lookup(charset or "utf-8").name
    except (LookupError, ValueError, UnicodeError):  # no such codec; a NUL in its name; a name that is no text
        return "utf-8"
    return name if _CHARSETS.match(name) else "utf-8"


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def refuse_binary(data: bytes) -> None:
    """Raise `MailError` when `data` is not the text of a mail: empty, packed or binary."""
    if not re.search(rb"\S", data):
        raise MailError("there is no mail in the input: it is empty.")
    for mark, name in _PACKED.items():
        if data.startswith(mark):
            raise MailError(f"this is a file packed by {name}, not a mail: unpack it first.")
    start = data[:100_000]
    if not data.startswith(tuple(mark for mark, _ in _BOMS)) and start.count(0) > max(8, len(start) // 1000):
        raise MailError("this is a binary file, not a mail: give the mail as text, as a mail reader saves it.")
