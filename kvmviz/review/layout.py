"""Lines of a reply: ASCII of at most 72 columns.

>>> bullet("a word " * 12)[1].startswith("  ")
True
"""

from kvmviz.mail.letter import plain_name
from kvmviz.terms.columns import WIDTH, paragraph


def wrapped(text: str, indent: str = "") -> list[str]:
    """Wrap a text; accents are dropped."""
    return paragraph(plain_name(text), indent).split("\n")


def bullet(text: str) -> list[str]:
    """Give an entry of a list."""
    first, *more = wrapped(text, "  ")
    return [f"- {first[2:]}", *more]


def command(words: str, scenario: str, remark: str = "") -> list[str]:
    """Give a command with a scenario, to paste; a shell takes the remark for a comment, and joins a broken line.

    >>> command("kvmviz compare before v1", "tree=1x1x1", "# holds here")
    ["  kvmviz compare before v1 'tree=1x1x1'  # holds here"]
    """
    line = f"  {words} '{scenario}'"
    broken = [line] if len(line) <= WIDTH else [f"  {words} \\", f"    '{scenario}'"]
    if not remark:
        return broken
    return [f"{line}  {remark}"] if len(f"{line}  {remark}") <= WIDTH else [f"  {remark}:", *broken]
