"""C that something happened to: cut, shuffled, nested, blown up, filled with what is no C."""

import random
from collections.abc import Callable
from typing import Final

OTHER_LANGUAGES: Final = (
    "class Foo { public: int tdx_sept_free_private_spt() { return 1; } };",
    "template<typename T> static void tdp_mmu_free_sp(T *sp) { delete sp; }",
    "namespace a { void tdp_mmu_free_sp(struct kvm_mmu_page *sp) { free_page((unsigned long)sp->spt); } }",
    "static int tdx_sept_free_private_spt(kvm, sp) struct kvm *kvm; struct kvm_mmu_page *sp; { return 0; }",
    "def tdp_mmu_free_sp(vm, sp):\n    pass\n",
    "auto f = [](struct kvm_mmu_page &sp) -> void { free_page(sp); };",
    "fn tdp_mmu_free_sp(sp: &mut KvmMmuPage) {}",
    "From: x\nSubject: y\n\n> static void tdp_mmu_free_sp(struct kvm_mmu_page *sp)\n> {\n",
)

PIECES: Final = (
    "\0", "{", "}", "(", ")", ";", "#if 1\n", "#else\n", "#endif\n", "#define X(a) a##a\n", "#define kvm kvm\n",
    "/*", "*/", '"', "'", "\\\n", "\\", "goto out;", "out:", "case 1:", "default:", "switch (1) ", "for (;;) ",
    "while (1) ", "do ", "struct ", "typeof(x) ", "({ 1; })", "__free(kfree) ", "asm volatile('');", "[3]", "&", "*",
    "->", "...", "return;", "return 1;", "0x", "08", "1e9", "'ab'", "L'x'", 'u8"x"', "\t", "\r\n", "\u00e9\u4e2d",
    "sizeof", "else ", "if ", "__attribute__((x)) ", "_Generic(1, int: 2)", "for_each_online_cpu(i) ",
    "scoped_guard(mutex, &x) ", "NULL = 1;", "handle_removed_pt(kvm, pt, shared);", "u64 x = x;", "int a[10];",
    "char *s = 0;", "1 << 99;", "x = y = z;", "break;", "continue;", "static ", "extern ", "typedef int sp;",
    "enum { A = A };", "sp = sp + 1;", "i++ + i++;", "(void)0;",
)  # fmt: skip


def _cut(text: str, dice: random.Random) -> str:
    return text[: dice.randrange(len(text))]


def _without(text: str, dice: random.Random) -> str:
    at, length = dice.randrange(len(text)), dice.choice((1, 1, 3, 30, 300))
    return text[:at] + text[at + length :]


def _with(text: str, dice: random.Random) -> str:
    for _ in range(dice.choice((1, 1, 2, 5))):
        at = dice.randrange(len(text) + 1)
        text = text[:at] + dice.choice(PIECES) + text[at:]
    return text


def _shuffled(text: str, dice: random.Random) -> str:
    lines = text.split("\n")
    dice.shuffle(lines)
    return "\n".join(lines)


def _swapped(text: str, dice: random.Random) -> str:
    words = text.split(" ")
    for _ in range(dice.randrange(1, 9)):
        a, b = dice.randrange(len(words)), dice.randrange(len(words))
        words[a], words[b] = words[b], words[a]
    return " ".join(words)


def _repeated(text: str, dice: random.Random) -> str:
    at, length = dice.randrange(len(text)), dice.randrange(1, 40)
    return text[:at] + text[at : at + length] * dice.choice((2, 5, 50, 400)) + text[at:]


def _nested(text: str, dice: random.Random) -> str:
    depth = dice.choice((5, 40, 200, 2000))
    pairs = (("{", "}"), ("(", ")"), ("if (1) {", "}"), ("while (1) {", "}"), ("!", ""), ("-", ""))
    opening, closing = dice.choice(pairs)
    statement = opening * depth + ("1;" if closing != "}" else "") + closing * depth
    return text.replace("\treturn 0;", f"\t{statement}\n\treturn 0;")


def _characters(text: str, dice: random.Random) -> str:
    letters = list(text)
    for _ in range(dice.randrange(1, 30)):
        letters[dice.randrange(len(letters))] = chr(dice.choice((dice.randrange(128), dice.randrange(0x2FFF))))
    return "".join(letters)


def _other(text: str, dice: random.Random) -> str:
    return dice.choice((dice.choice(OTHER_LANGUAGES), text + dice.choice(OTHER_LANGUAGES)))


DAMAGES: Final[tuple[Callable[[str, random.Random], str], ...]] = (
    _cut, _without, _with, _with, _shuffled, _swapped, _repeated, _nested, _characters, _other,
)  # fmt: skip


def damaged(text: str, seed: int) -> str:
    """Return the text with something done to it; the same for the same seed."""
    dice = random.Random(seed)
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        text = dice.choice(DAMAGES)(text or " ", dice)
    return text
