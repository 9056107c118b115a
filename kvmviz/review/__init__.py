r"""A patch mail in, a reply draft out.

>>> answer = review(b"From: A B <a@b.c>\nDate: Wed, 8 Apr 2026 10:00:00 +0000\nSubject: lunch\n\nAt noon?\n")
>>> print(answer.to_text())
On 8 Apr 2026, A B wrote:
<BLANKLINE>
Nothing here that I model: there is no patch in this message.
>>> answer.exit_status
1

Nothing in a mail is run, fetched or written to disk.
"""

from kvmviz.mail.limits import MailError as MailError
from kvmviz.mail.mailbox import load as load
from kvmviz.review.answer import Review as Review
from kvmviz.review.answer import review as review
from kvmviz.review.running import Options as Options
