"""Reading a file: every complaint at its line and column, what each section may say, and random texts."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptrace import SpecError, load, loads
from tests.conftest import NETWORKS
from tests.refusals import outcome, refusal
from tests.strategies import examples
from tests.texts import documents, mutations, sentences

# The file as YAML


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("¦", "the file is empty"),
        ("¦  \n\n", "the file is empty"),
        ("¦# only a comment\n", "the file is empty"),
        ("¦[1, 2]", "the file is a mapping of names"),
        ("¦42", "the file is a mapping of names"),
        ("---\n¦", "the file is a mapping of names"),
        ("loss: 1\n¦---\nloss: 2", "not YAML: but found another document"),
        ("input: {x: 1\nloss¦: x", "not YAML: did not find expected ',' or '}'"),
        ("input: {x: 1}¦}\nloss: x", "not YAML: did not find expected key"),
        ("input: [1, 2\nloss¦: x", "not YAML: did not find expected ',' or ']'"),
        ("input:\n¦\tx: 1\nloss: x", "not YAML: found character that cannot start any token"),
        ("input:\n  x: 1\n ¦y: 2\nloss: x", "not YAML: did not find expected key"),
        ("loss: 'x¦", "not YAML: found unexpected end of stream"),
        ('loss: "x¦\\q"', "not YAML: found unknown escape character"),
        ("a: b¦: c", "not YAML: mapping values are not allowed in this context"),
        ("loss: ¦@x", "not YAML: found character that cannot start any token"),
        ("loss: ¦`x`", "not YAML: found character that cannot start any token"),
        ("loss: ¦%x", "not YAML: found character that cannot start any token"),
        ("loss: *¦ x", "not YAML: did not find expected alphabetic or numeric character"),
        ("input: {x: ¦*q}\nloss: x", "not YAML: found undefined alias"),
        ("loss: x¦\0", "not YAML: control characters are not allowed"),
        ("# θ日😀\nloss: x¦\x07", "not YAML: control characters are not allowed"),
        ("loss: ¦\ud800", "not text: a lone surrogate"),
        ("loss: [[[[[[[[[[[[[[[[[[[¦" + "[" * 9_981, "nested more than 20 deep"),
        ("loss: " + "[" * 19 + "¦" + "[" * 9_981 + "1" + "]" * 10_000, "nested more than 20 deep"),
        ("- " * 20 + "¦" + "- " * 9_980 + "1", "nested more than 20 deep"),
        ("loss: " + "{a: " * 19 + "¦" + "{a: " * 9_981, "nested more than 20 deep"),
        ("? " * 20 + "¦" + "? " * 9_980, "nested more than 20 deep"),
        (
            "".join(f"{' ' * n}a:\n" for n in range(20)) + " " * 20 + "¦a:\n" + " " * 21 + "a:\n",
            "nested more than 20 deep",
        ),
        ("? ¦[a]\n: 1\nloss: 1", "a name is plain text"),
        ("input: {¦{a: 1}: 2}\nloss: 1", "a name is plain text"),
    ],
)
def test_not_yaml(text: str, message: str) -> None:
    assert refusal(text).message == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("¦los: 3", "unknown section 'los'"),
        ("¦Loss: 3", "unknown section 'Loss'"),
        ("loss: 1\n¦'': 3", "unknown section ''"),
        ("loss: 1\n¦" + "a" * 99 + ": 3", "unknown section 'aaaaaaaaaaaaaaaaaaaa…aaaaaaaaaa'"),
        ("¦title: a net\ninput: {x: 1}", "missing section 'loss'"),
        ("¦{}", "missing section 'loss'"),
        ("loss: 1\ninput: {x: 1}\n¦loss: 2", "'loss' is defined twice in the file"),
        ("input: {x: 1}\n¦input: {y: 1}\nloss: x", "'input' is defined twice in the file"),
        ("input: {x: 1, ¦x: 2}\nloss: x", "'x' is defined twice in input"),
        ("weights:\n  w: 1\n  v: 1\n  ¦'w': 2\nloss: w", "'w' is defined twice in weights"),
        ("forward:\n  z: 1\n  ¦z: 2\nloss: z", "'z' is defined twice in forward"),
        ("update: {lr: 1, ¦lr: 2}\nloss: 1", "'lr' is defined twice in update"),
        ("loss: {J: 1, ¦J: 2}", "'J' is defined twice in loss"),
        ("input: {x: 1}\nweights: {¦x: 1}\nloss: x", "'x' is defined twice"),
        ("weights: {x: 1}\ninput: {¦x: 1}\nloss: x", "'x' is defined twice"),
        ("forward: {x: 2}\ninput: {¦x: 1}\nloss: x", "'x' is defined twice"),
        ("input: {x: 1}\nforward: {¦x: 2}\nloss: x", "'x' is defined twice"),
        ("input: {J: 1}\nloss: {¦J: 2}", "'J' is defined twice"),
        ("input: {L: 1}\nloss: ¦L", "the loss is called L, and L is taken"),
        ("input: {¦relu: 1}\nloss: 1", "'relu' is reserved: it is a function"),
        ("forward: {¦sum: 1}\nloss: 1", "'sum' is reserved: it is a function"),
        ("loss: {¦huber: 1}", "'huber' is reserved: it is a function"),
        ("input: {¦1a: 1}\nloss: 1", "'1a' is not a name"),
        ("input: {¦a b: 1}\nloss: 1", "'a b' is not a name"),
        ("input: {¦a.T: 1}\nloss: 1", "'a.T' is not a name"),
        ("input: {¦a-b: 1}\nloss: 1", "'a-b' is not a name"),
        ("input: {¦'': 1}\nloss: 1", "'' is not a name"),
        ("input: {¦😀: 1}\nloss: 1", "'😀' is not a name"),
        ("input: {¦x\u200b: 1}\nloss: 1", "'x\N{REPLACEMENT CHARACTER}' is not a name"),
        ("input: {¦Aᵀ: 1}\nloss: 1", "'Aᵀ' is not a name"),
        ("input: {¦x²: 1}\nloss: 1", "'x²' is not a name"),
        ("input: {¦'x[1]': 1}\nloss: 1", "'x[1]' is not a name"),
        ("input: {x: 1}\nforward: {z: x + ¦h, h: x}\nloss: z", "'h' is used before it is defined"),
        ("forward:\n  a: 1\n  b: ¦c\n  c: a\nloss: b", "'c' is used before it is defined"),
        ("forward: {z: ¦L}\nloss: z", "unknown name 'L'"),
        ("input: ¦[1]\nloss: 1", "input is a mapping of names"),
        ("weights: ¦3\nloss: 1", "weights is a mapping of names"),
        ("forward: ¦z\nloss: 1", "forward is a mapping of names"),
        ("title: ¦[a]\nloss: 1", "expected a title"),
        ("forward: {z: ¦[1]}\nloss: z", "expected an equation"),
        ("forward: {z: ¦}\nloss: z", "an equation is missing here"),
        ("loss:¦", "an equation is missing here"),
        ("loss: {L: ¦}", "an equation is missing here"),
        ("loss: ¦[1]", "expected an equation"),
        ("loss: ¦{}", "the loss is one equation"),
        ("loss: ¦{J: 1, K: 2}", "the loss is one equation"),
        ("input: {v: [1, 2]}\nloss: ¦v", "the loss is a vector of 2; it must be one number"),
        ("input: {v: [[1, 2]]}\nloss: {J: ¦v.T}", "the loss is a 2x1 matrix; it must be one number"),
    ],
)
def test_sections_and_names(text: str, message: str) -> None:
    assert refusal(text).message == message


@pytest.mark.parametrize(
    ("value", "message"),
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
        ("¦nan", "'nan' is not an exact number"),
        ("¦.NaN", "'.NaN' is not an exact number"),
        ("¦-.inf", "'-.inf' is not an exact number"),
        ("[1, ¦Infinity]", "'Infinity' is not an exact number"),
        ("¦1/0", "a division by zero"),
        ("[1, ¦1/0.0]", "a division by zero"),
        ("¦1e10001", "an exponent beyond 10,000"),
        ("¦1e-99999999999999999999", "an exponent beyond 10,000"),
        ("¦" + "9" * 1_000_000, "a number of 1,000,000 digits; at most 10,000 are taken"),
        ("¦1/" + "9" * 10_001, "a number of 10,001 digits; at most 10,000 are taken"),
        ("¦0." + "9" * 10_000, "a number of 10,002 digits; at most 10,000 are taken"),
        ("[[1, 2], ¦[3]]", "ragged matrix: a row of 1 under a first row of 2"),
        ("[[1], [2], ¦[3, 4]]", "ragged matrix: a row of 2 under a first row of 1"),
        ("[[1], ¦[]]", "ragged matrix: a row of 0 under a first row of 1"),
        ("[[1, 2], ¦3]", "a row is a list of numbers"),
        ("[¦1, [2]]", "a row is a list of numbers"),
        ("[[¦[1]]]", "arrays have at most two dimensions: a list of rows"),
        ("[[1, 2], [3, ¦[4]]]", "arrays have at most two dimensions: a list of rows"),
        ("¦[]", "an empty list"),
        ("[¦[]]", "an empty list"),
        ("¦{a: 1}", "expected a number, a list of numbers or a list of rows"),
        ("¦&a [*a]", "arrays have at most two dimensions: a list of rows"),
        ("[[1], ¦&a [*a]]", "arrays have at most two dimensions: a list of rows"),
    ],
)
def test_values(value: str, message: str) -> None:
    assert refusal(f"input: {{x: {value}}}\nloss: 1").message == message


@pytest.mark.parametrize("value", ["¦", "[1, ¦{a: 1}]", "[[1], [¦{}]]"])
def test_what_is_no_number_at_all(value: str) -> None:
    assert refusal(f"input: {{x: {value}}}\nloss: 1").message.endswith("is not a number")


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("update: ¦sgd", "update is a mapping of names"),
        ("update: ¦{}", "missing field 'lr', the learning rate"),
        ("update: ¦{rule: sgd}", "missing field 'lr', the learning rate"),
        ("update: {¦speed: 1}", "unknown field 'speed' of sgd"),
        ("update: {lr: 1, ¦rho: 1}", "unknown field 'rho' of sgd"),
        ("update: {lr: 1, ¦alpha: 1}", "unknown field 'alpha' of sgd"),
        ("update: {rule: adam, ¦momentum: 1/2}", "unknown field 'momentum' of adam"),
        ("update: {rule: ¦adamax, lr: 1}", "unknown rule 'adamax'"),
        ("update: {rule: ¦Adam}", "unknown rule 'Adam'"),
        ("update: {rule: ¦'', lr: 1}", "unknown rule ''"),
        ("update: {lr: 1, ¦rate: 1}", "'lr' is given twice in update: as lr and as rate"),
        ("update: {lr: ¦-1}", "lr, the learning rate, must be 0 or more"),
        ("update: {rate: ¦-1}", "lr, the learning rate, must be 0 or more"),
        ("update: {rule: adam, eps: ¦-1e-8}", "eps, the distance of the divisor from 0, must be 0 or more"),
        ("update: {lr: 1, momentum: ¦1}", "momentum, the momentum, must be 0 or more, and less than 1"),
        ("update: {lr: 1, momentum: ¦-0.1}", "momentum, the momentum, must be 0 or more, and less than 1"),
        ("update: {rule: adam, beta1: ¦1}", "beta1, the decay of the first moment, must be 0 or more, and less than 1"),
        (
            "update: {rule: adamw, beta2: ¦2}",
            "beta2, the decay of the second moment, must be 0 or more, and less than 1",
        ),
        ("update: {rule: rmsprop, rho: ¦1}", "rho, the decay of the mean square, must be 0 or more, and less than 1"),
        ("update: {lr: 1, weight_decay: ¦-1}", "weight_decay, the weight decay, must be 0 or more"),
        ("update: {lr: 1, clip_value: ¦0}", "clip_value, the bound on each gradient, must be more than 0"),
        ("update: {lr: 1, clip_norm: ¦-1}", "clip_norm, the bound on all gradients together, must be more than 0"),
        ("update: {lr: 1, round: ¦0}", "round, the grid that updated values are rounded to, must be more than 0"),
        ("update: {lr: 1, momentum: ¦much}", "'much' is not a number"),
        ("update: {lr: 1, momentum: ¦[1]}", "a list is not a number"),
        ("update: {lr: 1, ¦nesterov: true}", "'nesterov' needs 'momentum'"),
        ("update: {lr: 1, momentum: 1/2, nesterov: ¦1}", "'1' is not true or false"),
        ("update: {lr: 1, momentum: 1/2, nesterov: ¦[]}", "expected true or false"),
        (
            "update: {lr: 1, clip_norm: 1, ¦clip_value: 1}",
            "gradients are clipped by clip_value or by clip_norm, not both",
        ),
        ("weights: {eps: 1}\nupdate: {rule: ¦adam}", "'eps' is defined twice"),
        ("update: {rule: adam}\nweights: {¦eps: 1}", "'eps' is defined twice"),
        ("update: {rule: ¦[sgd], lr: 1}", "expected a rule's name"),
        ("update: {lr: ¦fast}", "'fast' is not a number"),
        ("update: {lr: ¦1/0}", "a division by zero"),
        ("gradients: ¦all", "unknown section 'all'"),
        ("gradients: [weights, ¦bias]", "unknown section 'bias'"),
        ("gradients: ¦{weights: 1}", "expected a section's name"),
        ("gradients: [¦[weights]]", "expected a section's name"),
        ("gradients: [¦loss]", "unknown section 'loss'"),
        ("weights: {lr: 1}\nupdate: {¦lr: 1}", "'lr' is defined twice"),
        ("update: {lr: 1}\nforward: {¦lr: 1}", "'lr' is defined twice"),
        (
            "update: {lr: 1}\nweights: {w: 1}\ninput: {¦w_new: 1}",
            "'w_new' is reserved: the update makes names that end in _new",
        ),
        (
            "update: {lr: 1}\nforward: {¦w_new: 1}\nweights: {w: 1}",
            "'w_new' is reserved: the update makes names that end in _new",
        ),
    ],
)
def test_update_and_gradients(section: str, message: str) -> None:
    assert refusal(f"{section}\nloss: 1").message == message


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ("¦[]", "an empty list"),
        ("[¦3]", "a layer is a mapping of names"),
        ("[{weights: [[1, 1]]}, ¦{bias: 1}]", "missing field 'weights'"),
        ("[{¦weight: [[1, 1]]}]", "unknown field 'weight'"),
        ("[{weights: [[1, 1]], ¦weights: 2}]", "'weights' is defined twice in a layer"),
        ("[{weights: [[1, ¦a]]}]", "'a' is not a number"),
        ("[{weights: [[1, 1], ¦[1]]}]", "ragged matrix: a row of 1 under a first row of 2"),
        ("[{weights: ¦[[1]]}]", "shape mismatch: a 1x1 matrix and a vector of 2 do not go together in '@'"),
        ("[{weights: ¦3}]", "shape mismatch: a scalar and a vector of 2 do not go together in '@'"),
        ("[{weights: [[1, 1]], activation: ¦rleu}]", "unknown function 'rleu'"),
        ("[{weights: [[1, 1]], activation: ¦leaky_relu}]", "leaky_relu takes 2 arguments, not 1"),
        ("[{weights: [[1, 1]], activation: ¦hinge}]", "hinge takes 2 arguments, not 1"),
        ("[{weights: [[1, 1]], activation: ¦[relu]}]", "expected an activation's name"),
        ("[{weights: [[1, 1]], activation: ¦relu(q)}]", "unknown name 'q'"),
    ],
)
def test_layers(layers: str, message: str) -> None:
    assert refusal(f"input: {{x: [1, 2]}}\nlayers: {layers}\nloss: sum(yhat)").message == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("layers: ¦[{weights: [[1]]}]\nloss: yhat", "layers are fed by exactly one input"),
        ("input: {x: [1], y: 2}\nlayers: ¦[{weights: [[1]]}]\nloss: yhat", "layers are fed by exactly one input"),
        ("input: {x: [1]}\nweights: {W1: 3}\nlayers: [{weights: ¦[[3]]}]\nloss: yhat", "'W1' is defined twice"),
        ("input: {x: [1]}\nlayers: [{weights: [[3]]}]\nforward: {¦yhat: 1}\nloss: yhat", "'yhat' is defined twice"),
    ],
)
def test_layers_among_the_other_sections(text: str, message: str) -> None:
    assert refusal(text).message == message


@pytest.mark.parametrize("layers", ["¦3", "¦relu", "¦{weights: [[1, 1]]}"])
def test_layers_are_a_list(layers: str) -> None:
    assert "layers" in refusal(f"input: {{x: [1, 2]}}\nlayers: {layers}\nloss: sum(yhat)").message


@pytest.mark.parametrize(
    ("text", "hints"),
    [
        (
            "¦los: 3",
            [
                "known sections: title, input, weights, target, samples, reduce, functions, layers, forward, repeat, "
                "loss, update, gradients, order, names, index",
                "did you mean 'loss'?",
            ],
        ),
        ("¦title: a net", ["for example: loss: (yhat - y)^2"]),
        ("¦", ["'bptrace new FILE' writes one to start from"]),
        ("input: {w: 1}\n\nweights: {¦w: 1}\nloss: w", ["first at line 1: choose another name"]),
        ("forward:\n  z: ¦h\n  h: 1\nloss: z", ["defined at line 3: move it up"]),
        ("input: {¦relu: 1}\nloss: 1", ["choose another name"]),
        ("input: {¦1a: 1}\nloss: 1", ["letters, digits and _, a letter first: w, h1, yhat"]),
        ("input: {x: ¦nan}\nloss: 1", ["every value is a rational number"]),
        ("input: {x: ¦ten}\nloss: 1", ["as in -3, 0.1, 1/3 or 2.5e4"]),
        ("input: {x: ¦{}}\nloss: 1", ["as in 3, [1, 2] or [[1, 2], [3, 4]]"]),
        ("gradients: [¦wieghts]\nloss: 1", ["known here: weights, input, target"]),
        (
            "update: {¦rul: sgd, lr: 1}\nloss: 1",
            [
                "known here: rule, lr, momentum, nesterov, weight_decay, clip_value, clip_norm, round",
                "did you mean 'rule'?",
            ],
        ),
        (
            "update: {rule: ¦adamax, lr: 1}\nloss: 1",
            ["known here: sgd, adagrad, rmsprop, adam, adamw", "did you mean 'adam'?"],
        ),
        (
            "update: {rule: adam, ¦rho: 1}\nloss: 1",
            [
                "known here: rule, lr, beta1, beta2, eps, weight_decay, clip_value, clip_norm, round",
                "rho is a field of rmsprop",
            ],
        ),
        (
            "weights: {eps: 1}\nloss: eps\nupdate: {rule: ¦adam}",
            ["first at line 1: choose another name", "adam has a setting of that name"],
        ),
        ("input: {x: [1], y: 2}\nlayers: ¦[{weights: [[1]]}]\nloss: 1", ["inputs here: x, y"]),
    ],
)
def test_hints(text: str, hints: list[str]) -> None:
    assert list(refusal(text).hints) == hints


# Bounded work


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


@pytest.mark.parametrize(
    "text",
    [
        bomb(2),
        "&a {input: *a, loss: 1}",
        "input: &a {x: *a}\nloss: 1",
        "input: {x: &a [*a, *a]}\nloss: 1",
        "forward: &a {z: *a}\nloss: 1",
        "loss: &a {L: *a}",
        "layers: &a [*a]\nloss: 1",
        "input: {x: 1}\nlayers: [&a {weights: *a}]\nloss: 1",
        "gradients: &a [*a]\nloss: 1",
        "update: &a {lr: *a}\nloss: 1",
        "title: &a [*a]\nloss: 1",
        "? &a [*a]\n: 1",
        f"input: {{x: 1}}\nforward:\n  a: &e {'x + ' * 20_000}x\n"
        + "".join(f"  b{n}: *e\n" for n in range(300))
        + "loss: a",
    ],
)
def test_aliases_take_bounded_work(text: str) -> None:
    outcome(text)


def chain(equation: str, length: int) -> str:
    """Equations that each read the one before."""
    lines = [f"  a{n}: {equation.replace('a', f'a{n - 1}')}\n" for n in range(1, length)]
    return f"input: {{x: 2}}\nforward:\n  a0: x\n{''.join(lines)}loss: a{length - 1}\n"


@pytest.mark.parametrize("equation", ["a*a", "a^2", "a^1000", "(a + 1/3)^2", "a/(a^2 + 1/7)", "a*a*a - 1/a"])
def test_values_that_explode_are_refused(equation: str) -> None:
    problem = outcome(chain(equation, 60))
    assert isinstance(problem, SpecError)
    assert problem.message.endswith(" digits; at most a million digits are worked out")
    assert problem.line is not None
    assert 3 < problem.line < 40
    assert problem.column == 6 + len(str(problem.line - 3))


@pytest.mark.parametrize("equation", ["a + x", "a + a", "relu(a)"])
def test_many_equations_take_bounded_work(equation: str) -> None:
    outcome(chain(equation, 1_000))


def test_absurdly_many_equations_take_bounded_work() -> None:
    outcome(chain("a + x", 50_000))


@pytest.mark.parametrize(
    "text",
    [
        "input:\n" + "".join(f"  x{n}: 1\n" for n in range(10_000)) + "loss: x1",
        f"input:\n  r: [{'1, ' * 9_000}1]\n  c: [{'[1], ' * 9_000}[1]]\nloss: sum(c*r)",
        f"input:\n  r: [{'1, ' * 9_000}1]\n  c: [{'[1], ' * 9_000}[1]]\nforward: {{z: c + r}}\nloss: 1",
        f"input: {{x: [{', '.join(f'1/{10**2000 + 2 * n + 1}' for n in range(1500))}]}}\nloss: sum(x)",
        "loss: q\n" * 50_000,
        "\n" * 5_000_000 + "loss: q",
        "loss: x" + "\n +" * 1_000_000,
        "loss: 'x" + "x" * 5_000_000,
        'loss: "' + "\\n" * 2_000_000 + '"',
        "title: " + "x" * 5_000_000 + "\nloss: q",
        "loss: !" + "x" * 5_000_000 + " q",
        "loss: &" + "x" * 5_000_000 + " q",
    ],
)
def test_large_files_take_bounded_work(text: str) -> None:
    outcome(text)


# What is read


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


@pytest.mark.parametrize(
    ("loss", "names"),
    [
        ("loss: w^2", ["L", "dL/dw"]),
        ("loss: {L: w^2}", ["L", "dL/dw"]),
        ("loss: {J: w^2}", ["J", "dJ/dw"]),
        ("loss:\n  E_total: w^2", ["E_total", "dE_total/dw"]),
        ("loss: {ℒ: w^2}", ["ℒ", "dℒ/dw"]),
        ("loss: >\n  w^2", ["L", "dL/dw"]),
    ],
)
def test_names_of_the_loss(loss: str, names: list[str]) -> None:
    trace = loads(f"weights: {{w: 3}}\n{loss}").trace()
    assert [row.quantity for row in trace.rows()] == names
    assert list(trace.rows()) == [9, 6]


@pytest.mark.parametrize(
    ("section", "quantities"),
    [
        ("", ["dL/dw"]),
        ("gradients: weights", ["dL/dw"]),
        ("gradients: [weights]", ["dL/dw"]),
        ("gradients: [weight]", ["dL/dw"]),
        ("gradients: input", ["dL/dx"]),
        ("gradients: [weights, input]", ["dL/dw", "dL/dx"]),
        ("gradients: [inputs, weights]", ["dL/dw", "dL/dx"]),
        ("gradients:\n- targets\n- inputs", ["dL/dx", "dL/dy"]),
        ("gradients: []", []),
    ],
)
def test_gradients(section: str, quantities: list[str]) -> None:
    trace = loads(f"input: {{x: 2}}\nweights: {{w: 3}}\ntarget: {{y: 5}}\nloss: w*x*y\n{section}").trace()
    assert [row.quantity for row in trace.rows()] == ["L", *quantities]


def test_without_weights_the_gradients_are_those_of_the_input() -> None:
    assert [row.quantity for row in loads("input: {x: 2}\nloss: x^2").trace().rows()] == ["L", "dL/dx"]


@pytest.mark.parametrize(
    ("rate", "updated"),
    [("{lr: 1/2}", 0), ("{rule: sgd, lr: 0.5}", 0), ("{lr: 0}", 3), ("{rate: 1}", -3), ("{lr: 1e-1}", Fraction(12, 5))],
)
def test_an_update(rate: str, updated: Fraction) -> None:
    assert loads(f"weights: {{w: 3}}\nloss: w^2\nupdate: {rate}").trace()["w_new"] == updated


def test_sections_come_in_any_order() -> None:
    sections = ["title: T", "input: {x: 2}", "weights: {w: 3}", "forward: {z: w*x}", "loss: z^2", "update: {lr: 1}"]
    texts = ["\n".join(order) for order in (sections, sections[::-1])]
    one, other = [[row.texts() for row in loads(text).trace().rows()] for text in texts]
    assert one == other


LAYERS = """
layers:
  - {weights: [[1, -2], [0.5, 3]], bias: [1, 0], activation: relu}
  - {weights: [[1, 2], [3, 4], [5, 6]], activation: leaky_relu(0.1)}
  - {weights: [[1, 2, 3]], bias: [0.5]}
"""
LAYERS_WRITTEN_OUT = """
weights:
  W1: [[1, -2], [0.5, 3]]
  b1: [1, 0]
  W2: [[1, 2], [3, 4], [5, 6]]
  W3: [[1, 2, 3]]
  b3: [0.5]
forward:
  z1: W1@x + b1
  h1: relu(z1)
  z2: W2@h1
  h2: leaky_relu(z2, 0.1)
  yhat: W3@h2 + b3
"""
ONE_LAYER = "\nlayers: [{weights: [[1, 2]], activation: hardtanh}]\n"
ONE_LAYER_WRITTEN_OUT = "\nweights: {W1: [[1, 2]]}\nforward: {z1: W1@x, yhat: hardtanh(z1)}\n"


@pytest.mark.parametrize(
    ("layers", "equations"), [(LAYERS, LAYERS_WRITTEN_OUT), (ONE_LAYER, ONE_LAYER_WRITTEN_OUT)], ids=["three", "one"]
)
def test_layers_are_shorthand_for_equations(layers: str, equations: str) -> None:
    rest = "\ninput: {x: [1, 2]}\ntarget: {y: [1]}\nloss: squared_error(yhat, y)\nupdate: {lr: 0.1}\n"
    short, long = (loads(part + rest).trace() for part in (layers, equations))
    assert [step.title for step in short.steps] == [step.title for step in long.steps]
    assert [row.texts() for row in short.rows()] == [row.texts() for row in long.rows()]


def test_layers_go_on_in_equations() -> None:
    text = "input: {x: [1, 2]}\nlayers: [{weights: [[1, 1], [2, 2]]}]\nforward: {p: yhat@yhat}\nloss: p - W1[1,1]"
    assert loads(text).trace()["L"] == 44


@pytest.mark.parametrize(
    ("one", "other"),
    [("ŷ", "ŷ"), ("y\u0302", "y\u0302"), ("ŷ", "y\u0302"), ("y\u0302", "ŷ"), ("θ_1", "θ_1"), ("ℓ", "ℓ")],
)
def test_a_name_may_be_any_letters(one: str, other: str) -> None:
    """`ŷ` is one name, whether a keyboard writes it as one character or as y and a circumflex."""
    assert loads(f"input: {{{one}: 2}}\nloss: {other}^2").trace()["L"] == 4


# Random texts: a trace or a complaint, nothing else


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda data: data.decode("utf-8", "surrogateescape")))
@examples(100)
def test_any_text(text: str) -> None:
    outcome(text)


@given(documents())
@examples(100)
def test_any_document(text: str) -> None:
    outcome(text)


@given(mutations())
@examples(200)
def test_any_mutation_of_a_network(text: str) -> None:
    outcome(text)


@given(sentences(), sentences())
@examples(120)
def test_any_equation(forward: str, loss: str) -> None:
    givens = "input: {x: 2, b: [1, -2], u: [0]}\nweights: {w: [[1, 2], [3, 0]], c: [[1], [-1]]}\n"
    rest = "gradients: [weights, input]\nupdate: {lr: 1/2}\n"
    outcome(f"{givens}forward: {{z: '{forward.replace('z', 'x')}'}}\nloss: 'sum({loss})'\n{rest}")


def test_the_networks_themselves_are_read() -> None:
    """So that the mutations start from what is right."""
    assert len(NETWORKS) > 8
    assert all(load(path).trace().steps for path in NETWORKS)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("input: {x: 1}\nupdate: ¦{lr: 1}\nloss: x", "there are no weights to update", ""),
        ("input: {¦if: 1}\nloss: 1", "'if' is reserved: formulas use it", "choose another name"),
        ("input: {x: 1}\nforward:\n  z: ¦z + x\nloss: z", "'z' is used in its own definition", ""),
        (
            "input: {x: 1}\nforward: {h: max(0¦, x), g: x}\nloss: h",
            "expected ')' at the end",
            "in {...} a comma ends the entry: one equation a line, or in quotes",
        ),
        (
            "weights: {w: 1}\nupdate: ¦sgd\nloss: w",
            "update is a mapping of names",
            "as in update: {rule: sgd, lr: 1/10}",
        ),
        ("weights: {w: 1}\nupdate: {lr: ¦[1]}\nloss: w", "a list is not a number", "as in -3, 0.1, 1/3 or 2.5e4"),
        ("input:\n  x: 1\n¦\tz: 2\nloss: x", "not YAML: ", "a tab cannot indent YAML: use spaces"),
    ],
)
def test_a_slip_is_told_what_would_be_right(text: str, message: str, hint: str) -> None:
    problem = refusal(text)
    assert problem.message.startswith(message)
    assert (problem.hints or ("",))[-1] == hint
