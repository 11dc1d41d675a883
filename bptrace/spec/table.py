"""CSV tables: names in the first line, numbers below, with the place of everything in the text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple, TypeAlias

from bptrace.errors import Mark, Source, SpecError, shortened
from bptrace.numbers.arrays import Shape, size
from bptrace.ops.expr import shape_text
from bptrace.spec.tokens import NAME, normal
from bptrace.spec.yaml_text import COUNT_LIMIT

HEADER = "the first line names the columns, as in x[1],x[2],y"
NUMBERS = "a line for each sample, as in 0,1,1"
QUOTED = "a field needs no quotes; one that begins with a quote ends with one"
PARTED = "a file for each part of the table"
BEGINS_NUMBER = re.compile(r"[-+\u2212(\s]*[.,]?\d")
ELEMENT = re.compile(r"(?P<base>[^\[\]]+?)\s*\[\s*(?P<index>[1-9][0-9]{0,8}\s*(,\s*[1-9][0-9]{0,8}\s*)?)\]")
NUMBERED = re.compile(r"(?P<base>.*?[^\W\d])(?P<index>[1-9][0-9]{0,8})")
LONGEST = 200
SEPARATORS = {";": "';'", "\t": "tabs", "|": "'|'"}

Joins: TypeAlias = Callable[[str, str], bool]
"""(name, base) says whether `x1` in a header is the first element of `x` rather than a quantity of its own."""


class CsvLine(NamedTuple):
    """One line's fields, and where in the text it begins and ends; a quoted field may hold a line break."""

    source: Source
    fields: list[str]
    start: int
    end: int

    def mark(self, place: int) -> Mark:
        """Where a field stands, or the end of the line for one beyond the last."""
        if place >= len(self.fields):
            return Mark(self.source, self.start + len(self.source.text[self.start : self.end].rstrip()))
        return Mark(self.source, next(islice(_offsets(self.source.text, self.start, self.end), place, None)))


class Header(NamedTuple):
    """A name in the first line, and its place."""

    text: str
    mark: Mark


class Column(NamedTuple):
    """A quantity of the table: its name, its shape, the places in a line of its elements, and where it is named."""

    name: str
    shape: Shape
    places: tuple[int, ...]
    mark: Mark


class Table(NamedTuple):
    """The quantities that the first line names, and the lines of numbers below it."""

    columns: list[Column]
    lines: list[CsvLine]


def read_table(source: Source, joins: Joins, limit: int) -> Table:
    r"""The table in a CSV text, of at most so many lines below the first.

    Raises SpecError: no line, no CSV, a name that is none or stands twice, a line of another length. Where the first
    two lines are none of a table, the complaint has their place alone and nothing of their text.

    >>> table = read_table(Source("t.csv", "x[1],x[2],y\n0,1,1\n"), lambda name, base: False, limit=10)
    >>> [(column.name, column.shape, column.places) for column in table.columns]
    [('x', (2,), (0, 1)), ('y', (), (2,))]
    >>> [line.fields for line in table.lines]
    [['0', '1', '1']]
    """
    lines = _within_limits(_csv_lines(source), limit)
    try:
        names, first = _first_lines(source, lines, joins)
    except SpecError as problem:  # whatever this file is, it is no table: nothing of it is told
        raise problem.unquoted() from None
    found, rows = read_header(names, joins), [first, *lines]
    for row in rows:
        _check_length(row, names, f": {shortened(','.join(name.text for name in names), 60)}")
    return Table(found, rows)


def _first_lines(source: Source, lines: Iterator[CsvLine], joins: Joins) -> tuple[list[Header], CsvLine]:
    """The header and the line below it. Raises SpecError, in its own words alone, where they are none of a table."""
    header = next(lines, None)
    if header is None:
        raise SpecError("the file is empty", Mark(source, 0), HEADER)
    names = list(_names(header))
    for text, mark in names:
        if not NAME.fullmatch(normal(_element(text, joins)[0])):
            _check_separator(text, mark)
            raise SpecError("here the first line has no name of a column", mark, HEADER)
    first = next(lines, None)
    if first is None:
        raise SpecError("there is no line of numbers under the header", header.mark(len(header.fields)), NUMBERS)
    _check_length(first, names)
    if not any(map(BEGINS_NUMBER.match, first.fields)):
        raise SpecError("no number is in this line", first.mark(0), NUMBERS)
    return names, first


def _check_length(row: CsvLine, names: Sequence[Header], told: str = "") -> None:
    """Raise SpecError where a line has more fields or fewer than the header, of which as much is told as wanted."""
    had, wanted = len(row.fields), len(names)
    if had != wanted:
        hints = [f"the header at line {names[0].mark.line} names {wanted}{told}"]
        hints += ["decimal commas? write 0.5 for 0,5"] if had == 2 * wanted else []
        raise SpecError(f"a line of {had} under a header of {wanted}", row.mark(min(had, wanted)), *hints)


def _names(header: CsvLine) -> Iterator[Header]:
    """The names in the first line; the comma of `w[1,2]` parts no names, quoted or not."""
    waiting = zip(header.fields, _offsets(header.source.text, header.start, header.end), strict=True)
    for text, offset in waiting:
        rest = next(waiting, ("", 0))[0] if "[" in text and "]" not in text else ""
        yield Header(f"{text},{rest}" if rest else text, Mark(header.source, offset))


def _csv_lines(source: Source) -> Iterator[CsvLine]:
    """Every line that is not blank."""
    starts = [0]

    def counted() -> Iterator[str]:
        for line in io.StringIO(source.text, newline=""):
            starts.append(starts[-1] + len(line))
            yield line

    reader, begin = csv.reader(counted(), skipinitialspace=True, strict=True), 0
    try:
        for fields in reader:
            if len(fields) > 1 or "".join(fields).strip():
                yield CsvLine(source, [field.strip() for field in fields], starts[begin], starts[reader.line_num])
            begin = reader.line_num
    except csv.Error as problem:
        raise SpecError(f"not CSV: {problem}", Mark(source, starts[begin]), QUOTED) from None


def _within_limits(lines: Iterator[CsvLine], limit: int) -> Iterator[CsvLine]:
    count = 0
    for number, line in enumerate(lines):
        count += len(line.fields)
        if number > limit:
            raise SpecError(f"more than {limit:,} lines below the header", line.mark(0), PARTED)
        if count > COUNT_LIMIT:
            raise SpecError(f"more than {COUNT_LIMIT:,} numbers and names", line.mark(0), PARTED)
        yield line


def _offsets(text: str, start: int, end: int) -> Iterator[int]:
    """Where each field of a line stands, quotes and blanks stepped over as the csv module does."""
    at = start
    while True:
        while at < end and text[at] == " ":
            at += 1
        yield at
        if at < end and text[at] == '"':
            at = _after_quotes(text, at, end)
        at = text.find(",", at, end) + 1
        if not at:
            return


def _after_quotes(text: str, at: int, end: int) -> int:
    at = text.find('"', at + 1, end)
    while text.startswith('""', at):
        at = text.find('"', at + 2, end)
    return at + 1


def read_header(header: Sequence[Header], joins: Joins) -> list[Column]:
    """The quantities that a header's names are of, in its order. Raises SpecError: one twice, an element left out."""
    found: dict[str, dict[tuple[int, ...], int]] = {}
    for place, (text, mark) in enumerate(header):
        name, index = _element(text, joins)
        elements = found.setdefault(name, {})
        if index in elements:
            raise SpecError(f"{shortened(text)} stands twice in the header", mark, HEADER)
        other, first = next(iter(elements.items()), (index, place))
        if len(other) != len(index):
            message = f"{shortened(text)} does not go together with {shortened(header[first].text)}"
            raise SpecError(message, mark, HEADER)
        elements[index] = place
    return [_quantity(name, elements, header) for name, elements in found.items()]


def _check_separator(text: str, mark: Mark) -> None:
    for sign in SEPARATORS:
        if sign in text:
            place = mark.source.text.find(sign, mark.offset)
            message = f"columns are separated by ',', not by {SEPARATORS[sign]}"
            raise SpecError(message, Mark(mark.source, place), "decimals are written with a point: 0.5", HEADER)


def _element(text: str, joins: Joins) -> tuple[str, tuple[int, ...]]:
    """The quantity that a header's name belongs to, and the index in it, counted from 1."""
    if len(text) > LONGEST:
        return text, ()
    bracketed, numbered = ELEMENT.fullmatch(text), NUMBERED.fullmatch(text)
    if bracketed:
        return bracketed["base"].strip(), tuple(int(part) for part in bracketed["index"].split(","))
    if numbered and joins(text, numbered["base"]):
        return numbered["base"], (int(numbered["index"]),)
    return text, ()


def _quantity(name: str, elements: dict[tuple[int, ...], int], header: Sequence[Header]) -> Column:
    shape, first = tuple(map(max, *elements)) if len(elements) > 1 else next(iter(elements)), min(elements.values())
    if size(shape) != len(elements):
        message = f"{shortened(name)} lacks elements: {len(elements):,} of {size(shape):,} for {shape_text(shape)}"
        raise SpecError(message, header[first].mark, "every element from 1 on, as in x[1],x[2]")
    return Column(name, shape, tuple(elements[index] for index in sorted(elements)), header[first].mark)
