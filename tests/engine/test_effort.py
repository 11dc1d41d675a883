"""What may still be spent, and what is refused."""

from __future__ import annotations

import pytest

from bptrace.engine.effort import Effort, SpentError


def test_what_is_left_is_spent_and_no_more() -> None:
    effort = Effort(10)
    effort.spend(4)
    assert (effort.allows(5), effort.allows(6), effort.left) == (True, False, 6)
    with pytest.raises(SpentError):
        effort.spend(6)
    with pytest.raises(SpentError):
        effort.spend(1)


def test_what_is_taken_leaves_no_less_than_nothing() -> None:
    effort = Effort(10)
    effort.take(4)
    assert effort.left == 6
    effort.take(40)
    assert effort.left == 0
