"""Names for the parts of an equation: every part whose value a gradient needs becomes a definition of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count

from bptrace.engine.model import Definition, Given, keys
from bptrace.ops.chain_rule import contracts, piecewise
from bptrace.ops.expr import Call, Expr, Name, Number, children, names, reads_one_of, rebuilt
from bptrace.ops.table import OPS, all_nodes, function_names


class Fresh:
    """Names for intermediate results: `z_h` for the pre-activation of h, `h_yhat` for a hidden output."""

    def __init__(self, givens: Sequence[Given], definitions: Sequence[Definition]) -> None:
        self.taken = {*keys(givens), *keys(definitions)}
        self.real: set[str] = set()
        self._numbers: dict[str, Iterator[int]] = {}

    def leaves_rationals(self, expr: Expr) -> bool:
        """Whether the expression's value, or one that it reads, may leave the rationals."""
        return leaves_rationals(expr) or reads_one_of(expr, self.real)

    def register(self, definition: Definition) -> None:
        """Remember whether the quantity may leave the rationals."""
        if self.leaves_rationals(definition.expr):
            self.real.add(definition.key)

    def of(self, stem: str, key: str) -> str:
        """The stem itself for the first such part of a file, then with the name of what it is a part of."""
        free = stem not in self.taken and stem not in function_names()
        return self.name(stem if free else f"{stem}_{key}")

    def name(self, stem: str) -> str:
        """The stem, with a number where it is taken."""
        numbers = self._numbers.setdefault(stem, count(1))
        tries = (stem if n == 1 else f"{stem}_{n}" for n in numbers)
        chosen = next(name for name in tries if name not in self.taken)
        self.taken.add(chosen)
        return chosen


def lifted(definition: Definition, fresh: Fresh) -> list[Definition]:
    """The definition, before it one for every part whose value a gradient needs and that has no name yet.

    So every activation has a named pre-activation, and no rule repeats a long sum. What is compared has a name
    where it may leave the rationals, so that it can be told to be exactly 0 or equal.
    """
    lifting = _Lifting(definition, fresh)
    whole = definition._replace(expr=lifting.walk(definition.expr))
    fresh.register(whole)
    return [*lifting.found, whole]


class _Lifting:
    """One equation being walked: the parts of it that have got names."""

    def __init__(self, definition: Definition, fresh: Fresh) -> None:
        self.key = definition.key
        self.mark = definition.mark
        self.fresh = fresh
        self.found: list[Definition] = []

    def walk(self, expr: Expr) -> Expr:
        """The expression with names for parts of it."""
        parts = [self.walk(part) for part in children(expr)]
        if not isinstance(expr, Call):
            return rebuilt(expr, parts) if parts else expr
        row = OPS[expr.op]
        steps = row.steps if row.takes_steps(expr) else None
        if steps or row.reads_values:
            parts = [self.named(part, row.reads_values) for part in parts]
        if steps:
            return self.walk(steps(self.step, *parts))
        every = bool(row.title) or piecewise(expr) or (row.decides and any(map(self.fresh.leaves_rationals, parts)))
        return rebuilt(expr, [self.named(part) if every or _needs_name(expr, part) else part for part in parts])

    def step(self, stem: str, part: Expr) -> Expr:
        """A part that the op table itself gives a name."""
        return self.defined(self.fresh.of(stem, self.key), self.walk(part))

    def named(self, part: Expr, constants: bool = False) -> Expr:
        """The part's own name, where it has none yet and is no constant; `constants`: those have one too."""
        varied = constants or part.shape or names(part) or leaves_rationals(part)
        if isinstance(part, Name | Number) or not varied:
            return part
        stem = "h" if isinstance(part, Call) and OPS[part.op].title else "z"
        return self.defined(self.fresh.name(f"{stem}_{self.key}"), part)

    def defined(self, key: str, part: Expr) -> Expr:
        """The name of a part, from now on."""
        self.found.append(Definition(key, part, f"{key}, a part of {self.key}", self.mark))
        self.fresh.register(self.found[-1])
        return Name(key, part.shape)


def leaves_rationals(expr: Expr) -> bool:
    """Whether some operation in the expression may leave the rationals."""
    return any(isinstance(node, Call) and OPS[node.op].real(node) for node in all_nodes(expr))


def _needs_name(call: Call, part: Expr) -> bool:
    """A sum that a gradient reads or that is summed again, and a hidden output that is."""
    row = OPS[call.op]
    summing = row.terms(call) > 1
    hidden = isinstance(part, Call) and bool(OPS[part.op].title)
    if isinstance(part, Call) and OPS[part.op].names_output:
        return True
    return (contracts(part) and (summing or not row.linear(call))) or (hidden and summing and not row.linear(call))
