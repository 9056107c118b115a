"""The patch in a mail, where its lines are not what they look like."""

from kvmviz.mail.functions import places
from kvmviz.mail.patch import Patch, find
from kvmviz.mail.quoting import depths_of

HEAD = ["diff --git a/f.c b/f.c", "--- a/f.c", "+++ b/f.c"]


def one(lines: list[str]) -> Patch:
    (patch,) = find(lines, depths_of(lines))
    return patch


def test_find_reads_context_that_looks_quoted_as_context() -> None:
    patch = one([*HEAD, "@@ -1,4 +1,4 @@", "> drawn", "> in a comment", "-a", "+b", "end"])
    assert [row.text for row in patch.rows] == ["> drawn", "> in a comment", "a", "b", "end"]
    assert not patch.mended.cut


def test_find_reads_changes_that_look_like_a_file_as_changes() -> None:
    patch = one([*HEAD, "@@ -1,1 +1,1 @@", "--- a/x.c", "+++ b/x.c", "@@ -9,1 +9,1 @@", "-c", "+d"])
    assert patch.files == ("f.c",)
    assert (patch.added, patch.removed) == (2, 2)


def test_find_takes_files_without_gits_line() -> None:
    assert one([*HEAD[1:], "@@ -1,1 +1,1 @@", "-c", "+d"]).files == ("f.c",)


def test_find_gives_new_and_deleted_files_their_name() -> None:
    new = ["--- /dev/null", "+++ b/n.c", "@@ -0,0 +1,1 @@", "+a"]
    gone = ["--- a/g.c", "+++ /dev/null", "@@ -1,1 +0,0 @@", "-a"]
    assert one([*new, *gone]).files == ("n.c", "g.c")


def test_find_gives_a_patch_for_each_depth() -> None:
    quoted = [f"> {line}" for line in [*HEAD, "@@ -1,1 +1,1 @@", "-c", "+d"]]
    lines = [*quoted, "I would rather:", *HEAD, "@@ -1,1 +1,1 @@", "-c", "+e"]
    assert [(patch.depth, patch.rows[-1].text) for patch in find(lines, depths_of(lines))] == [(1, "d"), (0, "e")]


def test_find_tells_a_diffstat_that_disagrees() -> None:
    patch = one([" 1 file changed, 5 insertions(+), 2 deletions(-)", *HEAD, "@@ -1,1 +1,1 @@", "-c", "+d"])
    assert (patch.stat, patch.whole) == ((5, 2), False)


def test_places_end_with_the_brace_of_the_function_where_indentation_is_there() -> None:
    lines = [" \treturn a;", " }", " ", "+int x = 5;", " static void b(int c)", " {"]
    assert places("int a(void)", lines) == ["a", "a", "a", "", "b", "b"]
    lost = [" return a;", " }", " ", "+x = 5;"]
    assert places("int a(void)", lost) == ["a"] * 4
