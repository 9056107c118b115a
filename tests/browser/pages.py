"""Pages that one test after another opens something in: a new window costs the browser far more than a new address."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Error, Page


class Pages:
    """The pages of a browser; each kind of screen has its own, and keeps what it has read of a server's files."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[str, list[Page]] = defaultdict(list)
        self._contexts: dict[str, Any] = {}

    @contextmanager
    def lent(self, width: int = 1280, height: int = 900, script: str = "", **screen: Any) -> Iterator[Page]:
        """Lend an empty page in a context of these options; a `script` runs in it before any other.

        What the borrower changes besides what it shows, it has to change back.
        """
        kind = repr(sorted(screen.items()))
        if kind not in self._contexts:
            self._contexts[kind] = self._browser.new_context(**screen)
        free = self._free[kind]
        page = self._contexts[kind].new_page() if script or not free else free.pop()
        page.set_viewport_size({"width": width, "height": height})
        if script:
            page.add_init_script(script)
        try:
            yield page
        finally:
            if script or not self._emptied(page):
                page.close()
            else:
                free.append(page)

    @staticmethod
    def _emptied(page: Page) -> bool:
        """Leave what a page shows; say whether that went well."""
        try:
            page.goto("about:blank", timeout=5_000)
        except Error:
            return False
        return True

    def close(self) -> None:
        for context in self._contexts.values():
            context.close()
