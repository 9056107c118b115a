"""C's types, as far as the model needs them: integers by width, pointers, and integers that stand for objects.

>>> common(INT, U64).name, common(U32, INT).name, promoted(BOOL).name
('u64', 'unsigned int', 'int')

An entry of a page table, a page frame number, a physical address and an address
in an `unsigned long` are integers in C and objects of the model here: `Opaque`.
They can be copied, compared and handed on; nothing can be computed with them.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Int:
    """An integer type: its width in bits, whether it has a sign, and C's conversion rank."""

    name: str
    bits: int
    signed: bool
    rank: int = 0

    @property
    def mask(self) -> int:
        """All bits of the type set."""
        return (1 << self.bits) - 1

    @property
    def half(self) -> int:
        """The bit of the sign."""
        return 1 << (self.bits - 1)

    def wrap(self, value: int) -> int:
        """Return what the type holds of a number.

        >>> U8.wrap(-1), INT.wrap(1 << 31)
        (255, -2147483648)
        """
        if self is BOOL:
            return int(value != 0)
        value &= self.mask
        return (value ^ self.half) - self.half if self.signed else value

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Void:
    """No value."""

    def __str__(self) -> str:
        return "void"


@dataclass(frozen=True, slots=True)
class Opaque:
    """An integer in C that is an object of the model: `kind` says which; `of` its C type."""

    kind: str
    of: Int

    def __str__(self) -> str:
        return WORDS[self.kind]


@dataclass(frozen=True, slots=True)
class Struct:
    """A struct or union by its tag."""

    name: str

    def __str__(self) -> str:
        return f"struct {self.name}"


@dataclass(frozen=True, slots=True)
class Pointer:
    """A pointer; one to `Opaque("spte")` is a `tdp_ptep_t`, to an entry of a page table."""

    to: "Type"

    def __str__(self) -> str:
        return f"{self.to} *" if not isinstance(self.to, Opaque) else "tdp_ptep_t"


@dataclass(frozen=True, slots=True)
class Function:
    """A function by its name, as a callback."""

    name: str

    def __str__(self) -> str:
        return f"the function {self.name}"


@dataclass(frozen=True, slots=True)
class Text:
    """A string literal."""

    def __str__(self) -> str:
        return "a string"


Type = Int | Void | Opaque | Struct | Pointer | Function | Text

VOID: Final = Void()
TEXT: Final = Text()
BOOL: Final = Int("bool", 8, False, 0)
S8: Final = Int("signed char", 8, True, 1)
U8: Final = Int("u8", 8, False, 1)
S16: Final = Int("s16", 16, True, 2)
U16: Final = Int("u16", 16, False, 2)
INT: Final = Int("int", 32, True, 3)
U32: Final = Int("unsigned int", 32, False, 3)
S64: Final = Int("s64", 64, True, 4)
U64: Final = Int("u64", 64, False, 4)

WORDS: Final = {
    "spte": "an entry of a page table", "pfn": "a page frame number", "hpa": "a physical address",
    "vaddr": "an address",
}  # fmt: skip
SPTE: Final = Opaque("spte", U64)
PFN: Final = Opaque("pfn", U64)
HPA: Final = Opaque("hpa", U64)
VADDR: Final = Opaque("vaddr", U64)
PTEP: Final = Pointer(SPTE)
VOIDP: Final = Pointer(VOID)

NAMED: Final[dict[str, Type]] = {
    "void": VOID, "bool": BOOL, "_Bool": BOOL, "char": S8, "u8": U8, "__u8": U8, "uint8_t": U8, "s8": S8, "__s8": S8,
    "int8_t": S8, "u16": U16, "__u16": U16, "uint16_t": U16, "s16": S16, "__s16": S16, "int16_t": S16, "u32": U32,
    "__u32": U32, "uint32_t": U32, "s32": INT, "__s32": INT, "int32_t": INT, "u64": U64, "__u64": U64,
    "uint64_t": U64, "s64": S64, "__s64": S64, "int64_t": S64, "int": INT, "unsigned": U32, "long": S64,
    "size_t": U64, "ssize_t": S64, "uintptr_t": U64, "gfn_t": U64, "gpa_t": U64, "gva_t": U64, "pid_t": INT,
    "hpa_t": HPA, "phys_addr_t": HPA, "kvm_pfn_t": PFN, "tdp_ptep_t": PTEP, "spte": SPTE, "vaddr": VADDR,
    "cpumask_var_t": U64, "gfp_t": U32, "atomic_t": INT, "atomic64_t": S64,
}  # fmt: skip
"""Types that have a name; `spte` and `vaddr` are written in the table of names only."""

_WORDS: Final = {
    "char": S8, "signed char": S8, "unsigned char": U8, "short": S16, "short int": S16, "signed short": S16,
    "unsigned short": U16, "unsigned short int": U16, "int": INT, "signed": INT, "signed int": INT, "unsigned": U32,
    "unsigned int": U32, "long": S64, "long int": S64, "signed long": S64, "unsigned long": U64,
    "unsigned long int": U64, "long unsigned int": U64, "long unsigned": U64, "long long": S64,
    "long long int": S64, "signed long long": S64, "unsigned long long": U64, "unsigned long long int": U64,
    "long long unsigned int": U64,
}  # fmt: skip


def named(name: str) -> Type | None:
    """Return the type that a name or several keywords stand for, None for an unknown one.

    >>> named("unsigned   long"), named("gfn_t"), named("foo_t")
    (Int(name='u64', bits=64, signed=False, rank=4), Int(name='u64', bits=64, signed=False, rank=4), None)
    """
    words = " ".join(name.split())
    if words.startswith("enum "):
        return U32
    if words.startswith(("struct ", "union ")):
        return Struct(words.split()[1])
    return NAMED.get(words) or _WORDS.get(words)


def promoted(type: Int) -> Int:
    """Return the type after C's integer promotions: what is smaller than int becomes int."""
    return INT if type.rank < INT.rank else type


def common(a: Int, b: Int) -> Int:
    """Return the type in which C computes with two integers (the usual arithmetic conversions)."""
    a, b = promoted(a), promoted(b)
    if a.rank == b.rank:
        return a if not a.signed else b
    return a if a.rank > b.rank else b
