"""Mails of our own in the forms that people have them, around the patches of `patches.py`."""

import re
from base64 import encodebytes
from collections.abc import Callable
from email.message import EmailMessage
from quopri import encodestring

LOG = """From: Sean Christopherson <seanjc@example.com>

Let TDX code take care of a page that it cannot have back, and tell
generic code nothing of it.

The level arg was unused; drop it.

Signed-off-by: Sean Christopherson <seanjc@example.com>
---
"""

NIT = """Before the change, when tdx_reclaim_page() fails, there is a warning; after
it, TDX_BUG_ON_3() covers that, so the failure is not silent."""

GFN = """gfn isn't used here, and sp->gfn has it."""


def header(author: str, date: str, subject: str, more: str = "") -> str:
    return f"From: {author}\nDate: {date}\nSubject: {subject}\nMessage-ID: <1@example.com>\n{more}\n"


POSTED = header("Rick Edgecombe <rick@example.com>", "Fri, 27 Mar 2026 13:14:20 -0700", "[PATCH 99/99] something else")
REPLIED = header("Binbin Wu <binbin@example.com>", "Wed, 8 Apr 2026 22:09:22 -0500", "Re: a thing")
ATTRIBUTION = "On 3/28/2026 4:14 AM, Rick Edgecombe wrote:\n"


def posted(patch: str) -> str:
    """The patch as it was sent."""
    return POSTED + LOG + patch + "-- \n2.53.0\n"


def quote(text: str, mark: str = "> ") -> str:
    return "".join(f"{mark}{line}".rstrip() + "\n" for line in text.splitlines())


def replied(patch: str) -> str:
    """A reply to it, with two comments between the quoted lines."""
    return REPLIED + commented(ATTRIBUTION + quote(LOG + patch))


def commented(body: str) -> str:
    body = re.sub(r"(> -\t*sp->external_spt\)\)\) \{\n)", lambda match: f"{match[1]}\nNit:\n{NIT}\n\n", body)
    return re.sub(r"(> \+static void tdx_sept_free_private_spt\(.*\n)", lambda match: f"{match[1]}{GFN}\n", body)


def answered(patch: str) -> str:
    """A reply to the reply: the patch quoted twice, the comments once, an answer not at all."""
    inner = replied(patch).removeprefix(REPLIED)
    body = quote(inner, "> ").replace(f"> {GFN}\n", f"> {GFN}\n\nYes, I will drop it.\n\n")
    return header("Rick Edgecombe <rick@example.com>", "Thu, 9 Apr 2026 01:00:00 +0000", "Re: Re: a thing") + (
        f"On Wed, 8 Apr 2026 at 22:09, Binbin Wu wrote:\n{body}"
    )


def saved_page(mail: str) -> str:
    """A reply as the text of a web archive's page: no indentation, addresses and quotes not as they were."""
    body = mail.partition("\n\n")[2]
    lines = [re.sub(r"^(> )?([-+]?)[ \t]+", _unindented, line) for line in body.split("\n")]
    text = "\n".join(line for line in lines if line).replace("@example.com", "@xxxxxxxxxxx").replace("'", "\u2019")
    return f"Re: a thing\nFrom: Binbin Wu\nDate: Wed Apr 08 2026 - 22:09:22 EST\n{text}"


def _unindented(match: re.Match[str]) -> str:
    return (match[1] or "") + (f"{match[2]} " if match[2] else "")


def with_encoding(mail: str, encoding: str, charset: str = "utf-8") -> bytes:
    head, _, body = mail.partition("\n\n")
    data = body.encode(charset, "replace")
    coded = {"base64": encodebytes, "quoted-printable": encodestring}[encoding](data)
    kind = f"MIME-Version: 1.0\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: {encoding}\n\n"
    return f"{head}\n{kind}".encode() + coded


def with_attachment(patch: str) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "A B <a@example.com>", "see below"
    message["Date"] = "Fri, 27 Mar 2026 13:14:20 -0700"
    message.set_content("The patch is attached.\n")
    message.add_attachment(patch.encode(), maintype="application", subtype="octet-stream", filename="my.patch")
    message.set_boundary("next")  # else a random one
    return bytes(message)


def web_source(mail: str) -> str:
    escaped = mail.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<!DOCTYPE html>\n<html><head><title>x</title></head><body><pre>\n{escaped}</pre></body></html>"


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def as_html(mail: str, line: str, end: str = "") -> bytes:
    """A mail whose body is HTML, each of its lines as `line` has it."""
    head, _, body = mail.partition("\n\n")
    lines = (
        escaped(text).replace("\t", "&nbsp; &nbsp; &nbsp; &nbsp; ").replace("  ", "&nbsp; ")
        for text in body.split("\n")
    )
    html = end.join(line.format(text or "<br>") for text in lines)
    kind = "MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8"
    return f"{head}\n{kind}\n\n<html><body>{html}</body></html>\n".encode()


def flowed(mail: str) -> bytes:
    """A mail with format=flowed: what begins with a blank has one more, and long prose is broken."""
    head, _, body = mail.partition("\n\n")
    lines = "\n".join(f" {line}" if line.startswith((" ", "From ")) else line for line in body.split("\n"))
    return f"{head}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8; format=flowed\n\n{lines}".encode()


def with_mail_attached(patch: str) -> bytes:
    """A mail with the file that git format-patch wrote."""
    message = EmailMessage()
    message["From"], message["Subject"] = "A B <a@example.com>", "see below"
    message["Date"] = "Sat, 28 Mar 2026 13:14:20 -0700"
    message.set_content("The patch is attached.\n")
    file = f"From {'0' * 40} Mon Sep 17 00:00:00 2001\n{posted(patch)}"
    message.add_attachment(file.encode(), maintype="text", subtype="x-patch", filename="0001-x.patch")
    message.set_boundary("next")
    return bytes(message)


def coded_without_a_word(mail: str) -> bytes:
    head, _, body = mail.partition("\n\n")
    return f"{head}\n\n".encode() + encodestring(body.encode())


def mailbox(*mails: str) -> str:
    return "".join(f"From a@example.com Fri Mar 27 13:14:20 2026\n{mail}\n" for mail in mails)


Form = Callable[[str], bytes]

FORMS: dict[str, Form] = {
    "posted": lambda patch: posted(patch).encode(),
    "posted, CRLF": lambda patch: posted(patch).replace("\n", "\r\n").encode(),
    "replied": lambda patch: replied(patch).encode(),
    "replied, base64": lambda patch: with_encoding(replied(patch), "base64"),
    "replied, quoted-printable": lambda patch: with_encoding(replied(patch), "quoted-printable", "iso-8859-1"),
    "posted, UTF-16": lambda patch: posted(patch).encode("utf-16"),
    "answered": lambda patch: answered(patch).encode(),
    "saved page": lambda patch: saved_page(replied(patch)).encode(),
    "source of a page": lambda patch: web_source(replied(patch)).encode(),
    "attached": with_attachment,
    "attached mail": with_mail_attached,
    "replied, flowed": lambda patch: flowed(replied(patch)),
    "replied, a tag a line": lambda patch: as_html(replied(patch), "<div>{}</div>"),
    "replied, br": lambda patch: as_html(replied(patch), "{}<br>\n"),
    "replied, br alone": lambda patch: as_html(replied(patch), "<span>{}</span><br/>"),
    "posted, a paragraph a line": lambda patch: as_html(posted(patch), "<p class=x>{}</p>\n"),
    "replied, coded without a word": lambda patch: coded_without_a_word(replied(patch)),
    "mailbox of one": lambda patch: mailbox(posted(patch)).encode(),
    "bare": lambda patch: patch.encode(),
}
"""Every form, as a function of the patch."""
