"""What a patch keeps from run to run is found by its value: said after a run, refused in a check."""

from typing import Any

import pytest

import kvmviz
from kvmviz.check.engine import check
from kvmviz.record.runs import run
from kvmviz.revisions import Revision
from kvmviz.revisions.guard import PatchError

HEAD = """
import kvmviz, collections, functools, itertools, random
seen, counts, ids = [], collections.Counter(), itertools.count()
"""

KEEPS = {
    "seen.append(gfn)": "seen", "counts[gfn] += 1": "counts", "next(ids)": "ids", "Mine.many.append(1)": "Mine.many",
    "Mine.count = getattr(Mine, 'count', 0) + 1": "Mine.count", "helper(gfn)": "seen",
    "noted.append(1)": "a default of",
    "helper.times = 1": "helper.times", "enclosed(gfn)": "box",
}  # fmt: skip

KEEPS_NOTHING = ("x = [gfn]; x.append(1)", "cached(gfn)", "sorted(seen)", "random.Random(1).random()", "Mine.many")


def made(body: str) -> type[Revision]:
    text = f"""{HEAD}
def helper(gfn): seen.append(gfn)
helper.times = 0
@functools.lru_cache
def cached(gfn): return gfn
def enclosing():
    box = []
    def enclosed(gfn): box.append(gfn)
    return enclosed
enclosed = enclosing()
class Mine(kvmviz.Revision, base="v1"):
    many, count = [], 0
    def tdx_sept_free_private_spt(vm, gfn, sp, noted=[]):
        {body}
        super().tdx_sept_free_private_spt(vm, gfn, sp)
"""
    names: dict[str, Any] = {"__name__": "__main__", "kvmviz": kvmviz}
    exec(compile(text, "<cell>", "exec"), names)
    cls: type[Revision] = names["Mine"]
    return cls


@pytest.mark.parametrize("body", KEEPS)
def test_what_is_kept_is_named(body: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(made(body), "tree=1x1x1")
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"kvmviz: what Mine keeps in {KEEPS[body]}") and err.endswith("print it instead.\n")
    with pytest.raises(PatchError, match=r"^Mine: it keeps .* from run to run; .*vm.host.boot.once"):
        check(made(body), ["tree=1x1x1"], progress=False)


@pytest.mark.parametrize("body", KEEPS_NOTHING)
def test_who_keeps_nothing_is_not_bothered(body: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(made(body), "tree=1x1x1")
    assert capsys.readouterr() == ("", "")
    assert check(made(body), ["tree=1x1x1"], progress=False).scenarios == 1


def test_it_is_the_same_twice(capsys: pytest.CaptureFixture[str]) -> None:
    which = made("seen.append(gfn)")
    assert run(which, "tree=1x1x1").events == run(which, "tree=1x1x1").events
