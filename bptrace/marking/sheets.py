"""Answer files as rows: what is written of which quantity, and where. CSV, Markdown tables, YAML, plain lines."""

from __future__ import annotations

import csv
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from bptrace.errors import Mark, Source, SpecError

ROW_LIMIT = 200_000
LOOKED_AT = 50
"""So many lines show what a file without an ending is."""
QUANTITY, RULE, FORMULA, VALUE, SAMPLE = "quantity", "rule", "formula", "value", "sample"
WORDS = {
    QUANTITY: QUANTITY, "quantities": QUANTITY, "name": QUANTITY, "variable": QUANTITY, "symbol": QUANTITY,
    RULE: RULE, "working": RULE, "calculation": RULE, FORMULA: FORMULA,
    VALUE: VALUE, "result": VALUE, "answer": VALUE, "number": VALUE, "values": VALUE,
    SAMPLE: SAMPLE,
}  # fmt: skip
"""What a header may call a column."""
BY_COUNT = {1: (QUANTITY,), 2: (QUANTITY, VALUE), 3: (QUANTITY, RULE, VALUE)}
"""What the columns are where there is no header."""
SIGN = re.compile(r":=|(?<![<>=!])=(?![=<>])|(?=[≈≅≃])")
"""What parts a quantity, its rules and its value; a sign for `about` belongs to the number behind it."""
FIRST_SIGN = re.compile(rf"{SIGN.pattern}|:(?=\s|$|[-+−.\d\[(≈])")
COMPARED = re.compile(r"[<>≤≥]")
BULLET = re.compile(r"(?:[-*•+]|\d{1,3}[.)])\s+(?=\S)")
COMMENT = re.compile(r"\s#\s.*|//.*")
SKIPPED = re.compile(r"\s*(?:#.*|//.*|```.*|~~~.*|[-=*_\s]*)")
SEPARATORS = (";", "\t", ",")
AS_IN = "as in dL/dw11 = -2*1 = -2"


class WrittenCell(NamedTuple):
    """A part of a row as it is written, without the blanks around it, and its offset in the file."""

    text: str
    offset: int


class SheetRow(NamedTuple):
    """One row: a quantity, the rules beside it from left to right, and its value, which may be missing.

    `commas`: a comma may be a decimal one. `sample`: whose it is, where that stands elsewhere. `problem`: why the row
    cannot be read, and nothing else of it is.
    """

    line: int
    quantity: WrittenCell
    rules: tuple[WrittenCell, ...] = ()
    value: WrittenCell | None = None
    commas: bool = False
    sample: str = ""
    problem: SpecError | None = None


def sheet_rows(source: Source) -> Iterator[SheetRow]:
    r"""The rows of an answer file, in order. Raises SpecError where it is no text, is empty or has too many rows.

    >>> [(row.quantity.text, row.value.text) for row in sheet_rows(Source("-", "z1 = 1*1 = 1\nδ2: 0.5"))]
    [('z1', '1'), ('δ2', '0.5')]
    """
    _check_text(source)
    count = 0
    for row in _reader(source):
        count += 1
        if count > ROW_LIMIT:
            mark = Mark(source, row.quantity.offset)
            raise SpecError(f"more than {ROW_LIMIT:,} rows", mark, "a file for each part of them")
        yield row
    if not count:
        raise SpecError("no row is in the file", Mark(source, 0), AS_IN)


def _check_text(source: Source) -> None:
    binary = source.text.find("\0")
    if binary >= 0:
        raise SpecError("not text: it has a NUL", Mark(source, binary), "a text file: CSV, Markdown, YAML or lines")
    if not source.text.strip("\ufeff \t\r\n"):
        raise SpecError("the file is empty", Mark(source, 0), AS_IN)


class _Line(NamedTuple):
    number: int
    text: str
    offset: int


def _lines(source: Source) -> Iterator[_Line]:
    """Every line that is not blank."""
    offset = 0
    for number, text in enumerate(source.text.split("\n"), 1):
        if text and not text.isspace():
            yield _Line(number, text, offset)
        offset += len(text) + 1


def _reader(source: Source) -> Iterator[SheetRow]:
    """The rows by the reader that the file's ending asks for, or else what is in it."""
    ending = os.path.splitext(source.name)[1].lower()
    lines = list(islice((line for line in _lines(source) if not SKIPPED.fullmatch(line.text)), LOOKED_AT))
    texts = [line.text for line in lines]
    if ending in (".csv", ".tsv"):
        return _table(source, _separator(texts) or ",")
    separator = _separator(texts)
    if separator and separator in SIGN.split(_outside(texts[0]), 1)[0]:
        return _table(source, separator)
    return _plain(source)


def _separator(texts: Sequence[str]) -> str:
    """What parts the columns: the first of the signs that stands in every line; nothing where none does."""
    counted = [Counter(_outside(text)) for text in texts[:LOOKED_AT]]
    return next((sign for sign in SEPARATORS if counted and all(count[sign] for count in counted)), "")


def _outside(text: str) -> str:
    """The text without what stands in quotes or brackets."""
    return re.sub(r'"[^"]*"|\[[^\]]*\]|\([^)]*\)', "", text)


# Tables


def _table(source: Source, separator: str) -> Iterator[SheetRow]:
    """The rows of a CSV text, a line each; a quote that never closes spoils its own row alone."""
    columns: Sequence[str] = ()
    for line in _lines(source):
        try:
            cells = _fields(line, separator)
        except csv.Error as problem:
            mark = Mark(source, line.offset + line.text.find('"'))
            complaint = SpecError(f"not CSV: {problem}", mark, "a field that begins with a quote ends with one")
            yield SheetRow(line.number, WrittenCell("", line.offset), problem=complaint)
            continue
        if not columns:
            columns = _header(cells)
            if columns:
                continue
            columns = BY_COUNT.get(len(cells), (QUANTITY, *[""] * (len(cells) - 2), VALUE))
        yield _row(source, line, columns, cells, separator)


def _fields(line: _Line, separator: str) -> list[_Field]:
    """The fields of a line. Raises csv.Error."""
    if '"' not in line.text and "[" not in line.text and "(" not in line.text:
        return list(_at_places(line, line.text.split(separator)))
    return list(_at_places(line, _parts(line.text, separator)))


class _Field(NamedTuple):
    text: str
    offset: int
    quoted: bool = False


def _at_places(line: _Line, parts: Sequence[str]) -> Iterator[_Field]:
    offset = line.offset
    for part in parts:
        bare = part.strip("\ufeff \t\r\n\xa0")
        begin = offset + part.find(bare)
        offset += len(part) + 1
        if bare[:1] != '"':
            yield _Field(bare, begin)
            continue
        if len(bare) < 2 or bare[-1] != '"':
            raise csv.Error("a quote that does not close")
        yield _Field(bare[1:-1].replace('""', '"').strip(), begin + 1, quoted=True)


def _parts(text: str, separator: str) -> list[str]:
    """The text between separators, but for those in quotes and brackets; a bracket that never closes is none."""
    parts, begin, depth, quoted = [], 0, 0, False
    for place, char in enumerate(text):
        if char == '"' and not depth:
            quoted = not quoted
        elif quoted:
            continue
        elif char in "([":
            depth += 1
        elif char in ")]":
            depth = max(0, depth - 1)
        elif char == separator and not depth:
            parts.append(text[begin:place])
            begin = place + 1
    if depth and not quoted:
        return text.split(separator)
    return [*parts, text[begin:]]


def _header(fields: Sequence[_Field]) -> Sequence[str]:
    """What each column is, by the words of a header; nothing where the fields are none."""
    found = [WORDS.get(field.text.lower(), "") for field in fields]
    if QUANTITY not in found or (VALUE not in found and len(found) > 1):
        return ()
    return found


def _row(source: Source, line: _Line, columns: Sequence[str], fields: Sequence[_Field], separator: str) -> SheetRow:
    """What a line of a table says."""
    held: dict[str, _Field] = {}
    for column, field in zip(columns, fields, strict=False):
        if column and column not in held:
            held[column] = field
    quantity = held.get(QUANTITY) or _Field("", line.offset)
    if VALUE not in columns:
        return _chain(source, line.number, quantity.text, quantity.offset)
    commas = separator != ","
    if misplaced := _decimal_comma(source, columns, fields, separator):
        return SheetRow(line.number, WrittenCell(quantity.text, quantity.offset), problem=misplaced)
    value = held.get(VALUE)
    rules = [held[column] for column in (FORMULA, RULE) if column in held and held[column].text]
    made = _chained(
        tuple(WrittenCell(rule.text, rule.offset) for rule in rules), value and WrittenCell(value.text, value.offset)
    )
    whose = held[SAMPLE].text if SAMPLE in held else ""
    return SheetRow(
        line.number, WrittenCell(quantity.text, quantity.offset), *made, commas or bool(value and value.quoted), whose
    )


def _decimal_comma(
    source: Source, columns: Sequence[str], fields: Sequence[_Field], separator: str
) -> SpecError | None:
    """The complaint where a decimal comma seems to have parted a number in two."""
    if separator != "," or len(fields) < 2:
        return None
    whole, places = fields[-2:]
    is_more = len(fields) == len(columns) + 1
    is_rule = len(fields) == len(columns) == 3 and list(columns) == list(BY_COUNT[3]) and whole.text != places.text
    if not (is_more or is_rule) or whole.quoted or places.quoted:
        return None
    if not re.fullmatch(r"[-+−]?\d+", whole.text) or not re.fullmatch(r"\d+", places.text):
        return None
    hint = f"write {whole.text}.{places.text}, or put the value in quotes"
    return SpecError("a decimal comma, or a comma between two numbers?", Mark(source, whole.offset), hint)


def _chained(
    rules: tuple[WrittenCell, ...], value: WrittenCell | None
) -> tuple[tuple[WrittenCell, ...], WrittenCell | None]:
    """The rules and the value, where the value itself may be `-2*1 = -2`."""
    if not value or not SIGN.search(value.text):
        return rules, value
    *more, value = _cells(value.text, value.offset, SIGN)
    return (*rules, *more), value


# Plain lines


def _plain(source: Source) -> Iterator[SheetRow]:
    """The rows of plain lines, `dL/dw11 = -2*1 = -2`; a line that begins with `=` goes on with the one before."""
    waiting: _Line | None = None
    for line in _lines(source):
        if SKIPPED.fullmatch(line.text):
            continue
        if waiting and line.text.lstrip()[:1] in ("=", "≈"):
            waiting = waiting._replace(text=source.text[waiting.offset : line.offset + len(line.text)])
            continue
        if waiting:
            yield _chain(source, *waiting)
        waiting = line
    if waiting:
        yield _chain(source, *waiting)


def _chain(source: Source, number: int, text: str, offset: int) -> SheetRow:
    """The row that a line is."""
    text = COMMENT.sub("", text)
    begin = len(text) - len(text.lstrip("\ufeff \t\xa0"))
    if bullet := BULLET.match(text, begin):
        begin = bullet.end()
    cells = _cells(text[begin:], offset + begin, FIRST_SIGN)
    if len(cells) < 2:
        cells = [WrittenCell(part, offset + begin + at) for part, at in _spaced(text[begin:])]
    if len(cells) < 2:
        problem = SpecError("no row: a quantity, '=' and its value", Mark(source, offset + begin), AS_IN)
        return SheetRow(number, WrittenCell("", offset + begin), problem=problem)
    return SheetRow(number, cells[0], tuple(cells[1:-1]), cells[-1])


def _cells(text: str, offset: int, sign: re.Pattern[str]) -> list[WrittenCell]:
    """The parts of `dL/dw11 = -2*1 = -2`; a comparison, `z1=2>0`, is one part."""
    first = sign.search(text)
    if not first:
        return [_cell(text, offset)]
    pieces = [_cell(text[: first.start()], offset)]
    begin = first.end()
    for found in [*SIGN.finditer(text, begin), None]:
        end = found.start() if found else len(text)
        piece = _cell(text[begin:end], offset + begin)
        if piece.text and COMPARED.search(piece.text) and len(pieces) > 1:
            before = pieces.pop()
            piece = _cell(text[before.offset - offset : end], before.offset)
        if piece.text:
            pieces.append(piece)
        begin = found.end() if found else end
    return pieces


def _cell(text: str, offset: int) -> WrittenCell:
    bare = text.strip("\ufeff \t\r\n\xa0`$")
    return WrittenCell(bare, offset + max(0, text.find(bare)))


def _spaced(text: str) -> Iterator[tuple[str, int]]:
    """The two parts of `dL/dw11  -2`."""
    found = re.fullmatch(r"(.*?\S)\s+([-+−≈]?\s*[.\d½⅓¼\[]\S*)\s*", text)
    if found:
        yield from ((found[1], found.start(1)), (found[2], found.start(2)))
