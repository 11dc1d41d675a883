"""A scheme: how many marks each quantity has, read from a file with a row for each."""

from __future__ import annotations

from collections.abc import Iterator

from bptrace.errors import Mark, Source, SpecError, shortened
from bptrace.marking.decimal_comma import with_points
from bptrace.marking.marks import NONE, Scheme
from bptrace.marking.numerals import written_number
from bptrace.marking.sheet_rows import SheetRow, WrittenCell
from bptrace.marking.sheets import sheet_rows
from bptrace.marking.spelling import Spellings
from bptrace.marking.working import Working
from bptrace.numbers.digits import terminating
from bptrace.numbers.enclosures import MINUS_INFINITY
from bptrace.numbers.exact import Rational

EXAMPLE = "a row for each quantity, as in dL/dw11,2"


def read_scheme(source: Source, working: Working) -> Scheme:
    r"""The marks of quantities, by their names in the register; those of a whole array are each element's.

    Raises SpecError: a row that cannot be read, a quantity that the network has not, marks that are no decimal.

    >>> import bptrace
    >>> working = Working(bptrace.loads("weights: {w: [1, 2]}\nloss: w@w").trace())
    >>> {name: str(marks) for name, marks in read_scheme(Source("-", "L,2\ndw,0.5"), working).items()}
    {'L': '2', 'dL/dw1': '1/2', 'dL/dw2': '1/2'}
    """
    spellings, rows = Spellings(working), list(sheet_rows(source))
    body = rows[_is_head(rows[0], spellings) :]
    return {name: marks for row in body for name, marks in _marks(source, row, spellings)}


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
    if marks is MINUS_INFINITY or marks < NONE or not _is_decimal(marks):
        raise SpecError(f"{shortened(value.text)} is no number of marks", Mark(source, value.offset), EXAMPLE)
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
