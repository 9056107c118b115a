"""What goes into a run: one immutable value, one line of text.

>>> print(Scenario.parse("fail=L1@0x200 hkid=released vcpus=2"))
tree=1x1x3 fail=L1@0x200 vcpus=2
>>> Scenario.parse("hkid=assigned").hkid
'flushvp-not-done'

Keys may come in any order and are printed in that of the contract; defaults are
left out, but `tree` is always printed.  `Scenario.parse(str(s)) == s`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeVar

from kvmviz.errors import KvmvizError
from kvmviz.scenario.causes import ASSIGNED, CAUSES
from kvmviz.scenario.faults import Fail
from kvmviz.scenario.status import STATUS, parse_status, status_text
from kvmviz.scenario.tree import Tree

T = TypeVar("T")

REGIONS: Final = ("off", "dense", "scattered", "shared")
"""Whether the machine has Dynamic PAMT, and where the pages that the TDX module gets lie then."""

REMOVES: Final = ("works", "fails-once", "fails")
"""What TDH.PHYMEM.PAMT.REMOVE does: its own checks alone, refuse the first time, refuse always."""

MAX_VCPUS: Final = 64
MAX_SECONDS: Final = 86_400

DEFAULTS: Final = {
    "tree": "1x1x3", "hkid": "released", "fail": "none", "status": "OPERAND_BUSY", "boot": "first",
    "leaves": "gone", "zap": "default", "vcpus": "1", "panic": "off", "region": "off", "remove": "works",
}  # fmt: skip
"""Every key with its default, in canonical order."""

DEFAULT_TREE: Final = Tree((1, 1, 3))
NO_FAILURES: Final = Fail()

_CHOICES: Final = {
    "hkid": ("released", "assigned", *CAUSES),
    "leaves": ("gone", "present"),
    "zap": ("default", "prove-mmu"),
    "panic": ("off", "on"),
    "region": REGIONS,
    "remove": REMOVES,
}
_NUMBER: Final = r"0|[1-9][0-9]{0,8}"


class ScenarioError(KvmvizError):
    """A scenario line that cannot be read; its text is one sentence that says what would be right."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """One teardown to be run.

    `tree` is the shape; `hkid` `released` or one of `CAUSES`; `fail` the pages
    whose reclaim fails, with `status` (64 bits); `boot` None for the first TD of
    the boot, else how many seconds before an identical TD was torn down; `leaves`
    `gone` or `present`; `zap` `default` or `prove-mmu`; `vcpus` 0 to 64; `panic`
    whether the host runs with panic_on_warn; `region` one of `REGIONS`: `off` is a
    machine without Dynamic PAMT, on the others a kernel that knows of it counts the
    pages of each 2 MiB region, which are filled one after another (`dense`), hold
    one page each (`scattered`), or are filled and used by another TD as well
    (`shared`); `remove` one of `REMOVES`.
    """

    tree: Tree = DEFAULT_TREE
    hkid: str = "released"
    fail: Fail = NO_FAILURES
    status: int = STATUS["OPERAND_BUSY"]
    boot: int | None = None
    leaves: str = "gone"
    zap: str = "default"
    vcpus: int = 1
    panic: bool = False
    region: str = "off"
    remove: str = "works"

    @staticmethod
    def parse(text: str) -> "Scenario":
        """Read a scenario line; raise ScenarioError with one sentence if it is wrong."""
        return _parse(text)

    def words(self) -> dict[str, str]:
        """Return every key with the word of its value, defaults too."""
        return {
            "tree": self.tree.text, "hkid": self.hkid, "fail": str(self.fail), "status": status_text(self.status),
            "boot": "first" if self.boot is None else f"second:{self.boot}s", "leaves": self.leaves,
            "zap": self.zap, "vcpus": str(self.vcpus), "panic": "on" if self.panic else "off",
            "region": self.region, "remove": self.remove,
        }  # fmt: skip

    def with_(self, **words: str) -> "Scenario":
        """Return this scenario with some keys changed, given as their words.

        >>> str(Scenario().with_(fail="all"))
        'tree=1x1x3 fail=all'
        """
        return from_words({**self.words(), **words})

    def __str__(self) -> str:
        return " ".join(f"{key}={word}" for key, word in self.words().items() if key == "tree" or word != DEFAULTS[key])

    def __repr__(self) -> str:
        return f"Scenario.parse({str(self)!r})"


def _wrong(key: str, word: str, allowed: str) -> ScenarioError:
    shown = word if len(word) <= 60 else word[:57] + "..."
    return ScenarioError(f"{key}={shown}: {allowed}.")


def unknown(word: str, known: list[str]) -> str:
    """Return the words that are known, with the likeliest first if one is near.

    >>> unknown("tee", ["tree", "hkid"])
    'did you mean tree? The keys are tree, hkid'
    """
    from difflib import get_close_matches

    near = get_close_matches(word, known, 1)
    return (f"did you mean {near[0]}? The" if near else "the") + f" keys are {', '.join(known)}"


@lru_cache(maxsize=4096)
def _parse(text: str) -> Scenario:
    line = text.strip(" \r\n")
    if not line.isascii() or not line.isprintable():
        raise ScenarioError("A scenario is one line of printable ASCII, key=value separated by spaces.")
    words: dict[str, str] = {}
    for part in line.split():
        key, equals, word = part.partition("=")
        if not equals:
            raise ScenarioError(f"{part[:60]!r} is not key=value; a scenario is key=value separated by spaces.")
        if key not in DEFAULTS:
            raise ScenarioError(f"Unknown key {key[:60]!r}; {unknown(key, list(DEFAULTS))}.")
        if key in words:
            raise ScenarioError(f"The key {key} appears twice; give it once.")
        words[key] = word
    return from_words(words)


def from_words(words: dict[str, str]) -> Scenario:
    """Return the scenario of these words, one for each key that is not the default; raise ScenarioError."""
    full = {**DEFAULTS, **words}
    for key, choices in _CHOICES.items():
        if full[key] not in choices:
            raise _wrong(key, full[key], f"use {', '.join(choices[:-1])} or {choices[-1]}")
    hkid = ASSIGNED if full["hkid"] == "assigned" else full["hkid"]
    vcpus = _number(full, "vcpus", MAX_VCPUS, "")
    if hkid in CAUSES and CAUSES[hkid].needs_vcpu and vcpus == 0:
        raise _wrong("hkid", hkid, "a vCPU flush can fail only where there is a vCPU; use vcpus=1 or more")
    tree = _value("tree", full["tree"], Tree.parse)
    if tree.gib is not None and full["leaves"] == "present":
        raise _wrong("leaves", "present", "not with a size such as 16GiB; use leaves=gone or a tree such as 1x1x3")
    fail = _value("fail", full["fail"], lambda word: Fail.parse(word, tree, vcpus))
    status = _value("status", full["status"], _status) if fail else STATUS["OPERAND_BUSY"]
    if not fail:
        _value("status", full["status"], _status)
    if full["region"] == "off" and full["remove"] != "works":
        raise _wrong("remove", full["remove"], "only with Dynamic PAMT; add region=dense, scattered or shared")
    return Scenario(
        tree, hkid, fail, status, _boot(full), full["leaves"], full["zap"], vcpus, full["panic"] == "on",
        full["region"], full["remove"],
    )  # fmt: skip


def _value(key: str, word: str, read: Callable[[str], T]) -> T:
    try:
        return read(word)
    except ValueError as error:
        raise _wrong(key, word, str(error)) from None


def _status(word: str) -> int:
    try:
        return parse_status(word)
    except ValueError:
        raise ValueError(f"use {', '.join(STATUS)} or a hex value from 0x1 to 0xffffffffffffffff") from None


def _boot(words: dict[str, str]) -> int | None:
    word = words["boot"]
    if word == "first":
        return None
    allowed = "use first or second:60s, the seconds from 0s to 86400s"
    if not (word.startswith("second:") and word.endswith("s")):
        raise _wrong("boot", word, allowed)
    return _number({"boot": word[len("second:") : -1]}, "boot", MAX_SECONDS, allowed)


def _number(words: dict[str, str], key: str, most: int, allowed: str) -> int:
    if not re.fullmatch(_NUMBER, words[key], re.ASCII) or int(words[key]) > most:
        raise _wrong(key, words[key], allowed or f"use a whole number from 0 to {most}")
    return int(words[key])
