"""A row of an answer file in its parts, each with its place: `dL/dw11 = dL/dz1*x1 = -2*1 = -2`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from bptrace.errors import Mark, Source, SpecError

LATEX_SIGNS = {r"\cdot": "*", r"\times": "*", r"\approx": "≈", r"\le": "≤", r"\leq": "≤", r"\ge": "≥", r"\geq": "≥"}
"""The signs of LaTeX that are read between numbers, and what each is."""
MATRIX = re.compile(r"\\begin\{[a-zA-Z]?matrix\}(?P<inner>.{0,2000}?)\\end\{[a-zA-Z]?matrix\}")
ALIGNED = re.compile(r"&\s*[=≈]")
LINE_END = r"\\\\\*?(?:\[[0-9.]{1,9}(?:ex|em|pt)\])?"
LATEX = re.compile(rf"\\(?:cdot|times|approx|leq?|geq?|left|right|quad|qquad)(?![a-zA-Z])|\\[,;:! ]|{LINE_END}|&")
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
BULLET = re.compile(r"(?:=>|->|[⇒→∴]|[-*•+>](?=\s)|\(?(?:\d{1,3}|[a-z])\)(?=\s)|\d{1,3}\.(?=\s))\s*(?=\S)")
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
TICKS = "✓✔✅☑✗✘❌✖\ufe0f"
"""What somebody ticks or crosses a row with."""
EDGE = f"\ufeff \t\r\n\xa0`${TICKS}"
BEHIND = f";, {TICKS}"
"""What may stand behind a value."""
RUN_ON = re.compile(r"[-+−]?[0-9.]+\s*[;,]?\s+[^\W\d]")
"""A number and a word: the value of one row, and then another row or a reason."""
A_ROW_A_LINE = "a row a line, and '*' in a product"


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
            yield SheetLine(number, without_latex(text) if "\\" in text or ALIGNED.search(text) else text, offset)
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
    return "_" * len(found[0])


def chain(source: Source, line: SheetLine) -> SheetRow:
    """The row that a plain line is: `dL/dw11 = -2*1 = -2`, `δ2: 0.5`, `dL/dw11 -2`."""
    number, text, offset = line
    text = COMMENT.sub("", text).rstrip().rstrip(BEHIND)
    begin = len(text) - len(text.lstrip(EDGE))
    if bullet := BULLET.match(text, begin):
        begin = bullet.end()
    sign = FIRST_SIGN.search(text, begin)
    apart = SPACED.fullmatch(text, begin) if not sign and len(text) < LONGEST else None
    if sign and sign.start() > begin:
        quantity = cell(text[begin : sign.start()], offset + begin)
        return row_of(source, number, quantity, [], cell(text[sign.end() :], offset + sign.end()))
    if apart and any(map(str.isalpha, apart["quantity"])):
        quantity, value = (cell(apart[part], offset + apart.start(part)) for part in ("quantity", "value"))
        return SheetRow(number, quantity, (), value)
    problem = SpecError("no row: a quantity, '=' and its value", Mark(source, offset + begin), AS_IN)
    return SheetRow(number, WrittenCell("", offset + begin), problem=problem)


def row_of(
    source: Source,
    number: int,
    quantity: WrittenCell,
    rules: Sequence[WrittenCell],
    value: WrittenCell | None,
    commas: bool = False,
) -> SheetRow:
    """A row of cells, where a rule and a value may be several: `-2*1 = -2`, `1 if z1>0`."""
    found = [part for rule in rules for part in cells_of(rule)]
    if value:
        *more, value = cells_of(value)
        found += more
        if twice := next((part for part in more if _runs_on(part.text, commas)), None):
            problem = SpecError("two rows in one line, or a product?", Mark(source, twice.offset), A_ROW_A_LINE)
            return SheetRow(number, quantity, problem=problem)
        if len(value.text) < LONGEST and (reason := REASON.fullmatch(value.text)):
            found.append(cell(reason["reason"], value.offset + reason.start("reason")))
            value = cell(reason["value"], value.offset)
    return SheetRow(number, quantity, tuple(part for part in found if part.text), value, commas)


def _runs_on(text: str, commas: bool) -> bool:
    """Whether a part between two signs ends one row and begins another: `2, z2`, `2 since x1`."""
    if len(text) > LONGEST:
        return False
    return bool(RUN_ON.match(text)) or (not commas and bool(SEVERAL.search(OUTSIDE.sub("", text))))


def cells_of(written: WrittenCell) -> list[WrittenCell]:
    """The parts of `dL/dz1*x1 = -2*1 = -2`; a comparison, `z1=2>0`, is one part."""
    text, offset = written
    begin, pieces = 0, list[WrittenCell]()
    for end, after in _ends(text):
        piece = cell(text[begin:end], offset + begin)
        if pieces and COMPARED.search(piece.text):
            piece = cell(text[pieces[-1].offset - offset : end], pieces.pop().offset)
        if piece.text:
            pieces.append(piece)
        begin = after
    return pieces or [written]


def _ends(text: str) -> Iterator[tuple[int, int]]:
    """Where each part ends, and where the next one begins."""
    shown = OUTSIDE.sub(_blanked, text) if len(text) < LONGEST else text
    for found in islice(SIGN.finditer(shown), PART_LIMIT):
        yield found.span()
    yield len(text), len(text)


def only_told(problem: SpecError) -> SpecError:
    """The complaint alone, to be kept: one that has been raised holds on to all that there was around it."""
    return SpecError(problem.message, problem.mark, *problem.hints)


def without_latex(text: str) -> str:
    r"""A line with the plain signs for those of LaTeX, as long as before, so that each place stays.

    >>> without_latex(r"z_1 &= 2 \cdot 3 \approx 6 \\\\")
    'z_1  = 2 *     3 ≈       6     '
    """
    text = MATRIX.sub(_bracketed, text) if "matrix}" in text else text
    return LATEX.sub(lambda found: LATEX_SIGNS.get(found[0], "").ljust(len(found[0])), text)


def _bracketed(found: re.Match[str]) -> str:
    """A matrix of LaTeX as one in brackets, `[1 , 2 ;  3 , 4]`, as long as it is."""
    inner = found["inner"].replace("&", ",").replace("\\\\", "; ")
    return "[".ljust(found.start("inner") - found.start()) + inner + "]".rjust(found.end() - found.end("inner"))


def cell(text: str, offset: int) -> WrittenCell:
    """The text without what is around it, and its place."""
    stripped = text.strip(EDGE)
    return WrittenCell(stripped, offset + max(0, text.find(stripped)))
