"""Worksheets: a problem in words, a register in which cells are left blank, and the key to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from bptrace.engine.quantity import NEW
from bptrace.engine.row import Row
from bptrace.engine.sentence_parts import Named, Sentence, names_listed, plain, sentence
from bptrace.engine.step import Step
from bptrace.engine.trace import Trace
from bptrace.numbers.arrays import size
from bptrace.ops.layout import WITH_NAMES, WITH_NUMBERS

if TYPE_CHECKING:
    from bptrace.marking.discrimination import Unseen

VALUES, RULES, BOTH, SOME = "values", "rules", "both", "some"
BLANKS = (VALUES, RULES, BOTH, SOME)
"""What is left blank: values, beside rules with names; rules, beside values; both; or both of all rows but the first
of each array.
"""
BLANK = ""
"""How a rule is written that is not."""
MANNERS = {
    VALUES: "Write the value of each row beside its rule.",
    RULES: "Write beside each value the rule that gives it, with its numbers.",
    BOTH: "Write for each row the rule with its numbers, and the value.",
    SOME: "The first row of each array is worked. Write for each other row the rule with its numbers, and the value.",
}
UNTITLED = "Backpropagation by hand"


class WorksheetRow(NamedTuple):
    """One row of a worksheet. `quantity`: its name in the whole register, `dL/dw11(2)` in the second sample.

    `look`: how its rule is written, with names, with numbers or not at all; `valued`: whether its value is.
    """

    quantity: str
    row: Row
    look: str
    valued: bool

    @property
    def rule(self) -> str:
        """The rule as plain text, nothing where it is blank."""
        if self.look == BLANK:
            return BLANK
        _, formula, rule, _ = self.row.texts()
        return formula if self.look == WITH_NAMES else rule

    @property
    def value(self) -> str:
        """The value as plain text, nothing where it is blank."""
        return self.row.value_text if self.valued else ""


class WorksheetStep(NamedTuple):
    """A step of the working and its rows."""

    step: Step
    rows: Sequence[WorksheetRow]


class Worksheet(NamedTuple):
    r"""A network as a problem: its trace, what is left blank of it, and which of several variants it is.

    `left`: what its numbers do not show, if that is known.

    >>> import bptrace
    >>> sheet = Worksheet(bptrace.loads("weights: {w: 3}\nloss: (w - 1)^2").trace(), VALUES)
    >>> [(row.quantity, row.rule, row.value) for part in sheet.steps() for row in part.rows]
    [('L', '(w-1)^2', ''), ('dL/dw', '2*(w-1)', '')]
    >>> [(row.quantity, row.rule, row.value) for part in sheet.steps(key=True) for row in part.rows]
    [('L', '(3-1)^2', '4'), ('dL/dw', '2*(3-1)', '4')]
    """

    trace: Trace
    blank: str = BOTH
    variant: int | None = None
    left: Unseen | None = None

    @property
    def title(self) -> str:
        """What it is headed: the network's title, and which variant it is."""
        variant = f", variant {self.variant}" if self.variant else ""
        return f"{self.trace.title or UNTITLED}{variant}"

    def steps(self, key: bool = False) -> Iterator[WorksheetStep]:
        """The register as it is handed out, a step at a time, or in the `key` with nothing blank."""
        for step in self.trace.steps:
            look = _filled if key else self._handed_out
            yield WorksheetStep(step, [WorksheetRow(step.called(row.quantity), row, *look(step, row)) for row in step])

    def _handed_out(self, step: Step, row: Row) -> tuple[str, bool]:
        """How the rule of a row is written, and whether its value is."""
        if self.blank == SOME:
            own = self.trace.of(step)
            key, index = own.register.places[row.quantity]
            is_first = size(own.program.quantities[key].shape) > 1 and not any(index)
            return (WITH_NUMBERS, True) if is_first else (BLANK, False)
        return WITH_NAMES if self.blank == VALUES else BLANK, self.blank == RULES

    def headed(self, key: bool) -> str:
        """The heading of the page to hand out, or of that of the `key`."""
        return f"Key: {self.title}" if key else self.title

    def remarks(self) -> list[Sentence]:
        """What whoever marks is to know: conventions taken at a kink, and what the numbers do not show."""
        notes = {plain(note): note for row in self.trace.rows() for note in row.note_sentences}
        return [*notes.values(), *(not_shown(self.left) if self.left else ())]

    @property
    def tasks(self) -> list[Sentence]:
        """What is to be worked out, in the order in which it can be."""
        return [task for task in (self._forward, self._back, self._update) if task]

    @property
    def _forward(self) -> Sentence:
        count = len(self.trace.samples)
        each = f"of each of the {count:,} samples, " * bool(count)
        return sentence(f"Work out the forward pass {each}down to the loss ", Named(self.trace.program.loss), ".")

    @property
    def _back(self) -> Sentence:
        trace = self.trace
        gradients = trace.program.gradients
        found = [gradients[given.key] for given in trace.givens if given.key in gradients]
        over = f", each the {trace.source.reduction} over the samples" * bool(trace.samples)
        noun = "gradient" + "s" * (len(found) > 1)
        return sentence(f"Go back through the network to the {noun} ", _listed(found), over, ".") if found else ()

    @property
    def _update(self) -> Sentence:
        optimizer = self.trace.source.optimizer
        if not optimizer:
            return ()
        quantities, sections = self.trace.program.quantities, self.trace.sections
        new = {key: quantity for key, quantity in quantities.items() if quantity.stage == NEW and not quantity.role}
        moved = [key for key, quantity in new.items() if sections.get(quantity.base) == "weights"]
        return sentence(f"Take one {optimizer.rule.title} step, to ", _listed(moved), ".")

    @property
    def manner(self) -> Sentence:
        """How it is to be written."""
        if all(row.exact for row in self.trace.rows()):
            return sentence(MANNERS[self.blank], " Every value is exact: none needs to be rounded.")
        digits, places = self.trace.digits, self.trace.places
        told = f"{digits} significant digits" if places is None else f"{places} decimal places"
        return sentence(MANNERS[self.blank], f" Give {told} of a value that does not end.")


def not_shown(left: Unseen) -> Iterator[Sentence]:
    """What numbers do not show, for people.

    >>> from bptrace.marking.discrimination import Unseen
    >>> for told in not_shown(Unseen(("slope twice",), (("sign lost", "t - y"),))):
    ...     print(plain(told))
    With these numbers nobody sees: slope twice.
    With these numbers nobody can tell apart: sign lost, t - y.
    """
    if left.hidden:
        yield sentence(f"With these numbers nobody sees: {', '.join(left.hidden)}.")
    for group in left.alike:
        yield sentence(f"With these numbers nobody can tell apart: {', '.join(group)}.")


def _filled(step: Step, row: Row) -> tuple[str, bool]:
    return WITH_NUMBERS, True


def _listed(keys: Sequence[str]) -> Sentence:
    """All of the names, with an `and` before the last."""
    *others, last = keys
    return sentence(names_listed(others), " and ", Named(last)) if others else sentence(Named(last))


def pages(sheets: Sequence[Worksheet], sheet: bool, key: bool) -> Iterator[tuple[Worksheet, bool]]:
    """Each page of a document, and whether it is a key: those to hand out, the keys, or all of them in this order."""
    for is_key in [False] * sheet + [True] * key:
        yield from ((worksheet, is_key) for worksheet in sheets)
