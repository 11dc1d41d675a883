"""Givens without values, how names are typeset, and what a file cannot say of either."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bptrace import load, loads
from bptrace.engine.quantity import Places
from bptrace.numbers.arrays import indices
from bptrace.numbers.exact import UNKNOWN, NoValueError
from bptrace.spec.overrides import assigned
from bptrace.typeset.latex import Latex
from bptrace.typeset.names import Names
from bptrace.typeset.unicode import Unicode
from tests.conftest import NETWORKS, ROOT, Command
from tests.readers.register import names_of, value_of
from tests.refusals import refusal


@pytest.mark.parametrize(
    ("given", "shape"),
    [
        ("w: w", ()),
        ("w: scalar", ()),
        ("w: vector of 3", (3,)),
        ("w: 2x3", (2, 3)),
        ("w: 2x3 matrix", (2, 3)),
        ("w: 1x1", (1, 1)),
        ("w: [w1, w2]", (2,)),
        ("w: [a]", (1,)),
        ("w: [[a, b], [c, d], [e, f]]", (3, 2)),
        ("w: [h_1', W^(1), 'y_{out}']", (3,)),
        ("ü: ü", ()),
    ],
)
def test_a_shape_alone(given: str, shape: tuple[int, ...]) -> None:
    key = given[0]
    network = loads(f"weights: {{{given}}}\nloss: {f'sum({key})' if shape else key}")
    assert [(item.shape, item.value) for item in network.givens] == [(shape, UNKNOWN)]
    assert network.unvalued == network.givens[0]
    assert network.trace().symbolic


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("weights: {w: ¦v}\nloss: w", "'v' is not a number"),
        ("weights: {w: ¦0x1F}\nloss: w", "'0x1F' is not a number"),
        ("weights: {w: ¦nan}\nloss: w", "'nan' is not an exact number"),
        ("weights: {w: ¦}\nloss: w", "nothing is not a number"),
        ("weights: {w: [a, ¦1]}\nloss: sum(w)", "names and numbers in one list"),
        ("weights: {w: [a, ¦-1/2]}\nloss: sum(w)", "names and numbers in one list"),
        ("weights: {w: [a, ¦nan]}\nloss: sum(w)", "names and numbers in one list"),
        ("weights: {w: [a, ¦[b]]}\nloss: sum(w)", "names and lists in one list"),
        ("weights: {w: [1, ¦a]}\nloss: sum(w)", "'a' is not a number"),
        ("weights: {w: [[a, b], ¦[c]]}\nloss: sum(w)", "ragged matrix: a row of 1 under a first row of 2"),
        ("weights: {w: [a, ¦a]}\nloss: sum(w)", "'a' stands twice"),
        ("weights: {w: ¦3000x3000}\nloss: sum(w)", "9,000,000 elements; at most 4,000,000 are taken"),
        (
            "weights: {w: ¦vector of 99999999999999}\nloss: w",
            "'vector of 99999999999999': at most 4,000,000 elements are taken",
        ),
        ("weights: {w: ¦1x12345678 matrix}\nloss: w", "'1x12345678 matrix': at most 4,000,000 elements are taken"),
        ("weights: {w: w}\nnames: {¦v: a}\nloss: w", "unknown name 'v'"),
        ("weights: {w: w}\nnames: {w: ¦1a}\nloss: w", "'1a' is not how a name is written"),
        ("weights: {w: w}\nnames: {w: ¦[a]}\nloss: w", "expected how the name is written"),
        ("weights: {w: w}\nnames: {w: ¦'\\frac'}\nloss: w", "'\\frac' is not how a name is written"),
        ("weights: {a: a, b: b}\nnames: {a: q, b: ¦q}\nloss: a*b", "'q' is how another name is written, too"),
        ("weights: {a: a}\nnames: {a: ¦L}\nloss: a", "'L' is how another name is written, too"),
        ("weights: {a: a, w: [1, 2]}\nnames: {a: ¦w_1}\nloss: a*w[1]", "'w_1' is how another name is written, too"),
        ("weights: {w: w}\nindex: ¦rows\nloss: w", "unknown index 'rows'"),
        ("weights: {w: w}\norder: ¦by-name\nloss: w", "unknown order 'by-name'"),
    ],
)
def test_what_cannot_be_read(text: str, message: str) -> None:
    assert refusal(text).message == message


@pytest.mark.parametrize(
    "attempt",
    [
        *("2x", "0x3", "2 x 3", "2x3x4", "-2x3", "2×3", "2 by 3", "2X3", "1.5x2", "3 vector", "2x2 vector"),
        *("vector", "vector of 0", "vector of -1", "vector of n", "matrix", "matrix of 2x3", "Scalar"),
    ],
)
def test_what_was_meant_as_a_shape_is_told_which_there_are(attempt: str) -> None:
    problem = refusal(f"weights: {{w: ¦{attempt}}}\nloss: sum(w)")
    assert problem.message == f"'{attempt}' is neither a number nor a shape"
    assert problem.hints == ("as in w: scalar, x: vector of 3 or W: 2x3, or by names: x: [x1, x2]",)


@pytest.mark.parametrize(
    ("given", "item"), [("[W1, ¦'W[1]']", "W[1]"), ("[¦'W[1]', 2]", "W[1]"), ("[[a, b], [c, ¦d e]]", "d e")]
)
def test_what_was_meant_as_a_name_is_told_how_names_are_written(given: str, item: str) -> None:
    problem = refusal(f"weights: {{W: {given}}}\nloss: sum(W)")
    assert problem.message == f"'{item}' is not how a name is written"
    assert problem.hints == ("as in h_1', W^(1), y_{out} or yhat",)


@pytest.mark.parametrize(
    ("names", "index", "quantity", "text"),
    [
        ("{}", "unit-input", "W[1,2]", "W₁₂"),
        ("{}", "input-unit", "W[1,2]", "W₂₁"),
        ("{}", "input-unit", "dL/dW[1,2]", "∂L/∂W₂₁"),
        ("{}", "input-unit", "V[1,2]", "V₁₂"),
        ("{}", "input-unit", "z[2]", "z₂"),
        ("{W: W^(1)}", "unit-input", "W[1,2]", "W⁽¹⁾₁₂"),
        ("{W: theta}", "unit-input", "W[2,1]", "θ₂₁"),
        ("{W: Theta^(1)}", "unit-input", "dL/dW[2,1]", "∂L/∂Θ⁽¹⁾₂₁"),
        ("{z: h'}", "unit-input", "z[2]", "h₂'"),
        ("{z: h'}", "unit-input", "dL/dz[2]", "∂L/∂h₂'"),
        ("{'z[1]': h_1', 'z[2]': q}", "unit-input", "z[2]", "q"),
        ("{z1: a, z2: b}", "unit-input", "z[1]", "a"),
        ("{L: ℒ}", "unit-input", "dL/dV[1,1]", "∂ℒ/∂V₁₁"),
    ],
)
def test_how_names_are_typeset(names: str, index: str, quantity: str, text: str) -> None:
    network = loads(
        "input: {x: [x1, x2]}\nweights: {W: 2x2, V: 2x2}\nforward: {z: W@x, yhat: z@V}\n"
        f"loss: sum(yhat)\nnames: {names}\nindex: {index}"
    )
    trace = network.trace()
    every = [(trace.program.quantities[key], index) for key, index in trace.register.places.values()]
    found = {quantity._replace(bracketed=True).element(index): (quantity, index) for quantity, index in every}
    assert Names(trace, Unicode()).at(*found[quantity]).text == text


@pytest.mark.parametrize(
    ("givens", "texts"),
    [
        ("h: vector of 2, h_1: h_1", ["h[1]", "h[2]", "h_1"]),
        ("h: vector of 2, h1: h1", ["h₁", "h₂", "h⁽¹⁾"]),
        ("x1: x1, x_1: x_1", ["x1", "x_1"]),
        ("alpha: alpha, α: α", ["alpha", "α"]),
        ("yhat: yhat, ŷ: ŷ", ["yhat", "ŷ"]),
        ("w: 2x2, w_11: w_11", ["w[1,1]", "w[1,2]", "w[2,1]", "w[2,2]", "w_11"]),
        ("v: [a, b], w: [a, c]", ["v[1]", "v[2]", "w[1]", "w[2]"]),
        ("v: [a, b], w: [c, d]", ["a", "b", "c", "d"]),
        ("x: [w1, w2], w: vector of 2", ["x[1]", "x[2]", "w[1]", "w[2]"]),
        ("a1: vector of 2, a_1: scalar", ["a⁽¹⁾₁", "a⁽¹⁾₂", "a₁"]),
    ],
)
def test_no_two_names_are_typeset_alike(givens: str, texts: list[str]) -> None:
    keys = re.findall(r"(\w+):", givens)
    trace = loads(f"weights: {{{givens}}}\nloss: {' + '.join(f'sum(concat({key}))' for key in keys)}").trace()
    quantities = [trace.program.quantities[key] for key in keys]
    places = [(quantity, index) for quantity in quantities for index in indices(quantity.shape)]
    assert [Names(trace, Unicode()).at(*place).text for place in places] == texts
    assert len({Names(trace, Latex()).at(*place) for place in places}) == len(texts)


# putting numbers in


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_a_formula_over_symbols_gives_the_value_with_numbers_put_in(path: Path) -> None:
    network = load(path)
    symbolic = network.derived(inputs=True)
    numeric = network.trace(inputs=True)
    owner = numeric.samples[0] if numeric.samples else numeric
    values, rows = names_of(owner), {row.quantity: row for row in owner.rows()}
    assert symbolic.symbolic
    for row in symbolic.rows():
        assert row.formula == rows[row.quantity].formula
        assert row.value_text == ""
        assert value_of(row.formula, values) == rows[row.quantity].value, row.quantity


def test_a_network_whose_names_get_values_is_worked_out() -> None:
    equations = "forward: {z: w@x + b, h: relu(z)}\nloss: (v@h - y)^2"
    network = loads(
        f"input: {{x: [x1, x2]}}\nweights: {{w: 2x2, b: [b1, b2], v: vector of 2}}\ntarget: {{y: y}}\n{equations}"
    )
    settings = ["x=[2,1]", "w=[[1,2],[3,4]]", "b=[0,1]", "v=[1,-1]", "y=3"]
    partly, wholly = assigned(network, settings[:3]), assigned(network, settings)
    assert partly.trace().symbolic
    assert not wholly.trace().symbolic
    plain = "input: {x: [2,1]}\nweights: {w: [[1,2],[3,4]], b: [0,1], v: [1,-1]}\ntarget: {y: 3}\n"
    assert wholly.trace() == loads(plain + equations).trace()


def test_a_value_that_is_not_there_is_told_so() -> None:
    trace = loads("weights: {w: w}\nloss: w^2").trace()
    row = next(trace.rows())
    for name in ("dL/dw", "w", "L"):
        with pytest.raises(NoValueError, match=f"{name} has no value"):
            trace[name]
    with pytest.raises(NoValueError):
        row.value  # noqa: B018  # asking is what is tested


@pytest.mark.parametrize("words", [["run"], ["step"], ["train", "--steps", "2"]])
def test_a_command_that_needs_values_says_which_is_missing(words: list[str], command: Command) -> None:
    name, *options = words
    status, out, err = command(name, ROOT / "networks" / "generic_skip.yaml", *options)
    assert (status, out) == (2, "")
    assert "generic_skip.yaml:5:11: error: x has no value\n" in err
    assert "bptrace derive" in err


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("¦W1[1,1]=3", "W1 has no value yet, so no element of it can be set alone"),
        ("W1=¦[1,2]", "W1 is a 2x2 matrix, not a vector of 2"),
    ],
)
def test_what_cannot_be_set(setting: str, message: str, command: Command) -> None:
    column = setting.index("¦") + 1
    path = ROOT / "networks" / "generic_2_2_2.yaml"
    status, out, err = command("run", path, "--set", setting.replace("¦", ""))
    assert (status, out) == (2, "")
    assert err.startswith(f"--set:1:{column}: error: {message}\n")


FORMULAS_OF_A_SAMPLE = ["w1*x1 + w2*x2 - y", "z_L^2", "2*z_L", "dL/dz_L*x1", "dL/dz_L*x2"]


@pytest.mark.parametrize("weight", ["vector of 2", "[w1, w2]", "[3, 4]"])
def test_each_sample_is_derived_whether_the_weights_have_values_or_not(weight: str) -> None:
    samples = "samples:\n- {input: {x: [1, 2]}, target: {y: 1}}\n- {input: {x: [3, 2]}, target: {y: 1}}\n"
    trace = loads(f"{samples}weights: {{w: {weight}}}\nloss: (w@x - y)^2").derived()
    assert [row.formula for row in trace.rows()] == FORMULAS_OF_A_SAMPLE


def test_how_names_are_written_takes_no_look_at_every_element(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(Places, "__iter__")
    givens = "input: {x: [x1, x2]}\nweights: {W: 1000000x2}\nfunctions: {g: generic}\n"
    network = loads(f"{givens}loss: sum(g(W@x))\nnames: {{W: W', 'W[7,2]': u}}")
    assert network.display
    assert network.display.forms.keys() == {"W", "W[7,2]"}
