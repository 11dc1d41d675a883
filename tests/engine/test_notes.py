"""Notes: what is legal and probably not meant, at its line and column; and what is no note."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given

import bptrace
from bptrace.engine.notes import KINDS
from tests.conftest import ROOT
from tests.strategies import examples

GIVENS = "input: {x: [1, 2], u: [3], v: [1, 2, 3], A: [[1, 2], [3, 4]], k: [[1], [2]]}\n"
READ = " + 0*(sum(x) + sum(u) + sum(v) + sum(A) + sum(k))\n"


def noted(marked: str) -> list[tuple[str, str]]:
    """The notes of a network, each of which is at the next `¦`."""
    pieces = marked.split("¦")
    trace = bptrace.loads("".join(pieces)).trace()
    offsets = [note.mark.offset for note in trace.notes if note.mark]
    assert offsets == [len("".join(pieces[:count])) for count in range(1, len(pieces))]
    return [(note.kind, note.text) for note in trace.notes]


@pytest.mark.parametrize(
    ("expression", "kind", "text"),
    [
        ("A¦*x", "broadcast", "A*x takes a 2x2 matrix and a vector of 2 element by element; the matrix product is A@x"),
        ("x¦*A", "broadcast", "x*A takes a vector of 2 and a 2x2 matrix element by element; the matrix product is x@A"),
        ("A¦*(x + 1)", "broadcast", "'*' here takes a 2x2 matrix and a vector of 2 element by element; "
         "the matrix product is written with @"),
        ("A¦/x", "broadcast", "A/x takes a 2x2 matrix and a vector of 2 element by element"),
        ("2¦*A*x", "broadcast", "'*' here takes a scalar and a 2x2 matrix and a vector of 2 element by element"),
        ("k ¦+ v", "stretch", "k+v stretches a 2x1 matrix and a vector of 3 to a 2x3 matrix"),
        ("k ¦- v", "stretch", "k-v stretches a 2x1 matrix and a vector of 3 to a 2x3 matrix"),
        ("k¦*v", "stretch", "k*v stretches a 2x1 matrix and a vector of 3 to a 2x3 matrix"),
        ("k ¦+ k.T", "stretch", "'+' here stretches a 2x1 matrix and a 1x2 matrix to a 2x2 matrix"),
        ("¦max(k, x)", "stretch", "'max' here stretches a 2x1 matrix and a vector of 2 to a 2x2 matrix"),
        ("¦max(A, 1)", "axis", "max compares each element with the number 1; it takes no axis, as softmax does"),
        ("3 + ¦min(A, 2)", "axis", "min compares each element with the number 2; it takes no axis, as softmax does"),
    ],
)  # fmt: skip
def test_an_operation_is_noted(expression: str, kind: str, text: str) -> None:
    assert noted(f"{GIVENS}loss: sum({expression}){READ}") == [(kind, text)]


@pytest.mark.parametrize(
    "expression",
    ["A + x", "A@x + x", "x*x", "2*A*A", "A/2", "A*u[1]", "v*u", "A*u", "A/u", "max(A, 0)", "max(A, 3)", "max(x, 1)",
     "max(A)", "max(A, A)", "softmax(A, 2)", "A - A[1]", "k + 1", "k*A", "outer(x, v)", "k@k.T", "A@k"],
)  # fmt: skip
def test_what_is_meant_is_not_noted(expression: str) -> None:
    assert noted(f"{GIVENS}loss: sum({expression}){READ}") == []


@pytest.mark.parametrize(
    ("marked", "found"),
    [
        ("input: {¦x: 1}\nweights: {w: 2}\nloss: w^2", [("unread", "nothing reads x")]),
        ("target: {¦y: 1}\nweights: {¦b: 2, w: 3}\nloss: w^2",
         [("unread", "nothing reads y"), ("unread", "nothing reads b")]),
        ("weights: {w: 2}\nforward: {h: ¦w + 1}\nloss: w^2", [("unread", "nothing reads h")]),
        ("weights: {w: 2}\nfunctions: {f: u -> u^2, ¦g: u -> f(u)}\nloss: w^2", [("unread", "nothing calls g")]),
        ("weights: {w: 2}\nfunctions: {f: u -> u^2, g: u -> f(u)}\nloss: g(w)", []),
        ("weights: {w: 2}\nfunctions: {f: 'u -> huber(u, 0)', g: 'u, e -> u^e'}\nloss: f(w) + g(w, 2)", []),
        ("weights: {w: 2, ¦q: 3}\nforward: {h: ¦3*q}\nloss: w^2",
         [("disconnected", "no path leads from q to L"), ("unread", "nothing reads h")]),
        ("weights: {w: 2, ¦q: 3}\nforward: {h: 3*q, g: ¦h^2}\nloss: {J: w^2}",
         [("disconnected", "no path leads from q to J"), ("unread", "nothing reads g")]),
        ("weights: {w: 2}\nloss: w^2\nupdate: {¦lr: -0.1}",
         [("ascent", "the learning rate is below 0: the update steps up the gradient")]),
        ("weights: {w: 2}\nloss: w^2\nupdate: {lr: 0}", []),
        ("weights: {w: [[1, 2], [3, 4]]}\nfunctions: {f: 'a, b -> a¦*b'}\nloss: sum(f(w, w[1]))",
         [("broadcast", "'*' here takes a 2x2 matrix and a vector of 2 element by element; "
           "the matrix product is written with @")]),
        ("samples:\n- {input: {¦x: 1, z: 3}}\n- {input: {x: 2, z: 3}}\nweights: {w: 2}\nloss: w*z",
         [("unread", "nothing reads x")]),
        ("weights: {w: 2, s0: 0}\nrepeat: {for: t in 1..3, 's{t}': 's{t-1} + w', 'o{t}': '2*s{t}'}\n"
         "loss: o3", []),
    ],
)  # fmt: skip
def test_a_name_is_noted(marked: str, found: Sequence[tuple[str, str]]) -> None:
    assert noted(marked) == found


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_switched_off_in_the_file(kind: str) -> None:
    text = (
        f"{GIVENS}weights: {{b: 1, q: 2}}\nforward: {{d: 2*q}}\nupdate: {{lr: -1}}\n"
        f"loss: sum(A*x) + sum(k + v) + sum(max(A, 1)){READ}"
    )
    kinds = {note.kind for note in bptrace.loads(text).trace().notes}
    assert kinds == set(KINDS)
    for ignore in (kind, f"[{kind}]"):
        assert {note.kind for note in bptrace.loads(f"{text}ignore: {ignore}\n").trace().notes} == kinds - {kind}


def test_an_unknown_kind_is_refused_with_a_suggestion() -> None:
    with pytest.raises(bptrace.SpecError) as caught:
        bptrace.loads("weights: {w: 1}\nloss: w\nignore: [brodcast]")
    assert (caught.value.line, caught.value.column) == (3, 10)
    assert caught.value.message == "unknown kind of notes 'brodcast'"
    assert caught.value.hints[-1] == "did you mean 'broadcast'?"


@pytest.mark.parametrize("path", sorted((ROOT / "networks").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_networks_give_no_notes(path: object) -> None:
    network = bptrace.load(str(path))
    assert network.notes == network.derived().notes == ()


def test_the_notes_of_a_batch_are_those_of_its_first_sample_in_a_derivation_too() -> None:
    network = bptrace.loads("samples: [{input: {x: 1}}, {input: {x: 2}}]\nweights: {w: 1, b: 0}\nloss: w*x")
    assert [note.text for note in network.trace().notes] == [note.text for note in network.derived().notes]
    assert len(network.notes) == 1


WIDTHS = [2, 3]


@examples(20)
@given(...)
def test_layers_give_no_notes(deep: bool, wide: bool, biased: bool) -> None:
    width = WIDTHS[wide]
    layers = [f"{{weights: {[[1] * 2] * width}, activation: relu{', bias: ' + str([0] * width) if biased else ''}}}"]
    layers += [f"{{weights: {[[1] * width] * width}}}"] * deep + [f"{{weights: {[[1] * width]}}}"]
    text = f"input: {{x: [1, 2]}}\ntarget: {{y: [1]}}\nlayers: [{', '.join(layers)}]\nloss: squared_error(yhat, y)\n"
    assert bptrace.loads(text).notes == ()
