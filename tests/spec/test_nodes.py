"""The nodes of a file: mappings, texts, words and exact numbers, and every complaint at its place."""

from __future__ import annotations

from fractions import Fraction

import pytest

from bptrace import SpecError, loads
from bptrace.errors import Source
from bptrace.spec.nodes import COMMA_ENDS, Nodes
from bptrace.spec.yaml_text import compose
from tests.refusals import outcome, refusal, refuses


def nodes_of(text: str) -> Nodes:
    source = Source("net.yaml", text)
    return Nodes(source, compose(source))


NUMBER = "as in -3, 0.1, 1/3 or 2.5e4"
test_what_is_no_array = refuses(
    [
        ("¦nope", "'nope' is not a number"),
        ("¦~", "'~' is not a number"),
        ("¦true", "'true' is not a number"),
        ("¦0x1F", "'0x1F' is not a number"),
        ("¦1_000", "'1_000' is not a number"),
        ("¦1;5", "'1;5' is not a number"),
        ("¦1:30", "'1:30' is not a number"),
        ("¦1 2", "'1 2' is not a number"),
        ("¦1/2/3", "'1/2/3' is not a number"),
        ("¦1/-2", "'1/-2' is not a number"),
        ("¦--2", "'--2' is not a number"),
        ("¦-", "'-' is not a number"),
        ("¦1e", "'1e' is not a number"),
        ("¦.", "'.' is not a number"),
        ("¦١", "'١' is not a number"),
        ("¦½", "'½' is not a number"),
        ("¦'3 '''", "'3 '' is not a number"),
        ("¦2 + 2", "'2 + 2' is not a number"),
        ("[1, ¦two]", "'two' is not a number"),
        ("[[1, 2], [3, ¦four]]", "'four' is not a number"),
        ("¦.NaN", "'.NaN' is not an exact number"),
        ("¦+.inf", "'+.inf' is not an exact number"),
        ("[1, ¦Infinity]", "'Infinity' is not an exact number"),
        ("[1, ¦1/0.0]", "a division by zero"),
        ("¦1e10001", "an exponent beyond 10,000"),
        ("¦1e-99999999999999999999", "an exponent beyond 10,000"),
        ("¦" + "9" * 1_000_000, "a number of 1,000,000 digits; at most 10,000 are taken"),
        ("¦1/" + "9" * 10_001, "a number of 10,001 digits; at most 10,000 are taken"),
        ("¦0." + "9" * 10_000, "a number of 10,002 digits; at most 10,000 are taken"),
        ("[[1, 2], ¦[3]]", "ragged matrix: a row of 1 under a first row of 2"),
        ("[[0,5, 1], ¦[1, 2]]", "ragged matrix: a row of 2 under a first row of 3", "decimal comma? write [0.5, 1]"),
        ("[[1, 2], ¦[0,5, 1]]", "ragged matrix: a row of 3 under a first row of 2", "decimal comma? write [0.5, 1]"),
        ("[[1], [2], ¦[3, 4]]", "ragged matrix: a row of 2 under a first row of 1"),
        ("[[1], ¦[]]", "ragged matrix: a row of 0 under a first row of 1"),
        ("[[1, 2], ¦3]", "a row is a list of numbers"),
        ("[¦1, [2]]", "a row is a list of numbers"),
        ("[[¦[1]]]", "arrays have at most two dimensions: a list of rows"),
        ("[[1, 2], [3, ¦[4]]]", "arrays have at most two dimensions: a list of rows"),
        ("[¦[]]", "an empty list"),
        ("¦&a [*a]", "arrays have at most two dimensions: a list of rows"),
        ("[[1], ¦&a [*a]]", "arrays have at most two dimensions: a list of rows"),
        ("¦ten", "'ten' is not a number", NUMBER),
        ("¦nan", "'nan' is not an exact number", "every value is a rational number"),
        ("¦1/0", "a division by zero", NUMBER),
        ("¦'0,05'", "'0,05' is not a number", "decimal comma? write 0.05"),
        ("¦0,5", "'0,5' is not a number", "decimal comma? write 0.5"),
        ("1, y: ¦-0,5, z: 2", "'-0,5' is not a number", "decimal comma? write -0.5"),
        ("1, y¦:2, z: 3", "a space is missing after ':'", "as in y: 2"),
        ("1, y ¦= 2", "a name is followed by ':', not by '='", "as in y: 2"),
        ("¦{0, -1/2}", "expected a number, a list of numbers or a list of rows", "a list is written [0, -1/2]"),
        ("¦{b1: 0, b2: 1}", "expected a number, a list of numbers or a list of rows", "a list is written [0, 1]"),
        ("¦{}", "expected a number, a list of numbers or a list of rows", "as in 3, [1, 2] or [[1, 2], [3, 4]]"),
        ("¦{a: [1]}", "expected a number, a list of numbers or a list of rows", "as in 3, [1, 2] or [[1, 2], [3, 4]]"),
        ("¦[]", "an empty list", "as in [1, 2] or [[1, 2], [3, 4]]"),
        ("[1, ¦{a: 1}]", "a mapping is not a number", NUMBER),
        ("[[1], [¦{}]]", "a mapping is not a number", NUMBER),
        ("¦", "nothing is not a number", NUMBER),
    ],
    before="input: {x: ",
    after="}\nloss: 1",
)
test_what_is_no_mapping = refuses(
    [
        ("input: {x: 1, ¦x: 2}\nloss: x", "'x' is defined twice in input"),
        ("weights:\n  w: 1\n  v: 1\n  ¦'w': 2\nloss: w", "'w' is defined twice in weights"),
        ("forward:\n  z: 1\n  ¦z: 2\nloss: z", "'z' is defined twice in forward"),
        ("update: {lr: 1, ¦lr: 2}\nloss: 1", "'lr' is defined twice in update"),
        ("loss: {J: 1, ¦J: 2}", "'J' is defined twice in loss"),
        ("loss: 1\ninput: {x: 1}\n¦loss: 2", "'loss' is defined twice in the file", "first at line 1"),
        ("input: {x: 1}\n¦input: {y: 1}\nloss: x", "'input' is defined twice in the file", "first at line 1"),
        ("input:\n  x ¦= 1\nloss: 1", "a name is followed by ':', not by '='", "as in x: 1"),
        ("update: lr¦=0.1\nloss: 1", "a name is followed by ':', not by '='", "as in lr: 0.1"),
        ("input: x¦:1\nloss: 1", "a space is missing after ':'", "as in x: 1"),
        (
            "forward:\n  ¦- z: 1\n  - y: z\nloss: y",
            "forward is a mapping of names",
            "without the '-' before each name",
            "as in forward: {h: relu(z)}, or a name: equation a line",
        ),
        ("input: ¦[1]\nloss: 1", "input is a mapping of names", "as in weights: {w: 2}, or a name: value a line"),
        ("weights: ¦3\nloss: 1", "weights is a mapping of names", "as in weights: {w: 2}, or a name: value a line"),
        ("? ¦[a]\n: 1\nloss: 1", "a name is plain text"),
        ("input: {¦{a: 1}: 2}\nloss: 1", "a name is plain text"),
    ]
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3", 3),
        ("-3", -3),
        ("+3", 3),
        ("0.1", Fraction(1, 10)),
        ("-0.10", Fraction(-1, 10)),
        (".5", Fraction(1, 2)),
        ("5.", 5),
        ("1/3", Fraction(1, 3)),
        ("-1/3", Fraction(-1, 3)),
        ("1 / 3", Fraction(1, 3)),
        ("0.1/0.3", Fraction(1, 3)),
        ("1e-3", Fraction(1, 1000)),
        ("-2.5e4", -25_000),
        ("1E+2", 100),
        ("1e1/1e-1", 100),
        ("'7'", 7),
        ('"0.7"', Fraction(7, 10)),
        ("|\n    0.7", Fraction(7, 10)),
        ("!!float 0.1", Fraction(1, 10)),
        ("&n 0.3", Fraction(3, 10)),
        ("010", 10),
        ("0.1000000000000000055511151231257827", Fraction(1000000000000000055511151231257827, 10**34)),
    ],
)
def test_every_form_of_number(text: str, number: Fraction) -> None:
    trace = loads(f"input:\n  x: {text}\nloss: x").trace()
    assert trace["x"] == number
    assert trace["L"] == number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("[1, 1/2, 0.1]", [1, Fraction(1, 2), Fraction(1, 10)]),
        ("[[1, 2], [3, 4]]", [[1, 2], [3, 4]]),
        ("\n  - [1, 2]\n  - [3, 4]", [[1, 2], [3, 4]]),
        ("\n  - - 1\n    - 2\n  - - 3\n    - 4", [[1, 2], [3, 4]]),
        ("[&r [1, 2], *r]", [[1, 2], [1, 2]]),
        ("[&one 1, *one, 2]", [1, 1, 2]),
        ("[[1], [2]]", [[1], [2]]),
        ("[1, 2,]", [1, 2]),
    ],
)
def test_arrays(text: str, value: object) -> None:
    assert loads(f"weights:\n w: {text}\nloss: sum(w)").trace()["w"] == value


@pytest.mark.parametrize(("text", "decimal"), [("[1, 1/2]", False), ("[1, 0.5]", True), ("1e-1", True), ("3", False)])
def test_a_decimal_is_noticed(text: str, decimal: bool) -> None:
    nodes = nodes_of(text)
    nodes.array(nodes.root)
    assert nodes.decimal is decimal


def test_a_word_is_one_of_a_few() -> None:
    nodes = nodes_of("  men")
    with pytest.raises(SpecError) as refused:
        nodes.word(nodes.root, "reduction", ("mean", "sum"), "mean or sum")
    assert str(refused.value) == (
        "net.yaml:1:3: error: unknown reduction 'men'\n   1 |   men\n     |   ^\n   known here: mean, sum\n"
        "   did you mean 'mean'?"
    )
    assert nodes_of("sum").word(nodes_of("sum").root, "reduction", ("mean", "sum"), "mean or sum") == "sum"


test_a_comma_within_braces = refuses(
    [
        (
            "input: {x: 1}\nforward: {h: max(0¦, x), g: x}\nloss: h",
            "expected ')' at the end",
            "to close '('",
            COMMA_ENDS,
        ),
        (
            "input: {x: 1}\nforward: {h: ¦&x}\nloss: h",
            "an equation is missing here",
            "for example: w@x + b",
            "'&x' is an anchor in YAML: quote it",
        ),
        (
            "input: {x: 1}\nloss: ¦!x",
            "an equation is missing here",
            "for example: w@x + b",
            "'!x' is a tag in YAML: quote it",
        ),
        (
            "input: {x: 1}\nloss: ¦{L: max(0, x)}",
            "the loss is one equation",
            COMMA_ENDS,
            "as in loss: (yhat - y)^2 or loss: {J: (yhat - y)^2}",
        ),
    ]
)


def test_a_million_numbers_at_most() -> None:
    text = f"input:\n  a: &a [{'1, ' * 2_000}1]\n  b: [{'*a, ' * 2_000}*a]\nloss: 1"
    problem = outcome(text)
    assert isinstance(problem, SpecError)
    assert problem.message == "more than 1,000,000 numbers, with aliases written out"
    assert problem.line == 2


def bomb(levels: int) -> str:
    """Lists of lists that aliases double, level by level."""
    lines = ["  a0: &a0 [1, 1]", *(f"  a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, levels))]
    return "\n".join(["input:", *lines, "loss: 1"])


def test_an_alias_bomb_of_arrays() -> None:
    """The list that lies too deep is quoted where it is written."""
    text = bomb(60).replace("&a0", "¦&a0", 1)
    assert refusal(text).message == "arrays have at most two dimensions: a list of rows"
