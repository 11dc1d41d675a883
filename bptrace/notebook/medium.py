"""What a notebook needs of a kind of text to show tables and mathematics in it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Generic, NamedTuple

from bptrace.engine.trace import Trace
from bptrace.ops.format import T
from bptrace.typeset.format import Format
from bptrace.views.sentences import MathSentences


class TableBlock(NamedTuple):
    """Lines of a table under a heading; one that is a text says what is left out. `notes` stand below them."""

    heading: str
    lines: Sequence[Sequence[str] | str]
    notes: Sequence[str] = ()


class ShownTable(NamedTuple):
    """A table in blocks, its texts written as its medium has them. `remarks` stand below it, a paragraph each."""

    title: str
    header: Sequence[str]
    blocks: Sequence[TableBlock]
    remarks: Sequence[str] = ()


class Medium(ABC, Generic[T]):
    """Writes what a notebook shows as one kind of text. `form`: how its mathematics is set."""

    form: Format[T]

    @abstractmethod
    def sentences(self, trace: Trace) -> MathSentences[T]:
        """What writes sentences about a trace."""

    @abstractmethod
    def words(self, text: str) -> str:
        """Words, nothing in which is read as anything else."""

    def label(self, text: str) -> str:
        """Words in a cell of a table."""
        return self.words(text)

    @abstractmethod
    def math(self, piece: T) -> str:
        """Mathematics in a cell of a table."""

    @abstractmethod
    def alone(self, piece: T) -> str:
        """Mathematics that is all there is to show."""

    @abstractmethod
    def table(self, table: ShownTable) -> str:
        """A whole table."""
