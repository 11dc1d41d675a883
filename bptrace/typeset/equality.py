"""What one quantity is equal to, in all the forms that are shown of it."""

from __future__ import annotations

from typing import Generic, NamedTuple

from bptrace.engine.sentence_parts import Sentence
from bptrace.ops.format import T


class Equality(NamedTuple, Generic[T]):
    """What one quantity is equal to, each form after the one before; `notes` say what else there is to know.

    `beside`: what is said beside each of the forms, or None. `missing`: why it has no form of the kind that was asked
    for. `reasons`: why it, and those like it before, are so.
    """

    left: T
    rights: tuple[T, ...]
    notes: tuple[Sentence, ...] = ()
    missing: str = ""
    beside: tuple[T | None, ...] = ()
    reasons: tuple[Sentence, ...] = ()

    @property
    def has_result(self) -> bool:
        """Whether its last form is what the ones before come to, which is marked."""
        return len(self.rights) > 1

    @property
    def lines(self) -> list[tuple[T, T | None]]:
        """Each form with what is said beside it.

        >>> Equality("z", ("w*x", "2*3"), beside=("the input times the weight",)).lines
        [('w*x', 'the input times the weight'), ('2*3', None)]
        """
        return [
            (right, self.beside[place] if place < len(self.beside) else None) for place, right in enumerate(self.rights)
        ]
