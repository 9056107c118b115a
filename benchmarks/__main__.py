"""`make bench`: every row that this machine can measure, as one Markdown table."""

import sys

from benchmarks import model
from benchmarks.table import Row, markdown


def main() -> int:
    """Measure and print."""
    rows: list[Row] = list(model.rows())
    print(markdown(rows))
    took, megabytes = model.peak_memory()
    print(f"\n1 TiB, unrecorded, in a process of its own: {took:.2f} s, {megabytes:.0f} MB at the most.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
