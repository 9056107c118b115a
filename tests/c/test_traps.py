"""The traps that a trial of running kernel C fell into; what refuses does so with file and line."""

import re
from pathlib import Path

import pytest

import kvmviz
from kvmviz.c.refuse import CError
from kvmviz.c.syntax import parse
from kvmviz.errors import KvmvizError
from kvmviz.revisions import REVISIONS, Revision
from kvmviz.scenario import Scenario
from kvmviz.terms.events import PrErr, Warn
from tests.c.equality import differing, recorded, space

LANDED = (Path(__file__).parent / "sources" / "landed.c").read_text()

HEAD = "static void tdx_sept_free_private_spt(struct kvm *kvm, struct kvm_mmu_page *sp)\n"


def op(body: str, before: str = "") -> type[Revision]:
    """A revision whose op has this body; it builds on `landed`."""
    return kvmviz.from_c(f"{before}{HEAD}{{\n{body}\n}}\n", base="landed", name="Mine")


def refuses(body: str, said: str, before: str = "") -> None:
    with pytest.raises(CError) as caught:
        op(body, before)
    assert re.match(r"Mine\.c:\d+: ", str(caught.value))
    assert said in str(caught.value)


PLAIN = "if (KVM_BUG_ON(is_hkid_assigned(to_kvm_tdx(kvm)), kvm) || tdx_reclaim_page(virt_to_page(sp->external_spt)))\n"
FREES = f"{PLAIN}\tgoto out;\nfree_page((unsigned long)sp->external_spt);\nout:\nsp->external_spt = NULL;"


def test_1_a_table_has_the_entries_in_use_and_512_is_no_trap_either() -> None:
    for count in ("PT64_ENT_PER_PAGE", "512"):
        mine = kvmviz.from_c(LANDED.replace("SPTE_ENT_PER_PAGE", count))
        assert differing(mine, REVISIONS["landed"], space(411)) == []


def test_2_loop_macros_are_loops_with_and_without_braces() -> None:
    unit = parse("void f(void) { for_each_online_cpu(i) { g(i); } kvm_for_each_vcpu(j, v, k) h(v); }", "a.c")
    assert not unit.functions["f"][0].node.has_error
    assert sorted(unit.prepared.loops.values()) == ["for_each_online_cpu", "kvm_for_each_vcpu"]


def test_3_attributes_and_container_of_are_read() -> None:
    text = LANDED.replace("static void tdp", "static __always_inline void __must_check tdp").replace(
        "static int tdx", "static noinline int __must_hold(&kvm->mmu_lock) tdx"
    )
    assert differing(kvmviz.from_c(text), REVISIONS["landed"], space(811)) == []


def test_4_conditions_are_settled_by_lines_and_said() -> None:
    split = "#ifdef CONFIG_KVM_INTEL_TDX\nif (1)\n#else\nif (0)\n#endif\n"
    body = split + "{\n" + FREES + "\n}\n#ifdef CONFIG_FOO\nkfree(sp);\n#endif"
    mine = op(body)
    assert differing(mine, REVISIONS["landed"], space(811)) == []
    assert [(c.directive, c.kept) for c in mine.origin.choices] == [
        ("#ifdef CONFIG_KVM_INTEL_TDX", True), ("#else", False), ("#ifdef CONFIG_FOO", False),
    ]  # fmt: skip


def test_4_an_option_in_code_follows_the_scenario() -> None:
    mine = op("if (IS_ENABLED(CONFIG_KVM_PROVE_MMU))\nWARN_ON(1);\n" + FREES)
    assert kvmviz.compare("landed", mine, "zap=default").alike
    assert not kvmviz.compare("landed", mine, "zap=prove-mmu").alike


@pytest.mark.parametrize("call", ["my_free(sp)", "put_it(sp)", "kvm_get_thing(kvm)", "leak_page(sp)", "x_alloc()",
                                  "tdh_mng_create(sp)", "vfree(sp)", "do_reclaim(sp)"])  # fmt: skip
def test_5_a_call_that_could_free_or_take_refuses(call: str) -> None:
    refuses(f"{call};", "its name says that it could free, take, give back or leak")


def test_5_an_unknown_call_is_passed_over_and_listed() -> None:
    mine = op("my_note(sp, 1);\ntrace_foo(sp);\n(void)my_note(kvm);\n" + FREES)
    assert [(p.name, p.line) for p in mine.origin.passed_over] == [("my_note", 3), ("trace_foo", 4), ("my_note", 5)]
    refuses("if (my_note(sp)) return;", "what it returns is used")
    refuses("u64 x = 1;\nmy_note(&x);\nif (x) return;", "could set x")
    refuses("int i = 0;\nmy_note(i++);", "its arguments do something")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("sp->foo = 1;", "the member `foo` of struct kvm_mmu_page is not bound"), ("goto nowhere;", "no such label"),
        ("x = 1;", "`x` is not bound"), ("sp->spt = NULL;", "cannot be set"), ("free_page(sp->spt);", "belongs"),
        ("sp->external_spt = sp->spt;", "can only be set to NULL"), ("kvm->foo.bar = 1;", "not bound"),
    ],
)  # fmt: skip
def test_6_what_is_wrong_is_found_before_a_run(body: str, said: str) -> None:
    refuses(body, said)


def test_6_two_functions_of_one_name() -> None:
    with pytest.raises(CError, match=r"tdx_sept_free_private_spt is defined twice, at Mine\.c:1 and Mine\.c:4"):
        op("}\n" + HEAD + "{\nsp->external_spt = NULL;")


def test_7_numbers_wrap_as_in_c() -> None:
    wraps = "u64 x = 0;\nx = x - 1;\nif (x < 5)\n\treturn;\nint n = 1;\nn = n << 31;\nif (n > 0)\n\treturn;\n"
    assert differing(op(wraps + FREES), REVISIONS["landed"], space(811)) == []


def test_8_the_address_of_a_variable_is_a_box() -> None:
    body = """u64 err, rcx, rdx, r8;
    if (KVM_BUG_ON(is_hkid_assigned(to_kvm_tdx(kvm)), kvm)) goto out;
    err = tdh_phymem_page_reclaim(virt_to_page(sp->external_spt), &rcx, &rdx, &r8);
    if (TDX_BUG_ON_3(err, TDH_PHYMEM_PAGE_RECLAIM, rcx, rdx, r8, NULL)) goto out;
    tdx_quirk_reset_page(virt_to_page(sp->external_spt));
    free_page((unsigned long)sp->external_spt);
    out: sp->external_spt = NULL;"""
    mine = op(body)
    lines = [s.event for s in kvmviz.run(mine, "hkid=released fail=L1@0x200").steps if s.event.kind == "pr_err"]
    assert "tdx_sept_free_private_spt" in str(lines[0])


def test_10_two_warnings_of_a_function_are_two_sites() -> None:
    mine = op("WARN_ON_ONCE(1);\nWARN_ON_ONCE(1);\n" + FREES)
    sites = {str(e.site) for _, e, _ in recorded(mine, Scenario.parse("")) if isinstance(e, Warn)}
    assert sites == {f"tdx.c:tdx_sept_free_private_spt:WARN_ON_ONCE/L{n}" for n in (3, 4)}
    once = op("WARN_ON_ONCE(1);\n" + FREES)
    sites = {str(e.site) for _, e, _ in recorded(once, Scenario.parse("")) if isinstance(e, Warn)}
    assert sites == {"tdx.c:tdx_sept_free_private_spt:WARN_ON_ONCE"}


def test_12_asking_a_busy_module_for_ever_says_why() -> None:
    mine = op("while (tdx_reclaim_page(virt_to_page(sp->external_spt)))\n;\n" + FREES)
    with pytest.raises(KvmvizError, match="a reclaim that the scenario lets fail fails each time it is asked for"):
        kvmviz.run(mine, "fail=L1@0x200")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("typeof(sp->gfn) a[3];", "`typeof(sp->gfn) a[3];`: an array"),
        ("int x = ({ return; 1; });", "`return` in a statement expression"),
        ("while (1) ({ break; });", "`break` in a statement expression"),
        ("out: ({ goto out; });", "`goto` in a statement expression"), ("asm volatile(\"nop\");", "cannot be run"),
        ("void (*f)(void) = 0; f();", "cannot be used here"), ("struct kvm_mmu_page copy = *sp;", "cannot be"),
        ("static int n; n++;", "outlives the run"), ("counter++;", "global variable"), ("int a[4];", "an array"),
        ("int x = sizeof(struct kvm_mmu_page);", "is not known here"), ("BUG();", "the model has no BUG()"),
        ("void *p __free(kfree) = 0;", "`__free(kfree)` frees at the end of a block"),
        ("u64 x = (u64)sp->gfn * 1.5;", "no whole number"),
        ("hlist_for_each_entry(a, b, c) { }", "is not bound to the model"),
        ("MY_MACRO(my_, take);", "`my_free_take` is not bound to the model, and its name says"),
        ("for_each_odd(sp, x);", "is not bound to the model"),
        ("LOST(kvm);", "the macro `LOST` takes 2 arguments, and is given 1"),
        ("AGAIN(1);", "comes to more than 50,000 characters"),
    ],
)  # fmt: skip
def test_14_what_cannot_be_followed_refuses(body: str, said: str) -> None:
    twice = "".join(f"#define T{n}(x) T{n + 1}(x x)\n" for n in range(17))
    own = "#define MY_MACRO(x, y) x ## free_ ## y()\n#define LOST(a, b) a\n#define AGAIN(x) T0(a_name_that_is_long)\n"
    refuses(body, said, f"static int counter;\n{own}{twice}")


WRITTEN = """#define reclaimed(page) (!tdx_reclaim_page(virt_to_page(page)))
#define page_of(sp) ((sp)->external_spt)
#define give_back(sp) \\
    do { \\
        unsigned long addr = (unsigned long)page_of(sp); \\
        free_page(addr); \\
    } while (0)
"""
USED = """if (!KVM_BUG_ON(is_hkid_assigned(to_kvm_tdx(kvm)), kvm) &&
        reclaimed(
            page_of(sp)))
        give_back(sp);
    page_of(sp) = NULL;"""


def test_macros_with_arguments_are_written_out() -> None:
    mine = op(USED, WRITTEN)
    assert differing(mine, REVISIONS["landed"], space(397)) == []
    assert differing(op(USED, WRITTEN.replace("!tdx", "tdx")), REVISIONS["landed"], space(397))
    line = next(n for n, text in enumerate(mine.origin.recipe.texts[0][1].split("\n"), 1) if "page_of(sp) = N" in text)
    places = {(place.function.name, place.line) for step in kvmviz.run(mine, "").steps for place in step.where}
    assert ("tdx_sept_free_private_spt", line) in places


ENCLOSED = """#define FREED_page(addr) free_page(addr)
#define give(what, args...) FREED_ ## what(args)
#define once(call, args...) call(args, ## args)
#define reclaimed(sp) ({ \\
    typeof((sp)->external_spt) page_ = (sp)->external_spt; \\
    int err_ = 0; \\
    tries++; \\
    if (tdx_reclaim_page(virt_to_page(page_))) \\
        err_ = -EIO; \\
    ({ __auto_type kept_ = err_; kept_; }) == 0; \\
})
"""
CALLS = """int tries = 0;
    if (!KVM_BUG_ON(is_hkid_assigned(to_kvm_tdx(kvm)), kvm)) {
        if (reclaimed(sp))
            give(page, (unsigned long)sp->external_spt);
        WARN_ON_ONCE(tries != 1);
    }
    sp->external_spt = NULL;"""


def test_what_a_macro_stands_for_refuses_with_the_line_of_its_use() -> None:
    for body, before in (("return GONE;", "#define GONE sp->gone\n"), ("typeof(sp->gone) x = 0;", "\n")):
        with pytest.raises(CError, match=r"^Mine\.c:4: `sp->gone`: the member `gone` of "):
            op(body, before)


def test_a_macro_may_paste_tokens_and_hold_statements() -> None:
    assert differing(op(CALLS, ENCLOSED), REVISIONS["landed"], space(397)) == []
    assert differing(op(CALLS, ENCLOSED.replace("err_ = -EIO", "err_ = 0")), REVISIONS["landed"], space(397))
    assert differing(op(CALLS.replace("tries != 1", "tries == 1"), ENCLOSED), REVISIONS["landed"], space(397))


def test_a_statement_expression_that_never_ends_or_reads_nothing_is_told_of_by_its_line() -> None:
    for body, said in (("({ for (;;) ; });\n", "Mine.c:3: tdx_sept_free_private_spt does not end"),
                       ("int n = ({ int m; m; });\n", "Mine.c:3: .* is read before it has a value")):  # fmt: skip
        with pytest.raises(KvmvizError, match=said):
            kvmviz.run(op(body + FREES), "")


def test_a_macro_may_show_its_argument_and_take_any_number() -> None:
    own = """#define say(fn, err, fmt, args...) pr_err_ratelimited("SEAMCALL " #fn ": 0x%llx, " fmt, err, args)
#define tell(fmt, ...) pr_err(fmt, __VA_ARGS__)
"""
    log = 'say(TDH_X, 5, "rcx 0x%llx rdx %d\\n", sp->gfn + 1, 7);\ntell("%d %d\\n", 1, 2);\n'
    events = [event for _, event, _ in recorded(op(log + FREES, own), Scenario.parse("tree=1x1x1"))]
    lines = [event.message for event in events if isinstance(event, PrErr)]
    assert lines[:2] == ["SEAMCALL TDH_X: 0x5, rcx 0x1 rdx 7", "1 2"]


@pytest.mark.parametrize(("macro", "printed"), [("pr_err", 20), ("pr_warn_ratelimited", 10), ("pr_err_once", 1)])
def test_error_lines_are_printed_as_often_as_their_macro_says(macro: str, printed: int) -> None:
    mine = op(f'{macro}("%d\\n", 1);\n' + FREES)
    lines = [event for _, event, _ in recorded(mine, Scenario.parse("tree=1x1x18")) if isinstance(event, PrErr)]
    assert sum(line.printed for line in lines) == printed


def test_two_uses_of_a_macro_are_two_places() -> None:
    mine = op("check(1);\ncheck(2);\n" + FREES, "#define check(x) WARN_ON_ONCE(x)\n")
    assert len(kvmviz.run(mine, "tree=1x1x1").summary.splats) == 2


FOLLOWED = {
    "#ifdef CONFIG_KVM_PROVE_MMU\nWARN_ON(1);\n#endif\n": ("prove-mmu",),
    "#ifndef CONFIG_KVM_PROVE_MMU\nWARN_ON(1);\n#endif\n": ("default",),
    "#if IS_ENABLED(CONFIG_KVM_PROVE_MMU)\n;\n#else\nWARN_ON(1);\n#endif\n": ("default",),
    "#if !defined(CONFIG_KVM_PROVE_MMU)\n;\n#else\nWARN_ON(1);\n#endif\n": ("prove-mmu",),
    "if (IS_ENABLED(CONFIG_KVM_PROVE_MMU))\nWARN_ON(1);\n": ("prove-mmu",),
    "KVM_MMU_WARN_ON(1);\n": ("prove-mmu",),
}


@pytest.mark.parametrize("code", FOLLOWED)
def test_the_option_that_proves_follows_the_scenario(code: str) -> None:
    mine = op(code + FREES)
    warns = [zap for zap in ("default", "prove-mmu") if kvmviz.run(mine, f"tree=1x1x1 zap={zap}").summary.splats]
    assert tuple(warns) == FOLLOWED[code]


def test_the_option_that_proves_is_off_where_it_splits_a_statement_and_that_is_said() -> None:
    mine = op("#ifdef CONFIG_KVM_PROVE_MMU\nif (1)\n#else\nif (0)\n#endif\nWARN_ON(1);\n" + FREES)
    assert [str(choice).split(": ", 1)[1] for choice in mine.origin.choices] == [
        "#ifdef CONFIG_KVM_PROVE_MMU: left out", "#else: kept",
    ]  # fmt: skip
    assert not kvmviz.run(mine, "tree=1x1x1 zap=prove-mmu").summary.splats


def test_14_locks_are_no_ops_and_listed() -> None:
    body = "guard(mutex)(&tdx_lock);\nscoped_guard(spinlock, &kvm->lock) {\nspin_lock(&kvm->x);\nspin_unlock(&k);\n}\n"
    mine = op(body + FREES)
    assert differing(mine, REVISIONS["landed"], space(811)) == []
    assert [p.name for p in mine.origin.passed_over] == ["guard(mutex)", "scoped_guard", "spin_lock", "spin_unlock"]


def test_macros_enums_helpers_and_structs_of_the_text_are_used() -> None:
    before = """#define TRIES 3
    enum { ONE = 1, TWO };
    struct attempt { int left; u64 err; };
    static const int NONE = 0;
    static bool try_once(struct kvm *kvm, struct kvm_mmu_page *sp, struct attempt *a)
    {
        a->left--;
        a->err = tdx_reclaim_page(virt_to_page(sp->external_spt));
        return a->err == NONE;
    }
    """
    body = """struct attempt a = { .left = TRIES - TWO };
    if (!KVM_BUG_ON(is_hkid_assigned(to_kvm_tdx(kvm)), kvm) && a.left == ONE && try_once(kvm, sp, &a))
        free_page((unsigned long)sp->external_spt);
    sp->external_spt = NULL;"""
    mine = op(body, before)
    assert [f.name for f in mine.origin.helpers] == ["try_once"]
    chains = {chain for _, event, chain in recorded(mine, Scenario.parse("")) if event.kind == "seamcall"}
    assert any("try_once" in chain for chain in chains)


def test_15_a_direct_call_of_what_a_patch_changes_goes_to_the_revision() -> None:
    text = LANDED.replace("\t\tkvm_x86_call(free_external_spt)(kvm, sp);", "\t\ttdx_sept_free_private_spt(kvm, sp);")
    events = [event.kind for _, event, _ in recorded(kvmviz.from_c(text), Scenario.parse(""))]
    assert "op" not in events
    assert "free" in events
