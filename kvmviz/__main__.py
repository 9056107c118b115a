"""`python -m kvmviz` is the command line."""

import sys

from kvmviz.cli import main

if __name__ == "__main__":
    sys.exit(main())
