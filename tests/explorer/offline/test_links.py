"""What a page reads in its address is what Python reads there, and it offers no command that is refused."""

import json
import re
import shutil
import subprocess
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from kvmviz.errors import KvmvizError
from kvmviz.explorer.offline.elsewhere import sayable
from kvmviz.revisions import revision
from kvmviz.scenario.link import Link
from kvmviz.scenario.status import STATUS

SCRIPT = Path(__file__).with_name("links.mjs")

WORDS = {
    "tree": ("1x1x3", "2x2x2", "1x1x1x3", "9x9", "0x1x1", "01x1x1", "16GiB", "0GiB", "999999x1x1"),
    "fail": ("none", "all", "L1@0x200", "L1@0x600", "L1@0x201", "L2@0x40000", "L3@0x8000000", "L1@0x0,L1@0x0", "TDR",
             "TDCS[5]", "TDCS[6]", "TDVPR[0]", "L1@0x0-0x400", "rate:1/2:a", "L4@0x0", "L2@0x200", "L1@0x00", ""),
    "hkid": ("released", "assigned", "vp-flush-error", "free"),
    "status": ("OPERAND_BUSY", *STATUS, "SUCCESS", "0x1", "0x0"),
    "boot": ("first", "second:60s", "second:99999s", "third"),
    "leaves": ("gone", "present", "come"),
    "vcpus": ("0", "64", "65"),
    "panic": ("on", "maybe"),
    "region": ("dense", "off", "thin"),
    "remove": ("works", "fails"),
    "control": ("TDR",),
    "revisions": ("before", "v1,v1+17", "v9", "a,b,c", "v1,"),
    "utm_source": ("list",),
    "foo": ("1",),
}  # fmt: skip
SINGLE = [f"{key}={word}" for key, words in WORDS.items() for word in words]
LINKS = [*SINGLE, *("&".join(pair) for pair in product(SINGLE, repeat=2)), *(
    f"tree={tree}&fail={fail}&hkid={hkid}" for tree, fail, hkid in product(WORDS["tree"], WORDS["fail"], WORDS["hkid"])
)]  # fmt: skip

SAME = [
    "#tree=1x1x3&fail=L1@0x200&step=62&revisions=before,v1.", "#fail=L1@0x200+step=62+revisions=before,v1+17",
    "#fail=L1%400x200&step=62&revisions=before%2Cv1", "#fail=all&step=3&utm_source=x&fbclid=y",
    "#fail=rate:1/2:a.", "#fail=all&step=7)",
]  # fmt: skip


def page(links: list[str]) -> list[Any]:
    """What the page's own modules make of each link."""
    if not shutil.which("node"):
        pytest.skip("no node here (apt install nodejs)")
    asked = "\n".join(map(json.dumps, links))
    command = ["node", "--no-warnings", str(SCRIPT), json.dumps(sayable())]
    said = subprocess.run(command, input=asked, capture_output=True, text=True, check=True).stdout
    return [json.loads(line) for line in said.splitlines()]


def test_no_command_is_offered_that_is_refused() -> None:
    offered = [said[3] for said in page(LINKS) if said[3]]
    assert len(offered) > 400
    for said in set(offered):
        line = re.fullmatch(r"; a notebook may: kvmviz lab '([^']+)'", said)
        assert line is not None, said
        try:
            for name in Link.parse(line[1]).revisions or ():
                revision(name)
        except KvmvizError as error:
            pytest.fail(f"{said}: {error}")


def test_a_page_reads_a_link_as_python_does() -> None:
    for text, (line, step, revisions, _) in zip(SAME, page(SAME), strict=True):
        link = Link.parse(text)
        assert (str(Link.parse(line).scenario), step, revisions) == (
            str(link.scenario), link.step, link.revisions and list(link.revisions),
        ), text  # fmt: skip
