"""The patch itself, where the reader has it: its own C, run in the model.

The project holds no text of the kernel's, so without a copy there is only where to find one.

>>> "Binbin Wu" in str(original(""))
True
"""

import os
from pathlib import Path
from typing import Final

from kvmviz.check.nearest import likeness
from kvmviz.course.prose import Prose
from kvmviz.patches.reading import made_from

VARIABLE: Final = "KVMVIZ_PATCH"
TITLE: Final = "KVM: x86: Move error handling inside free_external_spt()"
REPLY: Final = "https://lkml.rescloud.iu.edu/hypermail/linux/kernel/2604.1/02023.html"
"""Where the reviewer's reply, which quotes the patch whole, can be read."""


def original(path: str | None = None, space: str = "quick") -> Prose:
    """Show the C of a patch file, mail or mailbox as it ran, and which revision it equals.

    `path` is by default what the environment variable `KVMVIZ_PATCH` names.  Raises what `kvmviz.from_patch`
    raises for a file that cannot be run.
    """
    where = os.environ.get(VARIABLE, "") if path is None else path
    if not where:
        return Prose(
            f"You have no copy of the patch here. *{TITLE}*, 27 March 2026, is quoted whole in "
            f"[the reply of Binbin Wu, 8 April 2026]({REPLY}). Save it as a file, and "
            '`original("patch.eml")` shows its C and what it does. For a Linux tree there is `kvmviz.kernel("linux")`.'
        )
    made = made_from(Path(where))
    sources = [getattr(function, "c_source", None) for function in made.revision.functions.values()]
    texts = "\n\n".join(source.text.rstrip() for source in sources if source)
    like = " ".join(str(likeness(made.revision, space)).split())
    return Prose(f"```c\n{texts}\n```\n\nRun from {Path(where).name}: {like}")
