"""Formulas and rules that are too long for their place: cut between terms or factors, never inside a name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from bptrace.errors import cut

SIDES = r"( [=≈] )"
"""What stands between a rule and the stages of working it out."""
TERMS = r"( [+-] )"
PARTS = r"( [+-] |\*|(?<=[\w)\]'])(?<!\de)[+-]|,(?![\d,]*\])(?!\d{3}[ ,]))"
"""What stands between terms, factors, inner terms and arguments; a comma in an index parts nothing."""
COUNTED = r"… ([\d,]+) more( terms?|) …"  # not compiled before a formula is too long: most runs have none
COUNTING = "… {:,} more{} …"


class _Parts(NamedTuple):
    """A text by its parts, with what stands between them, and those that may be kept at its front and at its back.

    `left_out`: how many parts the text itself leaves out, counted between the two; `kind` says what they are.
    """

    pieces: Sequence[str]
    front: int
    back: int
    left_out: int = 0
    kind: str = ""

    def shown(self, front: int, back: int, counted: bool) -> str:
        """So many parts from the front and from the back, and that there are more; `counted`: how many."""
        left_out = self.left_out + self.front - front + self.back - back
        gap = COUNTING.format(left_out, self.kind) if counted else "…"
        return "".join(self.pieces[: 2 * front]) + gap + "".join(self.pieces[len(self.pieces) - 2 * back :])


def abridged(
    text: str,
    room: int,
    width: Callable[[str], int] = len,
    otherwise: Callable[[str, int], str] = cut,
) -> str:
    """A formula or rule in so much room: terms in its middle are left out, else factors, else all but the first.

    Of a rule that is worked out whole stages are left out, as terms of two of them would read as one sum. Where not
    even the first term has room, the text is cut as `otherwise` does.
    """
    if width(text) <= room:
        return text
    rule, *stages = sides = re.split(SIDES, text)
    if stages:
        gap = f"{stages[0]}…"
        some = _fullest(_parted(sides), False, room, width)
        return some or (abridged(rule, room - width(gap), width, otherwise) + gap if room > 2 * width(gap) else "…")
    for parts, counted in _ways(text):
        found = _fullest(parts, counted, room, width)
        if found:
            return found
    starts = (parts.shown(front, 0, counted) for front in range(parts.front, 0, -1))
    return next((start for start in starts if width(start) <= room), "") or otherwise(text, room)


def _ways(text: str) -> Iterator[tuple[_Parts, bool]]:
    terms, parts = _parted(re.split(TERMS, text)), _parted(re.split(PARTS, text))
    if terms.left_out:
        yield terms, True
    yield terms, False
    yield parts, False


def _parted(pieces: Sequence[str]) -> _Parts:
    """The parts; where the text counts what it leaves out, the cut goes through there."""
    count = len(pieces) // 2 + 1
    counted = [place for place, piece in enumerate(pieces[::2]) if re.search(COUNTED, piece)]
    if not counted:
        return _Parts(pieces, count - 1, count - 1)
    whole = re.fullmatch(COUNTED, pieces[2 * counted[0]]) if len(counted) == 1 else None
    left_out, kind = (int(whole[1].replace(",", "")), whole[2]) if whole else (0, "")
    return _Parts(pieces, counted[0], count - 1 - counted[-1], left_out, kind)


def _fullest(parts: _Parts, counted: bool, room: int, width: Callable[[str], int]) -> str:
    """As many parts as there is room for, two in front for each at the back; nothing where one of each is too much."""
    front, back, found = 1, 1, ""
    if not parts.front or not parts.back:
        return ""
    text = parts.shown(1, 1, counted)
    while width(text) <= room:
        found = text
        grown = [(front + 1, back), (front, back + 1)][:: 1 if front < 2 * back else -1]
        fitting = [pair for pair in grown if _fits(parts, *pair, counted, room, width)]
        if not fitting:
            break
        front, back = fitting[0]
        text = parts.shown(front, back, counted)
    return found


def _fits(parts: _Parts, front: int, back: int, counted: bool, room: int, width: Callable[[str], int]) -> bool:
    within = front <= parts.front and back <= parts.back and front + back < len(parts.pieces) // 2 + 1
    return within and width(parts.shown(front, back, counted)) <= room
