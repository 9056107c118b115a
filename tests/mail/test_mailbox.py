"""Every form that a mail comes in gives its author, its day and its lines; what is no mail is one sentence."""

import gzip
from datetime import date
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from kvmviz.mail.letter import Letter
from kvmviz.mail.limits import MAX_HEADER, MAX_LINES, MAX_MESSAGE, MAX_MESSAGES, MAX_READ, MailError
from kvmviz.mail.mailbox import load, read
from tests.review import mails, patches

PATCH = patches.LIKE_16_OF_17


def one(data: bytes) -> Letter:
    (letter,) = read(data).letters
    return letter


@pytest.mark.parametrize("form", ["replied", "replied, base64", "replied, quoted-printable", "saved page"])
def test_read_gives_the_author_and_the_day_that_the_mail_names(form: str) -> None:
    letter = one(mails.FORMS[form](PATCH))
    assert (letter.author, letter.date) == ("Binbin Wu", date(2026, 4, 8))


def test_read_gives_a_page_its_subject_from_the_line_above_its_header() -> None:
    assert one(mails.saved_page(mails.replied(PATCH)).encode()).subject == "Re: a thing"


def test_read_gives_encoded_names_and_subjects_as_text() -> None:
    head = mails.header("=?utf-8?q?J=C3=B6rg?= <j@b.c>", "Wed, 8 Apr 2026 22:09:22 +0000", "=?utf-8?b?ZsO8cg==?=")
    letter = one(head.encode())
    assert (letter.author, letter.subject) == ("J\u00f6rg", "f\u00fcr")


def test_read_gives_the_messages_of_a_mailbox_in_order() -> None:
    box = mails.mailbox(mails.posted(PATCH), mails.replied(PATCH), mails.answered(PATCH))
    assert [letter.author for letter in read(box.encode()).letters] == ["Rick Edgecombe", "Binbin Wu", "Rick Edgecombe"]


def test_read_does_not_split_a_mail_at_a_line_of_prose() -> None:
    text = mails.REPLIED + "One.\n\nFrom here on it is clear.\nNote: nothing.\n"
    assert len(read(text.encode()).letters) == 1


def test_read_gives_the_messages_of_a_threads_page() -> None:
    page = mails.saved_page(mails.replied(PATCH))
    both = f"{page}\n{page.replace('Binbin Wu', 'Yan Zhao')}"
    assert [letter.author for letter in read(both.encode()).letters] == ["Binbin Wu", "Yan Zhao"]


def test_read_takes_the_output_of_git_show() -> None:
    head = "commit 0123456789ab\nAuthor: A B <a@example.com>\nDate:   Fri Mar 27 13:14:20 2026 -0700\n"
    letter = one(f"{head}\n    log\n\n{PATCH}".encode())
    assert (letter.author, letter.date) == ("A B", date(2026, 3, 27))


def test_read_takes_a_bare_patch_without_author_and_day() -> None:
    assert (one(PATCH.encode()).author, one(PATCH.encode()).date) == ("", None)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"hello\nworld\n", "no mail"),
        (gzip.compress(b"From: a\n", mtime=0), "gzip"),
        (bytes(range(256)) * 100, "binary"),
        (b"From: only\n\nno date\n", "no mail"),
        (b"x" * (MAX_MESSAGE + 1), "50,000,000"),
    ],
)
def test_read_refuses_what_is_no_mail_in_one_sentence(data: bytes, words: str) -> None:
    with pytest.raises(MailError, match=words) as caught:
        read(data)
    assert "\n" not in str(caught.value)


def test_read_takes_the_beginning_of_a_long_message_and_says_so() -> None:
    letter = one(mails.posted(PATCH).encode() + b"one more line of a log that somebody pasted\n" * 500_000)
    assert letter.cut
    assert sum(map(len, letter.lines)) <= MAX_READ
    many = one(mails.posted(PATCH).encode() + b"x\n" * 100_000)
    assert many.cut
    assert MAX_LINES - 20 < len(many.lines) <= MAX_LINES
    assert not one(mails.posted(PATCH).encode()).cut


def test_read_takes_so_many_messages_and_no_more() -> None:
    box = mails.mailbox(*[mails.REPLIED + "yes\n"] * (MAX_MESSAGES + 20))
    mailbox = read(box.encode())
    assert (len(mailbox.letters), mailbox.unread) == (MAX_MESSAGES, 20)


def test_read_takes_a_name_for_a_codec_that_is_no_character_set_as_none() -> None:
    for charset in ("zlib", "idna", "unicode_escape", "no-such-thing", "\0", "x" * 5000):
        kind = f"Content-Type: text/plain; charset={charset}\n"
        mail = mails.header("a", "Wed, 8 Apr 2026 22:09:22 +0000", "b", kind)
        assert one(f"{mail}hi\n".encode()).lines[0] == "hi"


def test_load_reads_a_file_or_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "mail"
    file.write_bytes(b"\xffx")
    assert load(str(file)) == b"\xffx"
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(b"\xffy")))
    assert load("-") == b"\xffy"


def test_load_of_what_is_no_file_is_one_sentence(tmp_path: Path) -> None:
    for name in (tmp_path, tmp_path / "none"):
        with pytest.raises(MailError, match=r"give a file with a mail in it, or - for standard input\.$"):
            load(str(name))


def test_read_decodes_what_a_mail_says_it_is_encoded_in() -> None:
    text = "\u043f\u0440\u0438\u0432\u0435\u0442"
    mail = mails.with_encoding(f"{mails.REPLIED}{text}\n", "base64", "koi8-r")
    assert one(mail).lines[0] == text


def test_read_does_not_interpret_text_as_python() -> None:
    mail = mails.with_encoding(f"{mails.REPLIED}\\x41\n", "base64").replace(b"utf-8", b"unicode_escape")
    assert one(mail).lines[0] == "\\x41"


def test_read_takes_so_much_of_a_header_and_no_more() -> None:
    letter = one(mails.header("a", "Wed, 8 Apr 2026 22:09:22 +0000", "b " * 5000).encode() + b"hi\n")
    assert 1000 < len(letter.subject) <= MAX_HEADER


def test_read_leaves_the_name_of_a_patchs_author_in_the_body_of_a_page() -> None:
    page = "Re: a\nFrom: A B\nDate: Wed Apr 08 2026 - 22:09:22 EST\nFrom: C D <c@xxxxxxxxx>\ntext\n"
    assert one(page.encode()).lines[0] == "From: C D <c@xxxxxxxxx>"
