"""A decimal comma in an answer: `0,25` is 0.25."""

from __future__ import annotations

import re

COMMA = re.compile(r"(?<![\w.,])([0-9]+),([0-9]+)(?![0-9.,])")
CALLED = re.compile(r"[\w'\]]\s*\Z")
LONGEST = 2_000
"""No longer answer is read."""


def with_points(text: str) -> str:
    """An answer with its decimal commas as points; those between arguments, indices and elements stay.

    >>> with_points("0,25*max(1,5) - (1,5 + w[1,2])")
    '0.25*max(1,5) - (1.5 + w[1,2])'
    """
    if len(text) > LONGEST:
        return text
    return COMMA.sub(lambda found: found[0] if _is_in_list(text[: found.start()]) else f"{found[1]}.{found[2]}", text)


def _is_in_list(before: str) -> bool:
    """Whether the bracket that is still open has more than a number in it: the first of a list, or of arguments."""
    closed = 0
    for place in range(len(before) - 1, -1, -1):
        closed += (before[place] in ")]") - (before[place] in "([")
        if closed < 0:
            return before[place] == "[" or bool(CALLED.search(before[:place]))
    return False
