"""A marked register as plain data: what is written of it as JSON and CSV, and what processes hand on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from bptrace.marking.marks import Marks
from bptrace.marking.report import Report
from bptrace.marking.verdicts import GOOD, SLIP, MarkedRow, Naming
from bptrace.numbers.digits import exact_numeral
from bptrace.numbers.exact import Rational


class RowRecord(NamedTuple):
    """What is said of a row: where it stands, what is written, the right value, the verdict and what goes with it.

    `line`, `value` and `digits` are None where there is none; `slips` and `after` are names. `marks`: what it earns, or
    nothing where a scheme has no marks for it.
    """

    quantity: str
    line: int | None
    given: str
    value: str | None
    verdict: str
    slips: tuple[str, ...]
    after: tuple[str, ...]
    digits: int | None
    marks: str = ""


class FileRecord(NamedTuple):
    """A file, marked: the network, the marks it got and could get, as decimals, and its rows.

    `look_first`: where hints are asked for, the row with the first mistake. `problem`: why the file could not be read,
    of which nothing else is known then; `is_fault`: that is a fault of bptrace. `perhaps`: slips that are proven beside
    the rounding of rows, those in one group that nothing tells apart.
    """

    file: str
    network: str
    got: str = "0"
    of: str = "0"
    rows: tuple[RowRecord, ...] = ()
    look_first: str = ""
    problem: str = ""
    is_fault: bool = False
    perhaps: tuple[tuple[str, ...], ...] = ()

    @property
    def marks(self) -> str:
        """The marks in words: `2 of 3 marks`."""
        return f"{self.got} of {self.of} mark{'s' * (self.of != '1')}"

    @property
    def unmarked(self) -> str:
        """Why it is not marked, in short: `cannot be read`; nothing where it is."""
        return "" if not self.problem else "a fault in bptrace" if self.is_fault else "cannot be read"

    @property
    def is_good(self) -> bool:
        """Whether it could be read, and every row is right or rounded."""
        return not self.problem and all(row.verdict in GOOD for row in self.rows)

    @property
    def verdicts(self) -> Counter[str]:
        """How many rows have which verdict."""
        return Counter(row.verdict for row in self.rows)

    @property
    def slips(self) -> set[tuple[str, ...]]:
        """The slips that its rows are charged with, those in one group that nothing tells apart."""
        return set(_smallest(row.slips for row in self.rows if row.verdict == SLIP))


def file_record(report: Report) -> FileRecord:
    """A report as plain data."""
    rows = tuple(_row(report, row, marks) for row, marks in zip(report.rows, report.marks, strict=True))
    first = report.first.name if report.hints and report.first else ""
    got, of = map(mark_text, report.total)
    perhaps = () if report.hints else _smallest(map(_each_once, (row.besides for row in report.rows)))
    return FileRecord(report.marked.file, report.network, got, of, rows, first, perhaps=tuple(perhaps))


def _smallest(groups: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Groups of slips, each once, but for those that have all of another."""
    found = {frozenset(names): names for names in groups if names}
    return [names for group, names in found.items() if not any(other < group for other in found)]


def _each_once(namings: Iterable[Naming]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(naming.slip for naming in namings))


def _row(report: Report, row: MarkedRow, marks: Marks | None) -> RowRecord:
    answer, value = row.answer, report.value(row)
    return RowRecord(
        row.name or (answer.quantity if answer else ""),
        answer.line if answer else None,
        answer.given if answer else "",
        None if value is None else report.exact_notation.shown(value).text,
        row.verdict,
        _each_once(report.slips(row)),
        row.after,
        row.digits,
        mark_text(marks.got) if marks else "",
    )


def mark_text(marks: Rational) -> str:
    """Marks as a decimal: `1`, `0.5`.

    >>> mark_text(Rational(5, 2))
    '2.5'
    """
    return exact_numeral(marks, decimal=True).text


def by_slip(records: Iterable[FileRecord], perhaps: bool = False) -> list[tuple[tuple[str, ...], list[str]]]:
    """Which slips are made, or are perhaps, and in which files, those first that most make."""
    found: dict[tuple[str, ...], list[str]] = {}
    for each in records:
        for slips in sorted(each.perhaps if perhaps else each.slips):
            found.setdefault(slips, []).append(each.file)
    return sorted(found.items(), key=lambda item: -len(item[1]))
