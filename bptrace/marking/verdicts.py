"""What is said of somebody's register, row by row: verdicts, slips that are named, what hangs on what."""

from __future__ import annotations

from typing import NamedTuple

from bptrace.engine.sentence_parts import Sentence
from bptrace.errors import Mark, SpecError
from bptrace.numbers.exact import Rational
from bptrace.ops.expr import Expr

RIGHT, ROUNDED, FOLLOWS, SLIP, WRONG = "right", "rounded", "follows", "slip", "wrong"
MISSING, UNKNOWN, UNREADABLE = "missing", "unknown", "unreadable"
VERDICTS = (RIGHT, ROUNDED, FOLLOWS, SLIP, WRONG, MISSING, UNKNOWN, UNREADABLE)
GOOD = (RIGHT, ROUNDED)
"""What a whole register is made of that has no mistake."""
MISTAKES = (SLIP, WRONG)
"""What a row has that is wrong by itself, and follows from no other."""
EVERYWHERE = ""
"""Where a slip is made that is made in every row that it applies to."""


class WrittenNumber(NamedTuple):
    """A number as it is written: its value, and how much of it is there.

    `decimals`: how many places stand behind its point, fewer than 0 for whole tens (`1.2e3` has -2), None where it is
    written as a fraction or a formula of exact numbers, which has no last place. `digits`: the significant digits that
    are written, leading zeros not counted; 0 for a zero. `about`: a sign such as ≈ stands before it.
    """

    value: Rational
    decimals: int | None
    digits: int = 0
    about: bool = False

    @property
    def unit(self) -> Rational | None:
        """One unit of its last place; None where there is none."""
        return None if self.decimals is None else Rational(10) ** -self.decimals


class Answer(NamedTuple):
    """One row that somebody has written: what of, and what it is.

    `name` is the element's in the register, nothing where the quantity is unknown or the row cannot be read, which
    `problem` says then. `rule`: the rule that stands beside the value, over the register's names and literals; `said`
    its text; `formula`: the one before it that has names, where there is one. `rule_problem`: why a rule that stands
    there cannot be read.
    """

    quantity: str
    mark: Mark
    name: str = ""
    given: str = ""
    number: WrittenNumber | None = None
    said: str = ""
    rule: Expr | None = None
    problem: SpecError | None = None
    formula: Expr | None = None
    rule_problem: SpecError | None = None
    line: int = 0

    @property
    def is_unknown(self) -> bool:
        """Whether it can be read, but is of no quantity of the network."""
        return bool(self.problem and self.quantity and not self.name)


class Naming(NamedTuple):
    """A slip that gives what is written: its name, where it is made, and the wrong rule there.

    `place`: the row in which it is made alone, or EVERYWHERE. `row`: where the wrong rule stands, which may be a row
    that is not written. `sure`: False for two in one row, which only could be.
    """

    slip: str
    place: str
    row: str
    rule: Expr
    sure: bool = True


class MarkedRow(NamedTuple):
    """What is said of one row.

    `name`: the element's in the register, or what is written where there is none. `verdict`: one of VERDICTS. `slips`:
    what explains it, best first. `besides`: slips that a sharper reading of the numbers proves, beside `rounded`.
    `of_rule`: slips in the rule that stands beside a right value.
    `after`: the rows with a mistake that it hangs on. `digits`: to how many its numbers are read, None for all of
    them. `is_easy`: it follows from a wrong 0. `remarks`: what else there is to say, such as of a rule.
    """

    name: str
    verdict: str
    answer: Answer | None = None
    slips: tuple[Naming, ...] = ()
    besides: tuple[Naming, ...] = ()
    of_rule: tuple[Naming, ...] = ()
    after: tuple[str, ...] = ()
    digits: int | None = None
    is_easy: bool = False
    remarks: tuple[Sentence, ...] = ()


class Marked(NamedTuple):
    """What is said of a whole file: its rows in its own order, then what is missing. `remarks`: of its conventions.

    `is_searched`: whether slips were looked for in every row; in a very long register they are not.
    """

    file: str
    rows: tuple[MarkedRow, ...]
    remarks: tuple[Sentence, ...] = ()
    is_searched: bool = True

    @property
    def is_good(self) -> bool:
        """Whether every row is right or rounded."""
        return all(row.verdict in GOOD for row in self.rows)
