"""A formula with ever more put in, a level a line: what is put in is seen, or said beside."""

from __future__ import annotations

from typing import Generic

from bptrace.engine.trace import Trace
from bptrace.ops.expr import Expr, nodes
from bptrace.ops.format import T
from bptrace.typeset.mathematics import Mathematics
from bptrace.typeset.names import Names
from bptrace.typeset.substitution import Level, ManyOperationsError, Substitution

WRITTEN = 100_000
"""How many operations the levels of all formulas may have in all."""
NO_ROOM = f"no more levels: those of all formulas have {WRITTEN:,} operations; name one to see its own"
NAMED = 3
"""How many of the names that are put in are told one by one."""


class _PutIn(Mathematics[T]):
    """Writes a tree in which names are put in, so that what stands in their place is seen."""

    def __init__(self, trace: Trace, names: Names[T], level: Level) -> None:
        super().__init__(trace, names)
        keys = {name: names.quantities.places[name][0] for name in level.put_in}
        plain = [name for name, key in keys.items() if not names.is_derivative(names.quantities[key])]
        self.put_in = {id(level.put_in[name]): name for name in plain}

    def write(self, tree: Expr, needed: int, leads: bool) -> T:
        """A tree in a place, with a mark where it stands for a name; a derivative, which is seen anyway, has none."""
        piece, name = super().write(tree, needed, leads), self.put_in.get(id(tree))
        return self.format.put_in(piece, self.names.element(name)) if name else piece


class ByLevel(Generic[T]):
    """Formulas by levels. `longest`: how many operations one may have; `levels`: how many lines follow the first."""

    def __init__(self, mathematics: Mathematics[T], substitution: Substitution, longest: int, levels: int) -> None:
        self.mathematics, self.substitution = mathematics, substitution
        self.names, self.format = mathematics.names, mathematics.format
        self.longest, self.levels, self.left = longest, levels, WRITTEN

    def lines(self, tree: Expr) -> list[tuple[T, T | None]]:
        """The formula, and then with ever more names put in, beside it which; at most so many levels as are asked for.

        A level that looks like the one before is none: the slope of a function that is left open has its name.
        """
        lines: list[tuple[T, T | None]] = [(self.mathematics.top(tree), None)]
        levels = map(self._seen, self.substitution.levels(tree, self.longest))
        try:
            while len(lines) <= self.levels and (level := next(levels, None)):
                if not self._has_room(level.tree):
                    lines.append((self.format.words(NO_ROOM), None))
                    break
                if level.put_in:
                    lines.append((_PutIn(self.mathematics.trace, self.names, level).top(level.tree), self._told(level)))
        except ManyOperationsError as problem:
            lines.append((self.format.words(str(problem)), None))
        return lines

    def _has_room(self, tree: Expr) -> bool:
        """Count a level's operations in; whether those of all formulas so far are few enough."""
        self.left -= sum(1 for _ in nodes(tree))
        return self.left >= 0

    def _seen(self, level: Level) -> Level:
        """A level with those names alone that look like something else than what is put in for them."""
        names = {name: self.names.element(name) for name in level.put_in}
        seen = {name: tree for name, tree in level.put_in.items() if self.mathematics.top(tree) != names[name]}
        return level._replace(put_in=seen)

    def _told(self, level: Level) -> T | None:
        """Which names are put in, of many the arrays alone; nothing where the formula itself says it."""
        if self.format.stacked:
            return None
        names = list(level.put_in)
        wholes = dict.fromkeys(self.mathematics.trace.register.places[name][0] for name in names)
        pieces = [*map(self.names.element, names)] if len(names) <= NAMED else [*map(self.names.whole, wholes)]
        words = self.format.words
        listed = [piece for each in pieces for piece in (words(", "), each)][1:]
        return self.format.row([words("with "), *listed, words(" put in")])
