"""The equation language: text to expression tree. It is parsed here and nowhere run as code.

sum     = product { ("+" | "-") product }
product = unary { ("*" | "/" | "@") unary }
unary   = ("-" | "+") unary | power
power   = postfix [ ("^" | "**") unary ]
postfix = atom { "[" index "]" | ".T" }
atom    = number | name | function "(" sum { "," sum } ")" | "(" sum ")"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol, TypeAlias, cast

from bptrace.errors import Mark, SpecError, listed, shortened, suggestion
from bptrace.numbers.arrays import Shape, broadcast, size
from bptrace.numbers.bounds import BIT_LIMIT, decimal_digits
from bptrace.numbers.exact import NumberError, is_decimal, rational
from bptrace.ops.array_ops import indexed, transposed
from bptrace.ops.evaluate import evaluate, growth
from bptrace.ops.expr import Call, Expr, Name, Number, ShapeError, children, factors, nodes, shape_text
from bptrace.ops.op import FILE_ROWS, KnownFunctions, Op
from bptrace.ops.products import fitting_products
from bptrace.ops.table import OPS, all_nodes, result_shape

NAME_LIMIT = 100
NESTING_LIMIT = 60
DEPTH_LIMIT = 80
LENGTH_LIMIT = 100_000
FACTOR_LIMIT = 200
EXPONENT_LIMIT = 1_000
EXPONENT_BITS = 10_000
ELEMENT_LIMIT = 4_000_000

Places: TypeAlias = Callable[[int], Mark]
"""Where in the file a character of a text stands, by its offset in the text."""

NAME = re.compile(r"[^\W\d²³ᵀ](?:[^\W²³ᵀ]|[\u0300-\u036f])*")


def tokens(name: str) -> re.Pattern[str]:
    """The tokens of the language, with names that match this pattern."""
    return re.compile(
        rf"(?P<name>{name})|(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
        r"|(?P<sign>\*\*|\.T\b|[-+*/@^()\[\],])|(?P<space>\s+)|(?P<other>.)",
        re.DOTALL,
    )


TOKEN = tokens(NAME.pattern)
CONSTANTS = {row.name for row in OPS.values() if row.constant}
LOOKALIKES = {"×": "*", "·": "*", "⋅": "*", "∙": "*", "−": "-", "–": "-", "÷": "/", "²": "^2", "³": "^3", "ᵀ": ".T",
              "⊤": ".T", "=": "one equation an entry, 'z: w@x + b'", "{": "(", "}": ")"}  # fmt: skip


def normal(name: str) -> str:
    r"""A name in Unicode's composed form, so that both ways to write an accent are one name.

    >>> len("y\N{COMBINING CIRCUMFLEX ACCENT}"), len(normal("y\N{COMBINING CIRCUMFLEX ACCENT}"))
    (2, 1)
    """
    if name.isascii():
        return name
    import unicodedata

    return unicodedata.normalize("NFC", name)


class Token(NamedTuple):
    """`kind` is number, name, sign or end."""

    kind: str
    text: str
    offset: int


class MisfitError(SpecError):
    """A complaint that depends on what stands for the names: their shapes, or that they are no literals.

    `operands` are the quantities whose shapes do not go together.
    """

    operands: Sequence[str] = ()


class Function(Protocol):
    """A function of the file's own. `count`: how many arguments it takes."""

    @property
    def count(self) -> int: ...

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

    `find(name, mark)` gives the quantity or raises SpecError; `decimal()` is called for a decimal literal.
    `nesting` is how deep within others the equation stands; `token`: its tokens, where names are not the usual ones.
    `rows`: the functions of the op table.
    """

    find: Callable[[str, Mark], Expr]
    known: Callable[[], list[str]]
    decimal: Callable[[], None]
    functions: Functions = NoFunctions()
    nesting: int = 0
    token: re.Pattern[str] = TOKEN
    rows: KnownFunctions = FILE_ROWS


def parse(text: str, at: Places, vocabulary: Vocabulary) -> Expr:
    """The tree of an equation's right-hand side, with the shape of its value.

    `at` gives the place of a character of `text`. Raises SpecError: what does not parse, what does not fit, and where.

    >>> from bptrace.errors import Source
    >>> shapes = {"w": (3, 2), "x": (2,)}
    >>> words = Vocabulary(lambda name, mark: Name(name, shapes[name]), lambda: list(shapes), lambda: None)
    >>> tree = parse("2*(w@x)", lambda offset: Mark(Source("", "2*(w@x)"), offset), words)
    >>> tree.op, tree.shape
    ('*', (3,))
    """
    if len(text) > LENGTH_LIMIT:
        raise SpecError(f"an equation of {len(text):,} characters; at most {LENGTH_LIMIT:,} are taken", at(0))
    if not text.strip():
        raise SpecError("an equation is missing here", at(0), "for example: w@x + b")
    expr = _Parser(text, at, vocabulary).whole()
    _check_sizes(expr, at(0))
    return expr


def _check_sizes(expr: Expr, mark: Mark) -> None:
    """Broadcasting can make a huge array of two small ones, also inside a sum, so every part is looked at."""
    for node in all_nodes(expr):
        if size(node.shape) > ELEMENT_LIMIT:
            made = f"{shape_text(node.shape)} is made here; at most {ELEMENT_LIMIT:,} elements are taken"
            raise SpecError(made, getattr(node, "mark", None) or mark)


class _Parser:
    def __init__(self, text: str, at: Places, vocabulary: Vocabulary) -> None:
        self.at = at
        self.vocabulary = vocabulary
        self.tokens = list(self._scan(text))
        self.position = 0
        self.nesting = vocabulary.nesting
        self.bits = 0

    def _scan(self, text: str) -> list[Token]:
        found = []
        for match in self.vocabulary.token.finditer(text):
            kind = match.lastgroup or ""
            if kind == "other":
                raise self._unexpected_character(match.group(), match.start())
            if kind != "space":
                found.append(Token(kind, match.group(), match.start()))
        return [*found, Token("end", "", len(text.rstrip()))]

    def _unexpected_character(self, char: str, offset: int) -> SpecError:
        alike = LOOKALIKES.get(char)
        hints = [f"did you mean '{alike}'?" if len(alike) < 3 else f"write {alike}"] if alike else []
        return SpecError(f"unexpected character {shortened(char)}", self.at(offset), *hints)

    # moving along

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    def take(self, *signs: str) -> Token | None:
        """The next token if it is one of these signs, and move past it."""
        token = self.token
        if token.kind != "sign" or token.text not in signs:
            return None
        self.position += 1
        return token

    def need(self, sign: str, opened: Token) -> None:
        if not self.take(sign):
            raise self.error(f"expected '{sign}' {self.found()}", self.token, f"to close '{opened.text}'")

    def found(self) -> str:
        return "at the end" if self.token.kind == "end" else f"before {shortened(self.token.text)}"

    def error(self, message: str, token: Token, *hints: str) -> SpecError:
        return SpecError(message, self.at(token.offset), *hints)

    def misfit(self, message: str, token: Token, *hints: str) -> MisfitError:
        return MisfitError(message, self.at(token.offset), *hints)

    # the grammar, a rule each

    def whole(self) -> Expr:
        expr = self.sum()
        if self.token.kind == "end":
            return expr
        if self.token.kind in ("name", "number") or self.token.text == "(":
            raise self.error(f"expected an operator {self.found()}", self.token, "a product is written with '*'")
        raise self.error(f"unexpected '{self.token.text}'", self.token)

    def sum(self) -> Expr:
        terms = [self.product()]
        plus: list[Token] = []
        while sign := self.take("+", "-"):
            right = self.product()
            if sign.text == "+":
                terms.append(right)
                plus.append(sign)
            else:
                terms, plus = [self.call("-", (self.joined("+", terms, plus), right), sign)], []
        return self.joined("+", terms, plus)

    def product(self) -> Expr:
        parts = [self.unary()]
        stars: list[Token] = []
        while sign := self.take("*", "/", "@"):
            right = self.unary()
            if sign.text == "*":
                parts.append(right)
                stars.append(sign)
            else:
                parts, stars = [self.divided(self.joined("*", parts, stars), right, sign)], []
        if sum(len(factors(part)) for part in parts) > FACTOR_LIMIT:
            raise self.error(f"more than {FACTOR_LIMIT} factors", stars[-1], "write it in several equations")
        return self.joined("*", parts, stars)

    def divided(self, left: Expr, right: Expr, sign: Token) -> Expr:
        if sign.text == "@":
            return self.call("@", (left, right), sign)
        if isinstance(right, Number) and not right.value:
            raise self.error("division by zero", sign)
        if isinstance(left, Number) and isinstance(right, Number):
            return Number(left.value / right.value)
        return self.call("/", (left, right), sign)

    def unary(self) -> Expr:
        self.nesting += 1
        if self.nesting > NESTING_LIMIT:
            raise self.error(f"nested more than {NESTING_LIMIT} deep", self.token, "write it in several equations")
        if sign := self.take("-", "+"):
            operand = self.unary()
            result = operand if sign.text == "+" else self.minus(operand, sign)
        else:
            result = self.power()
        self.nesting -= 1
        return result

    def minus(self, operand: Expr, sign: Token) -> Expr:
        return Number(-operand.value) if isinstance(operand, Number) else self.call("neg", (operand,), sign)

    def power(self) -> Expr:
        base = self.postfix()
        if sign := self.take("^", "**"):
            token = self.token
            exponent = self.exponent(self.unary(), token)
            return self.call("^", (base, exponent), sign)
        return base

    def exponent(self, expr: Expr, token: Token) -> Expr:
        """An exponent as it is, or the number that it comes to; that is bounded."""
        if any(isinstance(node, Name) or (isinstance(node, Call) and is_function(node)) for node in nodes(expr)):
            return expr
        if growth(expr, {}).longest > EXPONENT_BITS and not isinstance(expr, Number):
            raise self.error(f"an exponent beyond {EXPONENT_LIMIT:,}", token)
        try:
            value = evaluate(expr)
        except ZeroDivisionError:
            raise self.error("division by zero", token) from None
        if abs(value) > EXPONENT_LIMIT:
            raise self.error(f"an exponent beyond {EXPONENT_LIMIT:,}", token)
        if value.height_bits() > EXPONENT_BITS:
            raise self.error(f"an exponent of more than {decimal_digits(EXPONENT_BITS):,} digits", token)
        return Number(value)

    def postfix(self) -> Expr:
        expr = self.atom()
        while sign := self.take("[", ".T"):
            expr = transposed(expr) if sign.text == ".T" else self.index(expr, sign)
        return expr

    def index(self, expr: Expr, opened: Token) -> Expr:
        numbers = [self.index_number()]
        while self.take(","):
            numbers.append(self.index_number())
        self.need("]", opened)
        if len(numbers) > len(expr.shape):
            raise self.misfit(f"{len(numbers)} indices into {shape_text(expr.shape)}", opened)
        for (token, number), length in zip(numbers, expr.shape, strict=False):
            if not 1 <= number <= length:
                raise self.misfit(f"index {shortened(token.text)} is not in 1..{length}", token, "indices start at 1")
        return indexed(expr, tuple(number - 1 for _, number in numbers))

    def index_number(self) -> tuple[Token, int]:
        token = self.token
        if token.kind != "number" or not token.text.isdigit() or len(token.text) > 9:
            raise self.error(f"expected a whole number {self.found()}", token, "as in h[1] or w[1,2]")
        self.position += 1
        return token, int(token.text)

    def atom(self) -> Expr:
        token = self.token
        if opened := self.take("("):
            expr = self.sum()
            self.need(")", opened)
            return expr
        if token.kind not in ("number", "name"):
            raise self.error(f"expected a number, a name or '(' {self.found()}", token)
        self.position += 1
        if token.kind == "number":
            return self.number(token)
        opened = self.take("(")
        if opened:
            return self.function(token, opened)
        if token.text in CONSTANTS and token.text not in self.vocabulary.known():
            return self.call(token.text, (), token)
        return self.vocabulary.find(token.text, self.at(token.offset))

    def number(self, token: Token) -> Expr:
        try:
            value = rational(token.text)
        except NumberError as problem:
            raise self.error(str(problem), token) from None
        self.bits += int(value.height_bits())
        if self.bits > BIT_LIMIT:
            raise self.error("numbers of more than a million digits in one equation", token)
        if is_decimal(token.text):
            self.vocabulary.decimal()
        return Number(value)

    def function(self, name: Token, opened: Token) -> Expr:
        args = [self.sum()] if not (self.token.kind == "sign" and self.token.text == ")") else []
        while self.take(","):
            args.append(self.sum())
        self.need(")", opened)
        own = self.vocabulary.functions.get(name.text, self.at(name.offset))
        counts = [own.count] if own else self.vocabulary.rows.arities(name.text)
        if not counts:
            raise self.unknown_function(name)
        if len(args) not in counts:
            wanted = " or ".join(map(str, counts)) if len(counts) < 4 else f"{counts[0]} to {counts[-1]:,}"
            raise self.error(f"{name.text} takes {wanted} argument{'s' * (counts != [1])}, not {len(args)}", name)
        return self.call(self.row(name, tuple(args), own), tuple(args), name)

    def row(self, name: Token, args: tuple[Expr, ...], own: Function | None) -> str:
        if own:
            return own.key(args, self.at(name.offset), self.nesting)
        row = cast(Op, self.vocabulary.rows.function(name.text, len(args)))
        try:
            problem = row.check(*args)
        except ShapeError as misfit:
            raise self.mismatch(misfit, name.text, args, name) from None
        if problem:
            raise self.misfit(f"{name.text}: {problem}", name)
        return row.name

    def unknown_function(self, name: Token) -> SpecError:
        if name.text in self.vocabulary.known():
            return self.error(f"{name.text} is not a function", name, f"a product is written {name.text}*(...)")
        known = [*self.vocabulary.rows.names(), *self.vocabulary.functions.names()]
        hints = [f"known functions: {listed(known, 100)}", *suggestion(name.text, known)]
        return self.error(f"unknown function {shortened(name.text)}", name, *hints)

    # building

    def joined(self, op: str, parts: list[Expr], signs: list[Token]) -> Expr:
        """One operation over all the parts; a mismatch is told of the first sign where there is one."""
        if not signs:
            return parts[0]
        shape: Shape | None = parts[0].shape
        for sign, part in zip(signs, parts[1:], strict=True):
            before, shape = shape, broadcast(shape or (), part.shape)
            if shape is None:
                shapes = ShapeError(f"{shape_text(before or ())} and {shape_text(part.shape)}")
                raise self.mismatch(shapes, op, parts, sign)
        return self.call(op, tuple(parts), signs[0])

    def mismatch(self, problem: ShapeError, op: str, args: Sequence[Expr], token: Token) -> SpecError:
        product = next(filter(None, map(element_by_element, args)), None)
        if product and op != "@":
            return self._forgotten_matrix_product(product, op)
        shapes, *more = problem.args
        described = ", ".join(f"{arg.key} is {shape_text(arg.shape)}" for arg in args if isinstance(arg, Name))
        spelled = op if op.isalpha() else f"'{op}'"
        hints = [*([described] if described else []), *more, *(fitting_products(*args) if op == "@" else [])]
        misfit = self.misfit(f"shape mismatch: {shapes} do not go together in {spelled}", token, *hints)
        misfit.operands = [arg.key for arg in args if isinstance(arg, Name)]
        return misfit

    def _forgotten_matrix_product(self, product: Call, op: str) -> SpecError:
        """The complaint about a product that was to be a matrix product, where something does not go with it."""
        left, right = (shape_text(arg.shape) for arg in product.args)
        message = f"'*' multiplies {left} and {right} element by element, and '{op}' does not go with that"
        mark = product.mark or self.at(0)
        return MisfitError(message, mark, f"the matrix product is {product_text(product, '@')}")

    def call(self, op: str, args: tuple[Expr, ...], token: Token) -> Call:
        try:
            made = Call(op, args, result_shape(op, args), mark=self.at(token.offset))
        except ShapeError as problem:
            raise self.mismatch(problem, op, args, token) from None
        if depth(made) > DEPTH_LIMIT:
            raise self.error(f"more than {DEPTH_LIMIT} operations deep", token, "write it in several equations")
        return made


def check_name(name: str, mark: Mark, hint: str = "letters, digits and _, a letter first: w, h1, yhat") -> None:
    """Whether this can be a name at all. Raises SpecError with the hint where it cannot."""
    if not NAME.fullmatch(name):
        raise SpecError(f"{shortened(name)} is not a name", mark, hint)
    if len(name) > NAME_LIMIT:
        raise SpecError(f"a name of {len(name):,} characters; at most {NAME_LIMIT} are taken", mark)


def is_function(call: Call) -> bool:
    """Whether a call is of a function or a constant, rather than an operator."""
    return OPS[call.op].arity != (0, 0) or OPS[call.op].constant


def element_by_element(expr: Expr) -> Call | None:
    """The product of a matrix and a vector, element by element, that the tree is or that it adds something to."""
    if not isinstance(expr, Call) or expr.op not in ("*", "+", "-"):
        return None
    if expr.op == "*":
        return expr if sorted(len(arg.shape) for arg in expr.args) == [1, 2] else None
    return next(filter(None, map(element_by_element, expr.args)), None)


def product_text(product: Call, sign: str) -> str:
    """How a product is written with a sign, dots for factors without a name: `W@x`."""
    return sign.join(arg.key if isinstance(arg, Name) else "(...)" for arg in product.args)


def depth(expr: Expr) -> int:
    """How many operations stand inside one another."""
    level, deep = [expr], 0
    while level:
        level = [part for node in level for part in children(node)]
        deep += 1
    return deep
