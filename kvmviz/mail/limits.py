"""How much of a mail is read, and the one way in which reading it fails.

Every pass over a mail is linear in what these limits leave of it, so that the
worst of mails is answered in seconds and in little memory.  They are choices
of ours; the largest mail on a kernel list is far below them.
"""

from typing import Final

from kvmviz.errors import KvmvizError

MAX_MESSAGE: Final = 50_000_000
"""Bytes of a mail or mailbox; a longer one is refused before anything is read."""

MAX_PATCH: Final = 1_000_000
"""Characters of a patch; a longer one is refused before it is parsed (unidiff takes 25 s for 39 MB)."""

MAX_READ: Final = 1_500_000
"""Bytes of one message that are read; the rest is left out, and the answer says so."""

MAX_READ_IN_ALL: Final = 4_000_000
"""Bytes that are read of all messages of a mailbox together; later ones are left out, and the answer says so."""

MAX_LINES: Final = 60_000
"""Lines of one message that are read; the rest is left out, and the answer says so."""

MAX_MESSAGES: Final = 500
"""Messages of one mailbox that are read."""

MAX_HEADER: Final = 2_000
"""Characters of one header field that are read."""

MAX_PARTS: Final = 20
"""MIME parts that a message may name; the parser's work grows with their nesting."""


class MailError(KvmvizError):
    """A mail that cannot be reviewed; its text is one sentence that says why and what would be right."""
