"""Joining the front end's modules into one."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from kvmviz.explorer.joiner import JoinError, join, joined, modules, order, styles

TWO = {
    "a.js": 'import { b } from "./b.js";\n\nexport function a() {\n  return b();\n}\n\nexport default { a };\n',
    "b.js": "const one = 1;\nexport const b = () => one;\n",
}


def test_order_takes_imports_first_and_each_once() -> None:
    texts = {
        "a.js": 'import { b } from "./b.js";\nimport { c } from "./c.js";\n',
        "b.js": 'import { c } from "./c.js";\n',
        "c.js": "",
    }
    assert order("a.js", texts) == ["c.js", "b.js", "a.js"]


def test_joined_keeps_only_the_entrys_exports() -> None:
    text = joined("a.js", TWO)
    assert text.count("export ") == 2
    assert text.endswith("export default { a };\nexport { a };\n")
    assert "import" not in text


def test_joined_refuses_a_name_declared_twice() -> None:
    with pytest.raises(JoinError, match=r"one is declared in b\.js and in a\.js"):
        joined("a.js", {**TWO, "a.js": TWO["a.js"] + "class one {}\n"})


def test_joined_refuses_a_circle_and_a_missing_module() -> None:
    with pytest.raises(JoinError, match="circle"):
        joined("a.js", {"a.js": 'import { b } from "./b.js";\n', "b.js": 'import { a } from "./a.js";\n'})
    with pytest.raises(JoinError, match=r"gone\.js, which is not there"):
        joined("a.js", {"a.js": 'import { b } from "./gone.js";\n'})


def test_joined_refuses_an_import_it_cannot_follow() -> None:
    with pytest.raises(JoinError, match="not of the form"):
        joined("a.js", {"a.js": 'import b from "./b.js";\n', "b.js": ""})


@pytest.mark.parametrize("entry", ["widget.js", "page.js", "offline.js"])
def test_the_front_end_joins_into_a_module_that_parses(entry: str, tmp_path: Path) -> None:
    path = tmp_path / "joined.mjs"
    path.write_text(join(entry), encoding="utf-8")
    if node := shutil.which("node"):
        subprocess.run([node, "--check", path], check=True)
    else:
        pytest.skip("no node here to parse it")


def test_every_module_is_needed() -> None:
    texts = modules()
    entries = [name for name in ("widget.js", "page.js", "offline.js") if name in texts]
    needed = {name for entry in entries for name in order(entry, texts)}
    assert needed | {"types.js"} == set(texts)


def test_styles_use_only_colours_that_exist() -> None:
    known = set(re.findall(r"(--kv-[a-z0-9-]+):", styles()))
    assert set(re.findall(r"var\((--kv-[a-z0-9-]+)", styles())) <= known
