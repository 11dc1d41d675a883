"""A second engine that shares no code with bptrace: the whole loss as one sympy expression, differentiated by sympy.

A value is a sympy expression, a list of them, or a list of rows. Equations are read with Python's own `ast`.
Where a function has no slope, its pieces are chosen so that sympy takes the one that the register announces.
Where it leaves the rationals, mpmath works the expression out with 300 digits beside the point and takes the quotient.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any, TypeAlias

import mpmath
import sympy
import yaml
from sympy import Piecewise, Rational

from tests.readers.intervals import Interval, Number

Value: TypeAlias = Any
DIGITS = 300
SURE_DIGITS = 40
MASKED = "-10000"
"""What stands for -inf: the share that a softmax gives it is less than any digit here."""
TIE = Fraction(1, 10**60)
"""What two numbers may differ by that are equal."""
STEP = Fraction(1, 10**80)
"""Of the quotients, whose error grows with its square: less than a tie, more than what rounding does."""


def gradients(text: str) -> dict[str, Value]:
    """The gradient of every input and weight of a network file, by name; its elements are Fractions, or Intervals.

    Of a file with samples it is that of the mean or sum of their losses, in what they share.
    """
    numbers: dict[sympy.Symbol, sympy.Rational] = {}

    def symbol(literal: str) -> sympy.Symbol:
        made = sympy.Dummy(literal, real=True)  # or else sympy asks about imaginary parts, over and over
        numbers[made] = Rational(MASKED if literal == "-inf" else literal)
        return made

    file = yaml.load(text, Loader=yaml.BaseLoader)
    givens, known, whole = composed(text, symbol, file.get("samples", [{}]))

    real = any(map(leaves_rationals, sympy.preorder_traversal(whole)))
    slope = (quotients if real else derivatives)(whole, numbers)
    return {name: mapped(slope, known[name]) for name in givens}


def composed(
    text: str,
    symbol: Callable[[str], Any],
    samples: list[dict[str, dict[str, Value]]],
    functions: Mapping[str, Callable[..., Value]] | None = None,
) -> tuple[list[str], dict[str, Value], Any]:
    """The names of inputs and weights, a symbol for each element that the file gives, and the composed loss.

    The loss is the mean or sum over the samples. `functions` stand before the usual ones.
    """
    file = yaml.load(text, Loader=yaml.BaseLoader)
    layers, equations = _layers(file)
    givens = {**file.get("input", {}), **file.get("weights", {}), **layers}
    known = mapped_all(symbol, givens | file.get("target", {}))
    loss = file["loss"] if isinstance(file["loss"], dict) else {"L": file["loss"]}
    equations |= _written_out(file.get("forward", {})) | loss

    def worked_out(sample: dict[str, dict[str, Value]]) -> Value:
        here = {**known, **mapped_all(symbol, sample.get("input", {}) | sample.get("target", {})), **(functions or {})}
        for name, equation in equations.items():
            source = equation.replace("^", "**").strip()
            here[name] = worked(ast.parse(source, mode="eval").body, source, here)
        return next(elements(here[next(iter(loss))]))

    losses = [worked_out(sample) for sample in samples]
    whole = sum(losses) if file.get("reduce") == "sum" else sum(losses) / len(losses)
    return list(givens), known, whole


def leaves_rationals(expr: Any) -> bool:
    if isinstance(expr, sympy.Pow):
        return not expr.exp.is_Integer
    return expr is sympy.pi or (isinstance(expr, sympy.Function) and not isinstance(expr, Piecewise))


def derivatives(whole: Any, numbers: Mapping[Any, Any]) -> Callable[[Any], Number]:
    """What gives the exact derivative in a symbol, by sympy."""

    def slope(element: Any) -> Fraction:
        others = {other: number for other, number in numbers.items() if other is not element}
        value = sympy.diff(whole.xreplace(others), element).xreplace(numbers)
        return Fraction(int(value.p), int(value.q))

    return slope


def quotients(whole: Any, numbers: Mapping[Any, Any]) -> Callable[[Any], Number]:
    """What gives the derivative in a symbol as a difference quotient, by mpmath; what differs by rounding is a tie."""
    tied = whole.replace(_is_comparison, _with_ties) if whole.has(Piecewise) else whole
    plain = {symbol: sympy.Symbol(f"q{place}", real=True) for place, symbol in enumerate(numbers)}
    function = sympy.lambdify([*plain.values()], tied.xreplace(plain), "mpmath")  # it would rename others, as not real

    def exactly(number: Any) -> Any:
        return mpmath.mpf(int(number.numerator)) / int(number.denominator)

    def at(element: Any, step: Any) -> Any:
        return function(*(exactly(number) + (step if symbol is element else 0) for symbol, number in numbers.items()))

    def slope(element: Any) -> Interval:
        with mpmath.workdps(DIGITS):
            step = exactly(STEP)
            quotient = (at(element, step) - at(element, -step)) / (2 * step)
            middle = Fraction(mpmath.nstr(mpmath.mpf(quotient), DIGITS))
        slack = abs(middle) / 10**SURE_DIGITS + TIE
        return Interval.between(middle - slack, middle + slack)

    return slope


def _is_comparison(expr: Any) -> bool:
    return isinstance(expr, sympy.Gt | sympy.Ge | sympy.Lt | sympy.Le)


def _with_ties(expr: Any) -> Any:
    slack = Rational(TIE.numerator, TIE.denominator) * (1 if isinstance(expr, sympy.Gt | sympy.Le) else -1)
    return expr.func(expr.lhs, expr.rhs + slack)


def _written_out(forward: dict[str, Any]) -> dict[str, str]:
    """The equations with a `repeat` of one index written out."""
    found: dict[str, str] = {}
    for name, equation in forward.items():
        if name != "repeat":
            found[name] = equation
            continue
        found_range = re.fullmatch(r"(\w+) in (\d+)\.\.(\d+)", equation.pop("for"))
        assert found_range, "a repeat of one index between two numbers"
        index, first, last = found_range.groups()
        for number in range(int(first), int(last) + 1):
            for key, text in equation.items():
                found[_at(key, index, number)] = _at(text, index, number)
    return found


def _at(text: str, index: str, number: int) -> str:
    """A text with `{t-1}` and `[t]` at one number."""

    def counted(match: re.Match[str]) -> str:
        return str(number + int(match["more"] or 0))

    inner = rf"{index}(?P<more>[+-]\d+)?"
    text = re.sub(rf"\{{{inner}\}}", counted, text)
    return re.sub(rf"(?<=\[){inner}(?=\])", counted, text)


def _layers(file: dict[str, Value]) -> tuple[dict[str, Value], dict[str, str]]:
    """The weights and the equations that `layers` stands for."""
    layers = file.get("layers", [])
    inputs = [*file.get("input", {}), *file.get("samples", [{}])[0].get("input", {})]
    weights, equations, feeding = {}, {}, "".join(inputs[:1])
    for number, layer in enumerate(layers, 1):
        before, after = (f"z{number}", f"h{number}") if number < len(layers) else (f"z{number}", "yhat")
        weights[f"W{number}"] = layer["weights"]
        equations[before] = f"W{number}@{feeding}"
        if "bias" in layer:
            weights[f"b{number}"] = layer["bias"]
            equations[before] += f" + b{number}"
        function, _, rest = layer.get("activation", "identity").partition("(")
        equations[after] = f"{function}({before}, {rest}" if rest else f"{function}({before})"
        feeding = after
    return weights, equations


def worked(node: ast.expr, source: str, known: dict[str, Value]) -> Value:
    """The value of an equation."""

    def value(part: ast.expr) -> Value:
        return worked(part, source, known)

    match node:
        case ast.Name(id=name):
            return known[name] if name in known else {"pi": sympy.pi}[name]
        case ast.Constant():
            return Rational(ast.get_source_segment(source, node))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return mapped(lambda element: -element, value(operand))
        case ast.BinOp(left=left, op=ast.MatMult(), right=right):
            return matmul(value(left), value(right))
        case ast.BinOp(left=left, op=op, right=right):
            return zipped(OPERATORS[type(op)], value(left), value(right))
        case ast.Subscript(value=whole, slice=ast.Tuple(elts=indices)):
            row, column = (int(value(index)) for index in indices)
            return value(whole)[row - 1][column - 1]
        case ast.Subscript(value=whole, slice=index):
            return value(whole)[int(value(index)) - 1]
        case ast.Attribute(value=whole, attr="T"):
            return transposed(value(whole))
        case ast.Call(func=ast.Name(id=name), args=args):
            return (known[name] if name in known else FUNCTIONS[name])(*map(value, args))
    raise SyntaxError(ast.dump(node))


# arrays


def mapped(function: Callable[[Any], Any], value: Value) -> Value:
    return [mapped(function, part) for part in value] if isinstance(value, list) else function(value)


def mapped_all(function: Callable[[Any], Any], values: dict[str, Value]) -> dict[str, Value]:
    return {name: mapped(function, value) for name, value in values.items()}


def elements(value: Value) -> Iterator[Any]:
    if isinstance(value, list):
        for part in value:
            yield from elements(part)
    else:
        yield value


def rank(value: Value) -> int:
    return 1 + rank(value[0]) if isinstance(value, list) else 0


def zipped(function: Callable[[Any, Any], Any], one: Value, other: Value) -> Value:
    """Element by element, with NumPy's broadcasting."""
    if not rank(one) and not rank(other):
        return function(one, other)
    ones = one if rank(one) >= rank(other) else [one]
    others = other if rank(other) >= rank(one) else [other]
    count = max(len(ones), len(others))
    pairs = zip(ones * (count // len(ones)), others * (count // len(others)), strict=True)
    return [zipped(function, left, right) for left, right in pairs]


def transposed(value: Value) -> Value:
    return [list(column) for column in zip(*value, strict=True)] if rank(value) == 2 else value


def matmul(one: Value, other: Value) -> Value:
    if rank(one) == 1:
        return matmul([one], other)[0]
    if rank(other) == 1:
        return [dot(row, other) for row in one]
    return [[dot(row, column) for column in transposed(other)] for row in one]


def total(value: Value) -> Value:
    return sympy.Add(*elements(value))


def mean(value: Value) -> Value:
    return total(value) / len(list(elements(value)))


def dot(one: Value, other: Value) -> Value:
    return total(zipped(lambda a, b: a * b, one, other))


# windows


def correlation(x: Value, w: Value, stride: Value = 1, padding: Value = 0) -> Value:
    """The kernel moved over x with zeros around it; vectors are one row each, with nothing above or below."""
    step, zeros = int(stride), int(padding)
    if rank(x) == 1:
        padded = [0] * zeros + x + [0] * zeros
        return [dot(padded[i : i + len(w)], w) for i in range(0, len(padded) - len(w) + 1, step)]
    width = len(x[0]) + 2 * zeros
    blank = [[0] * width for _ in range(zeros)]
    padded = [*blank, *([0] * zeros + row + [0] * zeros for row in x), *blank]
    return [
        [
            dot([row[j : j + len(w[0])] for row in padded[i : i + len(w)]], w)
            for j in range(0, width - len(w[0]) + 1, step)
        ]
        for i in range(0, len(padded) - len(w) + 1, step)
    ]


def pooling(combine: Callable[[list[Any]], Any]) -> Callable[..., Value]:
    """One number a window, made of its elements in row order."""

    def pool(x: Value, size: Value, stride: Value = 0) -> Value:
        m, step = int(size), int(stride) or int(size)
        starts = range(0, len(x) - m + 1, step)
        if rank(x) == 1:
            return [combine(x[i : i + m]) for i in starts]
        across = range(0, len(x[0]) - m + 1, step)
        return [[combine([item for row in x[i : i + m] for item in row[j : j + m]]) for j in across] for i in starts]

    return pool


def first_greatest(items: list[Any]) -> Any:
    """The first that none after it exceeds: of equal ones the first is taken, and with it its slope."""
    pieces = [(one, sympy.And(*(one >= other for other in items[n + 1 :]))) for n, one in enumerate(items)]
    return Piecewise(*pieces)


def reshaped(value: Value, rows: Value, columns: Value = None) -> Value:
    items = list(elements(value))
    width = len(items) if columns is None else int(columns)
    lines = [items[start : start + width] for start in range(0, len(items), width)]
    return items if columns is None else lines


def concatenated(*values: Value) -> Value:
    return [part for value in values for part in (value if isinstance(value, list) else [value])]


# pieces


def relu(z: Value) -> Value:
    return Piecewise((z, z > 0), (0, True))


def leaky_relu(z: Value, a: Value) -> Value:
    return Piecewise((z, z > 0), (a * z, True))


def hardtanh(z: Value) -> Value:
    return Piecewise((-1, z <= -1), (1, z >= 1), (z, True))


def hardsigmoid(z: Value) -> Value:
    return Piecewise((0, z <= -3), (1, z >= 3), (z / 6 + Rational(1, 2), True))


def absolute(z: Value) -> Value:
    return Piecewise((z, z > 0), (-z, z < 0), (0, True))


def greater(a: Value, b: Value) -> Value:
    return (a + b + absolute(a - b)) / 2


def smaller(a: Value, b: Value) -> Value:
    return (a + b - absolute(a - b)) / 2


def huber(error: Value, delta: Value) -> Value:
    return Piecewise(
        (delta * (error - delta / 2), error > delta),
        (delta * (-error - delta / 2), error < -delta),
        (error**2 / 2, True),
    )


# beyond the rationals


def logistic(z: Value) -> Value:
    return 1 / (1 + sympy.exp(-z))


def softplus(z: Value) -> Value:
    return sympy.log(1 + sympy.exp(z))


def gelu_tanh(z: Value) -> Value:
    inner = sympy.sqrt(2 / sympy.pi) * (z + Rational("0.044715") * z**3)
    return z * (1 + sympy.tanh(inner)) / 2


def elu(z: Value, a: Value = sympy.S.One) -> Value:
    return Piecewise((z, z > 0), (a * (sympy.exp(z) - 1), True))


def selu(z: Value) -> Value:
    return Rational("1.0507009873554804934193349852946") * elu(z, Rational("1.6732632423543772848170429916717"))


def softmax(z: Value, axis: Value = None) -> Value:
    """Along an axis counted from 1; the last one if left out."""
    if rank(z) == 2:
        rows = z if axis in (None, 2) else transposed(z)
        done = [softmax(row) for row in rows]
        return done if axis in (None, 2) else transposed(done)
    exponentials = [sympy.exp(item) for item in z]
    return [item / sum(exponentials) for item in exponentials]


def log_softmax(z: Value, axis: Value = None) -> Value:
    return mapped(sympy.log, softmax(z, axis))


def picked(values: Value, y: Value) -> Value:
    """The sum of what each row has for its class, whose number is the literal that the file writes."""
    if rank(values) == 2:
        return sum(picked(row, number) for row, number in zip(values, y, strict=True))
    return values[int(y.name if isinstance(y, sympy.Dummy) else y) - 1]


def cross_entropy(logits: Value, y: Value) -> Value:
    surprise = mapped(lambda p: -sympy.log(p), softmax(logits))
    return dot(y, surprise) if rank(y) == rank(logits) else picked(surprise, y)


def variance(a: Value) -> Value:
    middle = mean(a)
    return mean(mapped(lambda item: (item - middle) ** 2, a))


EPSILON = Rational(1, 100_000)


def layer_norm(x: Value, epsilon: Value = EPSILON) -> Value:
    if rank(x) == 2:
        return [layer_norm(row, epsilon) for row in x]
    deviation = sympy.sqrt(variance(x) + epsilon)
    return [(item - mean(x)) / deviation for item in x]


def terms(function: Callable[[Any, Any], Any]) -> Callable[[Value, Value], Value]:
    """A loss: the sum of a function of each `yhat` and `y`."""
    return lambda yhat, y: total(zipped(function, yhat, y))


def each(function: Callable[..., Any]) -> Callable[..., Value]:
    """The function on one or two arguments, element by element."""
    return lambda *args: zipped(function, *args) if len(args) == 2 else mapped(function, *args)


def errors(combine: Callable[[Value], Value], function: Callable[[Any], Any]) -> Callable[[Value, Value], Value]:
    """A loss: a function of each `yhat - y`, combined."""
    return lambda yhat, y: combine(zipped(lambda a, b: function(a - b), yhat, y))


OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}
FUNCTIONS: dict[str, Callable[..., Value]] = {
    "sum": total,
    "mean": mean,
    "dot": dot,
    "outer": lambda a, b: [[one * other for other in b] for one in a],
    "concat": concatenated,
    "flatten": lambda a: list(elements(a)),
    "reshape": reshaped,
    "conv1d": correlation,
    "conv2d": correlation,
    "max_pool": pooling(first_greatest),
    "avg_pool": pooling(mean),
    "abs": each(absolute),
    "max": each(greater),
    "min": each(smaller),
    "relu": each(relu),
    "leaky_relu": each(leaky_relu),
    "hardtanh": each(hardtanh),
    "hardsigmoid": each(hardsigmoid),
    "identity": each(lambda z: z),
    "square": each(lambda z: z**2),
    "squared_error": errors(total, lambda e: e**2),
    "half_squared_error": errors(total, lambda e: e**2 / 2),
    "mean_squared_error": errors(mean, lambda e: e**2),
    "absolute_error": errors(total, absolute),
    "hinge": lambda yhat, y: total(zipped(lambda a, b: relu(1 - a * b), yhat, y)),
    "huber": lambda yhat, y, delta=sympy.S.One: errors(total, lambda e: huber(e, delta))(yhat, y),
    **{
        name: each(getattr(sympy, name)) for name in ("exp", "log", "sqrt", "sin", "cos", "sinh", "cosh", "tanh", "erf")
    },
    "sigmoid": each(logistic),
    "softplus": each(softplus),
    "silu": each(lambda z: z * logistic(z)),
    "gelu": each(lambda z: z * (1 + sympy.erf(z / sympy.sqrt(2))) / 2),
    "gelu_tanh": each(gelu_tanh),
    "elu": each(elu),
    "selu": each(selu),
    "mish": each(lambda z: z * sympy.tanh(softplus(z))),
    "softsign": each(lambda z: z / (1 + absolute(z))),
    "logsigmoid": each(lambda z: -softplus(-z)),
    "softmax": softmax,
    "log_softmax": log_softmax,
    "logsumexp": lambda z: sympy.log(total(mapped(sympy.exp, z))),
    "norm": lambda a: sympy.sqrt(total(mapped(lambda item: item**2, a))),
    "var": variance,
    "layer_norm": layer_norm,
    "cross_entropy": cross_entropy,
    "nll": lambda values, y: -picked(values, y),
    "binary_cross_entropy": terms(lambda p, y: -y * sympy.log(p) - (1 - y) * sympy.log(1 - p)),
    "bce_with_logits": terms(lambda z, y: softplus(z) - y * z),
    "kl_divergence": terms(lambda p, y: y * sympy.log(y / p)),
    "log_cosh": terms(lambda p, y: sympy.log(sympy.cosh(p - y))),
}
