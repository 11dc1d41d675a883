"""A quiz over a register: before a row is revealed its value is asked for. What was asked and answered, no terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from bptrace.engine.row import Row
from bptrace.engine.trace import Trace
from bptrace.errors import SpecError, cut
from bptrace.explain.hints import hints_in_turn
from bptrace.marking.answers import CLOSE, RIGHT, Answers, Verdict
from bptrace.marking.decimal_comma import with_points

HINT, TOLD, NEARLY, UNREAD = "hint", "told", "nearly", "unread"
ECHO = 40
HINT_LENGTH = 100
MISSED = 40
"""How many missed rows are named."""


class Reply(NamedTuple):
    """What is said to an answer. `kind`: `right`, `hint` after a wrong one, `told` after the last try or to a skip.

    `unread` cannot be read, `nearly` is right but for its form. `read`: whether it could be read.
    """

    kind: str
    text: str
    read: bool = True


class Score:
    """How many rows were right at the first try, how many with hints, and which were missed."""

    def __init__(self) -> None:
        self.first = 0
        self.hinted = 0
        self.missed: list[str] = []

    def lines(self) -> list[str]:
        """`20 rows: 17 right at the first try, 2 with hints, 1 missed`, then what was missed; nothing for no rows."""
        count = self.first + self.hinted + len(self.missed)
        if not count:
            return []
        parts = [f"{self.first} right at the first try"]
        parts += [f"{self.hinted} with hints"] * bool(self.hinted) + [f"{len(self.missed)} missed"] * bool(self.missed)
        lines = [f"{count} row{'s' * (count != 1)}: {', '.join(parts)}"]
        if self.missed:
            more = f" and {len(self.missed) - MISSED} more" if len(self.missed) > MISSED else ""
            lines.append(f"missed: {', '.join(self.missed[:MISSED])}{more}")
        return lines


class Quiz:
    """A quiz over a trace from the row `first` on. `place`: the row that is asked; the trace's `count` at the end.

    `first_hint` says how to go about the row at a place, or nothing. Formula, numbers and value follow.
    `tries`: so many answers are taken to a row, whatever they are, then its value is told. Without it, it is told
    after the last hint, and what cannot be read or is right but for its form changes nothing.
    """

    def __init__(
        self, trace: Trace, first_hint: Callable[[int], str], first: int = 0, tries: int | None = None
    ) -> None:
        self.trace = trace
        self.first_hint = first_hint
        self.place = first
        self.tries = tries
        self._answers = Answers(trace)
        self._score = Score()
        self._tries = self._hinted = 0

    @property
    def over(self) -> bool:
        """Whether every row was asked."""
        return self.place >= self.trace.count

    @property
    def quantity(self) -> str:
        """What the row that is asked is called over all samples."""
        return self.trace.step_at(self.place).called(next(self.trace.quantities(self.place)))

    def answer(self, text: str) -> Reply:
        """What is said to an answer; nothing typed is one that is wrong. Raises LookupError where the quiz is over."""
        if self.over:
            raise LookupError("every row was asked")
        if not text.strip():
            return self._wrong("")
        read = with_points(text)
        reply = self._answer(read)
        return reply if read == text else reply._replace(text=f"{_echo(text)} is read as {_echo(read)}; {reply.text}")

    def hint(self) -> Reply:
        """The next hint, which is no answer; the row then counts as one with hints."""
        hints = self._hints()
        if self._hinted == len(hints):
            return Reply(HINT, "no more hints: skip tells the value")
        self._hinted += 1
        return Reply(HINT, hints[self._hinted - 1])

    def skip(self) -> Reply:
        """The value; the row counts as missed."""
        return self._missed("", how="skipped, which counts as missed")

    def _answer(self, text: str) -> Reply:
        try:
            verdict = self._answers.judge(text, self.place)
        except SpecError as problem:
            hints = [hint for hint in problem.hints[-1:] if len(hint) <= HINT_LENGTH]
            return self._undecided(Reply(UNREAD, "; ".join([problem.message, *hints]), read=False))
        if verdict.kind == CLOSE:
            return self._undecided(Reply(NEARLY, verdict.wanted))
        return self._right(text, verdict) if verdict.kind == RIGHT else self._wrong(f"not {_echo(text)}; ")

    def score(self) -> list[str]:
        """The score so far, a line or two; rows that are not answered yet do not count."""
        return self._score.lines()

    def _right(self, text: str, verdict: Verdict) -> Reply:
        reply = Reply(RIGHT, f"{self._told('' if verdict.plain else ' '.join(text.split()))}: right")
        if self._tries or self._hinted:
            self._score.hinted += 1
        else:
            self._score.first += 1
        self._next()
        return reply

    def _undecided(self, reply: Reply) -> Reply:
        """A reply that asks again; where tries are counted, it is one."""
        if self.tries is None:
            return reply
        self._tries += 1
        return reply if self._tries < self.tries else self._missed(f"{reply.text}; ", reply.read)

    def _wrong(self, start: str) -> Reply:
        hints = self._hints()
        self._tries += 1
        if self._hinted == len(hints) if self.tries is None else self._tries >= self.tries:
            return self._missed(start)
        self._hinted = min(self._hinted + 1, len(hints))
        return Reply(HINT, f"{start}{hints[self._hinted - 1] if hints else 'try again'}")

    def _missed(self, start: str, read: bool = True, how: str = "counts as missed") -> Reply:
        reply = Reply(TOLD, f"{start}{self._told()}; {how}", read)
        self._score.missed.append(self.quantity)
        self._next()
        return reply

    def _next(self) -> None:
        self.place += 1
        self._tries = self._hinted = 0

    def _row(self) -> Row:
        return next(self.trace.part(self.place, self.place + 1))

    def _hints(self) -> list[str]:
        return hints_in_turn(self._row(), self.first_hint(self.place))

    def _told(self, form: str = "") -> str:
        """The row as it is revealed, with the form that was typed before the value if it is another."""
        shown = self._row().shown
        name = f"{self.quantity} = {_echo(form)}" if form and form not in (shown.text, shown.digits) else self.quantity
        return shown._replace(digits=cut(shown.digits)).of(name)


def _echo(text: str) -> str:
    return cut(" ".join(text.split()), ECHO)
