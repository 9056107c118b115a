"""What was passed over is told with its place and its reason."""

from kvmviz.c.passing import PassedOver


def test_what_was_passed_over_is_told_in_a_line() -> None:
    assert str(PassedOver("cpu_relax", "mine.c", 7, "a pause")) == "cpu_relax (mine.c:7): a pause"
