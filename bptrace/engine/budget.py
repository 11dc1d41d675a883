"""What a working may take: operations, digits and elements, told before any of it is worked out.

An operation is one on two numbers of up to 100 digits, such as `w11*x1`; those on longer ones count for more. Each is
counted twice, in the rule of a line and in the arrays that the line is checked by, and each line counts for some more.
"""

from __future__ import annotations

from typing import NamedTuple

from bptrace.engine.model import Definition
from bptrace.engine.program import Program
from bptrace.errors import Mark, SizeError, SpecError
from bptrace.numbers.arrays import size
from bptrace.numbers.bounds import DIGITS, TOTAL_BIT_LIMIT, TOTAL_DIGITS, decimal_digits
from bptrace.ops.evaluate import Growth
from bptrace.ops.expr import names

OPERATION_LIMIT = 20_000_000
ROW_LIMIT = 800_000
"""How many of them a row may take: each part of its rule is kept while it is worked out and written."""
ELEMENT_LIMIT = 1_100_000
"""How many elements rules may read: each is kept with its name, which takes a third of a kilobyte."""
OPERATIONS = "a sum has an operation for each term, a matrix product a sum for each element: take smaller arrays"
GROWING = "exact values grow with every product: fewer powers, or numbers with fewer digits"


def check_operations(program: Program, times: int = 1, before: int = 0) -> int:
    """How many operations so many workings of a program take. Raises SpecError where it is too many, or too large.

    `before`: what was counted already.
    """
    total = before + times * sum(program.operations)
    if total > OPERATION_LIMIT:
        most, definition = max(zip(program.operations, program.definitions, strict=True), key=lambda pair: pair[0])
        each = f"{times:,} times " if times > 1 else ""
        message = f"the working takes {total:,} operations, {each}{most:,} of them for {definition.key}"
        raise SpecError(_limited(message, OPERATION_LIMIT), _mark(program, definition), OPERATIONS)
    _check_rows(program)
    _check_elements(program)
    return total


def _check_rows(program: Program) -> None:
    for definition, count in zip(program.definitions, program.operations, strict=True):
        row = count // max(size(definition.shape), 1)
        if row > ROW_LIMIT:
            message = f"a row of {definition.key} takes {row:,} operations"
            raise SpecError(_limited(message, ROW_LIMIT), _mark(program, definition), OPERATIONS)


def _check_elements(program: Program) -> None:
    read = {key: size(name.shape) for item in program.definitions for key, name in names(item.expr).items()}
    elements = sum(read.values())
    if elements > ELEMENT_LIMIT:
        key = max(read, key=read.__getitem__)
        message = f"the rules read {elements:,} elements, {read[key]:,} of them of {key}"
        raise SpecError(_limited(message, ELEMENT_LIMIT), program.loss_mark, "take smaller arrays")


class RowLimit(NamedTuple):
    """The most rows of a register that a use of it takes, such as `a page holds`, and what helps with more.

    `counted`: what is counted, where it is something else.
    """

    most: int
    use: str
    hint: str
    counted: str = "a register of {:,} rows"

    def check(self, rows: int, mark: Mark | None) -> None:
        """Refuse a register of more rows; `mark` is that of the loss. Raises SpecError."""
        if rows > self.most:
            message = f"{self.counted.format(rows)}; {self.use} at most {self.most:,}"
            raise SpecError(message, mark, self.hint)


def _limited(message: str, limit: int) -> str:
    return f"{message}; at most {limit:,} are worked out"


def _mark(program: Program, definition: Definition) -> Mark | None:
    """Where a definition stands in the file; a gradient's rule comes from the last equation that reads its subject."""
    if definition.mark:
        return definition.mark
    subject = next((key for key, gradient in program.gradients.items() if gradient == definition.key), "")
    reading = [item.mark for item in program.definitions if item.mark and subject in names(item.expr)]
    return reading[-1] if reading else program.loss_mark


class Spending:
    """What has been spent of the budget while a program's values are worked out one by one, each known by its growth.

    `times`: so many workings of the program are kept together.
    """

    def __init__(self, program: Program, times: int = 1) -> None:
        self.program = program
        self.times = times
        counts = zip(program.definitions, program.operations, strict=True)
        self.counts = {definition.key: count for definition, count in counts}
        self.spent: dict[str, tuple[int, int]] = {}
        self.bits = self.operations = 0

    def add(self, definition: Definition, growth: Growth) -> None:
        """Count a definition in, in place of what it took before. Raises SizeError where that is too much."""
        bits, operations = self.spent.get(definition.key, (0, 0))
        kept, taken = growth.bound.room(definition.shape), self.counts[definition.key] * growth.weight
        held, total = self.bits - bits + growth.bits, self.operations - operations + taken
        problem = self._problem(definition, growth, held, total)
        if problem:
            raise SizeError(problem, _mark(self.program, definition), GROWING)
        self.spent[definition.key] = kept, taken
        self.bits, self.operations = self.bits - bits + kept, total

    def _problem(self, definition: Definition, growth: Growth, held: int, total: int) -> str:
        key, times = definition.key, self.times
        if not growth.bound.fits:
            return f"{key} may take {growth.bound.digits:,} digits; at most {DIGITS} are worked out"
        if times * held > TOTAL_BIT_LIMIT:
            together = decimal_digits(times * held) + 1
            return _limited(f"with {key} all values together may take {together:,} digits", TOTAL_DIGITS)
        if times * total > OPERATION_LIMIT:
            return _limited(f"with {key} the working may take {times * total:,} operations", OPERATION_LIMIT)
        return ""
