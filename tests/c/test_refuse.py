"""What is said when C cannot be run: file, line, reason; nothing long, nothing that a terminal would obey."""

from kvmviz.c.refuse import refused, shown


def test_a_refusal_has_its_place_and_keeps_its_reason_apart() -> None:
    error = refused("a.c", 7, "`asm` is not followed", "call the function")
    assert error.reason == "`asm` is not followed; call the function."
    assert str(error) == f"a.c:7: {error.reason}"
    assert str(refused("a.c", 7, "no")) == "a.c:7: no."


def test_a_long_name_is_cut_and_one_of_sixty_is_not() -> None:
    assert refused("a.c", 1, "x" * 60).reason == "x" * 60 + "."
    assert refused("a.c", 1, "x" * 61).reason == "x" * 57 + "...."


def test_a_piece_of_c_is_shown_on_one_line_without_what_cannot_be_printed() -> None:
    assert shown("a \n\t+ b\x1b[31m") == "`a + b?[31m`"
    assert shown("y" * 60) == f"`{'y' * 60}`"
    assert shown("y" * 61) == f"`{'y' * 57}...`"
    assert shown("abcdef", 5) == "`ab...`"
