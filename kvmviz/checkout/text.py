"""What was found in a tree as text."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from kvmviz.terms.columns import WIDTH, paragraph

if TYPE_CHECKING:
    from kvmviz.checkout.answer import Followed, Kernel


def kernel_text(found: "Kernel", width: int = WIDTH) -> str:
    """Return the answer: the version, what it is equal to, which functions ran and which did not."""
    return "\n".join(_lines(found, width))


def _lines(found: "Kernel", width: int) -> Iterator[str]:
    yield paragraph(f"{found.folder}: {found.version or 'no Makefile and no git to tell a version'}", width=width)
    yield ""
    yield found.likeness.text(width)
    place = found.parts_at
    if place is not None:
        yield paragraph(f"It parts at {place}.", width=width)
    ran = [one for one in found.functions if one.ran]
    refused = [one for one in found.functions if not one.ran and one.file]
    absent = [one for one in found.functions if not one.file]
    yield from _table(f"From the tree ({len(ran)})", ran, width)
    base = found.revision.base_name
    yield from _reasons(f"There, and not run; {base} or the model has them ({len(refused)})", refused, width)
    if absent:
        yield ""
        yield paragraph(f"Not in the tree under these names ({len(absent)}):", width=width)
        yield paragraph(", ".join(one.name for one in absent), "  ", width)
    if found.passed_over:
        yield ""
        yield paragraph("Passed over, since the model shows nothing of it:", width=width)
        for one in found.passed_over:
            yield paragraph(f"{one.name} ({_short(one.file)}:{one.line}): {one.why}", "  ", width)
    yield ""
    yield paragraph("What did not run from the tree is not spoken of here.", width=width)


def _table(head: str, functions: Iterable["Followed"], width: int) -> Iterator[str]:
    yield ""
    yield paragraph(f"{head}:", width=width)
    for one in functions:
        note = f"  {one.why}" if one.why else ""
        yield f"  {one.name:<36} {_short(one.file)}:{one.line}{note}"


def _reasons(head: str, functions: list["Followed"], width: int) -> Iterator[str]:
    if not functions:
        return
    yield ""
    yield paragraph(f"{head}:", width=width)
    for one in functions:
        reason = one.why.removeprefix(f"{one.file}:")
        yield paragraph(f"{one.name}, {_short(one.file)}:{reason}", "  ", width)


def _short(file: str | None) -> str:
    return (file or "").rpartition("/")[2]
