"""Rules as formulas of a spreadsheet: a name is the cell that has its value, `Givens!C12*E5+Givens!C13`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from bptrace.errors import BptraceError
from bptrace.numbers.digits import exact_numeral
from bptrace.numbers.enclosures import MINUS_INFINITY, Scalar, is_enclosure, is_zero
from bptrace.numbers.exact import Rational
from bptrace.numbers.public import public
from bptrace.ops.evaluate import evaluate
from bptrace.ops.expr import Branch, Call, Cases, Expr, Leaf, Number, factors
from bptrace.ops.format import ATOM, CASES, FACTOR, SUM, TERM
from bptrace.ops.layout import WITH_NAMES, power
from bptrace.ops.notation import TextFormat
from bptrace.ops.table import OPS, Op
from bptrace.ops.walker import FLIPPED, Walker, bracketing

LONGEST, DEEPEST = 8_000, 60
"""A formula has at most 8,192 characters, and functions within functions 64 levels deep."""
LONG, SHORT = 2_000, 60
"""So long is what becomes a part of its own: within a formula, and where an operation would repeat it."""
MOST_DIGITS = 15
"""A number of more digits is cut there."""
MASKED = -1e300
"""What stands for minus infinity, which no cell can hold: exp of it is 0."""
SIGNS = {TERM: "+", FACTOR: "*"}


class SheetCell(NamedTuple):
    """A place in a spreadsheet: its sheet, and its row and column counted from 0."""

    sheet: str
    row: int
    column: int

    def seen_from(self, sheet: str) -> str:
        """What a formula on a sheet calls it: `C5`, or `Givens!C5`."""
        name = f"{column_name(self.column)}{self.row + 1}"
        return name if sheet == self.sheet else f"{self.sheet}!{name}"


def column_name(column: int) -> str:
    """The letters of a column that is counted from 0.

    >>> column_name(0), column_name(25), column_name(26)
    ('A', 'Z', 'AA')
    """
    before, place = divmod(column, 26)
    return (column_name(before - 1) if before else "") + chr(ord("A") + place)


class InCells(TextFormat):
    """How a spreadsheet writes operators. A minus binds closer there than a power, so that one behind it is bracketed.

    >>> InCells().negative("C5^2"), InCells().negative("C5*D5")
    ('-(C5^2)', '-C5*D5')
    """

    signs = TextFormat.signs | {" + ": "+", " - ": "-"}
    apart = False
    counted = ()

    def negative(self, inner: str) -> str:
        """A minus before a piece."""
        return f"-({inner})" if "^" in inner else f"-{inner}"

    def function(self, name: str) -> str:
        """A function's name."""
        return name.upper()

    def cases(self, branches: Sequence[tuple[str, str]]) -> str:
        """Values, each with its condition; the last holds where no other does."""
        *others, (last, _) = branches
        for value, condition in reversed(others):
            last = f"IF({condition},{value},{last})"
        return last

    def more(self, count: int, kind: str) -> str:
        """What is left out of a row: nothing is."""
        raise NotImplementedError


class SheetFormula(NamedTuple):
    """A formula, and those parts of it that are too long for it and stand in cells of their own, in order."""

    text: str
    parts: Sequence[str]


class FormulaWriter(Walker[str]):
    """Writes rules as formulas over the cells that names stand for.

    `cells`: where each name has its value. `parts_from`: the column of the first part of a long formula, in the row of
    its cell. `bits`: the precision that values were worked out with.
    """

    format = InCells()
    look = WITH_NAMES
    terms = None

    def __init__(self, cells: Mapping[str, SheetCell], parts_from: int, bits: int) -> None:
        super().__init__()
        self.cells = cells
        self.parts_from = parts_from
        self.bits = bits
        self.here = SheetCell("", 0, 0)
        self.parts: list[str] = []

    def formula(self, tree: Expr, here: SheetCell) -> SheetFormula:
        """The formula of a rule for its cell. Raises BptraceError where no spreadsheet takes it."""
        self.here, self.parts = here, []
        text = self.top(tree)
        if max(map(len, (text, *self.parts))) > LONGEST or _depth(text) > DEEPEST:
            raise BptraceError(
                f"error: the formula of {here.seen_from('')} is longer than a spreadsheet takes\n   csv has it whole"
            )
        return SheetFormula(text, self.parts)

    def _apart(self, text: str, length: int = SHORT) -> str:
        """The text, or the cell that it is put into where it is longer than that."""
        if len(text) <= length and _depth(text) < DEEPEST // 2:
            return text
        self.parts.append(text)
        return SheetCell("", self.here.row, self.parts_from + len(self.parts) - 1).seen_from("")

    def write(self, tree: Expr, needed: int, leads: bool) -> str:
        """A tree in a place, in a cell of its own where it is long."""
        piece = super().write(tree, needed, leads)
        return piece if needed <= CASES else self._apart(piece, LONG)

    def several(self, parts: Sequence[Expr], needed: int, kind: str, leads: bool = False, taken: int = 0) -> list[str]:
        """The parts of a row; those of a long sum or product a group at a time in cells of their own."""
        pieces = [self.write(part, needed, leads) for part in parts]
        if kind not in SIGNS or sum(map(len, pieces)) < LONG:
            return pieces
        return [self._apart(SIGNS[kind].join(group), 0) for group in _groups(pieces)]

    def element(self, leaf: Leaf, needed: int) -> str:
        """The cell of an element."""
        return self.cells[leaf.name].seen_from(self.here.sheet)

    def literal(self, tree: Number, needed: int, leads: bool) -> str:
        """A number, as a decimal where it has one of so many digits as count."""
        text = number_text(tree.value)
        wanted = bracketing(needed, leads)
        wrong = (text.startswith("-") and wanted & 1) or ("/" in text and wanted & 2)
        return self.format.brackets(text) if wrong else text

    def call(self, call: Call, needed: int, leads: bool) -> str:
        """An operation in a place; where it may have no value, but a limit, with the condition for that."""
        parts = factors(call)
        weak = [found for part in parts for found in _weak(part)] if len(parts) > 1 else []
        zeros = [part for part in parts if weak and _may_be_zero(part) and not any(_weak(part))]
        if zeros:
            return self._beside_zero(call, zeros, weak)
        return self._usual(call, needed, leads)

    def _usual(self, call: Call, needed: int, leads: bool) -> str:
        row = OPS[call.op]
        if row.cell and not _never_lacks(call, row):
            return self._as_function(call, row)
        if row.layout is power and _is_zero(call.args[0]) and not isinstance(call.args[1], Number):
            base, exponent = (self.write(arg, ATOM, True) for arg in call.args)
            return f"IF(AND({base}=0,{exponent}=0),1,{base}^{exponent})"  # 0^0 is 1, and an error in spreadsheets
        return super().call(call, needed, leads)

    def _beside_zero(self, product: Call, zeros: Sequence[Expr], weak: Sequence[Call]) -> str:
        """A product that is 0 where a factor is, though another has no value there."""
        either, none = (
            [f"{self.write(part, SUM, True)}=0" for part in parts] for parts in (zeros, [part.args[0] for part in weak])
        )
        first = either if len(either) == 1 else [self.format.called("OR", either)]
        return f"IF({self.format.called('AND', [*first, *none])},0,{self._usual(product, SUM, True)})"

    def _as_function(self, call: Call, row: Op) -> str:
        """An operation as its row has it."""
        if not isinstance(row.cell, str):
            return row.cell([self.write(arg, ATOM, True) for arg in call.args], self._apart)
        if "{0}" not in row.cell:
            return row.cell.format(",".join(self.write(arg, SUM, True) for arg in call.args))
        args = [self.write(arg, ATOM, True) for arg in call.args]
        return row.cell.format(*args, limit=self._limit(call, row) if "{limit}" in row.cell else "")

    def _limit(self, call: Call, row: Op) -> str:
        """What stands for an operation whose arguments are all 0."""
        found = row.limit and row.limit(call, [Rational(0)] * len(call.args))
        return self.write(found, SUM, True) if found else "0"

    def cases(self, cases: Cases, needed: int, leads: bool) -> str:
        """Cases, one within the other; each stands by itself."""
        subject = self.write(cases.subject, SUM, True)
        return self.format.cases(
            [(self.write(b.value, SUM, True), self._condition(subject, b)) for b in cases.branches]
        )

    def _condition(self, subject: str, branch: Branch) -> str:
        low = self.write(branch.low[0], SUM, True) if branch.low else ""
        high = self.write(branch.high[1], SUM, True) if branch.high else ""
        if low == high:
            return f"{subject}={low}"
        found = [f"{subject}{FLIPPED[branch.low[1]]}{low}"] if branch.low else []
        found += [f"{subject}{branch.high[0]}{high}"] if branch.high else []
        return self.format.called("AND", found) if len(found) > 1 else found[0]


def number_text(value: Rational) -> str:
    """An exact number as formulas have it: `0.5`, `1/3`, `1E+20`."""
    text = exact_numeral(value, True).text
    whole = text.partition("/")[0].lstrip("-").replace(".", "")
    if max(map(len, (whole, text.partition("/")[2]))) <= MOST_DIGITS:
        return text
    return repr(double(value, "a number")).upper()


def double(value: Scalar, what: str) -> float:
    """The number that a cell holds, the nearest double. Raises BptraceError where none is near."""
    try:
        return MASKED if value is MINUS_INFINITY else float(public(value))
    except OverflowError:
        raise BptraceError(f"error: {what} is beyond the numbers that a cell can hold\n   csv has its value") from None


def _weak(tree: Expr) -> Iterator[Call]:
    """The parts of a factor that lack a value where what they are of is exactly 0, as it may be."""
    if isinstance(tree, Call) and OPS[tree.op].weak and not OPS[tree.op].layout:
        if _may_be_zero(tree.args[0]):
            yield tree
    elif isinstance(tree, Call):
        for arg in OPS[tree.op].affine(tree):
            yield from _weak(arg)


def _may_be_zero(tree: Expr) -> bool:
    """Whether a part can be exactly 0 for some values: a literal is, or it is rational, or has no value here."""
    if isinstance(tree, Number):
        return is_zero(tree.value)
    try:
        return not is_enclosure(evaluate(tree))
    except ArithmeticError:
        return True


def _is_zero(tree: Expr) -> bool:
    """Whether a part is exactly 0 with the values here."""
    try:
        return is_zero(evaluate(tree))
    except ArithmeticError:
        return False


def _never_lacks(call: Call, row: Op) -> bool:
    """Whether an operation that has a limit need not be written with it: nothing that would have to be 0 can be."""
    if not row.limit or not row.layout:
        return False
    literal = any(isinstance(arg, Number) and not is_zero(arg.value) for arg in call.args)
    return literal or ("{limit}" in str(row.cell) and any(is_enclosure(evaluate(arg)) for arg in call.args))


def _groups(pieces: Sequence[str]) -> Iterator[list[str]]:
    """The pieces, as many at a time as make one part."""
    group: list[str] = []
    length = 0
    for piece in pieces:
        if group and length + len(piece) > LONG:
            yield group
            group, length = [], 0
        group.append(piece)
        length += len(piece) + 1
    yield group


def _depth(text: str) -> int:
    """How deep brackets stand within brackets."""
    if text.count("(") < DEEPEST // 2:
        return 0
    deep = now = 0
    for char in text:
        now += (char == "(") - (char == ")")
        deep = max(deep, now)
    return deep
