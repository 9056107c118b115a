"""What the package itself offers: the widget, loaded when it is asked for."""

import pytest

import kvmviz.explorer as package
from kvmviz.explorer.widget import Explorer


def test_the_package_has_the_explorer_and_says_what_it_has_not() -> None:
    assert package.Explorer is Explorer
    with pytest.raises(AttributeError, match=r"^module 'kvmviz\.explorer' has no attribute 'Nothing'$"):
        package.Nothing  # noqa: B018
