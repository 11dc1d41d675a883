"""Answer files with tables of Markdown, or as they are printed on a terminal, and equations between them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from typing import NamedTuple

from bptrace.errors import Source
from bptrace.marking.sheet_rows import LONGEST, PART_LIMIT, SheetLine, SheetRow, chains, lines_of
from bptrace.marking.sheet_tables import Field, by_fields, header, table_row

BARS = ("|", "│", "┃")
BAR = re.compile(rf"(?<!\\)[{''.join(BARS)}]")
RULED = "-─━"
BOX = f"{RULED}|: \t\r╭╮╰╯├┤┬┴┼┏┓┗┛┡┩╇┳┻"
"""What a line is made of that stands between those of a table."""
HEADING = re.compile(r"\s*(?:#+|\d{1,9}\.)\s.*?\bsample (?P<sample>[1-9][0-9]{0,8})\b", re.IGNORECASE)
EQUATION = re.compile(r"\s*\$*[^\s=|#>*-][^=|]{0,80}?[=≈][^|]*?(?<=[=≈])\s*[-+−]?[0-9½⅓¼.\[][^=|a-zA-Z]*\$*\s*")
"""A line that is a row: it has a sign, and ends with a number."""
EMPHASIS = "*_`$ \t\xa0"
KIND = "kind"


class _Table(NamedTuple):
    """What the columns of a table are, nothing where no header says it; the fields of each line, and its sample.

    `is_given`: it is the table of givens in a document of bptrace's own.
    """

    columns: Sequence[str]
    lines: Sequence[tuple[SheetLine, list[Field], str]]
    is_given: bool


def has_table(texts: Sequence[str]) -> bool:
    """Whether some of the lines are a table."""
    return any(text.lstrip()[:1] in BARS or ("|" in text and is_bar(text)) for text in texts)


def is_bar(text: str) -> bool:
    """Whether a line is one between those of a table, with nothing in it."""
    return any(char in text for char in RULED) and not text.strip(BOX)


def markdown_rows(source: Source) -> Iterator[SheetRow]:
    """The rows of the tables, and of lines between them that are an equation with its value; no table of givens."""
    for is_table, lines in groupby(_placed(source), lambda item: item[2]):
        if not is_table:
            for line, sample, _ in lines:
                yield from _equation(source, line, sample)
            continue
        table = _read_table(list(lines))
        for line, fields, sample in () if table.is_given else table.lines:
            columns = table.columns or by_fields(fields)
            yield table_row(source, line, columns, fields, commas=False)._replace(sample=sample)


def _equation(source: Source, line: SheetLine, sample: str) -> Iterator[SheetRow]:
    if len(line.text) < LONGEST and EQUATION.fullmatch(line.text):
        yield from (row._replace(sample=sample) for row in chains(source, line))


def _placed(source: Source) -> Iterator[tuple[SheetLine, str, bool]]:
    """Each line, the sample that it is of, and whether it stands in a table; a blank line ends one."""
    sample, last = "", 0
    for line in lines_of(source):
        heading = HEADING.match(line.text)
        sample = heading["sample"] if heading else "" if line.text.lstrip().startswith("#") else sample
        if line.number > last + 1:
            yield line._replace(text=""), sample, False
        last = line.number
        yield line, sample, bool(BAR.search(line.text)) or is_bar(line.text)


def _read_table(lines: Sequence[tuple[SheetLine, str, bool]]) -> _Table:
    found = [(line, _fields(line), sample) for line, sample, _ in lines if not is_bar(line.text)]
    first = found[0][1] if found else []
    columns = header(first)
    is_headed = bool(columns) or (len(lines) > 1 and is_bar(lines[1][0].text))
    is_given = any(field.text.lower() == KIND for field in first)
    return _Table(columns, found[1:] if is_headed else found, is_given)


def _fields(line: SheetLine) -> list[Field]:
    """The fields of a line of a table."""
    text = line.text.rstrip()
    begin = len(text) - len(text.lstrip())
    begin += text[begin : begin + 1] in BARS
    end = len(text) - (text[-1:] in BARS and not text.endswith("\\|"))
    fields, stops = [], [found.start() for found in islice(BAR.finditer(text, begin, end), PART_LIMIT)]
    for stop in [*stops, max(begin, end)]:
        bare = text[begin:stop].strip(EMPHASIS)
        place = line.offset + begin + text[begin:stop].find(bare)
        fields.append(Field(bare.replace("\\|", "|").replace("\\_", "_").replace("\\*", "*"), place))
        begin = stop + 1
    return fields
