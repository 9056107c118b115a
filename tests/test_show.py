"""Rich display, attached from above."""

from xml.etree import ElementTree

import pytest
from IPython.testing.globalipapp import start_ipython

from kvmviz.check.engine import check
from kvmviz.compare.comparison import compare
from kvmviz.record.runs import run
from kvmviz.show import SVG, attach, svg

REPORT = check("v1", "1x1x1", progress=False)


@pytest.mark.parametrize(
    "value",
    [
        run("v1", "fail=all"),
        compare("before", "landed", "hkid=assigned"),
        REPORT,
        run("v1", "tree=16GiB fail=all"),
        compare("before", "v1", "tree=1TiB fail=all"),
    ],
)
def test_svg_of_results_is_a_picture(value: object) -> None:
    ElementTree.fromstring(svg(value))


def test_the_picture_of_a_report_says_what_the_report_says() -> None:
    rows = ElementTree.fromstring(svg(REPORT)).findall("{*}g")
    assert [row.get("data-invariant") for row in rows] == [result.name for result in REPORT.results]
    for row, result in zip(rows, REPORT.results, strict=True):
        bars = [float(bar.get("width", "0")) for bar in row.findall("{*}rect")]
        assert len(bars) == 2 - (result.broken is None)
        assert f"{result.verdict}, " in "".join(row.itertext())
        if result.broken:
            assert bars[1] / bars[0] == pytest.approx(result.broken.count / result.met, abs=0.01)


def test_svg_of_anything_else_is_refused() -> None:
    with pytest.raises(TypeError, match="no picture of int"):
        svg(3)


def test_attach_shows_a_run_as_picture_in_ipython() -> None:
    shell = start_ipython()  # type: ignore[no-untyped-call]
    assert attach()
    shell.display_formatter.active_types = shell.display_formatter.format_types
    data, _ = shell.display_formatter.format(run("v1", "fail=L1@0x200"))
    assert data[SVG].startswith("<svg")
    assert "v1" in data["text/plain"]
