"""Scenario lines: canonical form, round trip, and one sentence for whatever is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvmviz.scenario import CAUSES, Scenario, ScenarioError
from kvmviz.scenario.link import Link
from kvmviz.scenario.tree import Tree

CANONICAL = {
    "": "tree=1x1x3",
    "fail=none": "tree=1x1x3",
    "hkid=assigned": "tree=1x1x3 hkid=flushvp-not-done",
    "panic=on vcpus=2 tree=1x2x2": "tree=1x2x2 vcpus=2 panic=on",
    "fail=L1@0x200,L3@0x0,TDR,TDCS[2],TDCX[0][1],TDVPR[0],L2@0x0":
        "tree=1x1x3 fail=L3@0x0,L2@0x0,L1@0x200,TDVPR[0],TDCX[0][1],TDCS[2],TDR",
    "fail=L3@0x0,L2@0x0,L1@0x0-0x400": "tree=1x1x3 fail=all",
    "fail=all status=0x8000020000000001": "tree=1x1x3 fail=all",
    "fail=all status=0xC000060700000000": "tree=1x1x3 fail=all status=LIFECYCLE_STATE_INCORRECT",
    "fail=all status=0xC0000F0100000000": "tree=1x1x3 fail=all status=0xc0000f0100000000",  # no status of RECLAIM
    "fail=all status=0xC000030400000001": "tree=1x1x3 fail=all status=0xc000030400000001",
    "fail=all status=0x1": "tree=1x1x3 fail=all status=0x1",
    "status=OPERAND_INVALID": "tree=1x1x3",
    "boot=second:0s": "tree=1x1x3 boot=second:0s",
    "tree=1024GiB": "tree=1TiB",
    "tree=1x1x1x3 fail=L4@0x0": "tree=1x1x1x3 fail=L4@0x0",
    "fail=rate:1/1:x": "tree=1x1x3 fail=all",
    "fail=rate:0/7:x": "tree=1x1x3",
    "  boot=first   zap=default ": "tree=1x1x3",
}  # fmt: skip

WRONG = {
    "tee=1": "tree",
    "tree": "key=value",
    "tree=": "tree",
    "tree=1x1": "1x1x3",
    "tree=257x1x1": "256",
    "tree=9x1x1x1": "8",
    "tree=1x1x513": "512",
    "tree=0x1x1": "1x1x3",
    "tree=256x512x512": "2,000,000",
    "tree=4TiB": "2,000,000",
    "tree=1x1x3 tree=1x1x3": "twice",
    "hkid=gone": "released",
    "hkid=vp-flush-error vcpus=0": "vcpus=1",
    "fail=L1@0x600": "0x400",
    "fail=L1@0x1": "0x200",
    "fail=L4@0x0": "levels are 1 to 3",
    "fail=L1@0x0,L1@0x0": "twice",
    "fail=L1@0x0-0x200,L1@0x200": "twice",
    "fail=L1@0x200-0x0": "backwards",
    "fail=all,L1@0x0": "twice",
    "fail=TDR,TDR": "twice",
    "fail=TDVPR[1]": "vcpus=1",
    "fail=TDCX[0][5]": "[0] to [4]",
    "fail=TDCS[6]": "TDCS[5]",
    "fail=rate:2/1:x": "more than all",
    "fail=": "none",
    "status=0x0": "0x1",
    "status=0x10000000000000000": "0xffffffffffffffff",
    "status=BUSY": "OPERAND_BUSY",
    "boot=second:86401s": "86400s",
    "boot=second:-1s": "86400s",
    "leaves=present tree=1GiB": "leaves=gone",
    "vcpus=65": "64",
    "vcpus=1.5": "64",
    "panic=yes": "off",
    "step=1": "keys",
    "tree=1x1x3\nhkid=released": "ASCII",
    "tree=1x1x\u0663": "ASCII",
}


@pytest.mark.parametrize(("line", "canonical"), CANONICAL.items())
def test_canonical_form(line: str, canonical: str) -> None:
    assert str(Scenario.parse(line)) == canonical
    assert Scenario.parse(canonical) == Scenario.parse(line)


@pytest.mark.parametrize(("line", "hint"), WRONG.items())
def test_a_wrong_line_gets_one_sentence_with_what_would_be_right(line: str, hint: str) -> None:
    with pytest.raises(ScenarioError) as error:
        Scenario.parse(line)
    sentence = str(error.value)
    assert hint in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


@st.composite
def lines(draw: st.DrawFn) -> str:
    """Scenario lines that are right."""
    fanouts = draw(st.lists(st.integers(1, 4), min_size=3, max_size=4))
    tree = "x".join(map(str, fanouts))
    pages = [f"L{level}@{gfn:#x}" for level, gfn in Tree.parse(tree).tables()]
    chosen = draw(st.lists(st.sampled_from([*pages, "TDR", "TDCS[5]", "TDVPR[0]", "TDCX[0][4]"]), unique=True))
    words = {
        "tree": tree,
        "hkid": draw(st.sampled_from(["released", *CAUSES])),
        "fail": ",".join(chosen) or "none",
        "status": draw(st.integers(1, 2**64 - 1).map(hex)),
        "boot": draw(st.integers(0, 86400).map("second:{}s".format)),
        "leaves": draw(st.sampled_from(["gone", "present"])),
        "vcpus": draw(st.integers(1, 64).map(str)),
    }
    keys = draw(st.permutations(sorted(words)))
    return " ".join(f"{key}={words[key]}" for key in keys)


@given(lines())
def test_round_trip(line: str) -> None:
    scenario = Scenario.parse(line)
    assert Scenario.parse(str(scenario)) == scenario
    assert str(Scenario.parse(str(scenario))) == str(scenario)


@given(
    st.text(max_size=80)
    | st.builds("{}={}".format, st.sampled_from(["tree", "fail", "boot", "status", "vcpus"]), st.text(max_size=40))
)
def test_any_text_is_read_or_refused_in_one_sentence(text: str) -> None:
    sentence = refusal(text)
    if sentence is None:
        assert Scenario.parse(str(Scenario.parse(text))) == Scenario.parse(text)
    else:
        assert sentence.endswith(".")
        assert "\n" not in sentence


def refusal(text: str) -> str | None:
    """Return why a scenario line is refused, or None."""
    try:
        Scenario.parse(text)
    except ScenarioError as error:
        return str(error)
    return None


@given(st.lists(st.integers(1, 5), min_size=3, max_size=4), st.integers(1, 5), st.integers(0, 2**30))
def test_has_agrees_with_the_list_of_tables(fanouts: list[int], level: int, gfn: int) -> None:
    tree = Tree(tuple(fanouts))
    listed = set(tree.tables())
    assert len(listed) == tree.count
    assert tree.has(level, gfn) == ((level, gfn) in listed)
    assert all(tree.has(*table) for table in listed)


@pytest.mark.parametrize(("size", "tables"), [("1GiB", 514), ("16GiB", 8209), ("1TiB", 525314)])
def test_sizes_have_the_tables_of_a_dense_mapping(size: str, tables: int) -> None:
    assert Tree.parse(size).count == tables


def test_a_dense_tree_of_a_few_gib_is_the_fan_out_tree_of_the_same_shape() -> None:
    assert list(Tree.parse("3GiB").tables()) == list(Tree.parse("1x3x512").tables())


def test_a_ragged_size_has_its_pages_and_no_more() -> None:
    tree = Tree.parse("600GiB")
    assert tree.level_counts() == {3: 2, 2: 600, 1: 307200}
    assert tree.has(1, 307199 * 0x200)
    assert not tree.has(1, 307200 * 0x200)


def test_a_rate_follows_sha_256_of_seed_and_page_name() -> None:
    import hashlib

    scenario = Scenario.parse("tree=1x4x8 fail=rate:1/5:monday")
    wanted = [
        page for page in scenario.tree.sept_pages()
        if int(hashlib.sha256(f"monday:{page}".encode()).hexdigest(), 16) % 5 < 1
    ]  # fmt: skip
    assert list(scenario.fail.sept_pages(scenario.tree)) == wanted
    assert wanted


@pytest.mark.parametrize(
    "text", ["tree=1x1x3 step=4", "step=0 revisions=before", "revisions=before,v1 fail=all step=12"]
)
def test_a_link_round_trips_also_behind_a_hash(text: str) -> None:
    link = Link.parse(text)
    assert Link.parse(str(link)) == link
    assert Link.parse("#" + link.fragment()) == link


@pytest.mark.parametrize(
    "text",
    [
        "tree=1x1x3&fail=L1@0x200&step=62&revisions=before,v1.",
        "#tree=1x1x3&fail=L1@0x200&step=62&revisions=before,v1)",
        "fail=L1@0x200 step=62 revisions=before,v1.", "fail=L1@0x200 revisions=before,v1 step=62.",
        "#tree=1x1x3+fail=L1@0x200+step=62+revisions=before,v1", "#fail=L1%400x200&step=62&revisions=before%2Cv1",
        "https://host.example/a.html?utm_source=x#fail=L1@0x200&step=62&revisions=before,v1&utm_source=list&fbclid=1",
        "\ufefffail=L1@0x200 step=62 revisions=before,v1\r\n",
        "explorer.html#fail=L1@0x200&step=62&revisions=before,v1",
    ],
)  # fmt: skip
def test_a_link_is_read_whatever_it_went_through(text: str) -> None:
    assert str(Link.parse(text)) == "tree=1x1x3 fail=L1@0x200 step=62 revisions=before,v1"


def test_reading_generously_loses_nothing() -> None:
    assert Link.parse("#fail=all&revisions=v1+17,v2").revisions == ("v1+17", "v2")
    assert str(Link.parse("fail=rate:1/2:a.b+c.")) == "tree=1x1x3 fail=rate:1/2:a.b+c."
    assert str(Link.parse("step=1 fail=TDCS[2]")) == "tree=1x1x3 fail=TDCS[2] step=1"
    for lost in ("tree=1x1x1 # fail=all", "tree=1x1x1#fail=all", "fail=all#"):
        with pytest.raises(ScenarioError):
            Link.parse(lost)


@pytest.mark.parametrize("text", ["step=x", "step=-1", "step=1 step=2", "revisions=a,b,c", "revisions=", "foo=1"])
def test_a_wrong_link_gets_one_sentence(text: str) -> None:
    with pytest.raises(ScenarioError):
        Link.parse(text)
