"""What a row reads, with its values: what one must see to work the row out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bptrace.engine.row import Row
from bptrace.engine.step import Step
from bptrace.engine.trace import Trace
from bptrace.numbers.arrays import size
from bptrace.ops.expr import Leaf, nodes
from bptrace.typeset.cells import cut_value, start_of, width

APART = "   "
LEAST_CELLS = 3
"""A number of an array takes at least so many cells."""


def read_values(trace: Trace, place: int, room: int) -> list[str]:
    """What the row at a place, counted from 0 over all steps, reads: `w = [[0, 1], [1, -1]]`, `x = [1, 2]`.

    A quantity is told as a whole where that takes at most so many cells, else only those of its elements that the row
    reads, `x[3] = 1/2`; so is one that the row's own step works out, whose other elements may still be to come, and in
    a batch one of a sample.
    """
    step, row = trace.step_at(place), next(trace.part(place, place + 1))
    return list(dict.fromkeys(_values(trace.of(step), step, row, room)))


def _values(owner: Trace, step: Step, row: Row, room: int) -> Iterator[str]:
    wholes: dict[str, str] = {}
    for leaf in (node for node in nodes(row.tree) if isinstance(node, Leaf)):
        key, _ = owner.register.places[leaf.name]
        if key not in wholes:
            wholes[key] = _whole_text(owner, step, key, room)
        yield wholes[key] or owner.notation.shown(leaf.value).of(leaf.name)


def _whole_text(owner: Trace, step: Step, key: str, room: int) -> str:
    """A quantity as a whole, or nothing."""
    quantity = owner.program.quantities[key]
    count = size(quantity.shape)
    own = any(definition.key == key for block in step.plan.blocks for definition in block.definitions)
    if count == 1 or own or quantity.sample or LEAST_CELLS * count > room:
        return ""
    text = f"{key} = {owner.text(key)}"
    return text if width(text) <= room else ""


def side_by_side(texts: Sequence[str], room: int, lines: int) -> list[str]:
    """Texts beside each other in at most so many lines of so many cells; those without room are counted.

    >>> side_by_side(["w = [1, 2]", "x = [3, 4]", "b = 0"], 24, 1)
    ['w = [1, 2]   … 2 more']
    """
    found, waiting = list[str](), [_shortened(text, room) for text in texts]
    while waiting and len(found) < lines:
        found.append(_line(waiting, room, last=len(found) + 1 == lines))
    return found


def _line(waiting: list[str], room: int, *, last: bool) -> str:
    """A line of the first texts, which are taken away; the last one counts those that wait still."""
    line = waiting.pop(0)
    while waiting:
        longer = f"{line}{APART}{waiting[0]}"
        rest = f"{APART}… {len(waiting) - 1:,} more" if last and len(waiting) > 1 else ""
        if width(longer + rest) > room:
            break
        line = longer
        del waiting[0]
    ends = [f"{APART}… {len(waiting):,} more", " …"] if last and waiting else [""]
    return next(
        (line + end for end in ends if width(line + end) <= room), start_of(_shortened(line, room - 2) + ends[-1], room)
    )


def _shortened(text: str, room: int) -> str:
    """A name and its value in so much room: of a long value both ends."""
    name, sign, value = text.partition(" = ")
    free = room - width(name + sign)
    return text if width(text) <= room else name + sign + cut_value(value, free) if free > 1 else cut_value(text, room)
