"""The macro behind TDX_BUG_ON followed as it stands: what it prints, when, and what it returns, event for event."""

from collections.abc import Callable

import pytest

from kvmviz.c.bug_macro import Macro, found, texts
from kvmviz.c.refuse import CError
from kvmviz.kvm.vm import VM, build
from kvmviz.machine import bug
from kvmviz.machine.journal import Journal
from kvmviz.machine.printk import Boot
from kvmviz.revisions import REVISIONS
from kvmviz.revisions.runnable import linked
from kvmviz.scenario import Scenario

FAILS = 0x8000020000000001


def macro(body: str, parameters: str = "err, fn, kvm, fmt, args...", name: str = "__TDX_BUG_ON") -> Macro:
    lines = body.strip().split("\n")
    text = f"int a;\n#define {name}({parameters}) \\\n({{ \\\n" + "".join(f"{line} \\\n" for line in lines) + "})\n"
    one = found(text, "a.c")
    assert one is not None
    return one


def asked(one: Macro | Callable[..., bool], *calls: tuple[int, bool]) -> tuple[list[bool], list[str]]:
    """Ask several times, of an error and with a VM or without one; return the answers and the events."""
    vm: VM = build(Scenario.parse("tree=1x1x1"), linked(REVISIONS["v1"])[0], Boot())
    journal = Journal()
    vm.host.watch(journal)
    function = one.function() if isinstance(one, Macro) else one
    answers = [function(vm.host, err, "TDH_X", vm if given else None, (1, 2, 3)) for err, given in calls]
    return answers, [f"{event.kind} {getattr(event, 'printed', '')}".strip() for _, event in journal.entries]


WHOLE = """
    struct kvm *_kvm = (kvm);
    bool failed = !!(err), quiet;
    quiet = _kvm && READ_ONCE(_kvm->vm_bugged);
    if (failed && !quiet) {
        WARN_ONCE(1, fmt, args); /* once a boot */
        if (_kvm)
            kvm_vm_bugged(_kvm);
        pr_err_ratelimited(fmt, args);
    }
    unlikely(failed);
"""


def test_the_model_s_own_macro_written_in_c_does_what_the_model_does() -> None:
    calls = [(0, True), (FAILS, False), (0, False), (FAILS, True), (FAILS, False), (0, True)]
    assert asked(macro(WHOLE), *calls) == asked(bug.TDX_BUG_ON, *calls)
    answers, events = asked(macro(WHOLE), *calls)
    assert answers == [False, True, False, True, True, False]
    assert events == ["warn True", "pr_err True", "warn False", "vm_bugged", "pr_err True", "warn False", "pr_err True"]


@pytest.mark.parametrize(
    ("body", "answers", "events"),
    [
        ("WARN_ON(err);", [False, True, True], ["warn True", "warn True"]),
        ("WARN_ON_ONCE(err);", [False, True, True], ["warn True", "warn False"]),
        ("WARN(!err, fmt);", [True, False, False], ["warn True"]),
        ("if (err) WARN_ON(true); else pr_err(fmt);\nfalse;", [False] * 3, ["pr_err True", "warn True", "warn True"]),
        ("bool a;\nif (!err)\n;\nelse {\na = true;\npr_err(fmt);\n}\n!!err;", [False, True, True], ["pr_err True"] * 2),
        ("err || WARN_ON(1);", [True, True, True], ["warn True"]),
        ("err && WARN_ON(1);", [False, True, True], ["warn True", "warn True"]),
        ("NULL;", [False] * 3, []),
        ("0;", [False] * 3, []),
        ("likely(7);", [True] * 3, []),
        ("kvm;", [True, False, True], []),
        ("kvm && kvm->vm_dead;", [False] * 3, []),
        ("if (kvm && err) kvm_vm_bugged(kvm);\nkvm && kvm->vm_dead;", [False, False, True], ["vm_bugged"]),
    ],
)
def test_each_piece_does_what_it_says(body: str, answers: list[bool], events: list[str]) -> None:
    assert asked(macro(body), (0, True), (FAILS, False), (FAILS, True)) == (answers, events)


def test_a_warning_that_a_bugged_vm_holds_back_is_noted() -> None:
    body = "bool show = err && !(kvm && kvm->vm_bugged);\nWARN_ON(show);\nif (err && kvm) kvm_vm_bugged(kvm);\n!!err;"
    answers, events = asked(macro(body), (FAILS, True), (FAILS, True), (0, True), (FAILS, False))
    assert answers == [True, True, False, True]
    assert events == ["warn True", "vm_bugged", "masked", "vm_bugged", "warn True"]


def test_a_site_names_the_macro_by_its_registers_and_the_seamcall() -> None:
    vm = build(Scenario.parse("tree=1x1x1"), linked(REVISIONS["v1"])[0], Boot())
    journal = Journal()
    vm.host.watch(journal)
    ask = macro("WARN_ON(err);\npr_err(fmt);").function()
    ask(vm.host, FAILS, "TDH_X", None)
    ask(vm.host, FAILS, "TDH_X", None, (4, 5, 6), about="here")
    sites = [event.site.split(":", 2)[2] for _, event in journal.entries if event.kind == "warn"]  # type: ignore[union-attr]
    assert sites == ["TDX_BUG_ON/TDH_X", "TDX_BUG_ON_3/TDH_X/here"]
    lines = [event.message for _, event in journal.entries if event.kind == "pr_err"]  # type: ignore[union-attr]
    assert lines == [bug.seamcall_line("TDH_X", FAILS, ()), bug.seamcall_line("TDH_X", FAILS, (4, 5, 6))]


def test_a_macro_knows_where_it_stands_and_what_it_takes() -> None:
    one = macro("WARN_ON(err);", "err,  fn, kvm , fmt, args...", "TDX_BUG_ON")
    assert (one.name, one.file, one.line) == ("TDX_BUG_ON", "a.c", 2)
    assert one.parameters == ("err", "fn", "kvm", "fmt", "args")
    assert one.text.startswith("#define TDX_BUG_ON(") and one.text.endswith("})")
    assert texts(f"int a;\n{one.text}\n") == [one.text]


def test_what_is_no_such_macro_is_passed_by() -> None:
    for text in ("int a;", "#define TDX_BUG_ON(err) __TDX_BUG_ON(err)\n", "#define OTHER(err) ({ err; })\n"):
        assert found(text, "a.c") is None
        assert texts(text) == []
    after = "#define TDX_BUG_ON(err) f(err)\n\n#define __TDX_BUG_ON(err) ({ WARN_ON(err); })\n"
    one = found(after, "a.c")
    assert one is not None and (one.name, one.line) == ("__TDX_BUG_ON", 3)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("while (err) ;", "`while (err) ;`"),
        ("err + 1;", "`err + 1`"),
        ("kvm->arch;", "`kvm->arch`"),
        ("f(err);", "`f(err)`"),
        ("*kvm = err;", "`*kvm = err`"),
        ("likely(err, 1);", "`likely(err, 1)`"),
        ("0x10;", "`0x10`"),
        ("-err;", "`-err`"),
        ("kvm_vm_bugged();", "`kvm_vm_bugged()`"),
        ("WARN_ON();", "`WARN_ON()`"),
        ("if (f()) return;", "`f()`"),
    ],
)
def test_what_cannot_be_followed_is_refused_with_its_line(line: str, said: str) -> None:
    with pytest.raises(CError) as caught:
        macro(f"WARN_ON(1);\n{line}")
    assert str(caught.value) == f"a.c:5: {said} cannot be followed in a macro."
