"""A scheme: how many marks each quantity has, read from a file with a row for each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bptrace.errors import Mark, Source, SpecError, shortened
from bptrace.marking.decimal_comma import with_points
from bptrace.marking.marks import NONE, Scheme
from bptrace.marking.numerals import PLAIN, RATIO, WANTED, written_number
from bptrace.marking.sheet_rows import AS_IN, SheetRow, WrittenCell
from bptrace.marking.sheets import sheet_rows
from bptrace.marking.spelling import Spellings
from bptrace.marking.working import Working
from bptrace.numbers.digits import terminating
from bptrace.numbers.exact import NUMBER_EXAMPLE, Rational
from bptrace.spec.spellings import FRACTIONS

PLAIN_MARKS = re.compile(rf"{PLAIN.pattern}|{RATIO.pattern}|[{''.join(FRACTIONS)}]")
"""Marks as they are written: 2, 0.5, 1/2 or ½. What is worked out first, or is about so much, is a slip of the pen."""
SLASH = re.compile(r"\s*/\s*")
EXAMPLE = "a row for each quantity, as in dL/dw11,2"
NUMBER_OF_MARKS = "a number from 0 on that ends as a decimal, as in 2, 0.5 or 1/2"
HINTS = {AS_IN: EXAMPLE, WANTED: NUMBER_OF_MARKS, NUMBER_EXAMPLE: NUMBER_OF_MARKS}
"""What a scheme says instead of a hint for answers."""


def read_scheme(source: Source, working: Working) -> Scheme:
    r"""The marks of quantities, by their names in the register; those of a whole array are each element's.

    Raises SpecError: a row that cannot be read, a quantity that the network has not, or that has its marks already,
    marks that are no plain decimal or fraction of one.

    >>> import bptrace
    >>> working = Working(bptrace.loads("weights: {w: [1, 2]}\nloss: w@w").trace())
    >>> {name: str(marks) for name, marks in read_scheme(Source("-", "L,2\ndw,0.5"), working).items()}
    {'L': '2', 'dL/dw1': '1/2', 'dL/dw2': '1/2'}
    """
    try:
        return _read(source, Spellings(working))
    except SpecError as problem:
        raise SpecError(problem.message, problem.mark, *(HINTS.get(hint, hint) for hint in problem.hints)) from None


def _read(source: Source, spellings: Spellings) -> Scheme:
    rows = list(sheet_rows(source))
    marks: dict[str, Rational] = {}
    places: dict[str, Mark] = {}
    for row in rows[_is_head(rows[0], spellings) :]:
        mark = Mark(source, row.quantity.offset)
        for name, each in _marks(source, row, spellings):
            if name in marks:
                raise _given_twice(name, mark, places[name])
            marks[name], places[name] = each, mark
    return marks


def _given_twice(name: str, mark: Mark, first: Mark) -> SpecError:
    hint = "one row for each; that of a whole array is for each of its elements"
    return SpecError(f"{name} has its marks at {first.where} already", mark, hint)


def _is_head(row: SheetRow, spellings: Spellings) -> bool:
    """Whether a row only says what the columns are: `quantity,marks`."""
    words = (row.quantity.text, row.value.text if row.value else "")
    return all(word.isalpha() for word in words) and not spellings.meant(words[0])


def _marks(source: Source, row: SheetRow, spellings: Spellings) -> Iterator[tuple[str, Rational]]:
    mark, quantity = Mark(source, row.quantity.offset), row.quantity.text
    value = _value_of(source, row)
    meant = spellings.meant(quantity)
    if not meant:
        raise spellings.unknown(quantity, mark)
    if len(meant) > 1:
        raise spellings.ambiguous(quantity, meant, mark)
    text = with_points(value.text) if row.commas else value.text
    marks = written_number(text, Mark(source, value.offset)).value
    if not PLAIN_MARKS.fullmatch(SLASH.sub("/", text)) or marks < NONE or not _is_decimal(marks):
        problem = f"{shortened(value.text)} is no number of marks"
        raise SpecError(problem, Mark(source, value.offset), NUMBER_OF_MARKS)
    for name in meant[0].names:
        yield name, marks


def _value_of(source: Source, row: SheetRow) -> WrittenCell:
    """The cell with a row's marks. Raises SpecError where there is none, or more than that."""
    if row.problem:
        raise row.problem
    if not row.value or not row.value.text:
        raise SpecError("its marks are missing here", Mark(source, row.quantity.offset), EXAMPLE)
    if row.rules:
        raise SpecError("more than a quantity and its marks", Mark(source, row.rules[0].offset), EXAMPLE)
    return row.value


def _is_decimal(number: Rational) -> bool:
    return number.q == 1 or bool(terminating(int(number.q))[0])
