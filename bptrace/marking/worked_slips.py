"""A slip worked out on its smallest network: the right rule and the wrong ones, with their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from bptrace.engine.sentence_parts import Calculation
from bptrace.errors import Mark, Source
from bptrace.marking.numerals import written_number
from bptrace.marking.parts import Parts
from bptrace.marking.slip import Slip
from bptrace.marking.slip_examples import NETWORKS, SECOND_UPDATE, example
from bptrace.marking.verdicts import WrittenNumber
from bptrace.marking.working import Working, WorkingLine
from bptrace.numbers.enclosures import Scalar, agree, at_most, precision
from bptrace.ops.evaluate import NO_VALUE, evaluate
from bptrace.ops.expr import Expr
from bptrace.ops.notation import Notation

SHOWN = 3
"""How many of a slip's wrong rules are shown at most."""


class WorkedSlip(NamedTuple):
    """A slip on its smallest network: the file, the right line, the wrong ones, and how numbers are written.

    `is_second`: the line is one of the second update. `written`: the number that shows the slip, where only that does.
    """

    network: str
    right: Calculation
    wrong: tuple[Calculation, ...]
    notation: Notation
    is_second: bool = False
    written: str = ""


def worked_slip(slip: Slip) -> WorkedSlip:
    """The slip worked out on its smallest network."""
    name, row, written = slip.example
    working = example(name)
    line = working.lines[row]
    with precision(working.bits):
        wrong = tuple(islice(_wrong(slip, line, working), SHOWN))
    right = Calculation(line.rule, line.value, quantity=row)
    trace = working.trace
    notation = Notation(True, trace.terms, trace.digits, trace.bits) if written else trace.notation
    return WorkedSlip(NETWORKS[name].strip(), right, wrong, notation, name in SECOND_UPDATE, written)


def _wrong(slip: Slip, line: WorkingLine, working: Working) -> Iterator[Calculation]:
    """The wrong rules that have other values than the right one, and than one another."""
    known = [line.value]
    for rule in _rules(slip, Parts(line, working)):
        try:
            value = evaluate(rule)
        except NO_VALUE:
            continue
        if not any(agree(value, other) for other in known):
            known.append(value)
            yield Calculation(rule, value, quantity=line.name)


def _rules(slip: Slip, parts: Parts) -> Iterator[Expr]:
    """The rules of a slip; of one that shows in digits, those that give the number that is written."""
    if not slip.typed:
        return slip.rules(parts)
    number = written_number(slip.example.written, Mark(Source("", ""), 0))
    return (rule for rule in slip.typed_rules(number, parts) if _gives(evaluate(rule), number))


def _gives(value: Scalar, number: WrittenNumber) -> bool:
    """Whether a value is a number to its last place."""
    unit = number.unit
    return unit is not None and at_most(abs(value - number.value), unit / 2)
