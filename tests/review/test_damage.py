"""Damaged mails end in an answer or in one sentence, in little time and memory."""

import json
import subprocess
import sys

import pytest

from tests.review.damage import damaged


def ends_of(count: int, seed: int) -> dict[str, int]:
    """Review damaged mails in a process of their own, whose memory is limited."""
    command = [sys.executable, "-m", "tests.review.damage", str(count), str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    ends: dict[str, int] = json.loads(done.stdout)
    return ends


def check(ends: dict[str, int], count: int) -> None:
    assert set(ends) == {"answered with 0", "answered with 1", "refused"}
    assert sum(ends.values()) == count
    assert min(ends.values()) > count // 50  # else the damage is too little, or too much, to say anything


def test_damaged_mails_are_the_same_ones_every_time() -> None:
    assert list(damaged(20, 7)) == list(damaged(20, 7))


def test_damaged_mails_end_in_an_answer_or_a_sentence() -> None:
    check(ends_of(60, 1), 60)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3, 4, *(pytest.param(seed, marks=pytest.mark.marathon) for seed in range(5, 12))])
def test_thousands_of_damaged_mails_end_in_an_answer_or_a_sentence(seed: int) -> None:
    check(ends_of(1000, seed), 1000)
