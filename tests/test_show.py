"""Rich display, attached from above."""

from xml.etree import ElementTree

import pytest
from IPython.testing.globalipapp import start_ipython

from kvmviz.compare import compare
from kvmviz.run import run
from kvmviz.show import SVG, attach, svg


@pytest.mark.parametrize("value", [run("v1", "fail=all"), compare("before", "landed", "hkid=assigned")])
def test_svg_of_results_is_a_picture(value: object) -> None:
    ElementTree.fromstring(svg(value))


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
