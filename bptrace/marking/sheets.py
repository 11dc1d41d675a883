"""Answer files as rows: what is written of which quantity, and where. CSV, Markdown tables, YAML, plain lines."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from bptrace.errors import Mark, Source, SpecError
from bptrace.marking.sheet_markdown import has_table, markdown_rows
from bptrace.marking.sheet_rows import (
    AS_IN,
    FIRST_SIGN,
    LONGEST,
    SIGN,
    SheetLine,
    SheetRow,
    chains,
    lines_of,
    section_of,
)
from bptrace.marking.sheet_tables import csv_rows
from bptrace.marking.sheet_yaml import yaml_rows

LENGTH_LIMIT = 500_000
ROW_LIMIT = 100_000
LOOKED_AT = 50
"""So many lines show what a file without an ending is."""
CONTINUED = re.compile(r"=(?!>)|[≈≅≃]")
SKIPPED = re.compile(r"(?:#|//|```|~~~|\\(?:begin|end|\[|\])).*|[-=*_\s]*|[A-Za-z][A-Za-z ]{3,}:")
"""Lines of no row: comments, headings, fences, rules."""
SEPARATORS = (";", "\t", ",")
APART = re.compile(r'"[^"]*"|\[[^\]]*\]|\([^)]*\)')
NESTED = re.compile(r"-\s+[^=|:]+:(?:\s.*)?|[^=|:]+:|[\[{].*|---.*")
"""How YAML begins that is more than a quantity and a value a line."""


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
    if len(source.text) > LENGTH_LIMIT:
        message = f"a register of {len(source.text):,} characters; at most {LENGTH_LIMIT:,} are read"
        raise SpecError(message, Mark(source, LENGTH_LIMIT), "values without their rules, or a file for each part")
    if not source.text.strip("\ufeff \t\r\n"):
        raise SpecError("the file is empty", Mark(source, 0), AS_IN)


def _reader(source: Source) -> Iterator[SheetRow]:
    """The rows by the reader that the file's ending asks for, or else what is in it."""
    ending = os.path.splitext(source.name)[1].lower()
    texts = [line.text.strip()[:LONGEST] for line in islice(lines_of(source), LOOKED_AT)]
    texts = [text for text in texts if not text.startswith(("#", "sep="))]
    separator = _separator(texts) if texts else ""
    if ending in (".csv", ".tsv"):
        return csv_rows(source, separator or ",")
    if ending in (".yaml", ".yml", ".json"):
        return _yaml_or_lines(source, texts)
    if has_table(texts):
        return markdown_rows(source)
    first = next((outside for outside in map(_outside, texts) if separator and separator in outside), "")
    if first and separator in FIRST_SIGN.split(first, maxsplit=1)[0]:
        return csv_rows(source, separator)
    is_nested = texts and NESTED.fullmatch(texts[0]) and not any(map(SIGN.search, texts))
    return _yaml_or_lines(source, []) if is_nested else _plain(source)


def _separator(texts: Sequence[str]) -> str:
    """What parts the columns: the first of the signs that stands in every line, a few left out, or nothing."""
    counted = Counter(sign for text in map(_outside, texts) for sign in SEPARATORS if sign in text)
    enough = max(1, min(len(texts) - 1, len(texts) * 4 // 5))
    return next((sign for sign in SEPARATORS if counted[sign] >= enough), "")


def _outside(text: str) -> str:
    """The text without what stands in quotes or brackets."""
    return APART.sub("", text)


def _yaml_or_lines(source: Source, texts: Sequence[str]) -> Iterator[SheetRow]:
    """The rows of a YAML text; where it is none, those of its lines, if each of these has a quantity and a value."""
    try:
        return iter(list(yaml_rows(source)))
    except SpecError:
        if all(FIRST_SIGN.search(text) and not NESTED.fullmatch(text) for text in texts):
            return _plain(source)
        raise


def _plain(source: Source) -> Iterator[SheetRow]:
    """The rows of plain lines, `dL/dw11 = -2*1 = -2`; a line that goes on with the one before belongs to it."""
    waiting: SheetLine | None = None
    section = ""
    for line in lines_of(source):
        bare = line.text.strip()
        if waiting and (CONTINUED.match(bare) or (_is_open(waiting.text, bare) and not FIRST_SIGN.search(bare))):
            waiting = waiting._replace(
                text=f"{waiting.text}{' ' * (line.offset - waiting.offset - len(waiting.text))}{line.text}"
            )
            continue
        if waiting:
            yield from _in_section(chains(source, waiting), section)
        waiting = None if SKIPPED.fullmatch(bare) else line
        section = section_of(bare) if waiting is None and bare.endswith(":") else section
    if waiting:
        yield from _in_section(chains(source, waiting), section)


def _in_section(rows: Iterable[SheetRow], section: str) -> Iterator[SheetRow]:
    return (row._replace(section=section) for row in rows)


def _is_open(text: str, more: str) -> bool:
    """Whether a list or a matrix goes on in the next line, or begins there."""
    if len(text) >= LONGEST or "=" not in text:
        return False
    return text.count("[") > text.count("]") or (text.rstrip().endswith("=") and more.startswith("["))
