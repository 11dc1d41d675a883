"""The names of a file: what is defined so far, where, and of what shape; what comes later; and which are taken."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, NamedTuple

from bptrace.engine.quantity import LONGEST_PLAIN_DIMENSION, NEW, Quantity, at_stage
from bptrace.errors import Mark, SpecError, listed, shortened, suggestion
from bptrace.numbers.arrays import Shape, indices
from bptrace.ops.array_ops import indexed
from bptrace.ops.expr import Expr, Name
from bptrace.ops.op import FILE_ROWS
from bptrace.ops.table import function_names
from bptrace.spec import instead
from bptrace.spec.tokens import check_name, normal
from bptrace.spec.vocabulary import Functions, NoFunctions

if TYPE_CHECKING:
    from bptrace.engine.optimizers import UpdateRule

RENAME = "choose another name"


class Defined(NamedTuple):
    """A quantity as an equation reads it, and where the file names it."""

    name: Name
    mark: Mark


class Namespace:
    """The quantities of one file that are defined so far, in order, and the other names that cannot be taken.

    `later`: the places of quantities whose equations are still to come; `defining`: the one whose equation is being
    read; `others`: names that the file gives to what no equation reads, as an index; `functions`: the file's own;
    `rule`: the optimizer's, whose settings have names, too.

    >>> from bptrace.errors import Source
    >>> names, mark = Namespace(), Mark(Source("net.yaml", "w: [1, 2]"), 0)
    >>> names.introduce("w", (2,), mark)
    >>> names.find("w", mark).shape, names.is_quantity("v")
    ((2,), False)
    """

    def __init__(self) -> None:
        self.known: dict[str, Defined] = {}
        self.later: Mapping[str, Mark] = {}
        self.others: set[str] = set()
        self.defining = ""
        self.functions: Functions = NoFunctions()
        self.rule: UpdateRule | None = None
        self._digits: dict[str, Collection[str]] = {}

    def names(self) -> list[str]:
        """The names of the quantities that are defined so far."""
        return list(self.known)

    def shapes(self) -> dict[str, Shape]:
        """Their shapes, by name."""
        return {key: defined.name.shape for key, defined in self.known.items()}

    def is_function(self, name: str) -> bool:
        """Whether a function has the name: one of every file, or one of this file's own."""
        return name in function_names() or name in self.functions.names()

    def is_quantity(self, name: str) -> bool:
        """Whether a quantity has the name, defined already or still to come."""
        return name in self.known or name in self.later

    def is_taken(self, name: str) -> bool:
        """Whether anything in the file has the name, so that it is no other spelling of a word."""
        name = normal(name)
        return self.is_quantity(name) or name in self.others or name == self.defining or self.is_function(name)

    def introduce(self, name: str, shape: Shape, mark: Mark) -> None:
        """Take a name for a quantity of this shape. Raises SpecError where it cannot have it."""
        self.check(name, mark)
        if name in self.known:
            first, second = _in_order(self.known[name].mark, mark)
            hints = [f"first at {first.seen_from(second)}: {RENAME}"]
            is_setting = self.rule and name in self.rule.defaults
            hints += [f"{self.rule.name} has a setting of that name"] if self.rule and is_setting else []
            raise SpecError(f"'{name}' is defined twice", second, *hints)
        self.known[name] = Defined(Name(name, shape), mark)

    def check(self, name: str, mark: Mark) -> None:
        """Raise SpecError where no quantity can have the name."""
        check_name(name, mark)
        if self.is_function(name):
            raise SpecError(f"'{name}' is reserved: it is a function", mark, RENAME)
        if name == "if":
            raise SpecError("'if' is reserved: formulas use it", mark, RENAME)
        if name.endswith(at_stage("", NEW)) and self.rule:
            raise SpecError(f"'{name}' is reserved: the update makes names that end in _new", mark, RENAME)

    def find(self, name: str, mark: Mark) -> Name:
        """The quantity of that name. Raises SpecError where there is none yet."""
        name = normal(name)
        if name in self.known:
            return self.known[name].name
        raise self._not_found(name, mark)

    def read(self, name: str, mark: Mark) -> Expr:
        """The quantity of that name, or the element that the register calls so. Raises SpecError."""
        name = normal(name)
        return (None if name in self.known else self._element(name)) or self.find(name, mark)

    def _element(self, name: str) -> Expr | None:
        if not name[-1].isdigit() or self.is_taken(name):
            return None
        for rank in (1, 2):
            base, digits = name[:-rank], name[-rank:]
            if base in self.known and len(self.known[base].name.shape) == rank and digits in self._plain_digits(base):
                return indexed(self.known[base].name, tuple(int(digit) - 1 for digit in digits))
        return None

    def _plain_digits(self, base: str) -> Collection[str]:
        """The digits of an array's elements, where the register names them without brackets."""
        if base not in self._digits:
            quantity = Quantity(base, self.known[base].name.shape)
            bracketed = base[-1].isdigit() or max(quantity.shape) > LONGEST_PLAIN_DIMENSION
            names = [] if bracketed else [quantity.element(index) for index in indices(quantity.shape)]
            clash = any(map(self.is_taken, names))
            self._digits[base] = set() if clash else {name.removeprefix(base) for name in names}
        return self._digits[base]

    def _not_found(self, name: str, mark: Mark) -> SpecError:
        if name == self.defining:
            hint = "a name has one value: what comes of it has another name"
            return SpecError(f"{shortened(name)} is used in its own definition", mark, hint)
        if name in self.later:
            hint = f"defined at {self.later[name].where}: move it up"
            return SpecError(f"{shortened(name)} is used before it is defined", mark, hint)
        if self.is_function(name):
            return SpecError(f"'{name}' is a function and needs arguments", mark, f"as in {self._usage(name, mark)}")
        known = self.names()
        hints = [f"known here: {listed(known)}" if known else "nothing is known here: weights give it a value"]
        meant = ([] if name in self.others else instead.of_unknown_name(name, FILE_ROWS)) or suggestion(name, known)
        return SpecError(f"unknown name {shortened(name)}", mark, *hints, *meant)

    def _usage(self, name: str, mark: Mark) -> str:
        own = self.functions.get(name, mark)
        return instead.call_of(name, own.parameters) if own else instead.usage(name, FILE_ROWS)


def _in_order(known: Mark, mark: Mark) -> tuple[Mark, Mark]:
    """The places of two of a name, by where they stand; a table comes before the file that names it."""
    if known.source.name == mark.source.name and mark.offset < known.offset:
        return mark, known
    return known, mark
