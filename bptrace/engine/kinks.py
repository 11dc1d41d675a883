"""What a row says of the kinks that its value comes from, and the convention taken at each, as sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from bptrace.engine.sentence_parts import Figure, Formula, FunctionName, Sentence, SentencePiece, sentence, separated
from bptrace.numbers.exact import Rational
from bptrace.ops.evaluate import evaluate, live_parts
from bptrace.ops.expr import NOTHING, Call, Cases, Expr, FunctionAt, Kink, Leaf, Number, Taken
from bptrace.ops.notation import TERMS, bound_at
from bptrace.ops.shared import OncePerCall
from bptrace.ops.table import OPS, all_nodes


class Kinks:
    """The notes of trees, those of the long parts that they share made once."""

    def __init__(self) -> None:
        self.known = OncePerCall(self._of)

    def met(self, tree: Expr) -> list[Sentence]:
        """What is taken where a value lies on a kink, a note a place: `z1 is exactly 0: ReLU'(0) taken as 0`."""
        return self.known.of(tree) if isinstance(tree, Call) else self._of(tree)

    def _of(self, tree: Expr) -> list[Sentence]:
        return [*_note(tree), *(note for part in live_parts(tree) for note in self.met(part))]


def _note(node: Expr) -> list[Sentence]:
    if isinstance(node, Cases) and node.kink:
        bound = bound_at(node)
        return [_meeting(node.subject, bound, node.kink)] if bound else []
    if isinstance(node, Taken):
        literal = isinstance(node.subject, Number)
        return [_convention(node.kink) if literal else _meeting(node.subject, NOTHING, node.kink)]
    if not isinstance(node, Call) or not OPS[node.op].kink:
        return []
    met = OPS[node.op].meets(node, [evaluate(arg) for arg in node.args])
    if len(met) > 2:
        return [sentence(_all_of(met), " are equal: ", _convention(OPS[node.op].kink))]
    one, other = (*_alike_ordered(met), NOTHING, NOTHING)[:2]
    return [_meeting(one, other, OPS[node.op].kink)] if met else []


def _alike_ordered(places: Sequence[Expr]) -> Sequence[Expr]:
    """Two that are equal in the one order that they have wherever they meet, so that a tie is noted once."""
    if not all(isinstance(place, Leaf) for place in places):
        return places
    return sorted(cast("Sequence[Leaf]", places), key=lambda leaf: leaf.name)


def _all_of(places: Sequence[Expr]) -> Sentence:
    """`x1, x2 and x3`; of many the first ones, and how many more there are."""
    named = places if len(places) <= TERMS else places[: TERMS - 1]
    left_out = len(places) - len(named)
    pieces: list[SentencePiece] = [*map(Formula, named), *([f"{left_out:,} more"] if left_out else [])]
    return sentence(separated(pieces[:-1], ", "), " and ", pieces[-1])


def _meeting(one: Expr, other: Expr, kink: Kink) -> Sentence:
    return sentence(Formula(one), " is exactly ", Formula(other), ": ", _convention(kink))


def conventions(tree: Expr) -> list[Sentence]:
    """What is taken at each kink in a tree, whatever its values."""
    kinks = [
        node.kink if isinstance(node, Cases) else OPS[node.op].kink
        for node in all_nodes(tree)
        if isinstance(node, Cases | Call)
    ]
    return [_convention(kink) for kink in dict.fromkeys(kinks) if kink]


def _convention(kink: Kink) -> Sentence:
    return sentence(*map(_part, kink))


def _part(piece: str | int | FunctionAt) -> SentencePiece:
    match piece:
        case int():
            return Figure(Rational(piece))
        case FunctionAt(title, at):
            return FunctionName(title, title, at if at is None else Rational(at))
    return piece
