"""What a SEAMCALL answers: 64-bit status words of the TDX module.

>>> hex(STATUS["OPERAND_BUSY"]), status_word(0xC000060700000000)
('0x8000020000000001', 'LIFECYCLE_STATE_INCORRECT')

Bit 63 says error, bit 62 non-recoverable, bits 47:40 the class; the upper half
is the status proper, the lower half a detail such as the operand (RCX is 1, the
TDR is 128).  Values: the module's error code header and checks (intel/tdx-module,
branch tdx_1.5, `tdh_phymem_page_reclaim.c`).
"""

from typing import Final

SUCCESS: Final = 0

OPERAND_RCX: Final = 1
OPERAND_TDR: Final = 128

STATUS: Final[dict[str, int]] = {
    "OPERAND_INVALID": 0xC000010000000000 | OPERAND_RCX,
    "OPERAND_ADDR_RANGE_ERROR": 0xC000010100000000 | OPERAND_RCX,
    "OPERAND_BUSY": 0x8000020000000000 | OPERAND_RCX,
    "PAGE_METADATA_INCORRECT": 0xC000030000000000 | OPERAND_RCX,
    "LIFECYCLE_STATE_INCORRECT": 0xC000060700000000,
    "TD_ASSOCIATED_PAGES_EXIST": 0xC000040000000000,
}
"""The refusals of TDH.PHYMEM.PAGE.RECLAIM by name, in the order of its checks."""

BUSY_TDR: Final = 0x8000020000000000 | OPERAND_TDR
FLUSHVP_NOT_DONE: Final = 0x8000082400000000
WBCACHE_NOT_COMPLETE: Final = 0x8000081700000000
VCPU_NOT_ASSOCIATED: Final = 0x8000070200000000
GPA_RANGE_NOT_BLOCKED: Final = 0xC0000B0600000000
TLB_TRACKING_NOT_DONE: Final = 0xC0000B0800000000 | OPERAND_RCX
GPA_RANGE_ALREADY_BLOCKED: Final = 0x00000B0700000000
"""A note rather than an error (bit 63 is clear), but not success: KVM takes it for a failure."""
RECORDED_ERROR: Final = 0xC000010000000000
"""What the recorded runs let a failing VP.FLUSH or VPFLUSHDONE return."""

HPA_RANGE_NOT_FREE: Final = 0xC000030400000000 | OPERAND_RCX
PAGE_NOT_FREE: Final = 0xC0000F0100000000
NO_PAMT_PAGE_PAIR: Final = 0xC0000F0200000000 | OPERAND_RCX
PAMT_PAGE_NOT_EMPTY: Final = 0xC0000F0300000000
MISSING_PAMT_PAGE_PAIR: Final = 0xC0000F0400000000
"""The last four are stand-ins: the module's source names these statuses, the header that was read has no numbers.

So no number of theirs is shown: `status_number` has the name in its place.
"""

_PAMT: Final = {
    "HPA_RANGE_NOT_FREE": HPA_RANGE_NOT_FREE, "PAGE_NOT_FREE": PAGE_NOT_FREE, "NO_PAMT_PAGE_PAIR": NO_PAMT_PAGE_PAIR,
    "PAMT_PAGE_NOT_EMPTY": PAMT_PAGE_NOT_EMPTY, "MISSING_PAMT_PAGE_PAIR": MISSING_PAMT_PAGE_PAIR,
}  # fmt: skip

STAND_INS: Final = {number >> 32: name for name, number in _PAMT.items() if name != "HPA_RANGE_NOT_FREE"}
"""Statuses whose numbers are made up, by their upper half; the lower half is a detail."""

_NAMES: Final = {value: name for name, value in (STATUS | _PAMT).items()}


def status_word(value: int) -> str:
    """Return the name of a status of RECLAIM or of Dynamic PAMT, or its value in hex if it has none."""
    return _NAMES.get(value) or STAND_INS.get(value >> 32) or f"{value:#x}"


def status_text(value: int) -> str:
    """Return a status as `parse_status` takes it: the name of a refusal of RECLAIM, or hex.

    >>> status_text(STATUS["OPERAND_BUSY"]), status_text(PAGE_NOT_FREE)
    ('OPERAND_BUSY', '0xc0000f0100000000')
    """
    return _NAMES[value] if value in STATUS.values() else f"{value:#x}"


def status_number(value: int) -> str:
    """Return a status in hex, or its name where its number is not known and the model's a stand-in.

    >>> status_number(STATUS["OPERAND_BUSY"]), status_number(NO_PAMT_PAGE_PAIR)
    ('0x8000020000000001', '<NO_PAMT_PAGE_PAIR>')
    """
    name = STAND_INS.get(value >> 32)
    return f"<{name}>" if name else f"{value:#x}"


def parse_status(text: str) -> int:
    """Return the value of a status name or hex number; raise ValueError for anything else."""
    if text in STATUS:
        return STATUS[text]
    digits = text[2:].lower()
    if text[:2] not in ("0x", "0X") or not digits or set(digits) - set("0123456789abcdef"):
        raise ValueError(text)
    value = int(digits[:40], 16)
    if not 1 <= value < 2**64:
        raise ValueError(text)
    return value
