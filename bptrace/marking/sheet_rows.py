"""A row of an answer file in its parts, each with its place: `dL/dw11 = dL/dz1*x1 = -2*1 = -2`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from bptrace.errors import Mark, Source, SpecError

LATEX_SIGNS = {r"\cdot": "*", r"\times": "*", r"\approx": "≈", r"\le": "≤", r"\leq": "≤", r"\ge": "≥", r"\geq": "≥"}
"""The signs of LaTeX that are read between numbers, and what each is."""
LATEX = re.compile(r"\\(?:cdot|times|approx|leq?|geq?|left|right|quad|qquad)(?![a-zA-Z])|\\[,;:! ]|\\\\|&")
AS_IN = "as in dL/dw11 = -2*1 = -2"
ABOUT = "≈≅≃≐"
SIGN = re.compile(rf":=|<-|←|(?<![<>=!])=(?![=<>])|(?<=\S)\s*(?=[{ABOUT}])")
"""What parts a quantity, its rules and its value; a sign for `about` belongs to the number behind it."""
FIRST_SIGN = re.compile(rf"{SIGN.pattern}|:(?=\s|$|[-+−.\d\[({ABOUT}])")
COMPARED = re.compile(r"[<>≤≥]")
REASON = re.compile(
    r"(?P<value>[-+−]?[.\d/]+),?\s*\(?\s*(?P<word>if|as|since|because|when|for)\s+(?P<reason>[^()]+)\)?"
)
"""A slope with its case: `1 if z1 > 0`."""
BULLET = re.compile(r"(?:=>|->|[⇒→∴]|[-*•+>](?=\s)|\d{1,3}[.)](?=\s))\s*(?=\S)")
SEVERAL = re.compile(r"[;,](?=\s*\S)")
"""What may part several rows in a line."""
OUTSIDE = re.compile(r"\[[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*\]|\([^()]*(?:\([^()]*\)[^()]*)*\)")
"""Brackets with what is in them, and in them once more."""
SECTION = re.compile(
    r"(?:the )?(?:(?P<grad>(?:all )?(?:gradients?|grads?))|(?:new|updated) (?:weights|parameters)|updated?)"
)
COMMENT = re.compile(r"\s(?:#|//)\s.*")
SPACED = re.compile(r"(?P<quantity>.*\S)\s+(?P<value>[-+−≈]?\s*[.\d½⅓¼\[]\S*)\s*")
PART_LIMIT = 1_000
"""So many parts or columns of a line are read."""
LONGEST = 2_000
"""So long is a line at most that is looked at for more than its signs."""
EDGE = "\ufeff \t\r\n\xa0`$"
BEHIND = ";,"
"""What may stand behind a value."""
TWO_ROWS = re.compile(r"[-+−]?[0-9.]+(?:\s*[;,]\s*|\s+)[^\W\d]\S*")
"""A number and a name: the value of one row and the quantity of the next."""


class WrittenCell(NamedTuple):
    """A part of a row as it is written, without the blanks around it, and its offset in the file."""

    text: str
    offset: int


class SheetRow(NamedTuple):
    """One row: a quantity, the rules beside it from left to right, and its value, which may be missing.

    `commas`: a comma may be a decimal one. `sample`: whose it is, where that stands elsewhere. `section`: `grad` or
    `new` where it stands under such a heading. `problem`: why the row cannot be read, and nothing else of it is.
    """

    line: int
    quantity: WrittenCell
    rules: tuple[WrittenCell, ...] = ()
    value: WrittenCell | None = None
    commas: bool = False
    sample: str = ""
    section: str = ""
    problem: SpecError | None = None


def section_of(heading: str) -> str:
    """What a heading says of the names below it: that they are gradients, or new weights.

    >>> section_of("Gradients:"), section_of("updated weights"), section_of("Forward pass")
    ('grad', 'new', '')
    """
    found = SECTION.fullmatch(heading.strip(" :#").lower())
    return "" if not found else "grad" if found["grad"] else "new"


class SheetLine(NamedTuple):
    """A line of a file that is not blank: its number, its text, and the offset of its first character."""

    number: int
    text: str
    offset: int


def lines_of(source: Source) -> Iterator[SheetLine]:
    """Every line that is not blank."""
    offset = 0
    for number, text in enumerate(source.text.split("\n"), 1):
        if text and not text.isspace():
            yield SheetLine(number, without_latex(text) if "\\" in text else text, offset)
        offset += len(text) + 1


def chains(source: Source, line: SheetLine) -> Iterator[SheetRow]:
    """The rows that a plain line is: one, or several where each has its own sign, `z1 = 2, z2 = -1`."""
    number, text, offset = line
    begin = 0
    if len(text) < LONGEST and SEVERAL.search(text):
        stops = [found.start() for found in SEVERAL.finditer(OUTSIDE.sub(_blanked, text))]
        parts = [text[i:j] for i, j in zip([0, *stops], [*stops, len(text)], strict=True)]
        if all(map(FIRST_SIGN.search, parts)):
            for stop in stops:
                yield chain(source, SheetLine(number, text[begin:stop], offset + begin))
                begin = stop + 1
    yield chain(source, SheetLine(number, text[begin:], offset + begin))


def _blanked(found: re.Match[str]) -> str:
    return " " * len(found[0])


def chain(source: Source, line: SheetLine) -> SheetRow:
    """The row that a plain line is: `dL/dw11 = -2*1 = -2`, `δ2: 0.5`, `dL/dw11 -2`."""
    number, text, offset = line
    text = COMMENT.sub("", text).rstrip().rstrip(BEHIND)
    begin = len(text) - len(text.lstrip(EDGE))
    if bullet := BULLET.match(text, begin):
        begin = bullet.end()
    cells = cells_of(text[begin:], offset + begin, FIRST_SIGN)
    if len(cells) == 1 and len(text) < LONGEST and (apart := SPACED.fullmatch(text, begin)):
        cells = [cell(apart[part], offset + apart.start(part)) for part in ("quantity", "value")]
    if len(cells) == 1 and FIRST_SIGN.search(text):
        return SheetRow(number, cells[0])
    if len(cells) == 1 or not cells[0].text:
        problem = SpecError("no row: a quantity, '=' and its value", Mark(source, offset + begin), AS_IN)
        return SheetRow(number, WrittenCell("", offset + begin), problem=problem)
    if twice := next((part for part in cells[1:-1] if TWO_ROWS.fullmatch(part.text)), None):
        problem = SpecError(
            "two rows in one line, or a product?", Mark(source, twice.offset), "a row a line, and '*' in a product"
        )
        return SheetRow(number, WrittenCell(cells[0].text, cells[0].offset), problem=problem)
    return row_of(number, cells[0], cells[1:-1], cells[-1])


def row_of(
    number: int, quantity: WrittenCell, rules: Sequence[WrittenCell], value: WrittenCell | None, commas: bool = False
) -> SheetRow:
    """A row of cells, where a rule and a value may be several: `-2*1 = -2`, `1 if z1>0`."""
    found = [part for rule in rules for part in cells_of(rule.text, rule.offset)]
    if value:
        *more, value = cells_of(value.text, value.offset)
        found += more
        if len(value.text) < LONGEST and (reason := REASON.fullmatch(value.text)):
            found.append(cell(reason["reason"], value.offset + reason.start("reason")))
            value = cell(reason["value"], value.offset)
    return SheetRow(number, quantity, tuple(part for part in found if part.text), value, commas)


def cells_of(text: str, offset: int, first: re.Pattern[str] | None = None) -> list[WrittenCell]:
    """The parts of `dL/dw11 = -2*1 = -2`; a comparison, `z1=2>0`, is one part.

    `first`: the signs that may follow the quantity that it begins with; else it begins with no quantity.
    """
    begin, pieces = 0, list[WrittenCell]()
    if first:
        sign = first.search(text)
        begin = sign.end() if sign else len(text)
        pieces.append(cell(text[: sign.start() if sign else begin], offset))
        if not sign:
            return pieces
    for end, after in _ends(text, begin):
        piece = cell(text[begin:end], offset + begin)
        if len(pieces) > bool(first) and COMPARED.search(piece.text):
            piece = cell(text[pieces[-1].offset - offset : end], pieces.pop().offset)
        if piece.text or not (pieces or first):
            pieces.append(piece)
        begin = after
    return pieces


def _ends(text: str, begin: int) -> Iterator[tuple[int, int]]:
    """Where each part ends, and where the next one begins."""
    for found in islice(SIGN.finditer(text, begin), PART_LIMIT):
        yield found.span()
    yield len(text), len(text)


def bare(problem: SpecError) -> SpecError:
    """The complaint alone, to be kept: one that has been raised holds on to all that there was around it."""
    return SpecError(problem.message, problem.mark, *problem.hints)


def without_latex(text: str) -> str:
    r"""A line with the plain signs for those of LaTeX, as long as before, so that each place stays.

    >>> without_latex(r"z_1 &= 2 \cdot 3 \approx 6 \\\\")
    'z_1  = 2 *     3 ≈       6     '
    """
    return LATEX.sub(lambda found: LATEX_SIGNS.get(found[0], "").ljust(len(found[0])), text)


def cell(text: str, offset: int) -> WrittenCell:
    """The text without what is around it, and its place."""
    stripped = text.strip(EDGE)
    return WrittenCell(stripped, offset + max(0, text.find(stripped)))
