"""Damaged mails: cut, reordered, wrongly encoded, binary, huge, deeply quoted; the same ones for the same seed.

Run as a program, it reviews them one after another, each within a limit of
processor time and all within a limit of memory, and prints how they ended:

    python -m tests.review.damage 300 1
"""

import json
import random
import resource
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from types import FrameType

from kvmviz.check.propositions import registry, sampling
from kvmviz.mail.limits import MAX_MESSAGE
from kvmviz.review import MailError, Options, review
from tests.review import mails, patches

SECONDS = 10
MEGABYTES = 400
"""Of address space: a mail of 50 MB, the front end of C and the facts of every revision."""

ONE = Options(space=("tree=1x1x1 fail=L1@0x0",), parallel=False)
"""Patches run in one scenario: what is looked for here is a traceback or a hang on the way there."""

Damage = Callable[[random.Random, bytes], bytes]
PATCHES = [
    getattr(patches, name) for name in ("LIKE_16_OF_17", "LIKE_17_OF_17", "LIKE_V2_14_OF_15", "OWN_IDEA", "ELSEWHERE")
]


def cut(rng: random.Random, data: bytes) -> bytes:
    start, end = sorted(rng.choices(range(len(data) + 1), k=2))
    return rng.choice([data[:end], data[start:], data[start:end], data[:start] + data[end:]])


def reordered(rng: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    first, last = sorted(rng.choices(range(len(lines) + 1), k=2))
    part = lines[first:last]
    rng.shuffle(part)
    return b"\n".join(lines[:first] + part + lines[last:])


def doubled(rng: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    return b"\n".join(line for line in lines for _ in range(rng.choice([0, 1, 1, 1, 2])))


def flipped(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice([1, 10, len(data) // 10])):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def wrongly_encoded(rng: random.Random, data: bytes) -> bytes:
    text = data.decode("utf-8", "replace")
    names = ["utf-16", "utf-16-be", "utf-32", "utf-7", "cp037", "koi8-r", "shift_jis", "utf-8-sig"]
    written = text.encode(rng.choice(names), "replace")
    said = rng.choice(["utf-8", "utf-16", "big5", "idna", "zlib", "\xff", "unicode_escape"])
    kind = (
        f"Content-Type: text/plain; charset={said}\nContent-Transfer-Encoding: {rng.choice(['base64', '8bit', 'x'])}\n"
    )
    return rng.choice([written, data.replace(b"Subject:", kind.encode("latin-1") + b"Subject:", 1)])


def binary(rng: random.Random, data: bytes) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + rng.randbytes(rng.choice([1, 100, 100_000])) + data[at:]


def deeply_quoted(rng: random.Random, data: bytes) -> bytes:
    depth = rng.choice([1, 2, 39, 40, 41, 300, 3000])
    mark = rng.choice([b">", b"> ", b"> > ", b"| "])
    return b"\n".join(mark * depth + line for line in data.split(b"\n")[: 200_000 // depth])


def harmed_header(rng: random.Random, data: bytes) -> bytes:
    field = rng.choice([b"From", b"Date", b"Subject", b"Content-Type", b"Message-ID", b"MIME-Version"])
    value = rng.choice(
        [b"(" * 3000, b'"' * 3000, b"=?utf-8?q?" * 500, b"a," * 3000, b";a=b" * 30_000, rng.randbytes(300)]
    )
    return field + b": " + value + b"\n" + data


def nested(rng: random.Random, data: bytes) -> bytes:
    depth = rng.choice([3, 19, 200])
    parts = [b"--b%d\nContent-Type: multipart/mixed; boundary=b%d\n\n" % (n, n + 1) for n in range(depth)]
    head = b"From: a\nDate: Wed, 8 Apr 2026 22:09:22 +0000\nContent-Type: multipart/mixed; boundary=b0\n\n"
    return head + b"".join(parts) + data


def false_counts(rng: random.Random, data: bytes) -> bytes:
    count = rng.choice([b"0", b"1", b"7", b"9999999", b"99999999999"])
    return data.replace(b"@@ -", b"@@ -1,%s +1,%s @@ -" % (count, rng.choice([b"0", count])))


def repeated(rng: random.Random, data: bytes) -> bytes:
    pieces = [b"@@ -1,1 +1,1 @@ f\n-a\n+b\n", b"> a\nb\n", b"diff --git a/x b/x\n", b"--\n", b"On a, b wrote:\n> c\n"]
    piece = rng.choice(
        [*pieces, b"\n\nFrom a\nA: b\n", b"From: a\nDate: 2026-01-01\n", b"<a ", b"> " * 50 + b"\n", data]
    )
    at = rng.randrange(len(data))
    return data[:at] + piece * (rng.choice([1_000, 1_000_000]) // len(piece)) + data[at:]


def huge(rng: random.Random, data: bytes) -> bytes:
    piece = rng.choice([b"x", b">", b"\n", b"> text\n", b"\n\nFrom a\nA: b", data])
    count = (MAX_MESSAGE - len(data)) // len(piece)
    return data + piece * (count + rng.choice([0, 1, 1 + len(piece)]))  # as long as may be, or longer


DAMAGES: dict[Damage, int] = {
    cut: 20, reordered: 10, doubled: 10, flipped: 10, wrongly_encoded: 10, binary: 5, deeply_quoted: 5,
    harmed_header: 5, nested: 3, false_counts: 10, repeated: 5, huge: 1,
}  # fmt: skip
"""Every kind of damage and how often it is done."""


def damaged(count: int, seed: int) -> Iterator[bytes]:
    """Give `count` mails, each damaged once to three times."""
    rng = random.Random(seed)
    for _ in range(count):
        data = rng.choice(list(mails.FORMS.values()))(rng.choice(PATCHES))
        for damage in rng.choices(list(DAMAGES), list(DAMAGES.values()), k=rng.choice([1, 1, 2, 3])):
            data = damage(rng, data or b"\n") if len(data) < 2_000_000 else data
        yield data


def ending(data: bytes) -> str:
    """Review a mail and give how that ended; whatever ends in neither an answer nor a sentence is an error."""
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    _allow(MEGABYTES * 1_000_000)
    try:
        answer = review(data, ONE)
        json.dumps(answer.to_json())
        return f"answered with {answer.exit_status}" if answer.to_text() else "said nothing"
    except MailError as error:
        text = str(error)
        return "refused" if text.endswith(".") and "\n" not in text and text.isprintable() else f"babbled: {text!r}"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        _allow(resource.RLIM_INFINITY)


def _allow(size: int) -> None:
    """Limit the memory of this process, its program and the mail in it included; to write the mail takes more."""
    resource.setrlimit(resource.RLIMIT_AS, (size, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _too_long(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError(f"a mail took more than {SECONDS} seconds of processor time")


def _few_facts() -> None:
    """Ask claims of a few scenarios: what is looked for here is no verdict."""
    few = tuple(s for s in sampling.sample() if str(s.tree) == "1x1x1")[:60]
    for module in (sampling, registry):
        vars(module)["sample"] = lambda: few


def main(count: int, seed: int) -> None:
    """Review `count` mails within the limits and print how they ended."""
    _few_facts()
    signal.signal(signal.SIGPROF, _too_long)
    ends = Counter[str]()
    for number, data in enumerate(damaged(count, seed)):
        try:
            ends[ending(data)] += 1
        except Exception as error:
            error.add_note(f"mail {number} of seed {seed}, {len(data):,} bytes, beginning {data[:200]!r}")
            raise
        del data  # the next one may be as long
    print(json.dumps(ends))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
