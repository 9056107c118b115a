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
    assert text.endswith("export default $a_js.default;\nexport const { a } = $a_js;\n")
    assert "import" not in text


def ran(text: str, tmp_path: Path) -> str:
    """What a module that has been joined says when it is asked for `a()`."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node here to run it")
    path = tmp_path / "joined.mjs"
    path.write_text(f"{text}\nconsole.log(a());\n", encoding="utf-8")
    return subprocess.run([node, path], check=True, capture_output=True, text=True).stdout.strip()


def test_joined_lets_two_modules_have_a_name(tmp_path: Path) -> None:
    twice = {**TWO, "a.js": TWO["a.js"].replace("return b();", "return b() + one;") + "const one = 20;\n"}
    assert ran(joined("a.js", twice).replace("export const { a }", "const { a }"), tmp_path) == "21"


def test_joined_follows_an_import_under_another_name(tmp_path: Path) -> None:
    other = {**TWO, "a.js": 'import { b as c } from "./b.js";\nexport const a = () => c() + 1;\n'}
    assert ran(joined("a.js", other).replace("export const { a }", "const { a }"), tmp_path) == "2"


def test_joined_refuses_an_export_that_may_change() -> None:
    with pytest.raises(JoinError, match=r'b\.js: "export let b = 1;" is not of the form export const'):
        joined("a.js", {**TWO, "b.js": "export let b = 1;\n"})


def test_joined_refuses_a_circle_and_a_missing_module() -> None:
    with pytest.raises(JoinError, match="circle"):
        joined("a.js", {"a.js": 'import { b } from "./b.js";\n', "b.js": 'import { a } from "./a.js";\n'})
    with pytest.raises(JoinError, match=r"gone\.js, which is not there"):
        joined("a.js", {"a.js": 'import { b } from "./gone.js";\n'})


def test_joined_refuses_an_import_it_cannot_follow() -> None:
    with pytest.raises(JoinError, match="not of the form"):
        joined("a.js", {"a.js": 'import b from "./b.js";\n', "b.js": ""})


@pytest.mark.parametrize("entry", ["widget.js", "offline.js"])
def test_the_front_end_joins_into_a_module_that_parses(entry: str, tmp_path: Path) -> None:
    path = tmp_path / "joined.mjs"
    path.write_text(join(entry), encoding="utf-8")
    if node := shutil.which("node"):
        subprocess.run([node, "--check", path], check=True)
    else:
        pytest.skip("no node here to parse it")


def test_every_module_is_needed() -> None:
    texts = modules()
    entries = [name for name in ("widget.js", "offline.js") if name in texts]
    needed = {name for entry in entries for name in order(entry, texts)}
    assert needed | {"types.js"} == set(texts)


def test_styles_use_only_colours_that_exist() -> None:
    known = set(re.findall(r"(--kv-[a-z0-9-]+):", styles()))
    assert set(re.findall(r"var\((--kv-[a-z0-9-]+)", styles())) <= known


def test_what_is_for_readers_is_left_out_and_nothing_else_is() -> None:
    text = """/** A module. */
/**
 * @param {string} a
 */
export function f(a) {
  // A line for readers.
  /** @type {any} */ (a).b = "/** kept */"; // kept
  return a; /** kept */
}
"""
    whole = joined("a.js", {"a.js": text})
    assert whole.count("/**") == 3
    assert "@param" not in whole
    assert "for readers" not in whole
    assert '\n/** @type {any} */ (a).b = "/** kept */"; // kept\n' in whole


def test_no_text_of_the_front_end_stands_on_several_lines() -> None:
    """Its indentation would be taken away."""
    for name, text in modules().items():
        code = re.sub(r"/\*\*.*?\*/|^[ \t]*//.*$", "", text, flags=re.DOTALL | re.MULTILINE)
        texts = re.findall(r"`(?:\\.|\$\{(?:[^`}]|`[^`]*`)*\}|[^`\\])*`", code)
        assert [one for one in texts if "\n" in one] == [], name
