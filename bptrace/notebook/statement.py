"""What a notebook shows of a network: what it is given, and its equations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic

from bptrace.engine.batch import Batch
from bptrace.engine.model import Given
from bptrace.engine.network import Network
from bptrace.notebook.medium import Medium, ShownTable, TableBlock
from bptrace.notebook.numerals import LAST, MOST, matrix_piece
from bptrace.notebook.workings import without_middle
from bptrace.numbers.arrays import at, size
from bptrace.numbers.enclosures import Scalar
from bptrace.numbers.exact import UNKNOWN
from bptrace.ops.format import T
from bptrace.typeset.matrix_form import update_in_general
from bptrace.typeset.names import Names
from bptrace.views.register_cells import RegisterCells


def network_table(medium: Medium[T], network: Network) -> str:
    """The givens by their sections, the equations, how an update moves a weight, and what is probably not meant."""
    statement = Statement(medium, network)
    lines = [(medium.label(label), medium.math(piece)) for label, piece in _once(statement.lines())]
    sentences = medium.sentences(statement.trace)
    notes = [sentences.write(note.placed) for note in network.notes]
    return medium.table(ShownTable(medium.words(network.title), (), [TableBlock("", lines)], notes))


class Statement(Generic[T]):
    """What a network says, each equation with what it is."""

    def __init__(self, medium: Medium[T], network: Network) -> None:
        self.network, self.form = network, medium.form
        self.trace = _of_one_sample(network).derived()
        self.cells = RegisterCells(self.trace, Names(self.trace, medium.form))

    def lines(self) -> Iterator[tuple[str, T]]:
        """Each equation, behind what it is."""
        yield from ((self._section(given), self._given(given)) for given in self.network.outline.givens)
        *forward, loss = self.network.definitions
        yield from (("forward", self.cells.equation(item)) for item in forward)
        yield "loss", self.cells.equation(loss)
        updates = update_in_general(self.trace, self.form)
        yield from (("update", self.form.joined([line.left, line.sides[0].piece], "=")) for line in updates)

    def _section(self, given: Given) -> str:
        """The section of a given; of samples the first one's are shown."""
        if not isinstance(self.network, Batch) or given in self.network.shared:
            return given.section
        return f"{given.section}, sample 1 of {len(self.network.samples)}"

    def _given(self, given: Given) -> T:
        name, form = self.cells.names.whole(given.key), self.form
        if given.value is not UNKNOWN:
            return form.joined([name, self._value(given)], "=")
        if size(given.shape) == 1:
            return name
        return form.joined([name, form.real_space("×".join(map(str, given.shape)))], "∈")

    def _value(self, given: Given) -> T:
        """The numbers of a given, the middle of a large one left out."""
        rank = len(given.shape)
        if not rank:
            return self._number(given.value)
        places = [without_middle(range(length), MOST, LAST) for length in (*given.shape, 1)[:2]]
        return matrix_piece(self.form, places, lambda *index: self._number(at(given.value, index[:rank])))

    def _number(self, value: Scalar) -> T:
        """A number as the file writes such, in words the middle of a long one."""
        text = self.trace.notation.short(value).digits
        return self.form.words(text) if "…" in text else self.cells.rules.number(value)


def _of_one_sample(network: Network) -> Network:
    """The network, or that of its first sample: equations and the update read the same."""
    if not isinstance(network, Batch):
        return network
    return Network(
        tuple(network.outline.givens),
        network.definitions,
        optimizer=network.optimizer,
        decimal=network.decimal,
        display=network.display,
    )


def _once(lines: Iterable[tuple[str, T]]) -> Iterator[tuple[str, T]]:
    """The lines, each label only where it is another than before."""
    last = ""
    for label, piece in lines:
        yield label * (label != last), piece
        last = label
