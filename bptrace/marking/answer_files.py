"""Answer files: whose rows become answers, each with the register's name, a number, and the rule beside it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from bptrace.errors import Mark, Source, SpecError, shortened
from bptrace.marking.decimal_comma import with_points
from bptrace.marking.numerals import Items, items, written_number
from bptrace.marking.sheet_rows import AS_IN, SheetRow, WrittenCell, only_told
from bptrace.marking.sheets import sheet_rows
from bptrace.marking.spelling import Referent, Spellings, plain_formula
from bptrace.marking.verdicts import Answer
from bptrace.marking.working import Working
from bptrace.marking.written_rules import WrittenRules
from bptrace.numbers.arrays import Shape
from bptrace.numbers.enclosures import MINUS_INFINITY, ZERO, is_enclosure
from bptrace.ops.expr import shape_text

ABOUT_THE_FILE = frozenset(
    [
        "name",
        "student",
        "author",
        "date",
        "title",
        "matriculation",
        "id",
        "group",
        "course",
        "class",
        "exercise",
        "task",
    ]
)
"""What a line says of a file rather than of a quantity, where the network has none that is called so."""


def read_answers(source: Source, working: Working) -> list[Answer]:
    r"""The answers in a file, in its order; a row that cannot be read is one with a problem.

    An array is one answer an element; a row whose value is left empty is none. Raises SpecError
    where the file as a whole has no rows that can be read.

    >>> import bptrace
    >>> working = Working(bptrace.loads("weights: {w: 3}\nforward: {z: 2*w}\nloss: z^2").trace())
    >>> for answer in read_answers(Source("-", "dz = 12\ndL/dW = 2*12 = 24"), working):
    ...     print(answer.name, answer.number.value, answer.said or "without a rule")
    dL/dz 12 without a rule
    dL/dw 24 2*12
    """
    return _reader_of(working).answers(source)


@lru_cache(maxsize=8)
def _reader_of(working: Working) -> _AnswerReader:
    """The reader that knows the spellings of a working, which are found once."""
    return _AnswerReader(working)


class _AnswerReader:
    """Reads the answer files of one working."""

    def __init__(self, working: Working) -> None:
        self.spellings = Spellings(working)
        self.rules = WrittenRules(self.spellings)

    def answers(self, source: Source) -> list[Answer]:
        """The answers in a file, each quantity's once; a formula alone goes with a row of its own for the value."""
        found: list[Answer] = []
        first: dict[str, Answer] = {}
        for row in sheet_rows(source):
            for answer in self._answers_in(source, row):
                found += [answer] if answer.number is None else _once(answer, first)
        return [answer for answer in found if answer.problem is None or not (answer.formula and answer.name in first)]

    def _answers_in(self, source: Source, row: SheetRow) -> list[Answer]:
        quantity = row.quantity.text
        mark = Mark(source, row.quantity.offset)
        blank = Answer(quantity, mark, line=row.line)
        if row.problem:
            return [blank._replace(name=self._known(row), problem=row.problem)]
        if row.value is None:
            given = " = ".join(rule.text for rule in row.rules)
            complaint = SpecError("a value is missing here", _end(source, row.quantity), AS_IN)
            return [blank._replace(name=self._known(row), given=given, problem=complaint)]
        if not row.value.text:
            return []
        try:
            return self._read(source, row, blank)
        except SpecError as problem:
            return [blank._replace(name=self._known(row), given=row.value.text, problem=only_told(problem))]

    def _read(self, source: Source, row: SheetRow, blank: Answer) -> list[Answer]:
        """The answers that a row with a value is. Raises SpecError where the value cannot be read."""
        assert row.value
        text = plain_formula(with_points(row.value.text) if row.commas else row.value.text)
        place = Mark(source, row.value.offset)
        array = items(text, place)
        meant = self._meant(row, blank.mark, array.shape if array else ())
        if isinstance(meant, SpecError):
            is_about = row.quantity.text.lower() in ABOUT_THE_FILE
            return [] if is_about else [blank._replace(name=self._known(row), given=row.value.text, problem=meant)]
        if array is None and len(meant.names) == 1:
            return self._moved([self._answer(source, row, blank, meant.names[0], text)])
        if array is None:
            message = f"{shortened(row.quantity.text)} is {shape_text(meant.shape)}, and here is one number"
            complaint = SpecError(message, place, f"as in {meant.names[0]}, or all of it: [..., ...]")
            return [blank._replace(given=row.value.text, name=meant.names[0], problem=complaint)]
        return self._moved(list(self._elements(source, row, blank, meant, array)))

    def _known(self, row: SheetRow) -> str:
        """The quantity of a row that cannot be read, the first of an array; nothing where it is none."""
        found = self._spelled(row)
        return found[0].names[0] if found else ""

    def _spelled(self, row: SheetRow) -> list[Referent]:
        """What a row can be of, by the sample and the section in which it stands too."""
        quantity = f"{row.quantity.text}({row.sample})" if row.sample else row.quantity.text
        return (row.section and self.spellings.meant(f"{row.section} {quantity}")) or self.spellings.meant(quantity)

    def _meant(self, row: SheetRow, mark: Mark, shape: Shape) -> Referent | SpecError:
        """What a row is of; of what is ambiguous the one thing that has the shape of what is written."""
        quantity = f"{row.quantity.text}({row.sample})" if row.sample else row.quantity.text
        found = self._spelled(row)
        if len(found) > 1:
            found = [meant for meant in found if _fit(meant.shape, shape)] or found
        if not found:
            return self.spellings.unknown(quantity, mark)
        return found[0] if len(found) == 1 else self.spellings.ambiguous(quantity, found, mark)

    def _answer(self, source: Source, row: SheetRow, blank: Answer, name: str, text: str) -> Answer:
        """The answer of one number, with its rules."""
        assert row.value
        answer = blank._replace(name=name, given=row.value.text)
        try:
            value = written_number(text, Mark(source, row.value.offset))
        except SpecError as problem:
            return self._formula_alone(source, row, answer) or answer._replace(problem=only_told(problem))
        return self.rules.beside(answer._replace(number=value), source, row)

    def _formula_alone(self, source: Source, row: SheetRow, answer: Answer) -> Answer | None:
        """The answer where its value is a formula with names; None where it is none."""
        assert row.value
        read = self.rules.beside(answer, source, row)
        if not read.formula or read.rule is not read.formula:
            return None
        return read._replace(problem=SpecError("a value is missing behind the formula", _end(source, row.value), AS_IN))

    def _moved(self, answers: list[Answer]) -> list[Answer]:
        """The answers; of weights that are not as they are given, as those of the weights that the update makes."""
        if all(self._is_given(answer) for answer in answers):
            return answers
        later = [self.spellings.later(answer.name) for answer in answers]
        return [answer._replace(name=name or answer.name) for answer, name in zip(answers, later, strict=True)]

    def _is_given(self, answer: Answer) -> bool:
        """Whether a number is the given's that it is written for, to its digits; of what is no given it is."""
        given = self.spellings.working.givens.get(answer.name)
        if answer.number is None or given is None or is_enclosure(given):
            return True
        if MINUS_INFINITY in (answer.number.value, given):
            return True
        return bool(abs(answer.number.value - given) <= (answer.number.unit or ZERO) / 2)

    def _elements(
        self, source: Source, row: SheetRow, blank: Answer, meant: Referent, array: Items
    ) -> Iterator[Answer]:
        """An answer for each element of an array."""
        assert row.value
        if not _fit(meant.shape, array.shape):
            message = f"{shape_text(array.shape)}, where {shortened(blank.quantity)} is {shape_text(meant.shape)}"
            place = Mark(source, row.value.offset)
            yield blank._replace(name=meant.names[0], problem=SpecError(message, place, "the elements, row by row"))
            return
        for name, (text, at) in zip(meant.names, array.texts, strict=True):
            element = row._replace(rules=(), value=WrittenCell(text, row.value.offset + at))
            yield self._answer(source, element, blank, name, text)


def _end(source: Source, cell: WrittenCell) -> Mark:
    """The place behind a part of a row."""
    return Mark(source, cell.offset + len(cell.text))


def _fit(wanted: Shape, given: Shape) -> bool:
    """Whether an array can be one of this shape: a vector may stand as a row or as a column."""
    return tuple(n for n in wanted if n != 1) == tuple(n for n in given if n != 1)


def _once(answer: Answer, first: dict[str, Answer]) -> list[Answer]:
    """The answer; nothing where it stands in the file already, a problem where another number does."""
    before = first.setdefault(answer.name, answer)
    if before is answer:
        return [answer]
    if before.number and answer.number and before.number.value == answer.number.value:
        return []
    message = f"{answer.name} stands here again; it stands at line {before.line} too"
    return [answer._replace(problem=SpecError(message, answer.mark, "the first is read; leave one of them out"))]
