"""The register: every element of every quantity as the leaf that rules are made of, with its name and its value."""

from __future__ import annotations

from collections.abc import Mapping

from bptrace.engine.quantity import Places, Quantities, Quantity
from bptrace.numbers.arrays import Index, Value, entries, indices, size
from bptrace.numbers.exact import UNKNOWN
from bptrace.ops.expr import Leaf


class Leaves(dict[Index, Leaf]):
    """The elements of one quantity, all made when one is first read."""

    def __init__(self, quantity: Quantity, value: Value) -> None:
        super().__init__()
        self.value = value
        self.shape = quantity.shape
        self.name = quantity.namer()

    def __missing__(self, index: Index) -> Leaf:
        places = list(indices(self.shape))
        known = self.value is not UNKNOWN
        values = entries(self.value, self.shape) if known else [UNKNOWN] * size(self.shape)
        self.update(zip(places, map(Leaf, map(self.name, places), values), strict=True))
        leaf = self.get(index)
        if leaf is None:
            raise IndexError(index)
        return leaf


class Register(dict[str, Leaves]):
    """The elements of every quantity: what rules are made of. `bits`: the precision of those that are enclosures."""

    def __init__(self, quantities: Quantities, values: Mapping[str, Value], bits: int = 0) -> None:
        super().__init__()
        self.bits = bits
        self.quantities = quantities
        self.values_by_key = values

    @property
    def places(self) -> Places:
        """Where each element stands, by its name."""
        return self.quantities.places

    def make_all(self) -> None:
        """Make every element now rather than when the first of its quantity is read."""
        for key in self.values_by_key:
            _ = self[key][(0,) * len(self.quantities[key].shape)]

    def __missing__(self, key: str) -> Leaves:
        leaves = self[key] = Leaves(self.quantities[key], self.values_by_key[key])
        return leaves
