"""What a revision says of itself, in its own module; everybody else asks `REVISIONS`."""

from typing import NamedTuple


class Identity(NamedTuple):
    """A revision's name, and what it is among the others.

    `patched` says whether generic code no longer handles a failure (the patch of
    16/17 or what became of it); `frees_at_once` whether the op itself frees the
    S-EPT page that it got back, instead of the RCU callback; `posting` where the
    revision is from: a subject with its date, or commits; `dynamic_pamt` whether its
    kernel turns Dynamic PAMT on where the machine has it; `recorded` whether runs of
    the kernel's own functions were recorded, which the model agrees with.  Where none
    were, `grounds` says by function what stands behind it, `elsewhere` what behind the rest.
    """

    name: str
    patched: bool
    frees_at_once: bool
    posting: str
    dynamic_pamt: bool = False
    recorded: bool = True
    grounds: tuple[tuple[str, str], ...] = ()
    elsewhere: str = ""
