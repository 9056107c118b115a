"""`python -m kvmviz` is the command line."""

import os
import sys

if __name__ == "__main__":
    # Python puts the current folder first; a `random.py` that happens to lie there is not meant.
    if not sys.flags.safe_path and sys.path and sys.path[0] in ("", os.path.realpath(os.curdir)):
        del sys.path[0]
    from kvmviz.cli import start

    start()
