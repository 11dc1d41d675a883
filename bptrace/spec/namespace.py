"""The names of a file: what is defined so far, where, and of what shape; what comes later; and which are taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from bptrace.engine.quantity import NEW, at_stage
from bptrace.errors import Mark, SpecError, listed, shortened, suggestion
from bptrace.numbers.arrays import Shape
from bptrace.ops.expr import Name
from bptrace.ops.table import function_names
from bptrace.spec.equation import Functions, NoFunctions, check_name, normal

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
    read; `functions`: the file's own; `rule`: the optimizer's, whose settings have names, too.

    >>> from bptrace.errors import Source
    >>> names, mark = Namespace(), Mark(Source("net.yaml", "w: [1, 2]"), 0)
    >>> names.introduce("w", (2,), mark)
    >>> names.find("w", mark).shape, names.is_quantity("v")
    ((2,), False)
    """

    def __init__(self) -> None:
        self.known: dict[str, Defined] = {}
        self.later: Mapping[str, Mark] = {}
        self.defining = ""
        self.functions: Functions = NoFunctions()
        self.rule: UpdateRule | None = None

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

    def introduce(self, name: str, shape: Shape, mark: Mark) -> None:
        """Take a name for a quantity of this shape. Raises SpecError where it cannot have it."""
        self.check(name, mark)
        if name in self.known:
            first, second = sorted([self.known[name].mark, mark], key=lambda place: place.offset)
            hints = [f"first at line {first.line}: {RENAME}"]
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

    def _not_found(self, name: str, mark: Mark) -> SpecError:
        if name == self.defining:
            return SpecError(f"{shortened(name)} is used in its own definition", mark)
        if name in self.later:
            hint = f"defined at line {self.later[name].line}: move it up"
            return SpecError(f"{shortened(name)} is used before it is defined", mark, hint)
        if self.is_function(name):
            return SpecError(f"'{name}' is a function and needs arguments", mark, f"as in {name}(z)")
        known = self.names()
        hints = [f"known here: {listed(known)}", *suggestion(name, known)] if known else []
        return SpecError(f"unknown name {shortened(name)}", mark, *hints)
