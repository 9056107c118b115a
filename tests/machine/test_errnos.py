"""The kernel's error numbers are Linux's, wherever Python runs."""

import errno
import sys

import pytest

from kvmviz.machine import errnos

NUMBERS = {name: value for name, value in vars(errnos).items() if name.startswith("E")}


def test_eio_is_minus_five_in_every_log() -> None:
    assert (errnos.EIO, errnos.ENOMEM, errnos.EBUSY) == (5, 12, 16)


@pytest.mark.skipif(sys.platform != "linux", reason="Python has Linux's own numbers on Linux alone")
def test_they_are_those_of_linux() -> None:
    assert len(NUMBERS) > 8
    assert {name: getattr(errno, name) for name in NUMBERS} == NUMBERS
