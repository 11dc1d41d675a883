"""What is answered to words and signs that the equation language does not have: what is there instead."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bptrace.numbers.arrays import Shape
from bptrace.numbers.exact import mixed_hint
from bptrace.ops.op import FILE_ROWS, KnownFunctions
from bptrace.spec.spellings import BASE, function_read
from bptrace.spec.tokens import Token

LISTED = "'bptrace guide functions' lists the functions"
LONGEST_WORD = 60
LONGEST_QUOTE = 40
NEAREST = 3
NEAR = 0.5

MEANS_OF_BCE = "binary_cross_entropy(yhat, y) is a sum, where a mean is usual: divide by the number of elements"
CLASSES = "cross_entropy(logits, y) counts classes from 1 and sums over the rows of a matrix, where a mean is usual"
SQUARES = "squared_error(yhat, y) is the sum of the squares"
SLOPE = "leaky_relu(z, a): the slope below 0 is an argument, usually 0.01"
ABSOLUTE = "absolute_error(yhat, y) is the sum; divided by the number of elements it is the mean"
NOT_YET = "is not there yet"
INSTEAD = {
    "mse": f"mean_squared_error(yhat, y) is the mean, {SQUARES}",
    "mseloss": f"mean_squared_error(yhat, y) is the mean, {SQUARES}",
    "rmse": "the root of the mean is sqrt(mean_squared_error(yhat, y))",
    "sse": SQUARES,
    "rss": SQUARES,
    "mae": ABSOLUTE,
    "l1loss": ABSOLUTE,
    "bce": MEANS_OF_BCE,
    "bceloss": MEANS_OF_BCE,
    "bcewithlogitsloss": "bce_with_logits(z, y) is a sum, where a mean is usual: divide by the number of elements",
    "ce": CLASSES,
    "crossentropy": CLASSES,
    "crossentropyloss": CLASSES,
    "nllloss": "nll(log_probabilities, y) counts classes from 1 and sums over a matrix, where a mean is usual",
    "kldivloss": "kl_divergence(yhat, y) takes probabilities, no logarithms, and sums, where a mean is usual",
    "huberloss": "huber(yhat, y, delta) is a sum, where a mean is usual: divide by the number of elements",
    "smoothl1loss": "huber(yhat, y, 1) is a sum, where a mean is usual: divide by the number of elements",
    "leakyrelu": SLOPE,
    "lrelu": SLOPE,
    "prelu": "leaky_relu(z, a), where a may be a weight",
    "relu6": "min(relu(z), 6)",
    "logsoftmax": "log_softmax(z) is along the last axis",
    "layernorm": "layer_norm(x, eps): scale and shift are written after it",
    "log2": "log is to the base e: log(z)/log(2)",
    "log10": "log is to the base e: log(z)/log(10)",
    "lg": "log is to the base e: log(z)/log(10)",
    "log1p": "log(1 + z)",
    "expm1": "exp(z) - 1",
    "tan": "sin(z)/cos(z)",
    "pow": "a power is written a^b",
    "power": "a power is written a^b",
    "transpose": "the transpose is written w.T",
    "matmul": "the matrix product is written w@x",
    "mm": "the matrix product is written w@x",
    "multiply": "a product is written a*b",
    "maximum": "the greater of two is max(a, b)",
    "minimum": "the smaller of two is min(a, b)",
    "clip": "max(low, min(high, z))",
    "clamp": "max(low, min(high, z))",
    "average": "the mean is mean(a)",
    "std": "sqrt(var(a)), over the number of elements, not one less",
    "prod": f"the product of all elements {NOT_YET}: a[1]*a[2]",
    "step": f"a step {NOT_YET}; its slope is 0 everywhere: sigmoid(z) and hardsigmoid(z) have one",
    "heaviside": f"a step {NOT_YET}; its slope is 0 everywhere: sigmoid(z) and hardsigmoid(z) have one",
    "sign": f"the sign {NOT_YET}; its slope is 0 everywhere: tanh(z), softsign(z) and hardtanh(z) have one",
    "sgn": f"the sign {NOT_YET}; its slope is 0 everywhere: tanh(z), softsign(z) and hardtanh(z) have one",
    "floor": f"rounding {NOT_YET}; its slope is 0 everywhere",
    "ceil": f"rounding {NOT_YET}; its slope is 0 everywhere",
    "round": f"rounding {NOT_YET}; its slope is 0 everywhere",
    "argmax": f"the place of the greatest element {NOT_YET}; max(a) is the element",
    "argmin": f"the place of the smallest element {NOT_YET}; min(a) is the element",
    "where": f"a condition {NOT_YET}: relu(z), max(a, b), min(a, b) and abs(z) choose by size",
    "dropout": f"chance {NOT_YET}: a mask that is given is multiplied, m*h",
    "batchnorm": "over all elements: (x - mean(x))/sqrt(var(x) + 1e-5)",
}
"""What other languages have, in small letters and without `_`; what differs in what is here is said, and not taken."""
COMPARISON = f"a comparison {NOT_YET}: relu(z), max(a, b), min(a, b) and abs(z) choose by size"
CHARACTERS = {
    **dict.fromkeys("<>≤≥", COMPARISON),
    "{": "did you mean '('?",
    "}": "did you mean ')'?",
    "|": "the absolute value is abs(z), the length of a vector norm(v)",
    "‖": "the length of a vector is norm(v)",
    "⊙": "the product element by element is written a*b",
    "∘": "the product element by element is written a*b",
    "⊗": "the matrix of all products is outer(a, b)",
    "∑": "the sum of all elements is sum(a)",
    "∞": "every value is a rational number, or proven to any digit",
    "'": "the transpose is written w.T",
    "%": "one hundredth is written 0.01",
    "⁄": "did you mean '/'?",
    ";": "one equation an entry",
}
OF_ALL = {"max": "greatest", "min": "smallest"}
MOST_WORDS = 20
EQUALS = "write one equation an entry, 'z: w@x + b'"
AXES = ("axis", "dim", "keepdims", "keepdim")
ALONG = dict.fromkeys(("sum", "mean"), "the rows of w are summed by w@u, its columns by u@w, with a vector u of ones")


def _of_word(name: str) -> list[str]:
    """What is there instead of a word of another language, as a hint; none where that is not known."""
    found = INSTEAD.get(name.lower().replace("_", ""))
    return [found] if found else []


def of_unknown_name(name: str, rows: KnownFunctions) -> list[str]:
    """What a name that stands for nothing may have been meant as."""
    if name == BASE:
        return [f"{BASE} is read as the base of a power, {BASE}^z; the number is exp(1)"]
    if name == "T":
        return ["the transpose is written w.T"]
    read = function_read(name, rows)
    return [f"{name}(z) is the function {read}"] if read else _of_word(name)


def of_unknown_function(name: str, rows: KnownFunctions, own: Sequence[str]) -> list[str]:
    """What is there instead, or else the names that are nearest, and where all of them are."""
    return [*(_of_word(name) or _nearest(name, [*rows.names(), *own])), LISTED]


def _nearest(name: str, known: Sequence[str]) -> list[str]:
    from difflib import SequenceMatcher, get_close_matches

    if len(name) > LONGEST_WORD:
        return []
    word = name if name in known else name.lower()
    near = get_close_matches(word, known, NEAREST, 0.01)
    close = near and SequenceMatcher(None, near[0], word).ratio() >= NEAR
    *first, last = [f"'{each}'" for each in near] or [""]
    words = f"{', '.join(first)} or {last}" if first else last
    return [f"did you mean {words}?" if close else f"nearest by name: {', '.join(near)}"] if near else []


def usage(name: str, rows: KnownFunctions) -> str:
    """How a function of the table is called: with one argument where it can be, else as the list of functions has it.

    >>> import bptrace.ops.table
    >>> from bptrace.ops.op import FILE_ROWS
    >>> [usage(name, FILE_ROWS) for name in ("relu", "max", "huber")]
    ['relu(z)', 'max(z)', 'huber(yhat, y, delta)']
    """
    least = rows.arities(name)[0]
    row = rows.function(name, least)
    return f"{name}(z)" if least == 1 or not row else row.about.partition(": ")[0]


def call_of(name: str, parameters: Sequence[str]) -> str:
    """How a function of the file is called: `blend(s, a)`."""
    return f"{name}({', '.join(parameters)})"


def of_character(text: str, offset: int, before: Sequence[Token]) -> list[str]:
    """What is there instead of a character that the language does not have; `before`: the tokens up to it."""
    char = text[offset]
    if char == "=":
        return [_of_equals(before)]
    if char == "|":
        return _of_bars(text, offset)
    if char == ">" and before and before[-1].sign == "-":
        return ["a function of the file stands under functions:, as in functions: {cube: u -> u^3}"]
    if char in CHARACTERS and (char != "'" or (before and before[-1].begins_operand)):
        return [CHARACTERS[char]]
    return ["'bptrace guide file' lists the operators"]


def is_axis(before: Sequence[Token]) -> bool:
    """Whether a `=` behind these tokens goes with the `axis` of a function that takes one."""
    return bool(before) and before[-1].text == "axis" and _takes_axis(_called(before))


def _takes_axis(function: str) -> bool:
    row = FILE_ROWS.function(function_read(function, FILE_ROWS) or function, 2)
    return bool(row and row.takes_axis)


def _of_equals(before: Sequence[Token]) -> str:
    """A keyword in a call, or a whole equation in place of its right-hand side."""
    function = _called(before) if before and before[-1].kind == "name" else ""
    if not function:
        return EQUALS
    if before[-1].text == "dim" and _takes_axis(function):
        return "written axis=, from 1: dim=0 is axis=1, dim=1 is axis=2, dim=-1 is axis=-1"
    if before[-1].text in AXES:
        along = f": {ALONG[function]}" if function in ALONG else ""
        return f"an axis of {function} {NOT_YET}{along}"
    return "arguments have no names: they are known by their places"


def _called(before: Sequence[Token]) -> str:
    """The function whose arguments are still open, or nothing."""
    open_brackets = 0
    for place in range(len(before) - 1, -1, -1):
        open_brackets += {"(": 1, ")": -1}.get(before[place].sign, 0)
        if open_brackets == 1:
            return before[place - 1].text if place and before[place - 1].kind == "name" else ""
    return ""


def _of_bars(text: str, offset: int) -> list[str]:
    """`|y-t|` is abs(y-t), `||v||` is norm(v)."""
    bars = re.match(r"(\|\|?)([^|]*)\1", text[offset : offset + LONGEST_QUOTE])
    name = "norm" if text.startswith("||", offset) else "abs"
    return [f"written {name}({bars[2].strip()})"] if bars and bars[2].strip() else [CHARACTERS["|"]]


def of_comma(tokens: Sequence[Token]) -> list[str]:
    """A hint where a comma among the tokens stands in a number: `0,05`."""
    for one, comma, other in zip(tokens, tokens[1:], tokens[2:], strict=False):
        touching = one.end == comma.offset and comma.end == other.offset
        if comma.sign == "," and touching and one.text.isdigit() and other.text.isdigit():
            return [f"a decimal comma? write {one.text}.{other.text}"]
    return []


def of_count(name: str, inside: Sequence[Token], usage: str, many: bool) -> list[str]:
    """What is right where a function has too few arguments, or too `many`; `inside`: the tokens in its brackets."""
    texts = [token.text for token in inside]
    if many and name in OF_ALL and len(texts) < MOST_WORDS:
        return [f"the {OF_ALL[name]} of all is {name}(concat({''.join(texts).replace(',', ', ')}))"]
    return of_comma(inside) or [f"as in {usage}"]


def of_index(of: str, token: Token) -> list[str]:
    """What is there instead of an index that is no number: `-log(p[y])` is nll(log(p), y)."""
    if token.kind != "name":
        return []
    return [f"the element at a class: -log({of}[{token.text}]) is nll(log({of}), {token.text})"]


def of_numbers(text: str, tokens: Sequence[Token]) -> list[str]:
    """What is said where two numbers stand side by side; `tokens`: those up to the first of them."""
    is_divisor = tokens[-2:-1] and tokens[-2].sign == "/"
    mixed = "" if is_divisor else mixed_hint(text, tokens[-1].offset)
    return [mixed] if mixed else of_product("", "")


def of_product(left: str, right: str, shapes: Sequence[Shape] = ()) -> list[str]:
    """How a product of two operands is written; of two arrays there are several. `shapes`: theirs, where known."""
    arrays = bool(shapes) and all(shapes)
    if not right or len(left) + len(right) > LONGEST_QUOTE:
        return ["a product is written with '*'" + ", the matrix product with '@'" * arrays]
    if arrays:
        kind = "dot" if all(len(shape) == 1 for shape in shapes) else "matrix"
        return [f"the {kind} product is {left}@{right}, element by element it is {left}*{right}"]
    quotient = re.fullmatch(r"(.*)/([\w.]+)", left)
    other = f", or {quotient[1]}/({quotient[2]}*{right})" if quotient else ""
    return [f"a product is written {left}*{right}{other}"]


def of_sign(sign: str) -> list[str]:
    """What is to be said of a sign that stands where an expression could end.

    >>> of_sign(")")
    ["'(' opens what ')' closes"]
    """
    opening = {")": "(", "]": "[", "}": "{"}.get(sign)
    if opening:
        return [f"'{opening}' opens what '{sign}' closes"]
    return ["arguments of a function stand in its brackets, as in max(a, b)"] if sign == "," else []
