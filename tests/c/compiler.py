"""A real C compiler: the independent truth for the translator; and the front end's own way to run plain C."""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from kvmviz.c.ending import Budget
from kvmviz.c.program import Program
from kvmviz.c.refuse import CError
from kvmviz.c.revision import compiled
from kvmviz.c.runtime import Box
from kvmviz.c.syntax import parse
from kvmviz.revisions import REVISIONS
from tests.c.functions import MACROS, PRELUDE, Made

C_TYPES = {
    "u64": ctypes.c_uint64, "s64": ctypes.c_int64, "u32": ctypes.c_uint32, "int": ctypes.c_int32,
    "u16": ctypes.c_uint16, "s16": ctypes.c_int16, "u8": ctypes.c_uint8, "s8": ctypes.c_int8, "bool": ctypes.c_bool,
    "enum colour": ctypes.c_uint32,
}  # fmt: skip

ENUM = "enum colour { RED, GREEN = 5, BLUE };\n"


def compiler() -> str:
    """The C compiler of this machine; without one the test is skipped, or fails where one is required.

    It has to know GNU C as the kernel uses it: tcc, for one, knows no `__auto_type`.
    """
    found = os.environ.get("KVMVIZ_CC") or shutil.which("gcc") or shutil.which("clang")
    if found is None:
        reason = "no C compiler here (apt install gcc), so the translator is not held against one"
        if os.environ.get("KVMVIZ_REQUIRE_CC"):
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def shared_object(made: Sequence[Made], folder: Path) -> ctypes.CDLL:
    """Compile functions into a library and load it."""
    source, library = folder / "made.c", folder / f"made{len(list(folder.iterdir()))}.so"
    source.write_text(PRELUDE + MACROS + "".join(one.text for one in made))
    wrapping = ["-fwrapv", "-fno-strict-aliasing"]
    command = [compiler(), "-w", "-O0", *wrapping, "-shared", "-fPIC", "-o", str(library), str(source)]
    subprocess.run(command, check=True, timeout=60)
    return ctypes.CDLL(str(library))


def by_compiler(library: ctypes.CDLL, one: Made, arguments: Sequence[int]) -> tuple[int, int]:
    """What the compiled function returns and leaves in its out-parameter."""
    function = getattr(library, one.name)
    function.argtypes = [*(C_TYPES[of] for of in one.parameters), ctypes.POINTER(ctypes.c_uint64)]
    function.restype = C_TYPES[one.returns]
    out = ctypes.c_uint64(3)
    return int(function(*arguments, ctypes.byref(out))), out.value


def front_end(made: Sequence[Made]) -> Callable[[Made, Sequence[int]], tuple[int, int] | None]:
    """The same functions by the front end, which may refuse one: then there is no answer."""
    program = Program([parse(ENUM + MACROS + "".join(one.text for one in made), "made.c")], REVISIONS["landed"], [])
    for one in made:
        with suppress(CError):
            program.translate(one.name, None)
    budget = Budget()
    functions = compiled(program, "made", REVISIONS["landed"], budget)

    def run(one: Made, arguments: Sequence[int]) -> tuple[int, int] | None:
        if one.name not in functions:
            return None
        budget.fill(10_000)
        box: Any = Box()
        box.v = 3
        return int(functions[one.name](None, *arguments, box)), box.v

    return run
