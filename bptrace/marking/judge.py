"""The judge: somebody's numbers held against the register, row by row, each by the working from their own numbers.

A row is right by its value; or the right rule on the person's earlier numbers can give it (`rounded`, or `follows`
where one of those is wrong); or the widest reading of the numbers refutes that, and a slip gives it; or it is wrong.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property

from bptrace.engine.effort import SpentError
from bptrace.engine.sentence_parts import sentence
from bptrace.marking.conventions import Meant, as_meant, conventions_in, conventions_told, negative_errors
from bptrace.marking.hypotheses import Hypotheses, Suspect
from bptrace.marking.readings import EXACT, SHARP, WIDE, WIDEST, WRITTEN, Reading
from bptrace.marking.rule_checks import RuleChecks
from bptrace.marking.verdicts import (
    FOLLOWS,
    GOOD,
    MISSING,
    MISTAKES,
    RIGHT,
    ROUNDED,
    SLIP,
    UNKNOWN,
    UNREADABLE,
    WRONG,
    Answer,
    Marked,
    MarkedRow,
    Naming,
)
from bptrace.marking.working import Working
from bptrace.marking.written_register import SEARCHED, WrittenRegister
from bptrace.numbers.enclosures import Scalar, is_enclosure, precision
from bptrace.ops.reach import PROVEN, REFUTED

DIGITS = 2
"""As how many digits a number is read at least."""
BITS = 128
DIGITS_OF_PAIR = 4
"""To how many digits a number is written, at least, that two slips at once may explain; fewer are met by many pairs."""
MOST_PAIRED = 4
"""In so many rows two slips at once are looked for."""
WITHOUT_BOUNDS = sentence(
    "Nothing is proven of it: to the digits that are written, it is worked out with a division by what may be 0."
)
NOT_ALL_NAMED = sentence(
    f"Not all slips are named, and not every rule is compared: that takes more than {SEARCHED:,} operations, "
    "the most for one register."
)
MOST_BELOW = 12
"""By how many wrong rows below it slips are told apart that explain a row."""


class Judge:
    """Judges registers of one network; what a slip makes of the network is worked out once for all of them.

    `digits`: as how many digits a number is read at least. `negative`: the gradient at what the file defines is written
    with the other sign, as the error of a unit is by some.
    """

    def __init__(self, working: Working, digits: int = DIGITS, negative: bool = False) -> None:
        self.working = working
        self.digits = digits
        self.meant = negative_errors(working) if negative else {}
        self.hypotheses = Hypotheses(working)

    def mark(self, answers: Sequence[Answer], file: str = "", all_rows: bool = False) -> Marked:
        """What is to be said of each row, in the file's order. `all_rows`: rows that are not there are missing."""
        with precision(max(self.working.bits, BITS)):
            marking = self._marked(answers)
        rows = (*marking.rows(), *(self._missing(answers) if all_rows else ()))
        meant = {name: factor for name, factor in marking.meant.items() if name in marking.by_name}
        stopped = (NOT_ALL_NAMED,) if marking.register.search.refused else ()
        return Marked(file, rows, (*conventions_told(meant), *stopped), is_searched=not stopped)

    def _marked(self, answers: Sequence[Answer]) -> _Marking:
        """The rows by the convention that leaves fewest mistakes: the register's, if another leaves as many."""
        usual = _Marking(self, answers, self.meant)
        if self.meant or not usual.mistakes:
            return usual
        meant = conventions_in(usual.register)
        other = _Marking(self, answers, meant) if meant else usual
        return other if other.mistakes < usual.mistakes else usual

    def _missing(self, answers: Iterable[Answer]) -> Iterator[MarkedRow]:
        written = {answer.name for answer in answers}
        return (MarkedRow(name, MISSING) for name in self.working.lines if name not in written)


class _Marking:
    """One register, marked. `meant`: how many times the right number is written in some rows."""

    def __init__(self, judge: Judge, answers: Sequence[Answer], meant: Meant) -> None:
        self.working = judge.working
        self.hypotheses = judge.hypotheses
        self.answers = answers
        self.by_name: dict[str, Answer] = {}
        for answer in answers:
            if answer.name and answer.number is not None:
                self.by_name.setdefault(answer.name, answer)
        numbers = {name: answer.number for name, answer in self.by_name.items() if answer.number is not None}
        self.meant = meant
        theirs = {name: as_meant(number, meant[name]) if name in meant else number for name, number in numbers.items()}
        self.register = WrittenRegister(self.working, theirs, judge.digits)
        self.checks = RuleChecks(self.register, self.hypotheses, meant)
        self.found: dict[str, MarkedRow] = {}
        self._mark()

    def _mark(self) -> None:
        for name in self.register.written:
            self.found[name] = self.checks.of_row(self.by_name[name], self._marked(name))
        with suppress(SpentError):
            self._pair()
        self._choose()
        with suppress(SpentError):
            self._add_besides()

    @property
    def mistakes(self) -> int:
        """How many rows have a mistake of their own."""
        return sum(row.verdict in MISTAKES for row in self.found.values())

    def rows(self) -> list[MarkedRow]:
        """The verdicts in the file's order."""
        return [self._row(answer) for answer in self.answers]

    def _row(self, answer: Answer) -> MarkedRow:
        if answer.problem or answer.number is None:
            return MarkedRow(answer.quantity, UNKNOWN if answer.is_unknown else UNREADABLE, answer)
        if answer.name not in self.working.lines:  # a given, which no rule gives
            right = self.register.is_value(answer.name, answer.number)
            return MarkedRow(answer.name, RIGHT if right else WRONG, answer)
        return self.found[answer.name]._replace(answer=answer)

    def _marked(self, name: str) -> MarkedRow:
        if self.register.is_right(name):
            return MarkedRow(name, RIGHT, digits=self._digits(name, self.working.value(name)))
        rule = self.register.rule(name)
        if self._cannot_be(name):
            return self._mistaken(name)
        digits = None if self.register.gives(rule, name, EXACT) == PROVEN else self._digits(name)
        after = self._after(name)
        remarks = () if self.register.reached(rule, WIDEST) is not None else (WITHOUT_BOUNDS,)
        if not after:
            return MarkedRow(name, ROUNDED, digits=digits, remarks=remarks)
        return MarkedRow(name, FOLLOWS, after=after, digits=digits, is_easy=self._is_easy(name), remarks=remarks)

    def _cannot_be(self, name: str) -> bool:
        """Whether the right rule cannot give what is written, by the widest reading; a fraction was rounded nowhere."""
        reading = WRITTEN if self.register.written[name].decimals is None else WIDEST
        return self.register.gives(self.register.rule(name), name, reading) == REFUTED

    def _digits(self, name: str, exactly: Scalar | None = None) -> int | None:
        """To how many digits a number is written; None of one that is all of it, as what it should be exactly tells."""
        number = self.register.written[name]
        if number.decimals is None or (exactly is not None and not is_enclosure(exactly) and exactly == number.value):
            return None
        return number.digits

    def _after(self, name: str) -> tuple[str, ...]:
        """The rows with a mistake that the working of a row hangs on, through rows that follow from them."""
        found: dict[str, None] = {}
        seen, waiting = {name}, [name]
        while waiting:
            for part in self.register.reads(waiting.pop()):
                row = self.found.get(part)
                if part in self.register.charged or (row and row.verdict in MISTAKES):
                    found[part] = None
                elif row and row.verdict == FOLLOWS:
                    found.update(dict.fromkeys(row.after))
                elif row is None and part in self.working.lines and part not in seen:
                    seen.add(part)
                    waiting.append(part)
        return tuple(sorted(found, key=lambda item: self.working.order[item]))

    def _is_easy(self, name: str) -> bool:
        """Whether a number that the row reads is 0 and should not be."""
        written = self.register.written
        return any(
            part in written and not written[part].value and self.found[part].verdict not in GOOD
            for part in self.register.reads(name)
        )

    # mistakes

    def _mistaken(self, name: str) -> MarkedRow:
        try:
            suspects = self.hypotheses.explaining(name, self.register)
            best = self._best(name, suspects)
        except SpentError:
            suspects = []
        if not suspects:
            return MarkedRow(name, WRONG)
        hidden = {key: rule for key, rule in best[0].rules.items() if key != name}
        if hidden:
            self.register.charge(hidden)
        elif self.register.gives(best[0].naming.rule, name, EXACT) == PROVEN:
            self.register.take_as_exact(name)
        return MarkedRow(name, SLIP, slips=tuple(suspect.naming for suspect in best))

    def _pair(self) -> None:
        """Name two slips at once that could be, in rows with many digits; with few, where two rows agree on them."""
        wrong = [name for name, row in self.found.items() if row.verdict == WRONG and not row.remarks][:MOST_PAIRED]
        found = {name: self.hypotheses.paired(name, self.register) for name in wrong}
        counts = Counter(pair for pairs in found.values() for pair in pairs)
        for name, pairs in found.items():
            number = self.register.written[name]
            is_long = number.decimals is None or number.digits >= DIGITS_OF_PAIR
            best = max(pairs, key=lambda pair: counts[pair], default=None)
            if best and (is_long or counts[best] > 1):
                self.found[name] = MarkedRow(name, SLIP, slips=pairs[best])

    def _best(self, name: str, suspects: Sequence[Suspect]) -> list[Suspect]:
        """Of slips that explain a row those that explain most of the wrong rows below it, from one row first."""
        if len(suspects) <= 1:
            return list(suspects)
        names = {suspect.naming.slip for suspect in suspects}
        own = {
            other: {item.naming.slip for item in self.hypotheses.at(other, self.register, WIDEST, names)}
            for other in self._wrong_below(name)
        }

        def explained(suspect: Suspect) -> tuple[int, int]:
            hidden = {key: rule for key, rule in suspect.rules.items() if key != name}
            trial = self.register.supposing(hidden) if hidden else self.register
            following = {other for other in own if trial.gives(trial.rule(other), other, WIDEST) != REFUTED}
            alike = {other for other, slips in own.items() if suspect.naming.slip in slips}
            return len(following | alike), len(following)

        sound = [suspect for suspect in suspects if not self._contradicts(suspect, name, (), WIDEST)]
        suspects = sound or suspects
        scores = [explained(suspect) for suspect in suspects]
        ranked = sorted(range(len(suspects)), key=lambda place: scores[place], reverse=True)
        most, _ = max(scores)
        return [suspects[place] for place in ranked if scores[place][0] == most]

    def _wrong_below(self, name: str) -> list[str]:
        """The first of the rows below one whose numbers are not right."""
        order = self.working.order
        start = bisect_right(self._wrong, order[name], key=order.__getitem__)
        return self._wrong[start : start + MOST_BELOW]

    @cached_property
    def _wrong(self) -> list[str]:
        """The rows whose numbers are not right, in the order of the working."""
        return [name for name in self.register.written if not self.register.is_right(name)]

    def _choose(self) -> None:
        """Name the slips that explain most rows; others only where none of those is among a row's own."""
        rows = [row for row in self.found.values() if row.slips]
        counts: dict[str, int] = {}
        for row in rows:
            for slip in {naming.slip for naming in row.slips}:
                counts[slip] = counts.get(slip, 0) + 1
        for row in rows:
            most = max(counts[naming.slip] for naming in row.slips)
            kept = tuple(naming for naming in row.slips if counts[naming.slip] == most)
            self.found[row.name] = row._replace(slips=_each_once(kept))

    def _add_besides(self) -> None:
        """Say beside rows that sharper readings refute which slips explain all of those, until one refutes none."""
        good = [name for name, row in self.found.items() if row.verdict in (*GOOD, FOLLOWS)]
        for reading in (*SHARP, WIDE[0]):
            refuted = [name for name in good if self._is_refuted(name, reading)]
            if not refuted:
                return
            self._name_besides(refuted, reading)

    def _is_refuted(self, name: str, reading: Reading) -> bool:
        """Whether a reading tells that a row is neither right nor worked out by the right rule."""
        register = self.register
        return not register.is_right(name, reading) and register.gives(register.rule(name), name, reading) == REFUTED

    def _name_besides(self, names: Sequence[str], reading: Reading) -> None:
        found: dict[str, list[Suspect]] = {}
        common: Collection[str] | None = None
        for name in sorted(names, key=lambda item: len(self.working.lines[item].reads)):  # the shortest may tell all
            found[name] = self.hypotheses.at(name, self.register, reading, common)
            common = {suspect.naming.slip for suspect in found[name]}
            if not common:
                return
        for name, suspects in found.items():
            some = [suspect for suspect in suspects if suspect.naming.slip in (common or ())]
            kept = [suspect.naming for suspect in some if not self._contradicts(suspect, name, names, reading)]
            row = self.found[name]
            self.found[name] = row._replace(besides=_each_once([*row.besides, *kept]))

    def _contradicts(self, suspect: Suspect, name: str, others: Collection[str], reading: Reading) -> bool:
        """Whether a slip that explains a row, in rows that are not written, excludes another that is no mistake."""
        hidden = {place: rule for place, rule in suspect.rules.items() if place != name}
        hanging = set().union(*(self.register.hanging_on(place) for place in hidden))
        trial = self.register.supposing(hidden)
        rows = (row for row in self.found.values() if row.name in hanging and row.verdict in GOOD)
        return any(
            trial.gives(trial.rule(row.name), row.name, reading) == REFUTED for row in rows if row.name not in others
        )


def _each_once(namings: Iterable[Naming]) -> tuple[Naming, ...]:
    """One naming a slip, the first."""
    return tuple({naming.slip: naming for naming in reversed(list(namings))}.values())[::-1]
