"""A mail with a header, as RFC 822 and its followers describe it, read by the standard library."""

import re
from collections.abc import Iterable
from email import message_from_bytes, message_from_string
from email.errors import MessageError
from email.message import Message
from email.policy import EmailPolicy
from typing import Final

from kvmviz.mail.decode import text_of
from kvmviz.mail.letter import Letter, day_of, name_of
from kvmviz.mail.limits import MAX_HEADER, MAX_PARTS
from kvmviz.mail.markup import text_of_page
from kvmviz.mail.wire import unflow, unquote

_ID: Final = re.compile(r"<([^<>\s]{3,250})>")
_HUNK: Final = re.compile(r"(?m)^(?:> ?){0,40}@@ -\d")
_PATCH_HEAD: Final = re.compile(r"(?mi)^from:[^\n]*(?:\n[^\n]+)*\nsubject:|^subject:[^\n]*(?:\n[^\n]+)*\nfrom:")
_PATCHES: Final = (".patch", ".diff", ".txt", ".eml", ".mbox")
# What the standard library's parser is known to raise on damaged headers besides its own errors.
_DAMAGE: Final = (MessageError, ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)


class _Careful(EmailPolicy):
    """The standard policy with header fields of bounded length, since parsing one is not linear in it."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        return super().header_source_parse(_bounded(sourcelines))


def _bounded(lines: Iterable[str]) -> list[str]:
    kept, left = [], MAX_HEADER
    for line in lines:
        kept.append(line[:left])
        left -= len(line)
        if left <= 0:
            break
    return kept


def parse(data: bytes) -> list[Letter]:
    """Read one message, and each patch mail that is attached to it; none when it is damaged beyond reading.

    A message that only carries such files is not counted itself.
    """
    if data.lower().count(b"boundary=") > MAX_PARTS:
        return []
    try:
        message = message_from_bytes(data, policy=_Careful())
        texts, mails = _texts(message)
        found = [_letter(message, "\n".join(texts))]
        found += [_letter(inner, body) for inner, body in mails]
    except _DAMAGE:
        return []
    return found[1:] if mails and not any(map(_has_hunk, texts)) else found


def _letter(message: Message, body: str) -> Letter:
    return Letter(
        author=name_of(_header(message, "from")),
        date=day_of(_header(message, "date")),
        subject=_header(message, "subject"),
        message_id=_header(message, "message-id").strip("<> "),
        lines=tuple(body.split("\n")),
        answers=tuple(_ID.findall(f"{_header(message, 'references')} {_header(message, 'in-reply-to')}")),
    )


def _header(message: Message, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())


def _texts(message: Message) -> tuple[list[str], list[tuple[Message, str]]]:
    """Give the texts of a message, and the mails attached to it, each with its text.

    The texts are the plain parts and patches; the HTML ones where there is
    nothing else, or where only they hold the patch.
    """
    parts = [part for part in message.walk() if not part.is_multipart()]
    plain, mails = [], []
    for part in parts:
        text = _text(part).rstrip("\n") if _is_text(part) else None
        inner = None if text is None or part is message else _mail_in(text)
        if inner is not None:
            mails.append(inner)
        elif text is not None:
            plain.append(text)
    pages = [_page(part) for part in parts if part.get_content_type() == "text/html"]
    lost = not any(map(_has_hunk, plain)) and not mails and any(map(_has_hunk, pages))
    return (pages if lost or not (plain or mails) else plain), mails


def _has_hunk(text: str) -> bool:
    return bool(_HUNK.search(text))


def _mail_in(text: str) -> tuple[Message, str] | None:
    """Give the mail that an attachment is, as git format-patch writes one."""
    start = text.partition("\n")[2] if text.startswith("From ") else text
    head, blank, body = start.partition("\n\n")
    if not blank or len(head) > 10_000 or not _PATCH_HEAD.search(head):
        return None
    return message_from_string(head + "\n\n", policy=_Careful()), body


def _page(part: Message) -> str:
    return text_of_page(_text(part))


def _is_text(part: Message) -> bool:
    kind, name = part.get_content_type(), (part.get_filename() or "").lower()
    if kind.startswith("text/"):
        return kind != "text/html"
    return kind.startswith("application/") and (name.endswith(_PATCHES) or _has_hunk(_text(part)))


def _text(part: Message) -> str:
    data = part.get_payload(decode=True)
    text = text_of(data, part.get_content_charset()) if isinstance(data, bytes) else ""
    if "content-transfer-encoding" not in part:
        text = unquote(text)
    if str(part.get_param("format", "")).lower() == "flowed":
        text = unflow(text, delsp=str(part.get_param("delsp", "")).lower() == "yes")
    return text
