"""A mail with a header, as RFC 822 and its followers describe it, read by the standard library."""

from collections.abc import Iterable, Iterator
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from email.policy import EmailPolicy
from typing import Final

from kvmviz.review.decode import text_of, without_tags
from kvmviz.review.letter import Letter, day_of, name_of
from kvmviz.review.limits import MAX_HEADER, MAX_PARTS

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


def parse(data: bytes) -> Letter | None:
    """Read one message; None when its header is damaged beyond what the standard library reads."""
    if data.lower().count(b"boundary=") > MAX_PARTS:
        return None
    try:
        message = message_from_bytes(data, policy=_Careful())
        body = "\n".join(_texts(message))
        return Letter(
            author=name_of(_header(message, "from")),
            date=day_of(_header(message, "date")),
            subject=_header(message, "subject"),
            message_id=_header(message, "message-id").strip("<> "),
            lines=tuple(body.split("\n")),
        )
    except _DAMAGE:
        return None


def _header(message: Message, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())


def _texts(message: Message) -> Iterator[str]:
    """Give the text parts of a message: plain ones and patches, or the HTML ones if there is nothing else."""
    parts = [part for part in message.walk() if not part.is_multipart()]
    plain = [part for part in parts if _is_text(part)]
    for part in plain:
        yield _text(part).rstrip("\n")
    if not plain:
        yield from (without_tags(_text(part)) for part in parts if part.get_content_type() == "text/html")


def _is_text(part: Message) -> bool:
    kind, name = part.get_content_type(), (part.get_filename() or "").lower()
    if kind.startswith("text/"):
        return kind != "text/html"
    return kind.startswith("application/") and name.endswith(_PATCHES)


def _text(part: Message) -> str:
    data = part.get_payload(decode=True)
    return text_of(data, part.get_content_charset()) if isinstance(data, bytes) else ""
