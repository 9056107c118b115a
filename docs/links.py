"""Links of a built site: each must lead to a page and a place that exist, and none out to load something."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class _Page(HTMLParser):
    """What a page links to, what it loads, and the places in it that can be linked to."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.places: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect ids, links and what is loaded."""
        found = dict(attrs)
        self.places |= {value for key in ("id", "name") if (value := found.get(key))}
        if link := found.get("href") if tag == "a" else found.get("src") if tag == "iframe" else None:
            self.links.append(link)
        if load := found.get("src") or (found.get("href") if tag == "link" else None):
            self.loads.append(load)


def broken(site: Path) -> list[str]:
    """Return a sentence for each link of the site that leads nowhere, and for each load from elsewhere."""
    pages = {path: _read(path) for path in sorted(site.rglob("*.html"))}
    problems = []
    for path, page in pages.items():
        name = path.relative_to(site)
        problems += [f"{name} loads {load} from elsewhere." for load in page.loads if urlsplit(load).netloc]
        problems += [f"{name} links to {link}, which is not there." for link in page.links if _dead(link, path, pages)]
    return problems


def _read(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def _dead(link: str, path: Path, pages: dict[Path, _Page]) -> bool:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return False
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path.resolve()
    known = {page.resolve(): found for page, found in pages.items()}
    if target not in known:
        return not target.exists()
    if "=" in parts.fragment:
        return False  # a view of the explorer's page, which is no place in it
    return bool(parts.fragment) and unquote(parts.fragment) not in known[target].places
