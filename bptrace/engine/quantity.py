"""What a quantity is of, and how the register spells it: the one place where such names are put together or read.

`dL/dw11(2)` is the gradient of L at an element of w in the second sample, `ReLU'(z1)` a slope, `m_w11_new` the first
moment of w11 after an update.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property
from operator import lt
from typing import NamedTuple, TypeAlias

from bptrace.numbers.arrays import Index, Shape, indices, size

LONGEST_PLAIN_DIMENSION = 9
NEW = "new"
"""The stage of a weight or a state that an update has moved."""
BRACKETED = re.compile(r"([^\[]*)\[([1-9][0-9]{0,6})(?:,([1-9][0-9]{0,6}))?\](.*)")
OF_SAMPLE = re.compile(r"(?P<name>.*)\((?P<sample>[1-9][0-9]{0,8})\)")


class GradientAt(NamedTuple):
    """The role of a gradient: that of `loss` at the base."""

    loss: str

    @property
    def numerator(self) -> str:
        """What stands above the line: `dL`."""
        return f"d{self.loss}"

    @property
    def around(self) -> tuple[str, str]:
        """What stands before and after the base: `dL/d`, nothing."""
        return f"{self.numerator}/d", ""

    def subject(self, name: str) -> str:
        """What a name says that it is the gradient at: `w11` for `dL/dw11`; nothing for another's name."""
        before, _ = self.around
        return name.removeprefix(before) if name.startswith(before) else ""


class SlopeAt(NamedTuple):
    """The role of a slope: that of an activation, taken at the base, with these further arguments as they are written.

    The arguments are left out where the same activation is taken at the base with no others.
    """

    activation: str
    settings: tuple[str, ...] = ()

    @property
    def around(self) -> tuple[str, str]:
        """What stands before and after the base: `ReLU'(`, `)`."""
        return f"{self.activation}'(", "".join(f",{setting}" for setting in self.settings) + ")"


class UpdatePart(NamedTuple):
    """The role of what an update works out for the base, or keeps of it: `m`, its first moment."""

    stem: str

    @property
    def around(self) -> tuple[str, str]:
        """What stands before and after the base: `m_`, nothing."""
        return f"{self.stem}_", ""


Role: TypeAlias = GradientAt | SlopeAt | UpdatePart | None
"""What a quantity is of its base; None: the value itself."""


def at_stage(name: str, stage: str) -> str:
    """What a quantity is called at a stage of an update: `w_new`."""
    return f"{name}_{stage}"


def of_sample(name: str, sample: int) -> str:
    """What a sample's quantity, or an element of it, is called in the batch: `x(2)`, of the sample's `x`."""
    return f"{name}({sample})"


def sample_of(name: str) -> tuple[str, int | None]:
    """What a name of the batch is called in its sample, and which that is; the name and None where it is no sample's.

    >>> sample_of("dL/dw11(2)"), sample_of("dL/dw11")
    (('dL/dw11', 2), ('dL/dw11', None))
    """
    found = OF_SAMPLE.fullmatch(name)
    return (found["name"], int(found["sample"])) if found else (name, None)


class Quantity(NamedTuple):
    """A scalar, vector or matrix of the register: the value called `base`, or what its `role` makes of it.

    `stage`: of an update, `new` or `clipped`; nothing before. `sample`: whose it is in a batch, or None.
    `bracketed`: its elements are spelled `W1[1,1]`, since `W111` would be read wrongly.

    >>> gradient = Quantity("w", (2, 2), GradientAt("L"), sample=2)
    >>> print(gradient.key, gradient.element((0, 1)))
    dL/dw(2) dL/dw12(2)
    >>> print(Quantity("w", (), UpdatePart("m"), NEW).key)
    m_w_new
    """

    base: str
    shape: Shape
    role: Role = None
    stage: str = ""
    sample: int | None = None
    bracketed: bool = False

    @property
    def key(self) -> str:
        """The register's name of the whole: `dL/dw`."""
        before, after = self.around
        return before + self.base + after

    @property
    def is_plain(self) -> bool:
        """Whether it is the value called `base` itself: no gradient, no stage of an update, no sample's."""
        return self.role is None and not self.stage and self.sample is None

    @property
    def plain(self) -> Quantity:
        """The value called `base` itself."""
        return self._replace(role=None, stage="", sample=None)

    @property
    def around(self) -> tuple[str, str]:
        """What the register writes before and after the base, or an element of it."""
        before, after = self.role.around if self.role else ("", "")
        after = at_stage(after, self.stage) if self.stage else after
        return before, after if self.sample is None else of_sample(after, self.sample)

    def element(self, index: Index) -> str:
        """The register's name of the element at a 0-based index."""
        if not self.bracketed or size(self.shape) == 1:
            return self.namer()(index)
        before, after = self.around
        return f"{before}{self.base}[{','.join([str(place + 1) for place in index])}]{after}"

    def namer(self) -> Callable[[Index], str]:
        """A function from a 0-based index to the register's name of the element there.

        `w11`, or `W1[1,1]` where the plain form would be read wrongly; one element has the bare name.
        """
        before, after = self.around
        start = before + self.base
        if size(self.shape) == 1:
            return lambda index: start + after
        if not self.bracketed:
            return lambda index: start + "".join([str(i + 1) for i in index]) + after
        if len(self.shape) == 1:
            return lambda index: f"{start}[{index[0] + 1}]{after}"
        rows = [f"{start}[{i + 1}," for i in range(self.shape[0])]
        columns = [f"{j + 1}]{after}" for j in range(self.shape[1])]
        return lambda index: rows[index[0]] + columns[index[1]]


def by_key(quantities: Iterable[Quantity]) -> dict[str, Quantity]:
    """The quantities by their names."""
    return {quantity.key: quantity for quantity in quantities}


class Places(Mapping[str, tuple[str, Index]]):
    """Where each element of some quantities stands, by its name in the register: the quantity's key and 0-based index.

    Of names with brackets none is kept, a large array has as many as elements: such a name says where it stands.

    >>> places = Places([Quantity("w", (2, 2)), Quantity("x", (784,), bracketed=True)])
    >>> print(places["w12"], places["x[10]"], "x[0]" in places, len(places))
    ('w', (0, 1)) ('x', (9,)) False 788
    """

    def __init__(self, quantities: Iterable[Quantity]) -> None:
        self._plain: dict[str, tuple[str, Index]] = {}
        self._bracketed: dict[tuple[str, str], Quantity] = {}
        for quantity in quantities:
            before, after = quantity.around
            if quantity.bracketed and size(quantity.shape) > 1:
                self._bracketed[before + quantity.base, after] = quantity
            else:
                name = quantity.namer()
                self._plain |= {name(index): (quantity.key, index) for index in indices(quantity.shape)}

    def __getitem__(self, name: str) -> tuple[str, Index]:
        found = self._plain.get(name) or self._read(name)
        if found is None:
            raise KeyError(name)
        return found

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self._plain.get(name) or self._read(name))

    def _read(self, name: str) -> tuple[str, Index] | None:
        """Where an element stands whose name has brackets, or None where there is none of that name."""
        match = BRACKETED.fullmatch(name)
        quantity = self._bracketed.get((match[1], match[4])) if match else None
        if match is None or quantity is None:
            return None
        index = tuple(int(number) - 1 for number in match.group(2, 3) if number)
        fits = len(index) == len(quantity.shape) and all(map(lt, index, quantity.shape))
        return (quantity.key, index) if fits else None

    def __iter__(self) -> Iterator[str]:
        yield from self._plain
        for quantity in self._bracketed.values():
            yield from map(quantity.namer(), indices(quantity.shape))

    def __len__(self) -> int:
        return len(self._plain) + sum(size(quantity.shape) for quantity in self._bracketed.values())


class Reference(NamedTuple):
    """A whole quantity by its key, or the element of it at a 0-based index."""

    key: str
    at: Index | None = None


class PlacesByName(Mapping[str, Reference]):
    """Some quantities and their elements, by each name that a person may use: `W1`, `w11`, `w[1,1]`."""

    def __init__(self, quantities: Collection[Quantity]) -> None:
        self._keys = dict.fromkeys(quantity.key for quantity in quantities)
        self._plain = Places(quantities)
        self._bracketed = Places([quantity._replace(bracketed=True) for quantity in quantities])

    def __getitem__(self, name: str) -> Reference:
        for places in (self._bracketed, self._plain):
            if found := places.get(name):
                return Reference(*found)
        if name in self._keys:
            return Reference(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name for names in (self._keys, self._plain, self._bracketed) for name in names))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Quantities(dict[str, Quantity]):
    """What the quantities of a program are called, by key."""

    @cached_property
    def places(self) -> Places:
        """Where each element stands, by its name; all traces of the program share it."""
        return Places(self.values())


def bracketed_bases(shapes: dict[str, Shape]) -> set[str]:
    """The names whose elements need brackets: a digit at the end, a long dimension, or a clash."""
    unclear = {
        base for base, shape in shapes.items() if base[-1].isdigit() or max(shape, default=0) > LONGEST_PLAIN_DIMENSION
    }
    plain: dict[str, set[str]] = {}
    for base, shape in shapes.items():
        plainly = Quantity(base, shape).namer()
        elements = [base] if base in unclear else [plainly(index) for index in indices(shape)]
        for name in elements:
            plain.setdefault(name, set()).add(base)
        if size(shape) > 1:
            plain.setdefault(base, set()).add(base)
    clashing = {base for owners in plain.values() if len(owners) > 1 for base in owners}
    return unclear | {base for base in clashing if size(shapes[base]) > 1}
