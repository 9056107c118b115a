"""Which function of the source each line of a hunk is in.

The header of a hunk names the function above it; a definition inside the hunk
begins another.  Indentation may be lost, so a definition is told by its words.

>>> places(" static void a(int b)", [" }", " ", "-static int c(void)", "+static void c(void)", " {"])
['a', 'a', 'c', 'c', 'c']
"""

import re
from collections.abc import Sequence
from typing import Final

_DEFINED: Final = re.compile(r"(?:[A-Za-z_]\w{0,60}[ \t*]{1,8}){1,6}(\w{1,100})\(")
_NO_TYPE: Final = re.compile(r"(?:return|else|if|while|for|do|switch|case|goto|typedef|sizeof)\b")
_MEMBER: Final = re.compile(r"[\w \t*]{1,100}\(\*(\w{1,100})\)\(")
_OP: Final = re.compile(r"KVM_X86_OP\w{0,20}\((\w{1,100})\)")


def defined(text: str) -> str:
    """Give the function whose definition begins in a line of C, or an empty text.

    >>> defined("static void tdx_track(struct kvm *kvm)"), defined("return tdx_track(kvm);"), defined("x = f(y)")
    ('tdx_track', '', '')
    """
    text = text.strip()[:400]
    match = None if _NO_TYPE.match(text) or text.endswith(";") else _DEFINED.match(text)
    return match[1] if match else ""


def declared(text: str) -> str:
    """Give the op that a line declares in `kvm-x86-ops.h` or in `struct kvm_x86_ops`, or an empty text.

    >>> declared("KVM_X86_OP_OPTIONAL(free_external_spt)"), declared("void (*free_external_spt)(struct kvm *kvm,")
    ('free_external_spt', 'free_external_spt')
    """
    text = text.strip()[:400]
    match = _OP.match(text) or _MEMBER.match(text)
    return match[1] if match else ""


def places(section: str, lines: Sequence[str]) -> list[str]:
    """Give the function of each line of a hunk, `section` being what its header says behind the second `@@`."""
    function, found, ended = defined(section), [], False
    indented = any(line[1:].startswith(("\t", "    ")) for line in lines)  # else no brace tells where a function ends
    for line in lines:
        text = line[1:]
        begun = defined(text) or declared(text)
        if begun or (ended and text.strip() not in ("", "}")):
            function, ended = begun, False
        ended = ended or (indented and text == "}" and line[0] != "-")
        found.append(function)
    return found
