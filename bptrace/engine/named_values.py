"""The values of a trace by their names: whole quantities, and elements of them."""

from __future__ import annotations

from collections.abc import Iterator, KeysView, Mapping
from functools import cached_property
from typing import Any

from bptrace.engine.program import Program
from bptrace.engine.quantity import Places
from bptrace.engine.register import Register
from bptrace.engine.row import Array
from bptrace.errors import UnknownNameError, listed, shortened, suggestion
from bptrace.numbers.arrays import Value, at, size
from bptrace.numbers.exact import UNKNOWN, NoValueError
from bptrace.numbers.public import PublicNumber, public

MOST_SUGGESTED = 1_000
"""Where a trace has more elements than this, a name is compared with those of whole quantities alone."""


class NamedValues:
    """Every quantity of a program with its value, read as a dict is; keys are the whole quantities.

    `dL/dw11` (or `dL/dw[1,1]`) is one exact value, `dL/dw` an `Array`, unless it has a single element, whose name is
    the bare one and which is a value too. KeyError for a name that is not there, with the nearest that is.
    """

    program: Program
    values: Mapping[str, Value]
    bits: int

    @cached_property
    def register(self) -> Register:
        """The elements of every quantity."""
        return Register(self.program.quantities, self.values, self.bits)

    def row_name(self, name: str) -> str:
        """What the register calls what a name means: `dL/dw[1,1]` is `dL/dw11`, `dL/dw` as well; others as they are."""
        if name in self.values:
            return self.register[name].name((0,) * len(self.program.quantities[name].shape))
        key, index = self._elements.get(name, ("", ()))
        return self.register[key].name(index) if key else name

    def __getitem__(self, name: str) -> PublicNumber | Array:
        if name in self.values:
            value, shape = self.values[name], self.program.quantities[name].shape
            if value is UNKNOWN:
                raise NoValueError(
                    f"{name} has no value: the working is over symbols",
                    None,
                    "give every name one, in the file or as network.given(w=2)",
                )
            return Array(value, shape) if size(shape) > 1 else public(at(value, (0,) * len(shape)))
        if name not in self._elements:
            raise UnknownNameError(self._unknown(name))
        key, index = self._elements[name]
        return public(at(self.values[key], index))

    def _unknown(self, name: object) -> str:
        if not isinstance(name, str):
            return f"{name!r} is not the name of a quantity, which is a text"
        known = list(self) if len(self._elements) > MOST_SUGGESTED else [*self, *self._elements]
        near = suggestion(name, known) or [f"there are {listed(list(self), 6)}"]
        return f"there is no {shortened(name)}; {near[0]}"

    def get(self, name: str, default: Any = None) -> Any:
        """What `trace[name]` gives, or the default where there is no such name. Raises NoValueError."""
        try:
            return self[name]
        except KeyError:
            return default

    def __iter__(self) -> Iterator[str]:
        return iter(self.program.quantities)

    def __len__(self) -> int:
        return len(self.values)

    def keys(self) -> KeysView[str]:
        """The names of all quantities, whole ones: `w`, `dL/dw`; first what is given, then in the register's order."""
        return self.program.quantities.keys()

    def items(self) -> Iterator[tuple[str, PublicNumber | Array]]:
        """Every quantity's name and what it is, as `trace[name]` gives it. Raises NoValueError where one has none."""
        return ((name, self[name]) for name in self)

    def __contains__(self, name: object) -> bool:
        return name in self.values or name in self._elements

    @cached_property
    def _elements(self) -> Places:
        own = self.program.quantities.values()
        return Places([*(quantity._replace(bracketed=True) for quantity in own), *own])
