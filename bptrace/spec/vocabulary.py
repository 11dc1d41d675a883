"""What a file lends to its equations: its names, its functions, and which names are taken."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from bptrace.errors import Mark, SpecError
from bptrace.ops.expr import Expr
from bptrace.ops.op import FILE_ROWS, KnownFunctions
from bptrace.spec.tokens import TOKEN


class MisfitError(SpecError):
    """A complaint that depends on what stands for the names: their shapes, or that they are no literals.

    `operands` are the quantities whose shapes do not go together.
    """

    operands: Sequence[str] = ()


class Function(Protocol):
    """A function of the file's own. `count`: how many arguments it takes."""

    @property
    def count(self) -> int: ...

    @property
    def parameters(self) -> Sequence[str]: ...

    def key(self, args: tuple[Expr, ...], mark: Mark, nesting: int) -> str:
        """The name of its row over such arguments, called at `mark`, so deep within others. Raises SpecError."""


class Functions(Protocol):
    """The functions of the file's own that an equation can call."""

    def get(self, name: str, mark: Mark) -> Function | None: ...

    def names(self) -> list[str]: ...


class NoFunctions:
    """A file without functions of its own."""

    def get(self, name: str, mark: Mark) -> Function | None:
        return None

    def names(self) -> list[str]:
        return []


class Vocabulary(NamedTuple):
    """What an equation can read: how a name is looked up, and what to say of a literal in it.

    `find(name, mark)` gives the quantity or raises SpecError; `taken(name)`: whether the file calls something so, above
    or below, which is then no other spelling of a word; `decimal()` is called for a decimal literal.
    `nesting` is how deep within others the equation stands; `token`: its tokens, where names are not the usual ones.
    `rows`: the functions of the op table.
    """

    find: Callable[[str, Mark], Expr]
    taken: Callable[[str], bool]
    decimal: Callable[[], None]
    functions: Functions = NoFunctions()
    nesting: int = 0
    token: re.Pattern[str] = TOKEN
    rows: KnownFunctions = FILE_ROWS
