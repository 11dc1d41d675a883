"""A plot of the loss over the updates, in plain characters."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from bptrace.numbers.digits import coarse, coarse_log, rough
from bptrace.numbers.enclosures import Scalar
from bptrace.numbers.exact import fraction

WIDEST, TALLEST = 100, 20
NARROWEST, LOWEST = 8, 5
DECADES = 3
POINT = "*"


def plotted(name: str, losses: Sequence[Scalar], width: int, height: int) -> list[str]:
    """The lines of a plot that keeps to so many columns and lines; `losses` holds one for each step from 0 on."""
    logarithmic = _spans_decades(losses)
    labels = [rough(loss).text for loss in (max(losses), _least(losses, logarithmic))]
    margin = max(map(len, labels))
    across = max(min(width, WIDEST) - margin - 2, NARROWEST)
    down = max(min(height, TALLEST) - 4, LOWEST)
    rows = _drawn(losses, logarithmic, across, down)
    sides = [labels[0], *[""] * (down - 2), labels[1]]
    last = f"{len(losses) - 1:,}"
    return [
        f"{name}{_remark(losses, logarithmic)}",
        *(f"{side:>{margin}} |{row}".rstrip() for side, row in zip(sides, rows, strict=True)),
        f"{'':{margin}} +{'-' * across}",
        f"{'':{margin}}  0{last:>{across - 1}}",
        f"{'':{margin}}  {'step':^{across}}".rstrip(),
    ]


def _spans_decades(losses: Sequence[Scalar]) -> bool:
    """Whether the greatest loss is more than 1,000 times the least one that is not 0."""
    if min(losses) < 0:
        return False
    positive = [loss for loss in losses if loss > 0]
    return bool(positive) and max(positive) > 10**DECADES * min(positive)


def _least(losses: Sequence[Scalar], logarithmic: bool) -> Scalar:
    return min(loss for loss in losses if loss > 0) if logarithmic else min(losses)


def _remark(losses: Sequence[Scalar], logarithmic: bool) -> str:
    if not logarithmic:
        return ""
    return ", on a logarithmic scale" + (", with 0 at the bottom" if not all(losses) else "")


def _drawn(losses: Sequence[Scalar], logarithmic: bool, across: int, down: int) -> list[str]:
    """A character for each loss: the greatest in the top row, the least in the bottom one."""
    low, high = _height(_least(losses, logarithmic), logarithmic), _height(max(losses), logarithmic)
    grid = [[" "] * across for _ in range(down)]
    for step, loss in enumerate(losses):
        place = _height(loss, logarithmic) if loss > 0 or not logarithmic else low
        share = (high - place) / (high - low) if high > low else Fraction(1, 2)
        row = min(max(round(share * (down - 1)), 0), down - 1)
        grid[row][step * (across - 1) // max(len(losses) - 1, 1)] = POINT
    return ["".join(row) for row in grid]


def _height(loss: Scalar, logarithmic: bool) -> Fraction:
    return fraction(coarse_log(loss) if logarithmic else coarse(loss))
