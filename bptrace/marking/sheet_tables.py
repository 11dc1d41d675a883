"""Answer files that are tables: a row of one, what a header says of its columns, and CSV."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bptrace.errors import Mark, Source, SpecError
from bptrace.marking.sheet_rows import (
    AS_IN,
    PART_LIMIT,
    SheetLine,
    SheetRow,
    WrittenCell,
    cell,
    chain,
    lines_of,
    row_of,
)

QUANTITY, RULE, FORMULA, VALUE, SAMPLE = "quantity", "rule", "formula", "value", "sample"
WORDS = {
    QUANTITY: QUANTITY, "quantities": QUANTITY, "name": QUANTITY, "variable": QUANTITY, "symbol": QUANTITY,
    RULE: RULE, "working": RULE, "calculation": RULE, FORMULA: FORMULA,
    "größe": QUANTITY, "variablen": QUANTITY, "rechnung": RULE, "rechenweg": RULE, "wert": VALUE, "ergebnis": VALUE,
    VALUE: VALUE, "values": VALUE, "result": VALUE, "answer": VALUE, "number": VALUE, "your value": VALUE,
    SAMPLE: SAMPLE,
}  # fmt: skip
"""What a header may call a column."""
BY_COUNT = {1: (QUANTITY,), 2: (QUANTITY, VALUE), 3: (QUANTITY, RULE, VALUE)}
"""What the columns are where there is no header."""
WORTH = re.compile(r"[\d½⅓¼∞-]")
WHOLE, PLACES = re.compile(r"[-+−]?\d+"), re.compile(r"\d+")
CLOSED = "a field that begins with a quote ends with one"


class Field(NamedTuple):
    """A field of a table, its place, and whether it stands in quotes."""

    text: str
    offset: int
    quoted: bool = False


# CSV


def csv_rows(source: Source, separator: str) -> Iterator[SheetRow]:
    """The rows of a CSV text, a line each; a quote that never closes spoils its own row alone."""
    columns: Sequence[str] = ()
    is_first = True
    for line in lines_of(source):
        if line.text.startswith(("#", "sep=")):
            continue
        fields = _fields(line, separator)
        if unclosed := next((field for field in fields if field.quoted and field.text.startswith('"')), None):
            problem = SpecError("a quote that does not close", Mark(source, unclosed.offset), CLOSED)
            yield SheetRow(line.number, _quantity_of(columns, fields, unclosed), problem=problem)
            continue
        if not columns and len(fields) == 1 and fields[0].text.lower() != QUANTITY:
            yield chain(source, line)
            continue
        if not columns:
            columns = header(fields)
            if columns:
                continue
            if is_first and len(fields) > 1 and fields[0].text and not WORTH.search(line.text):
                is_first = False
                continue  # a header in other words
            columns = by_fields(fields)
        complaint = _decimal_comma(source, columns, fields) if separator == "," else None
        row = table_row(source, line, columns, fields, separator != ",")
        yield SheetRow(line.number, row.quantity, problem=complaint) if complaint else row


def _quantity_of(columns: Sequence[str], fields: Sequence[Field], spoiled: Field) -> WrittenCell:
    """The quantity of a row that cannot be read, where it is not what spoils it."""
    place = columns.index(QUANTITY) if QUANTITY in columns else 0
    found = fields[place] if place < len(fields) else spoiled
    return WrittenCell("", spoiled.offset) if found is spoiled else cell(*found[:2])


def by_fields(fields: Sequence[Field]) -> Sequence[str]:
    """What the columns of a row without a header are: the first is no number, nor the last of several a word."""
    count = len(fields)
    if count > 1 and PLACES.fullmatch(fields[0].text):
        return "", *by_fields(fields[1:])
    if count > 2 and fields[-1].text and not WORTH.search(fields[-1].text):  # what somebody says of it
        return *by_fields(fields[:-1]), ""
    return BY_COUNT.get(count, (QUANTITY, *[""] * (count - 2), VALUE))


def _fields(line: SheetLine, separator: str) -> list[Field]:
    """The fields of a line; one whose quote does not close keeps that."""
    text, offset, fields = line.text, line.offset, []
    simple = '"' not in text and "[" not in text and "(" not in text
    for part in text.split(separator, PART_LIMIT) if simple else _parts(text, separator):
        bare = part.strip("\ufeff \t\r\n\xa0")
        begin = offset + part.find(bare)
        offset += len(part) + 1
        if bare[:1] != '"':
            fields.append(Field(bare, begin))
        elif len(bare) < 2 or bare[-1] != '"':
            fields.append(Field(bare, begin, quoted=True))
        else:
            fields.append(Field(bare[1:-1].replace('""', '"').strip(), begin + 1, quoted=True))
    return fields


def _parts(text: str, separator: str) -> list[str]:
    """The text between separators, but for those in quotes and brackets; a bracket that never closes is none."""
    parts, begin, depth, quoted = list[str](), 0, 0, False
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
            if len(parts) == PART_LIMIT:
                break
    return text.split(separator, PART_LIMIT) if depth and not quoted else [*parts, text[begin:]]


def _decimal_comma(source: Source, columns: Sequence[str], fields: Sequence[Field]) -> SpecError | None:
    """The complaint where a decimal comma seems to have parted a number in two."""
    if len(fields) < 2:
        return None
    whole, places = fields[-2:]
    is_more = len(fields) == len(columns) + 1
    is_rule = len(fields) == len(columns) == 3 and tuple(columns) == BY_COUNT[3] and whole.text != places.text
    if not (is_more or is_rule) or whole.quoted or places.quoted:
        return None
    if not WHOLE.fullmatch(whole.text) or not PLACES.fullmatch(places.text):
        return None
    hint = f"write {whole.text}.{places.text}, or put the value in quotes"
    return SpecError("a decimal comma, or a comma between two numbers?", Mark(source, whole.offset), hint)


def header(fields: Sequence[Field]) -> Sequence[str]:
    """What each column is, by the words of a header; nothing where the fields are none."""
    found = [WORDS.get(field.text.lower(), "") for field in fields]
    if VALUE in found and QUANTITY not in found and not fields[0].text:
        found[0] = QUANTITY
    if QUANTITY not in found or (VALUE not in found and len(found) > 1):
        return ()
    return found


def table_row(
    source: Source, line: SheetLine, columns: Sequence[str], fields: Sequence[Field], commas: bool
) -> SheetRow:
    """What a line of a table says."""
    held: dict[str, Field] = {}
    for column, field in zip(columns, fields, strict=False):
        held.setdefault(column, field)
    quantity = held.get(QUANTITY) or Field("", line.offset)
    if VALUE not in columns:
        return chain(source, SheetLine(line.number, quantity.text, quantity.offset))
    if not quantity.text:
        problem = SpecError("a quantity is missing here", Mark(source, quantity.offset), AS_IN)
        return SheetRow(line.number, WrittenCell("", line.offset), problem=problem)
    value = held.get(VALUE)
    rules = [cell(*held[column][:2]) for column in (FORMULA, RULE) if column in held and held[column].text]
    commas = commas or bool(value and value.quoted)
    row = row_of(source, line.number, cell(*quantity[:2]), rules, value and cell(*value[:2]), commas)
    return row._replace(sample=held[SAMPLE].text) if SAMPLE in held else row
