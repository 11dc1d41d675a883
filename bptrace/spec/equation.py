"""The equation language: text to expression tree. It is parsed here and nowhere run as code.

sum     = product { ("+" | "-") product }
product = unary { ("*" | "/" | "@") unary }
unary   = ("-" | "+") unary | power
power   = postfix [ ("^" | "**") unary ]
postfix = atom { "[" index "]" | ".T" | raised }
atom    = number | name | function "(" sum { "," argument } ")" | "(" sum ")"
argument = [ "axis" "=" ] sum

`spellings` lists what is read as one of these; `instead` has what is answered to the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from bptrace.errors import Mark, SpecError, shortened
from bptrace.numbers.arrays import Shape, broadcast, size
from bptrace.numbers.bounds import BIT_LIMIT, decimal_digits
from bptrace.numbers.enclosures import is_enclosure
from bptrace.numbers.exact import NUMBER_EXAMPLE, NumberError, Rational, is_decimal, rational
from bptrace.ops.array_ops import indexed, transposed
from bptrace.ops.evaluate import evaluate, growth
from bptrace.ops.expr import NOTHING, Call, Expr, Name, Number, ShapeError, depth, factors, nodes, shape_text
from bptrace.ops.op import Op
from bptrace.ops.products import fitting_products, forgotten_matrix_product, product_text
from bptrace.ops.table import OPS, all_nodes, result_shape
from bptrace.spec import instead
from bptrace.spec.scan import scan
from bptrace.spec.spellings import BASE, BETWEEN_NUMBERS, FRACTIONS, RAISED, ROOT, constant_read, function_read
from bptrace.spec.tokens import Places, Token
from bptrace.spec.vocabulary import Function, MisfitError, Vocabulary

NESTING_LIMIT = 60
FITTING = "shapes are the same, or a length is 1; in a@b, the last length of a is the first of b"
SEVERAL = "write it in several equations"
SMALLER = "a smaller exponent, or exp(...)"
ONE_AN_AXIS = "one index for a vector, two for a matrix"
NOT_0 = "divide by a number other than 0"
DEPTH_LIMIT = 80
LENGTH_LIMIT = 30_000
FACTOR_LIMIT = 200
EXPONENT_LIMIT = 1_000
EXPONENT_BITS = 10_000
ELEMENT_LIMIT = 4_000_000


def parse(text: str, at: Places, vocabulary: Vocabulary) -> Expr:
    """The tree of an equation's right-hand side, with the shape of its value.

    `at` gives the place of a character of `text`. Raises SpecError: what does not parse, what does not fit, and where.

    >>> from bptrace.errors import Source
    >>> shapes = {"w": (3, 2), "x": (2,)}
    >>> words = Vocabulary(lambda name, mark: Name(name, shapes[name]), shapes.__contains__, lambda: None)
    >>> tree = parse("2*(w@x)", lambda offset: Mark(Source("", "2*(w@x)"), offset), words)
    >>> tree.op, tree.shape
    ('*', (3,))
    """
    if len(text) > LENGTH_LIMIT:
        raise SpecError(f"an equation of {len(text):,} characters; at most {LENGTH_LIMIT:,} are taken", at(0), SEVERAL)
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
            raise SpecError(
                made, getattr(node, "mark", None) or mark, "fewer elements, or sums of them, before they are stretched"
            )


class _Parser:
    def __init__(self, text: str, at: Places, vocabulary: Vocabulary) -> None:
        self.text = text
        self.at = at
        self.vocabulary = vocabulary
        self.tokens = scan(text, at, vocabulary.token, vocabulary.taken)
        self.position = 0
        self.nesting = vocabulary.nesting
        self.bits = 0
        self.last: tuple[int, Expr] = (0, NOTHING)
        """Where the last product began, and what it is."""

    # moving along

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    def take(self, *signs: str) -> Token | None:
        """The next token if it is one of these signs, and move past it."""
        token = self.tokens[self.position]
        if token.sign not in signs:
            return None
        self.position += 1
        return token

    def need(self, sign: str, opened: Token) -> None:
        if self.take(sign):
            return
        token, found = self.token, self.found()
        hints = self.missing_sign() if sign == ")" else []
        raise self.error(f"expected '{sign}' {found}", token, *hints, f"to close '{opened.text}'")

    def missing_sign(self) -> list[str]:
        """What is to be said where an operand is followed by what does not go on with it."""
        before, token = self.tokens[self.position - 1 : self.position + 1]
        if token.text == "T" and before.text.endswith(".") and before.end == token.offset:
            point = before._replace(offset=before.end - 1)
            raise self.error("a number has no transpose", point, f"write {before.text[:-1]}")
        if not token.begins_operand:
            return instead.of_comma(self.tokens[self.position - 1 : self.position + 2])
        if token.text.startswith("_") and before.text.isdigit():
            return [f"a number is written without '_': {before.text}{token.text.replace('_', '')}"]
        if token.kind == before.kind == "number":
            return instead.of_numbers(self.text, self.tokens[: self.position])
        start, left = self.last
        right = self.operand()
        end = self.tokens[self.position - 1].end if right else token.offset
        shapes = (left.shape, right.shape) if right else ()
        return instead.of_product(self.text[start : before.end], self.text[token.offset : end], shapes)

    def operand(self) -> Expr | None:
        """The operand that follows, if it is one."""
        try:
            return self.unary()
        except SpecError:
            return None

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
        token, found = self.token, self.found()
        hints = self.missing_sign()
        if token.begins_operand:
            raise self.error(f"expected an operator {found}", token, *hints)
        raise self.error(f"unexpected '{token.text}'", token, *(hints or instead.of_sign(token.text)))

    def sum(self) -> Expr:
        terms = [self.product()]
        plus: list[Token] = []
        while sign := self.take("+", "-"):
            right = self.product()
            if sign.sign == "+":
                terms.append(right)
                plus.append(sign)
            else:
                terms, plus = [self.call("-", (self.joined("+", terms, plus), right), sign)], []
        return self.joined("+", terms, plus)

    def product(self) -> Expr:
        start = self.token.offset
        parts = [self.unary()]
        stars: list[Token] = []
        while sign := self.take("*", "/", "@"):
            right = self.unary()
            if sign.text in BETWEEN_NUMBERS:
                self.check_number(start, parts, right, sign)
            if sign.sign == "*":
                parts.append(right)
                stars.append(sign)
            else:
                parts, stars = [self.divided(self.joined("*", parts, stars), right, sign)], []
        if sum(len(factors(part)) for part in parts) > FACTOR_LIMIT:
            raise self.error(f"more than {FACTOR_LIMIT} factors", stars[-1], SEVERAL)
        self.last = start, self.joined("*", parts, stars)
        return self.last[1]

    def check_number(self, start: int, parts: Sequence[Expr], right: Expr, sign: Token) -> None:
        """Raise SpecError where a sign that means several things of arrays stands between two of them."""
        left = next((part for part in parts if part.shape), None)
        if left and right.shape:
            shapes = f"{shape_text(left.shape)} and {shape_text(right.shape)}"
            texts = self.text[start : sign.offset].strip(), self.text[sign.end : self.tokens[self.position - 1].end]
            hints = instead.of_product(texts[0], texts[1].strip(), (left.shape, right.shape))
            raise self.misfit(f"'{sign.text}' is a product of numbers, not of {shapes}", sign, *hints)

    def divided(self, left: Expr, right: Expr, sign: Token) -> Expr:
        if sign.sign == "@":
            return self.call("@", (left, right), sign)
        if isinstance(right, Number) and not right.value:
            raise self.error("division by zero", sign, NOT_0)
        if isinstance(left, Number) and isinstance(right, Number):
            is_fraction = left.value.q == right.value.q == 1
            return Number(left.value / right.value, (), False if is_fraction else None)
        return self.call("/", (left, right), sign)

    def unary(self) -> Expr:
        self.nesting += 1
        if self.nesting > NESTING_LIMIT:
            raise self.error(f"nested more than {NESTING_LIMIT} deep", self.token, SEVERAL)
        if sign := self.take("-", "+"):
            operand = self.unary()
            result = operand if sign.sign == "+" else self.minus(operand, sign)
        else:
            result = self.power()
        self.nesting -= 1
        return result

    def minus(self, operand: Expr, sign: Token) -> Expr:
        return (
            Number(-operand.value, (), operand.decimal)
            if isinstance(operand, Number)
            else self.call("neg", (operand,), sign)
        )

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
        if growth(expr, {}).bound.longest > EXPONENT_BITS and not isinstance(expr, Number):
            raise self.error(f"an exponent beyond {EXPONENT_LIMIT:,}", token, SMALLER)
        try:
            value = evaluate(expr)
        except ZeroDivisionError:
            raise self.error("division by zero", token, NOT_0) from None
        if abs(value) > EXPONENT_LIMIT:
            raise self.error(f"an exponent beyond {EXPONENT_LIMIT:,}", token, SMALLER)
        if is_enclosure(value):
            return expr
        if value.height_bits() > EXPONENT_BITS:
            raise self.error(f"an exponent of more than {decimal_digits(EXPONENT_BITS):,} digits", token, SMALLER)
        return Number(value)

    def postfix(self) -> Expr:
        expr = self.atom()
        while (token := self.tokens[self.position]).sign in ("[", ".T") or token.kind == "raised":
            self.position += 1
            if token.kind == "raised":
                expr = self.call("^", (expr, self.exponent(self.raised_number(token), token)), token)
            else:
                expr = transposed(expr) if token.sign == ".T" else self.index(expr, token)
        return expr

    def raised_number(self, token: Token) -> Expr:
        return self.number(token._replace(text=token.text.translate(RAISED)))

    def index(self, expr: Expr, opened: Token) -> Expr:
        indexed_by = expr.key if isinstance(expr, Name) else "p"
        numbers = [self.index_number(indexed_by)]
        while self.take(","):
            numbers.append(self.index_number(indexed_by))
        self.need("]", opened)
        if len(numbers) > len(expr.shape):
            raise self.misfit(f"{len(numbers)} indices into {shape_text(expr.shape)}", opened, ONE_AN_AXIS)
        for (token, number), length in zip(numbers, expr.shape, strict=False):
            if not 1 <= number <= length:
                raise self.misfit(f"index {shortened(token.text)} is not in 1..{length}", token, "indices start at 1")
        return indexed(expr, tuple(number - 1 for _, number in numbers))

    def index_number(self, of: str) -> tuple[Token, int]:
        token = self.token
        if token.kind != "number" or not token.text.isdigit() or len(token.text) > 9:
            hints = ["as in h[1] or w[1,2]", *instead.of_index(of, token)]
            raise self.error(f"expected a whole number {self.found()}", token, *hints)
        self.position += 1
        return token, int(token.text)

    def atom(self) -> Expr:
        token = self.token
        if opened := self.take("("):
            expr = self.sum()
            self.need(")", opened)
            return expr
        if token.kind not in ("number", "name"):
            raise self.error(f"expected a number, a name or '(' {self.found()}", token, "as in 2*x + b")
        self.position += 1
        if token.kind == "number":
            return self.number(token)
        opened = self.take("(")
        return self.function(token, opened) if opened else self.name(token)

    def name(self, token: Token) -> Expr:
        """A quantity; what the file calls nothing by may be a number with a name, or the base of a power."""
        name = token.text
        if name == ROOT:
            raise self.error(f"expected '(' {self.found()}", self.token, "as in √(2), which is sqrt(2)")
        power = name == BASE and (self.token.kind == "raised" or self.token.sign in ("^", "**"))
        constant = constant_read(name)
        if (power or constant) and not self.vocabulary.taken(name):
            return self.exponential(token) if power else self.call(constant, (), token)
        return self.vocabulary.find(name, self.at(token.offset))

    def exponential(self, base: Token) -> Expr:
        token = self.token
        self.position += 1
        exponent = self.raised_number(token) if token.kind == "raised" else self.unary()
        return self.call("exp", (exponent,), base)

    def number(self, token: Token) -> Expr:
        try:
            value = rational(FRACTIONS.get(token.text, token.text))
        except NumberError as problem:
            raise self.error(str(problem), token, NUMBER_EXAMPLE) from None
        self.bits += int(value.height_bits())
        if self.bits > BIT_LIMIT:
            raise self.error("numbers of more than a million digits in one equation", token, SEVERAL)
        if is_decimal(token.text):
            self.vocabulary.decimal()
        return Number(value, (), False if token.text in FRACTIONS else None)

    def function(self, name: Token, opened: Token) -> Expr:
        start = self.position
        args = [self.argument([])] if self.token.sign != ")" else []
        while self.take(","):
            args.append(self.argument(args))
        self.need(")", opened)
        own = self.vocabulary.functions.get(name.text, self.at(name.offset))
        word = name.text if own else self.function_word(name, args)
        counts = [own.count] if own else self.vocabulary.rows.arities(word)
        if len(args) not in counts:
            wanted = " or ".join(map(str, counts)) if len(counts) < 4 else f"{counts[0]} to {counts[-1]:,}"
            message = f"{name.text} takes {wanted} argument{'s' * (counts != [1])}, not {len(args)}"
            usage = instead.call_of(name.text, own.parameters) if own else instead.usage(word, self.vocabulary.rows)
            many = len(args) > counts[-1]
            raise self.error(
                message, name, *instead.of_count(word, self.tokens[start : self.position - 1], usage, many)
            )
        return self.call(self.row(name, word, tuple(args), own), tuple(args), name)

    def argument(self, before: Sequence[Expr]) -> Expr:
        """An argument; `axis=-1` is the last axis of the only one before it."""
        keyword = self.token
        if keyword.kind != "keyword":
            return self.sum()
        self.position += 1
        axis = self.sum()
        if len(before) != 1:
            raise self.error("axis= is the second argument", keyword, "as in softmax(z, axis=1)")
        if isinstance(axis, Number) and axis.value == 0:
            raise self.error("axes are counted from 1", keyword, "axis=1 is the first, axis=-1 the last")
        is_last = isinstance(axis, Number) and axis.value == -1
        return Number(Rational(len(before[0].shape))) if is_last else axis

    def function_word(self, name: Token, args: Sequence[Expr]) -> str:
        """What the table calls the function. Raises SpecError where it is none."""
        rows = self.vocabulary.rows
        if rows.arities(name.text):
            return name.text
        if self.vocabulary.taken(name.text):
            hints = instead.of_product(name.text, "(...)", self.shapes_of_product(name, args))
            raise self.error(f"{name.text} is not a function", name, *hints)
        word = function_read(name.text, rows)
        if word:
            return word
        hints = instead.of_unknown_function(name.text, rows, self.vocabulary.functions.names())
        raise self.error(f"unknown function {shortened(name.text)}", name, *hints)

    def shapes_of_product(self, name: Token, args: Sequence[Expr]) -> Sequence[Shape]:
        """The shapes of a quantity and of what stands in brackets behind it; none where there is no such quantity."""
        try:
            return [self.vocabulary.find(name.text, self.at(name.offset)).shape, *(arg.shape for arg in args[:1])]
        except SpecError:
            return []

    def row(self, name: Token, word: str, args: tuple[Expr, ...], own: Function | None) -> str:
        if own:
            return own.key(args, self.at(name.offset), self.nesting)
        row = cast(Op, self.vocabulary.rows.function(word, len(args)))
        try:
            problem = row.check(*args)
        except ShapeError as misfit:
            raise self.mismatch(misfit, word, args, name) from None
        if problem:
            raise self.misfit(f"{name.text}: {problem}", name, f"as in {instead.usage(word, self.vocabulary.rows)}")
        return row.name

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
        product = next(filter(None, map(forgotten_matrix_product, args)), None)
        if product and op != "@":
            return self.forgotten(product, op)
        shapes, *more = problem.args
        described = ", ".join(f"{arg.key} is {shape_text(arg.shape)}" for arg in args if isinstance(arg, Name))
        spelled = op if op.isalpha() else f"'{op}'"
        hints = [*([described] if described else []), *more, *(fitting_products(*args) if op == "@" else [])]
        misfit = self.misfit(f"shape mismatch: {shapes} do not go together in {spelled}", token, *(hints or [FITTING]))
        misfit.operands = [arg.key for arg in args if isinstance(arg, Name)]
        return misfit

    def forgotten(self, product: Call, op: str) -> SpecError:
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
            raise self.error(f"more than {DEPTH_LIMIT} operations deep", token, SEVERAL)
        return made


def is_function(call: Call) -> bool:
    """Whether a call is of a function or a constant, rather than an operator."""
    return OPS[call.op].arity != (0, 0) or OPS[call.op].constant
