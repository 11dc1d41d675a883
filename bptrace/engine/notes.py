"""Notes: what is legal in a network and probably not meant, each as a sentence with a place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple, TypeAlias

from bptrace.engine.model import GIVEN_SECTIONS, Definition, Given
from bptrace.engine.sentence_parts import Named, Sentence, plain, sentence, separated
from bptrace.errors import Mark, SpecError, pointed
from bptrace.numbers.arrays import Shape, broadcast, entries, size
from bptrace.numbers.enclosures import sign
from bptrace.ops.expr import Call, Expr, Name, Number, names, nodes, shape_text
from bptrace.ops.op import Key
from bptrace.ops.table import OPS, inner_nodes


class Note(NamedTuple):
    """What is probably not meant, and where; `kind` is a row of `KINDS`."""

    kind: str
    sentence: Sentence
    mark: Mark | None

    @property
    def text(self) -> str:
        """The sentence as plain text."""
        return plain(self.sentence)

    @property
    def placed(self) -> Sentence:
        """The sentence with its place and its kind: `line 7, column 10: nothing reads b (unread)`."""
        return sentence(f"{self.mark.exactly}: " if self.mark else "", self.sentence, f" ({self.kind})")

    @property
    def hint(self) -> str:
        """How to do without it."""
        return f"if it is meant: ignore: [{self.kind}] in the file, or --ignore {self.kind}"

    def error(self) -> SpecError:
        """The note as a complaint."""
        return SpecError(self.text, self.mark, self.hint)

    def __str__(self) -> str:
        return pointed("note", self.text, self.mark, self.hint)


class Outline(NamedTuple):
    """What a file says, as far as it can be noted. `uncalled`: those of its functions that nothing calls."""

    givens: Sequence[Given]
    definitions: Sequence[Definition]
    uncalled: Sequence[tuple[str, Mark]]

    @property
    def operations(self) -> Iterator[Call]:
        """Every operation that the file writes, in its functions too."""
        for call in (node for definition in self.definitions for node in nodes(definition.expr)):
            if isinstance(call, Call):
                inner = inner_nodes(call) if isinstance(call.op, Key) else ()
                yield from (each for each in (call, *inner) if isinstance(each, Call) and each.mark)


Found: TypeAlias = "Iterator[tuple[Sentence, Mark | None]]"


class NoteKind(NamedTuple):
    """A kind of notes: what it is about, and what finds the notes of a network."""

    about: str
    find: Callable[[Outline], Found]


def notes_of(outline: Outline, ignored: frozenset[str]) -> tuple[Note, ...]:
    """The notes of a network in the order of the file, without those of ignored kinds; one of a kind at a place."""
    found = [
        Note(kind, said, mark) for kind, row in KINDS.items() if kind not in ignored for said, mark in row.find(outline)
    ]
    first = {(note.kind, note.mark): note for note in reversed(found)}
    return tuple(sorted(first.values(), key=lambda note: note.mark.offset if note.mark else -1))


# Operations


def _broadcasts(outline: Outline) -> Found:
    for node in outline.operations:
        ranks = sorted(len(arg.shape) for arg in node.args if size(arg.shape) > 1)
        if node.op in ("*", "/") and ranks[-2:] == [1, 2] and not _stretched(node):
            yield _of_product(node), node.mark


def _of_product(node: Call) -> Sentence:
    """What a matrix and a vector do under `*` or `/`, and the matrix product where that has a name."""
    told = sentence(_named(node), f" takes {_shapes(node.args)} element by element")
    if node.op == "/" or len(node.args) > 2:
        return told
    left, right = node.args
    one, other = (left, right) if left.shape[-1] == right.shape[0] else (right, left)
    if isinstance(one, Name) and isinstance(other, Name) and one.key and other.key:
        return sentence(told, "; the matrix product is ", Named(one.key), "@", Named(other.key))
    return sentence(told, "; the matrix product is written with @")


def _named(node: Call) -> Sentence:
    """An operation between names as it is written; any other by its sign."""
    keys = [arg.key for arg in node.args if isinstance(arg, Name) and arg.key]
    if len(keys) == len(node.args) and not OPS[node.op].spelled[:1].isalpha():
        return separated(map(Named, keys), node.op)
    return sentence(f"'{OPS[node.op].spelled}' here")


def _shapes(args: Iterable[Expr]) -> str:
    return " and ".join(shape_text(arg.shape) for arg in args)


def _stretched(node: Call) -> tuple[Expr, Expr] | None:
    """Two arguments of an operation each of which is stretched to go with the other."""
    if not OPS[node.op].is_elementwise:
        return None
    first: dict[Shape, Expr] = {}
    for arg in node.args:
        first.setdefault(arg.shape, arg)
    pairs = combinations(first.values(), 2)  # not of all arguments: a sum may have thousands
    return next(
        (pair for pair in pairs if broadcast(*(arg.shape for arg in pair)) not in [a.shape for a in pair]), None
    )


def _stretches(outline: Outline) -> Found:
    for node in outline.operations:
        if pair := _stretched(node):
            yield sentence(_named(node), f" stretches {_shapes(pair)} to {shape_text(node.shape)}"), node.mark


def _axes(outline: Outline) -> Found:
    for node in outline.operations:
        if node.op not in ("max", "min") or len(node.args) != 2:
            continue
        array, other = node.args
        if len(array.shape) == 2 and isinstance(other, Number) and other.value in (1, 2):
            told = f"{node.op} compares each element with the number {other.value}; it takes no axis, as softmax does"
            yield sentence(told), node.mark


# Names


def _unread(outline: Outline) -> Found:
    read = {key for definition in outline.definitions for key in names(definition.expr)}
    for given in outline.givens:
        if given.section in GIVEN_SECTIONS and given.key not in read:
            yield sentence("nothing reads ", Named(given.key)), given.mark
    *equations, _ = outline.definitions
    of_use = {definition.mark for definition in equations if definition.key in read}
    for definition in equations:
        if definition.mark not in of_use:
            yield sentence("nothing reads ", Named(definition.key)), definition.mark
    for name, mark in outline.uncalled:
        yield sentence(f"nothing calls {name}"), mark


def _disconnected(outline: Outline) -> Found:
    loss, read, live = outline.definitions[-1].key, set[str](), {outline.definitions[-1].key}
    for definition in reversed(outline.definitions):
        own = names(definition.expr)
        read.update(own)
        live.update(own if definition.key in live else ())
    for given in outline.givens:
        if given.section == "weights" and given.key in read - live:
            yield sentence("no path leads from ", Named(given.key), " to ", Named(loss)), given.mark


def _ascents(outline: Outline) -> Found:
    for given in outline.givens:
        if given.section == "update" and given.key == "lr" and sign(entries(given.value, ())[0]) < 0:
            yield sentence("the learning rate is below 0: the update steps up the gradient"), given.mark


KINDS = {
    "broadcast": NoteKind("a matrix and a vector under `*` or `/`, which work element by element", _broadcasts),
    "stretch": NoteKind("two arrays that are both stretched to go together, such as 3x1 and 3, to 3x3", _stretches),
    "axis": NoteKind("`max(C, 1)` or `max(C, 2)` of a matrix, which compares with the number", _axes),
    "unread": NoteKind("a given or an equation that nothing reads, a function that nothing calls", _unread),
    "disconnected": NoteKind("a weight without a path to the loss", _disconnected),
    "ascent": NoteKind("a learning rate below 0", _ascents),
}
"""The kinds of notes, by the names that `ignore:` takes."""
