"""A file's own functions: `cube: u -> u^3`. A body is an equation over the parameters, parsed as any other.

A function has no shapes of its own. At a call its body is parsed over the shapes of the arguments and becomes
a row of the op table's kind, which the call brings along in its key: no table holds it, so no other file can
see it. An elementwise body makes an activation with a slope; any other is worked as if it were written out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from bptrace.errors import Mark, SpecError, shortened, suggestion
from bptrace.numbers.enclosures import ZERO
from bptrace.ops.expr import Call, Expr, Name, Number, names, shape_text
from bptrace.ops.op import FILE_ROWS
from bptrace.ops.table import OPS, arities, function_names
from bptrace.spec import instead
from bptrace.spec.equation import parse
from bptrace.spec.specialization import Complexity, OwnKey, Specialization, complexity_of, key_of
from bptrace.spec.tokens import NAME, Places, check_name, normal
from bptrace.spec.vocabulary import MisfitError, Vocabulary

if TYPE_CHECKING:
    from bptrace.spec.generic import Unspecified

ARROW = "->"
UNSPECIFIED = re.compile(rf"(?:^|{ARROW})\s*generic\s*$")
EXAMPLE = "as in cube: u -> u^3, or f: generic for one that is left open"
FUNCTION_LIMIT = 500
PARAMETER_LIMIT = 20
CHARACTER_LIMIT = 1_000
LEVEL_LIMIT = 20
DEPTH_LIMIT = 80
OPERATION_LIMIT = 300
TOTAL_LIMIT = 500_000


class Surroundings(NamedTuple):
    """What the file lends to its functions.

    `quantity(name)`: whether the file has such a quantity; `taken(name)`: or calls anything so;
    `decimal()` is called for a decimal literal;
    `spend(characters, mark)` counts what is parsed and raises SpecError where that is too much.
    """

    quantity: Callable[[str], bool]
    taken: Callable[[str], bool]
    decimal: Callable[[], None]
    spend: Callable[[int, Mark], None]


class OwnFunctions:
    """The functions of one file, in order; each can call those above it."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self.defined: dict[str, OwnFunction | Unspecified] = {}
        self.later: dict[str, Mark] = {}
        self.called: set[str] = set()
        self.operations = 0

    def get(self, name: str, mark: Mark) -> OwnFunction | Unspecified | None:
        """The function of that name, or None."""
        name = normal(name)
        self.called.add(name)
        return self.defined.get(name)

    def names(self) -> list[str]:
        """Every function of the file."""
        return list(self.defined)

    def uncalled(self) -> list[tuple[str, Mark]]:
        """The functions that no equation and no other function calls, and where they stand."""
        return [(name, self.later[name]) for name in self.defined if name not in self.called]

    def define(self, name: str, text: str, mark: Mark, at: Places) -> None:
        """Take a function. Raises SpecError: what is wrong with its name, its parameters or its body."""
        name = normal(name)
        if len(self.defined) == FUNCTION_LIMIT:
            raise SpecError(f"more than {FUNCTION_LIMIT:,} functions", mark, "write what is called once as an equation")
        self._check_name(name, mark)
        if UNSPECIFIED.search(text):
            self.defined[name] = self._unspecified(name, text, mark, at)
            return
        later = {other: place for other, place in self.later.items() if other not in self.defined}
        made = OwnFunction(self, name, text, at, later)
        made.check()
        self.defined[name] = made

    def _unspecified(self, name: str, text: str, mark: Mark, at: Places) -> Unspecified:
        """`generic`, or `a, b -> generic` for a function of several arguments."""
        from bptrace.spec.generic import Unspecified

        head, arrow, _ = text.rpartition(ARROW)
        return Unspecified(name, parameters(head, at, self.defined, self.later) if arrow else ("z",))

    def _check_name(self, name: str, mark: Mark) -> None:
        check_name(name, mark)
        if name in function_names():
            raise SpecError(f"'{name}' is a function already", mark, "choose another name")
        if any(name in (row.title, row.spelled) for row in OPS.values() if not row.layout):
            raise SpecError(f"'{name}' is reserved: rules are written with it", mark, "choose another name")
        if name in self.defined:
            raise SpecError(f"'{name}' is defined twice", mark, "choose another name")
        if self.around.quantity(name):
            raise SpecError(f"'{name}' is a quantity: a function needs a name of its own", mark, "choose another name")

    def spend(self, operations: int, mark: Mark) -> None:
        """Count what the calls come to. Raises SpecError where that is too much."""
        self.operations += operations
        if self.operations > TOTAL_LIMIT:
            message = f"the functions called so far come to more than {TOTAL_LIMIT:,} operations, written out"
            raise SpecError(message, mark, "shorter functions, or fewer calls")


class OwnFunction:
    """One function: its parameters, its body, and a row for each kind of arguments it was called with."""

    def __init__(self, table: OwnFunctions, name: str, text: str, at: Places, later: Mapping[str, Mark]) -> None:
        self.table = table
        self.name = name
        self.above = dict(table.defined)
        self.later = later
        head, arrow, rest = text.partition(ARROW)
        if not arrow:
            raise SpecError(f"expected '{ARROW}' at the end", at(len(text.rstrip())), EXAMPLE)
        self.body = rest.strip()
        start = len(text) - len(rest.lstrip())
        self.at: Places = lambda offset: at(start + offset)
        self.parameters = parameters(head, at, self.above, later)
        self.text = f"{name}: {', '.join(self.parameters)} {ARROW} {' '.join(self.body.split())}"
        called = [self.above[word] for word in map(normal, NAME.findall(self.body)) if word in self.above]
        self.level: int = 1 + max((own.level for own in called), default=0)
        self.keys: dict[tuple[object, ...], OwnKey] = {}

    @property
    def count(self) -> int:
        """How many arguments it takes."""
        return len(self.parameters)

    def check(self) -> None:
        """Parse the body over scalars, for what is wrong with any arguments. Raises SpecError."""
        if not self.body:
            raise SpecError("the body is missing here", self.at(0), EXAMPLE)
        if len(self.body) > CHARACTER_LIMIT:
            message = f"a function of {len(self.body):,} characters; at most {CHARACTER_LIMIT:,} are taken"
            raise SpecError(message, self.at(0), "put it together from several functions")
        if self.level > LEVEL_LIMIT:
            raise SpecError(
                f"functions that call one another more than {LEVEL_LIMIT} deep",
                self.at(0),
                "call some of them in equations",
            )
        try:
            self._row([Name(parameter, ()) for parameter in self.parameters], 0)
        except MisfitError:
            return

    def key(self, args: tuple[Expr, ...], mark: Mark, nesting: int) -> str:
        """The name of its row over such arguments. Raises SpecError with the place in the body that does not fit."""
        try:
            found = self._found(args, nesting)
        except SpecError as problem:
            hint = f"{self.name} is called at {mark.where} with {' and '.join(shape_text(arg.shape) for arg in args)}"
            raise type(problem)(problem.message, problem.mark, *problem.hints, hint) from None
        self.table.spend(found.specialization.cost + self._written_out(found, args, mark), mark)
        return found

    def _written_out(self, key: OwnKey, args: Sequence[Expr], mark: Mark) -> int:
        """The operations in constant arguments, which get no name and so are written out wherever they stand."""
        constant = [arg if isinstance(arg, Call) and not names(arg) else Number(ZERO) for arg in args]
        size = (
            complexity_of(Call(key, tuple(constant), ())).size if any(isinstance(arg, Call) for arg in constant) else 0
        )
        if size > OPERATION_LIMIT:
            message = f"{self.name} of this is {size:,} operations, written out; at most {OPERATION_LIMIT} are taken"
            raise SpecError(message, mark, "work it out in several equations")
        return size

    def _found(self, args: Sequence[Expr], nesting: int) -> OwnKey:
        shapes = tuple(arg.shape for arg in args)
        if shapes not in self.keys:
            free = [Name(key, arg.shape) for key, arg in zip(self.parameters, args, strict=True)]
            literals = [arg if isinstance(arg, Number) else name for arg, name in zip(args, free, strict=True)]
            try:
                self.keys[shapes] = self._row(free, nesting)
            except MisfitError:
                # an exponent, say, that is a parameter: it may be a literal in this call
                if not any(isinstance(arg, Number) for arg in args):
                    raise
                return self._row(literals, nesting)
        return self.keys[shapes]

    def _row(self, args: Sequence[Expr], nesting: int) -> OwnKey:
        self.table.around.spend(len(self.body), self.at(0))
        bound = dict(zip(self.parameters, args, strict=True))
        vocabulary = Vocabulary(
            lambda name, mark: self._parameter(bound, normal(name), mark),
            lambda name: self._is_taken(normal(name)),
            self.table.around.decimal,
            _Above(self),
            nesting,
        )
        tree = parse(self.body, self.at, vocabulary)
        made = Specialization(self.name, self.parameters, args, tree)
        self._check_complexity(made.complexity)
        return key_of(self.text, made)

    def _check_complexity(self, complexity: Complexity) -> None:
        found = [(complexity.size, OPERATION_LIMIT, "operations"), (complexity.depth, DEPTH_LIMIT, "operations deep")]
        for number, limit, what in found:
            if number > limit:
                message = f"{self.name} is {number:,} {what}, written out; at most {limit} are taken"
                raise SpecError(message, self.at(0), "work it out in several equations")

    def _is_taken(self, name: str) -> bool:
        return name in (self.name, *self.parameters) or name in self.later or self.table.around.taken(name)

    def _parameter(self, bound: Mapping[str, Expr], name: str, mark: Mark) -> Expr:
        if name in bound:
            return bound[name]
        here = f"parameters here: {', '.join(bound)}"
        if name in self.above or name in function_names():
            raise SpecError(f"'{name}' is a function and needs arguments", mark, f"as in {self._usage(name)}")
        if self.table.around.quantity(name):
            message = f"'{name}' is a quantity: a function reads only its parameters"
            raise SpecError(message, mark, here, f"make it one: {', '.join(bound)}, {name} {ARROW} ...")
        meant = instead.of_unknown_name(name, FILE_ROWS) or suggestion(name, bound)
        raise SpecError(f"unknown name {shortened(name)}", mark, here, *meant)

    def _usage(self, name: str) -> str:
        if name in self.above:
            return instead.call_of(name, self.above[name].parameters)
        return f"{name}({self.parameters[0]})" if 1 in arities(name) else instead.usage(name, FILE_ROWS)


def parameters(head: str, at: Places, *functions: Collection[str]) -> tuple[str, ...]:
    """The parameters before the arrow, none of them called like the file's functions. Raises SpecError."""
    found: list[str] = []
    offset = 0
    for part in head.split(","):
        mark = at(min(offset + len(part) - len(part.lstrip()), len(head.rstrip())))
        found.append(_checked(normal(part.strip()), mark, found, functions))
        offset += len(part) + 1
    return tuple(found)


def _checked(name: str, mark: Mark, before: Sequence[str], functions: Sequence[Collection[str]]) -> str:
    check_name(name, mark, "parameters are names with commas between them: u, a -> a*u")
    if name in before:
        raise SpecError(f"two parameters are called '{name}'", mark, "choose another name")
    if name in function_names() or any(name in known for known in functions):
        raise SpecError(f"'{name}' is a function: a parameter needs a name of its own", mark, "choose another name")
    if len(before) == PARAMETER_LIMIT:
        raise SpecError(f"more than {PARAMETER_LIMIT} parameters", mark, "a vector is one parameter")
    return name


class _Above(NamedTuple):
    """The functions that one function can call."""

    own: OwnFunction

    def get(self, name: str, mark: Mark) -> OwnFunction | Unspecified | None:
        name = normal(name)
        if name in self.own.above:
            self.own.table.called.add(name)
            return self.own.above[name]
        if name == self.own.name:
            raise SpecError(f"'{name}' is used in its own definition", mark, "a function calls those above it")
        if name in self.own.later:
            where = self.own.later[name].where
            raise SpecError(f"'{name}' is used before it is defined", mark, f"defined at {where}: move it up")
        return None

    def names(self) -> list[str]:
        return list(self.own.above)
