"""The kernel log of one boot: "once" flags and rate limits, remembered from TD to TD.

>>> boot = Boot()
>>> boot.once("a.c:f:WARN_ON_ONCE"), boot.once("a.c:f:WARN_ON_ONCE")
(True, False)

A "once" belongs to a site in the kernel's binary and lasts for the boot; the
model has one for each site (a compiler that inlines the helper may make several).
"""

from dataclasses import dataclass, field
from typing import Final

INTERVAL: Final = 5
"""Seconds of a rate-limit window (DEFAULT_RATELIMIT_INTERVAL, include/linux/ratelimit_types.h)."""

BURST: Final = 10
"""Messages a window and site (DEFAULT_RATELIMIT_BURST, same file)."""


@dataclass(slots=True)
class RateLimit:
    """State of one site's `pr_err_ratelimited` (C: `struct ratelimit_state`).

    `begin` is when the window opened, in seconds of the boot; None before the
    first message.
    """

    begin: int | None = None
    printed: int = 0
    missed: int = 0

    def allow(self, now: int) -> tuple[bool, int]:
        """Return whether a message may be printed now, and how many were withheld in a window that just ended.

        Follows `___ratelimit` of lib/ratelimit.c: a window ends when *more* than
        `INTERVAL` seconds have passed, and that is noticed by the next message only.
        """
        reported = 0
        if self.begin is None:
            self.begin = now
        if now > self.begin + INTERVAL:
            reported, self.missed = self.missed, 0
            self.begin, self.printed = now, 0
        if self.printed < BURST:
            self.printed += 1
            return True, reported
        self.missed += 1
        return False, reported


@dataclass(slots=True)
class Boot:
    """What a boot remembers: the clock in seconds, used-up "once" flags, rate limits."""

    now: int = 0
    used: set[str] = field(default_factory=set)
    limits: dict[str, RateLimit] = field(default_factory=dict)

    def once(self, site: str) -> bool:
        """Return whether this site prints now, and use its flag up."""
        if site in self.used:
            return False
        self.used.add(site)
        return True

    def limit(self, site: str) -> RateLimit:
        """Return the rate limit of this site."""
        return self.limits.setdefault(site, RateLimit())

    def copy(self) -> "Boot":
        """Return a boot in the same state that can go on apart."""
        limits = {site: RateLimit(r.begin, r.printed, r.missed) for site, r in self.limits.items()}
        return Boot(self.now, set(self.used), limits)
