"""Functions that a file leaves open: `f: generic`, `loss: generic(y, yhat)`. They have derivatives, but no values.

Each is a row of the op table's kind that a call brings along in its key. What it gives is known by its name alone, and
so is its derivative: `f'(z)`, `dL/dyhat`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NoReturn

from bptrace.engine.model import Definition
from bptrace.engine.quantity import GradientAt
from bptrace.errors import Mark, SpecError, shortened
from bptrace.numbers.arrays import Index, Shape, indices
from bptrace.numbers.exact import NoValueError
from bptrace.ops.elementwise import Expander, Kernel, elementwise_axis
from bptrace.ops.expr import Call, Expr, Name, names
from bptrace.ops.op import Key, Op
from bptrace.spec.namespace import Namespace
from bptrace.spec.tokens import NAME, Places

GENERIC = "generic"
LOSS = re.compile(rf"\s*{GENERIC}\s*\(")
WHOLE_LOSS = re.compile(rf"\s*{GENERIC}\s*\((?P<args>[^()]*)\)\s*")
EXAMPLE = "as in loss: generic(y, yhat)"


def _refuse(*values: Any) -> NoReturn:
    raise NoValueError("an unspecified function has no values", None, "see 'bptrace derive'")


def _refusing_kernel(call: Call) -> Kernel:
    return _refuse


def _key(name: str, spelled: str, **row: Any) -> Key:
    """The name of a row that comes along with it."""
    key = Key(name)
    key.row = Op(name, spelled=spelled, scalar=_refuse, kernel=_refusing_kernel, unspecified=True, **row)
    return key


class Unspecified:
    """A function of which only the name and the parameters are known; it acts element by element."""

    level = 1

    def __init__(self, name: str, parameters: Sequence[str]) -> None:
        self.name = name
        self.parameters = tuple(parameters)
        self.row = self._single() if len(parameters) == 1 else self._of_several()

    @property
    def count(self) -> int:
        """How many arguments it takes."""
        return len(self.parameters)

    def key(self, args: tuple[Expr, ...], mark: Mark, nesting: int) -> str:
        """The name of its row, whatever the arguments."""
        return self.row

    def _single(self) -> Key:
        slope = _key(f"{self.name}' of unspecified", f"{self.name}'", axis=elementwise_axis)
        return _key(
            f"unspecified {self.name}",
            self.name,
            arity=(1, 1),
            title=self.name,
            axis=elementwise_axis,
            slope=lambda out, z: Call(slope, (z,)),
        )

    def _of_several(self) -> Key:
        partials = [
            _key(f"{self.name}' in {parameter}", f"{self.name}'_{parameter}", axis=elementwise_axis)
            for parameter in self.parameters
        ]
        return _key(
            f"unspecified {self.name}",
            self.name,
            arity=(self.count, self.count),
            axis=elementwise_axis,
            gradient=lambda upstream, node, out: [upstream * Call(partial, node.args) for partial in partials],
        )


# A loss that is left open


def generic_loss(namespace: Namespace, equations: Sequence[Definition], key: str, text: str, at: Places) -> Expr:
    """The loss `generic(y, yhat)`, of some quantities; it says no more of itself. Raises SpecError.

    `equations` are those of the file: none can read a quantity that the loss does.
    """
    match = WHOLE_LOSS.fullmatch(text)
    if not match:
        raise SpecError(
            f"{GENERIC}(...) is the whole loss, of names alone", at(len(text) - len(text.lstrip())), EXAMPLE
        )
    args: list[Name] = []
    offset = match.start("args")
    for part in match["args"].split(","):
        mark = at(offset + len(part) - len(part.lstrip()))
        args.append(_loss_argument(namespace, equations, part.strip(), mark, args))
        offset += len(part) + 1
    return Call(_loss_key(key), tuple(args), (), (), at(0))


def _loss_argument(
    namespace: Namespace, equations: Sequence[Definition], name: str, mark: Mark, before: Sequence[Name]
) -> Name:
    if not NAME.fullmatch(name):
        raise SpecError(f"{shortened(name)} is not a name" if name else "a name is missing here", mark, EXAMPLE)
    found = namespace.find(name, mark)
    if found.key in {arg.key for arg in before}:
        raise SpecError(f"{shortened(name)} stands twice in the loss", mark, "each name once")
    elsewhere = next((item for item in equations if found.key in names(item.expr)), None)
    if elsewhere:
        message = f"{shortened(name)} is read by {elsewhere.key}, too, so its own share of the loss has no name"
        raise SpecError(message, mark, f"give the loss a copy: {name}_out: identity({name})")
    return found


def _loss_key(name: str) -> Key:
    before, _ = GradientAt(name).around
    gradient = _key(f"gradient of unspecified {name}", before, prefixed=True, axis=elementwise_axis)
    return _key(
        f"unspecified {name}",
        name,
        shape=lambda shapes: (),
        expand=_all_elements,
        gradient=lambda upstream, node, out: [Call(gradient, (arg,)) for arg in node.args],
    )


def _all_elements(call: Call, args: Sequence[Expander]) -> Expander:
    """What the loss is over numbers: a function of every element of every argument."""

    def parts(shape: Shape, part: Expander) -> list[Expr]:
        return [part(index) for index in indices(shape)]

    def expand(index: Index) -> Expr:
        every = [element for arg, part in zip(call.args, args, strict=True) for element in parts(arg.shape, part)]
        return Call(call.op, tuple(every), ())

    return expand
