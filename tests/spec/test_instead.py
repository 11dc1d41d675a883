"""What is said to words and signs that the equation language does not have, at the place where they stand."""

from __future__ import annotations

import re

import pytest

from bptrace.ops.op import FILE_ROWS
from bptrace.spec.instead import INSTEAD, LISTED
from bptrace.spec.spellings import function_read
from tests.refusals import refuses

GIVENS = "input: {x: 2, y: 1, t: 3, v: [1, 2], w: [[1, 2], [3, 4]]}\n"
PRODUCT = "expected an operator before"
BY_ONES = "the rows of w are summed by w@u, its columns by u@w, with a vector u of ones"
COMPARED = "a comparison is not there yet: relu(z), max(a, b), min(a, b) and abs(z) choose by size"

test_a_product_without_a_sign = refuses(
    [
        ("2¦x", f"{PRODUCT} 'x'", "a product is written 2*x"),
        ("x ¦t", f"{PRODUCT} 't'", "a product is written x*t"),
        ("t + 2¦(x + 1)", f"{PRODUCT} '('", "a product is written 2*(x + 1)"),
        ("(x)¦(t)", f"{PRODUCT} '('", "a product is written (x)*(t)"),
        ("3*2¦relu(t)^2", f"{PRODUCT} 'relu'",
                                                                   "a product is written 3*2*relu(t)^2"),
        ("½¦x", f"{PRODUCT} 'x'", "a product is written ½*x"),
        ("w ¦v", f"{PRODUCT} 'v'", "the matrix product is w@v, element by element it is w*v"),
        ("v ¦v", f"{PRODUCT} 'v'", "the dot product is v@v, element by element it is v*v"),
        ("1/2¦(y-t)^2", f"{PRODUCT} '('", "a product is written 1/2*(y-t)^2, or 1/(2*(y-t)^2)"),
        ("x ¦2", f"{PRODUCT} '2'", "a product is written x*2"),
        ("2 ¦3", f"{PRODUCT} '3'", "a product is written with '*'"),
        ("3 ¦1/2*x", f"{PRODUCT} '1'", "a mixed number? write 7/2"),
        ("x - 3 ¦½", f"{PRODUCT} '½'", "a mixed number? write 7/2"),
        ("1/2 ¦1/3", f"{PRODUCT} '1'", "a product is written with '*'"),
        ("2.5 ¦1/3", f"{PRODUCT} '1'", "a product is written with '*'"),
        ("2¦q", f"{PRODUCT} 'q'", "a product is written with '*'"),
        ("w.T ¦(w@(w@(w@(w@(w@(w@(w@(w@(w@(w@v))))))))))", f"{PRODUCT} '('",
         "a product is written with '*', the matrix product with '@'"),
        ("¦w (v + 1)", "w is not a function", "the matrix product is w@(...), element by element it is w*(...)"),
        ("¦x (t)", "x is not a function", "a product is written x*(...)"),
        ("1¦_000", f"{PRODUCT} '_000'", "a number is written without '_': 1000"),
        ("(2¦x + 1)", "expected ')' before 'x'", "a product is written 2*x", "to close '('"),
        ("max(x, 2¦t)", "expected ')' before 't'", "a product is written 2*t", "to close '('"),
    ],
    before=f"{GIVENS}loss: ",
)  # fmt: skip

test_words_of_other_languages = refuses(
    [
        ("¦MSE(x, y)", "unknown function 'MSE'",
         "mean_squared_error(yhat, y) is the mean, squared_error(yhat, y) is the sum of the squares", LISTED),
        ("x + ¦BCE(x, y)", "unknown function 'BCE'",
         "binary_cross_entropy(yhat, y) is a sum, where a mean is usual: divide by the number of elements", LISTED),
        ("¦CrossEntropyLoss(v, 1)", "unknown function 'CrossEntropyLoss'",
         "cross_entropy(logits, y) counts classes from 1 and sums over the rows of a matrix, where a mean is usual",
         LISTED),
        ("¦LeakyReLU(x)", "unknown function 'LeakyReLU'",
         "leaky_relu(z, a): the slope below 0 is an argument, usually 0.01", LISTED),
        ("¦log10(x)", "unknown function 'log10'", "log is to the base e: log(z)/log(10)", LISTED),
        ("¦step(x)", "unknown function 'step'",
         "a step is not there yet; its slope is 0 everywhere: sigmoid(z) and hardsigmoid(z) have one", LISTED),
        ("¦sign(x)", "unknown function 'sign'",
         "the sign is not there yet; its slope is 0 everywhere: tanh(z), softsign(z) and hardtanh(z) have one", LISTED),
        ("¦floor(x)", "unknown function 'floor'", "rounding is not there yet; its slope is 0 everywhere", LISTED),
        ("¦foo(x)", "unknown function 'foo'", "nearest by name: max_pool, log_cosh, avg_pool", LISTED),
        ("¦rleu(x)", "unknown function 'rleu'", "did you mean 'relu', 'elu' or 'silu'?", LISTED),
        ("¦Rleu(x)", "unknown function 'Rleu'", "did you mean 'relu', 'elu' or 'silu'?", LISTED),
        ("¦" + "q" * 80 + "(x)", "unknown function 'qqqqqqqqqqqqqqqqqqqq…qqqqqqqqqq'", LISTED),
        ("w^¦T@v", "unknown name 'T'", "known here: t, v, w, x, y", "the transpose is written w.T"),
        ("x + ¦MSE", "unknown name 'MSE'", "known here: t, v, w, x, y",
         "mean_squared_error(yhat, y) is the mean, squared_error(yhat, y) is the sum of the squares"),
    ],
    before=f"{GIVENS}loss: ",
)  # fmt: skip

test_arguments = refuses(
    [
        ("¦mean_squared_error", "'mean_squared_error' is a function and needs arguments",
         "as in mean_squared_error(yhat, y)"),
        ("x + ¦huber", "'huber' is a function and needs arguments", "as in huber(yhat, y, delta)"),
        ("¦max(x, y, 2*t)", "max takes 1 or 2 arguments, not 3", "the greatest of all is max(concat(x, y, 2*t))"),
        ("¦min(x, y, t)", "min takes 1 or 2 arguments, not 3", "the smallest of all is min(concat(x, y, t))"),
        ("¦leaky_relu(x)", "leaky_relu takes 2 arguments, not 1", "as in leaky_relu(z, a)"),
        ("¦relu()", "relu takes 1 argument, not 0", "as in relu(z)"),
        ("-log(v[¦y])", "expected a whole number before 'y'", "as in h[1] or w[1,2]",
         "the element at a class: -log(v[y]) is nll(log(v), y)"),
        ("sum(w, axis¦=1)", "unexpected character '='",
         f"an axis of sum is not there yet: {BY_ONES}"),
        ("x + max((w), dim¦=1)", "unexpected character '='", "an axis of max is not there yet"),
        ("softmax(w, dim¦=0)", "unexpected character '='",
         "written axis=, from 1: dim=0 is axis=1, dim=1 is axis=2, dim=-1 is axis=-1"),
        ("sum(softmax(w, ¦axis=0))", "axes are counted from 1", "axis=1 is the first, axis=-1 the last"),
        ("sum(softmax(¦axis=1, w))", "axis= is the second argument", "as in softmax(z, axis=1)"),
        ("sum(log_softmax(w, 1, ¦axis=1))", "axis= is the second argument", "as in softmax(z, axis=1)"),
        ("huber(x, 1, delta¦=2)", "unexpected character '='",
         "arguments have no names: they are known by their places"),
        ("relu(x) ¦== 2", "unexpected character '='", "write one equation an entry, 'z: w@x + b'"),
        ("(x ¦= 2)", "unexpected character '='", "write one equation an entry, 'z: w@x + b'"),
    ],
    before=f"{GIVENS}loss: ",
)  # fmt: skip

test_signs = refuses(
    [
        ("x ¦> 0", "unexpected character '>'", COMPARED),
        ("x ¦<= 0", "unexpected character '<'", COMPARED),
        ("x ¦≥ 0", "unexpected character '≥'", COMPARED),
        ("s -¦> s^2", "unexpected character '>'",
         "a function of the file stands under functions:, as in functions: {cube: u -> u^3}"),
        ("x*¦|y-t|^2", "unexpected character '|'", "written abs(y-t)"),
        ("x*¦||v||", "unexpected character '|'", "written norm(v)"),
        ("x*¦|y", "unexpected character '|'", "the absolute value is abs(z), the length of a vector norm(v)"),
        ("w¦'@v", "unexpected character '''", "the transpose is written w.T"),
        ("x + ¦'y'", "unexpected character '''"),
        ("v ¦⊙ v", "unexpected character '⊙'", "the product element by element is written a*b"),
        ("3¦.T", "a number has no transpose", "write 3"),
        ("(3¦.T)", "a number has no transpose", "write 3"),
        ("x + 0¦,05", "unexpected ','", "a decimal comma? write 0.05"),
        ("(0¦,05)", "expected ')' before ','", "a decimal comma? write 0.05", "to close '('"),
        ("¦leaky_relu(x, 0,1)", "leaky_relu takes 2 arguments, not 3", "a decimal comma? write 0.1"),
    ],
    before=f"{GIVENS}loss: ",
)  # fmt: skip


@pytest.mark.parametrize("word", INSTEAD)
def test_what_is_offered_instead_is_there(word: str) -> None:
    """And the word itself is not: nothing is accepted that is answered here."""
    offered = re.findall(r"\b([a-z]\w*)\(", INSTEAD[word])
    assert all(FILE_ROWS.arities(name) for name in offered)
    assert not function_read(word, FILE_ROWS)
