"""`make bench`: every row that this machine can measure, as one Markdown table.

`python -m benchmarks --into README.md` also puts the table between the marks of
that file; `--only WORD` measures the rows whose names hold the word, and puts
those alone there.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from benchmarks import browser, model
from benchmarks.machine import machine
from benchmarks.table import HEAD, Measure, line

MARKS = ("<!-- bench -->\n", "<!-- /bench -->\n")


def names() -> list[str]:
    """Return the names of all rows, in the order of the table."""
    return [*browser.NAMES, *model.ROWS]


def main() -> int:
    """Measure and print; say on standard error what is measured."""
    args = _arguments()
    lines = []
    with browser.rows() as rows:
        for name, measure in _chosen({**rows, **model.ROWS}, args.only):
            print(f"measuring {name}", file=sys.stderr)
            lines.append(line(name, measure()))
            print(lines[-1], file=sys.stderr)
    if args.only:
        print("\n".join([HEAD, *lines]))
        if args.into:
            put_rows(args.into, lines)
        return 0
    table = "\n".join([HEAD, *lines, "", f"Measured on: {machine()}. {_peak()}", ""])
    print(table)
    if args.into:
        put(args.into, table)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--into", type=Path, metavar="FILE", help="also put the table between the marks of this file")
    parser.add_argument("--only", default="", metavar="WORD", help="only rows whose name holds this")
    return parser.parse_args()


def _chosen(rows: Mapping[str, Measure], word: str) -> Iterator[tuple[str, Measure]]:
    return ((name, measure) for name, measure in rows.items() if word in name)


def _peak() -> str:
    took, megabytes = model.peak_memory()
    return f"1 TiB, unrecorded, in a process of its own: {took:.2f} s, {megabytes:.0f} MB at the most."


def put(file: Path, table: str) -> None:
    """Put the table between the marks of a file."""
    text = file.read_text(encoding="utf-8")
    before, _, rest = text.partition(MARKS[0])
    file.write_text(f"{before}{MARKS[0]}{table}{MARKS[1]}{rest.partition(MARKS[1])[2]}", encoding="utf-8")


def put_rows(file: Path, lines: Sequence[str]) -> None:
    """Put rows in the place of those of the same name between the marks of a file; a new one has its place."""
    table = file.read_text(encoding="utf-8").partition(MARKS[0])[2].partition(MARKS[1])[0]
    old = [row for row in table.splitlines() if row.startswith("|")]
    rows = {_name(row): row for row in [*old[2:], *lines]}
    below = table.rpartition("|\n")[2]
    put(file, "\n".join([HEAD, *(rows[name] for name in names() if name in rows)]) + "\n" + below)


def _name(row: str) -> str:
    return row.split(" | ")[0].removeprefix("| ")


if __name__ == "__main__":
    sys.exit(main())
