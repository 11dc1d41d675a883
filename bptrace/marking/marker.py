"""Marking registers of one network one after another: read, judged, reported."""

from __future__ import annotations

from collections.abc import Collection

from bptrace.errors import Source
from bptrace.marking.answer_files import read_answers
from bptrace.marking.judge import DIGITS, Judge
from bptrace.marking.marks import Scheme
from bptrace.marking.report import Report
from bptrace.marking.verdicts import MISSING, Marked
from bptrace.marking.working import Working


class Marker:
    """Marks registers of a network; what is worked out of it is kept from one to the next.

    `network`: what it is called, its file. `digits`: as how many a number is read at least. `asked`: the rows that are
    missing where they are not there. `scheme`: marks by quantity. `hints`: reports are without answers. `negative`: the
    error of a unit is -dL/dz.
    """

    def __init__(
        self,
        working: Working,
        network: str,
        digits: int = DIGITS,
        asked: Collection[str] = (),
        scheme: Scheme | None = None,
        hints: bool = False,
        negative: bool = False,
    ) -> None:
        self.judge = Judge(working, digits, negative)
        self.working = working
        self.network = network
        self.asked = asked
        self.scheme = scheme
        self.hints = hints

    def report(self, source: Source) -> Report:
        """The report on one register. Raises SpecError where it cannot be read at all."""
        answers = read_answers(source, self.working)
        marked = self.judge.mark(answers, source.name, bool(self.asked))
        return Report(self._asked_alone(marked), self.working, self.network, self.scheme, self.hints)

    def _asked_alone(self, marked: Marked) -> Marked:
        """What is marked, without rows that are missing though nobody asked for them."""
        rows = tuple(row for row in marked.rows if row.verdict != MISSING or row.name in self.asked)
        return marked._replace(rows=rows)
