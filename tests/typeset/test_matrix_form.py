"""The matrix form: every part of every line, read back by an independent reader, gives the traced value."""

from __future__ import annotations

import csv
import re
from fractions import Fraction
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given

from bptrace import Trace, load, loads
from bptrace.engine.sentence_parts import plain
from bptrace.ops.expr import Cases
from bptrace.typeset import tree_facts
from bptrace.typeset.glyphs import Glyphs
from bptrace.typeset.latex import Latex
from bptrace.typeset.matrix_form import phases
from bptrace.typeset.unicode import Unicode
from tests.conftest import EVERY_NETWORK, GOLDEN, LIFECYCLE, LIMITS, NETWORKS, calls_of, derived_of, traced
from tests.readers.intervals import Number
from tests.readers.matrix_form import Array, value_of
from tests.readers.register import number_at
from tests.strategies import examples, networks, real_networks

NUMERIC = [path for path in NETWORKS if not path.stem.startswith("generic_")]
every_numeric_network = pytest.mark.parametrize("path", NUMERIC, ids=lambda path: path.stem)
every_network_at_all = pytest.mark.parametrize("path", EVERY_NETWORK, ids=lambda path: path.stem)


def lines_of(trace: Trace, shapes: bool = False) -> dict[str, list[str]]:
    """The lines of every phase, in characters."""
    return {
        phase.title: [
            " ".join([line.left.text, *(f"{side.sign} {side.piece.text}" for side in line.sides)])
            for line in phase.lines
        ]
        for phase in phases(trace, Unicode(), None, shapes)
    }


def of_text(text: str) -> list[str]:
    return [line for lines in lines_of(loads(text).trace(partial=True)).values() for line in lines]


def test_parts_of_steps_begin_with_headings() -> None:
    found = [
        (line.step, plain(line.heading))
        for phase in phases(traced(LIFECYCLE), Unicode())
        for line in phase.lines
        if line.heading
    ]
    assert found == [
        (1, "Pre-activation"), (2, "Activation"), (3, "Output"), (4, "Loss"), (5, "Output error"),
        (5, "Gradients of the output layer"), (6, "Error at the hidden layer"), (7, "Through ReLU"),
        (7, "Gradients of the first layer"), (8, "Update of the output layer"), (8, "Update of the first layer"),
    ]  # fmt: skip


# what the document says

LINES = {
    "Initialization": [
        "x = [1; 2]",
        "W⁽¹⁾ = [0.3 -0.1; 0.2 0.4]",
        "b⁽¹⁾ = [0; 0]",
        "W⁽²⁾ = [0.5 -0.3]",
        "b⁽²⁾ = 0",
        "y = 1",
        "α = 0.1",
    ],
    "Forward pass": [
        "z⁽¹⁾ = W⁽¹⁾ x + b⁽¹⁾ = [0.3 -0.1; 0.2 0.4] [1; 2] + [0; 0] = [0.1; 1]",
        "h = ReLU(z⁽¹⁾) = [max(0, 0.1); max(0, 1)] = [0.1; 1]",
        "ŷ = W⁽²⁾ h + b⁽²⁾ = [0.5 -0.3] [0.1; 1] + 0 = -0.25",
        "L = ½·(ŷ - y)² = ½·(-0.25 - 1)² = 0.78125",
    ],
    "Backpropagation": [
        "∂L/∂ŷ = ŷ - y = -0.25 - 1 = -1.25",
        "∂L/∂W⁽²⁾ = ∂L/∂ŷ hᵀ = -1.25 [0.1 1] = [-0.125 -1.25]",
        "∂L/∂b⁽²⁾ = ∂L/∂ŷ · ∂ŷ/∂b⁽²⁾ = (ŷ - y)·1 = -1.25·1 = -1.25",
        "∂L/∂h = W⁽²⁾ᵀ ∂L/∂ŷ = [0.5; -0.3] (-1.25) = [-0.625; 0.375]",
        "ReLU'(z⁽¹⁾) = [1, as 0.1 > 0; 1, as 1 > 0] = [1; 1]",
        "∂L/∂z⁽¹⁾ = ∂L/∂h ⊙ ReLU'(z⁽¹⁾) = [-0.625; 0.375] ⊙ [1; 1] = [-0.625; 0.375]",
        "∂L/∂W⁽¹⁾ = ∂L/∂z⁽¹⁾ xᵀ = [-0.625; 0.375] [1 2] = [-0.625 -1.25; 0.375 0.75]",
        "∂L/∂b⁽¹⁾ = ∂L/∂z⁽¹⁾ = [-0.625; 0.375]",
    ],
    "Parameter update": [
        "θ_new = θ_old - α·∇L",
        "W⁽²⁾_new = W⁽²⁾ - α·∂L/∂W⁽²⁾ = [0.5 -0.3] - 0.1 [-0.125 -1.25] = [0.5125 -0.175]",
        "b⁽²⁾_new = b⁽²⁾ - α·∂L/∂b⁽²⁾ = 0 - 0.1·(-1.25) = 0.125",
        "W⁽¹⁾_new = W⁽¹⁾ - α·∂L/∂W⁽¹⁾ = [0.3 -0.1; 0.2 0.4] - 0.1 [-0.625 -1.25; 0.375 0.75]"
        " = [0.3625 0.025; 0.1625 0.325]",
        "b⁽¹⁾_new = b⁽¹⁾ - α·∂L/∂b⁽¹⁾ = [0; 0] - 0.1 [-0.625; 0.375] = [0.0625; -0.0375]",
    ],
}


def test_the_lifecycle_has_the_phases_and_lines_of_the_document() -> None:
    assert lines_of(load(LIFECYCLE).trace()) == LINES


def test_the_lifecycle_has_every_value_of_the_document() -> None:
    with (GOLDEN / "relu_lifecycle.values.csv").open(newline="", encoding="utf-8") as file:
        values = {value for _, value in list(csv.reader(file))[1:]}
    results = {line.rpartition("= ")[2] for lines in lines_of(load(LIFECYCLE).trace()).values() for line in lines}
    printed = {number for result in results for number in result.strip("[]").replace(";", "").split()}
    assert values <= printed


# what every line says


def expected(trace: Trace, key: str) -> Array:
    """A traced quantity as it is written: a vector as a column."""
    quantity = trace.program.quantities[key]
    rows, columns = (*quantity.shape, 1, 1)[:2]
    items: list[Number] = [number_at(trace, quantity.element(index)) for index in product(*map(range, quantity.shape))]
    return [items[row * columns : (row + 1) * columns] for row in range(rows)]


def check(trace: Trace) -> None:
    """Every result is the traced value, and so is the part before it where that is made of numbers."""
    definitions = iter(
        [(step, item) for step in trace.steps for block in step.plan.blocks for item in block.definitions]
    )
    for phase in phases(trace, Unicode()):
        for line in phase.lines:
            if line.step:
                step, definition = next(definitions)
                of = trace.of(step)
                proven, value = of.digits if of.bits else 0, expected(of, definition.key)
                sides = [side.piece for side in line.sides]
                assert value_of(sides[-1], proven) == value, line
                if len(sides) > 2 or (len(sides) > 1 and isinstance(definition.expr, Cases) and definition.shape):
                    assert value_of(sides[-2], proven) == value, sides[-2].text
    assert not list(definitions)


@every_numeric_network
def test_every_part_reads_back_to_the_traced_value(path: Path) -> None:
    check(traced(path, inputs=True))


@examples(40)
@given(networks())
def test_every_part_of_any_network_reads_back(text: str) -> None:
    check(loads(text).trace(inputs=True))


@examples(15)
@given(real_networks())
def test_every_part_of_a_network_beyond_the_rationals_reads_back(text: str) -> None:
    check(loads(text).trace(inputs=True))


def test_every_part_at_a_limit_reads_back() -> None:
    check(loads(LIMITS).trace())


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_every_definition_has_a_line(path: Path) -> None:
    trace = traced(path)
    lines = [line for phase in phases(trace, Latex()) for line in phase.lines if line.step]
    steps = [step.number for step in trace.steps for block in step.plan.blocks for _ in block.definitions]
    assert [line.step for line in lines] == steps


# how it is written


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("weights: {w: [1, 2], b: 3}\nloss: sum((w + b)^2)", "∂L/∂w = 2·(w + b) = 2 ([1; 2] + [3; 3]) = [8; 10]"),
        ("weights: {w: [1, 3]}\nforward: {h: w^2}\nloss: mean(h)", "∂L/∂h = [1/2; 1/2]"),
        ("weights: {W: [[1, 2]], b: [3, 4]}\nloss: sum(W*b)", "L = ∑ W ⊙ bᵀ = 1·3 + 2·4 = 11"),
        ("weights: {w: [1, -2]}\nloss: sum(relu(w))", "ReLU'(w) = [1, as 1 > 0; 0, as -2 ≤ 0] = [1; 0]"),
        ("weights: {w: -2}\nloss: relu(w)", "ReLU'(w) = 0, as -2 ≤ 0"),
        ("weights: {w: [2, -2]}\nloss: sum(leaky_relu(w, 1/10))",
         "LeakyReLU'(w) = [1, as 2 > 0; 1/10, as -2 ≤ 0] = [1; 1/10]"),
        ("weights: {w: -2}\nloss: elu(w)", "L = ELU(w) = (exp(-2) - 1, as -2 ≤ 0) ≈ -0.8646647168"),
        ("weights: {W: [[2]], v: [3]}\nloss: sum(W@v)", "L = W v = 2·3 = 6"),
        ("weights: {W: [[1, 2], [3, 4]]}\nforward: {A: W@W}\nloss: sum(A.T@W)",
         "A = W W = [1 2; 3 4] [1 2; 3 4] = [7 10; 15 22]"),
        ("weights: {w: 3}\nloss: w", "∂L/∂w = 1"),
        ("weights: {w: 3}\nloss: w", "L = w = 3"),
        ("weights: {v: [1, 2]}\nforward: {u: 2*v.T}\nloss: sum(u)", "u = 2·v = 2 [1; 2] = [2; 4]"),
        ("weights: {w: [0.5, 1]}\nforward: {h: sigmoid(w)}\nloss: sum(h)",
         "h = sigmoid(w) = [1/(1 + exp(-0.5)); 1/(1 + exp(-1))] ≈ [0.6224593312; 0.7310585786]"),
        ("weights: {w: [4, 1]}\nforward:\n  p: w[1]*w\nloss: sum(p)", "p = w₁·w = 4 [4; 1] = [16; 4]"),
        ("weights: {z: [1, 2]}\nforward:\n  u: dot(z, z)*z\nloss: sum(u)",
         "∂L/∂z = ∂L/∂zᵤ·z + ∂L/∂zᵤ·z + ∂L/∂u·zᵤ = 3 [1; 2] + 3 [1; 2] + [1; 1]·5 = [11; 17]"),
        ("weights: {W: [[1, 2], [3, 4]], b: [5, 6]}\nforward: {Z: W - b}\nloss: sum(Z)",
         "Z = W - bᵀ = [1 2; 3 4] - [5 6; 5 6] = [-4 -4; -2 -2]"),
        ("weights: {W: [[1, 2], [3, 4]], b: [5, 6]}\nforward: {Z: W + (b + b)}\nloss: sum(Z)",
         "Z = W + (b + b)ᵀ = [1 2; 3 4] + [5 + 5 6 + 6; 5 + 5 6 + 6] = [11 14; 13 16]"),
        ("weights: {W: [[1, 2], [3, 4]], b: [5, 6]}\nforward: {Z: W/b}\nloss: sum(Z)",
         "Z = W/bᵀ = [1/5 2/6; 3/5 4/6] = [1/5 1/3; 3/5 2/3]"),
        ("weights: {W: [[1, 2], [3, 4]], b: [[5], [6]]}\nforward: {Z: W + b}\nloss: sum(Z)",
         "Z = W + b = [1 2; 3 4] + [5 5; 6 6] = [6 7; 9 10]"),
        ("weights: {W: [[1, 2]], b: [3, 4]}\nloss: sum(W*b)", "∂L/∂b = Wᵀ = [1; 2]"),
        ("weights: {x: [0, 0]}\nloss: 3*norm(x)", "∂L/∂x = ∂L/∂z_L·(x/z_L) = [3·0; 3·0] = [0; 0]"),
        ("weights: {x: [3, 4]}\nloss: 3*norm(x)", "∂L/∂x = ∂L/∂z_L·(x/z_L) = 3 ([3; 4]/5) = [9/5; 12/5]"),
        ("weights: {u: [1, 0.5]}\ntarget: {y: [1, 0]}\nloss: binary_cross_entropy(u, y)",
         "∂L/∂u = (u - y)/(u ⊙ (1 - u)) = [(1 - 1)·0 - 1/1; (0.5 - 0)/(0.5·(1 - 0.5))] = [-1; 2]"),
        ("weights: {w: [4, 0]}\nloss: sum(sqrt(w))", "∂L/∂w = 1/(2·√(w)) = [1/(2·√(4)); 1/(2·√(0))] = [1/4; none]"),
        ("weights: {w: [0, 1]}\nforward: {z: 1/w, h: relu(z)}\nloss: sum(h)",
         "ReLU'(z) = [none; 1, as 1 > 0] = [none; 1]"),
        ("weights: {w: [4, 1]}\nloss: nll(w, 3)", "L = -w[3] = none"),
        ("weights: {w: [4, 1]}\nloss: cross_entropy(w, 3)", "∂L/∂w = p - onehot(3) = [none; none]"),
        ("weights: {w: [0, 1]}\nloss: max((w/w)*w)", "[none; none] ⊙ [0/0; 1/1] = [none; none]"),
        ("weights: {w: [0, 1]}\nforward: {z: 1/w}\nloss: max_pool(z, 2)[1]", "∂L/∂z = [none; none]"),
    ],
)  # fmt: skip
def test_a_line_is_written_as_on_a_board(text: str, line: str) -> None:
    assert any(line in found for found in of_text(text)), of_text(text)


OVER_SYMBOLS = """\
input: {X: 2x1}
weights: {W: 1x1, b: [b1, b2], c: c}
functions: {f: generic}
forward: {Z: X*W, s: "softmax(Z, 1)", h: "f(Z)"}
loss: sum(s*Z) + sum((Z - s)^2) + b[1]*b[2]^2*c + sum(h*h)
update: {lr: 1/10}
"""


@pytest.mark.parametrize(
    "line",
    [
        "s = softmax(Z, 1) = [exp(Z₁₁)/(exp(Z₁₁) + exp(Z₂₁)); exp(Z₂₁)/(exp(Z₁₁) + exp(Z₂₁))]",
        "L = (∑ s ⊙ Z) + (∑ (Z - s)²) + b₁·b₂²·c + (∑ h ⊙ h) ="
        " s₁₁·Z₁₁ + s₂₁·Z₂₁ + (Z₁₁ - s₁₁)² + (Z₂₁ - s₂₁)² + b₁·b₂²·c + h₁₁·h₁₁ + h₂₁·h₂₁",
        "∂L/∂b = [b₂²·c; 0] + [0; b₁·c·2·b₂] = [b₂²·c; b₁·c·2·b₂]",
    ],
)
def test_what_is_said_is_not_said_again(line: str) -> None:
    found = of_text(OVER_SYMBOLS)
    assert line in found, found


@every_network_at_all
@pytest.mark.parametrize("shapes", [False, True])
def test_no_line_says_a_thing_twice(path: Path, shapes: bool) -> None:
    for lines in lines_of(derived_of(path, inputs=True), shapes).values():
        for line in lines:
            sides = [re.sub(r"\{\d+×\d+\}", "", side) for side in line.split(" = ")]
            assert len(sides) == len(set(sides)), line


def test_shapes_say_nothing_again() -> None:
    lines = lines_of(load(Path(LIFECYCLE).with_name("generic_2_2_2.yaml")).trace(), shapes=True)["Backpropagation"]
    assert lines[:2] == ["∂L/∂ŷ{2×1} = [∂L/∂ŷ₁; ∂L/∂ŷ₂]", "g'(y'){2×1} = [g'(y₁'); g'(y₂')]"]


def test_a_scalar_that_shows_its_name_alone_is_no_given() -> None:
    assert lines_of(load(LIFECYCLE).derived())["Initialization"] == [
        "x = [x₁; x₂]",
        "W⁽¹⁾ = [W⁽¹⁾₁₁ W⁽¹⁾₁₂; W⁽¹⁾₂₁ W⁽¹⁾₂₂]",
        "b⁽¹⁾ = [b⁽¹⁾₁; b⁽¹⁾₂]",
        "W⁽²⁾ = [W⁽²⁾₁₁ W⁽²⁾₁₂]",
    ]


def test_shapes_stand_below_all_symbols_and_alone_before_them() -> None:
    lines = lines_of(load(LIFECYCLE).trace(), shapes=True)
    assert lines["Shapes"] == ["x ∈ ℝ²", "W⁽¹⁾ ∈ ℝ²ˣ²", "b⁽¹⁾ ∈ ℝ²", "W⁽²⁾ ∈ ℝ¹ˣ²", "b⁽²⁾ ∈ ℝ", "y ∈ ℝ", "z⁽¹⁾ ∈ ℝ²",
                               "h ∈ ℝ²", "ŷ ∈ ℝ", "L ∈ ℝ"]  # fmt: skip
    assert lines["Forward pass"][0].startswith("z⁽¹⁾{2×1} = W⁽¹⁾{2×2} x{2×1} + b⁽¹⁾{2×1} = [")
    assert lines["Forward pass"][2].startswith("ŷ{1×1} = W⁽²⁾{1×2} h{2×1} + b⁽²⁾{1×1} = [")
    assert lines["Backpropagation"][1].startswith("∂L/∂W⁽²⁾{1×2} = ∂L/∂ŷ{1×1} hᵀ{1×2} = ")
    assert lines["Initialization"][-1] == "α{1×1} = 0.1"


def test_a_vector_in_each_row_has_the_shape_of_a_row() -> None:
    trace = loads("weights: {W: [[1, 2], [3, 4]], b: [5, 6]}\nforward: {Z: W*b}\nloss: sum(Z)").trace()
    line = "Z{2×2} = W{2×2} ⊙ bᵀ{1×2} = [1 2; 3 4] ⊙ [5 6; 5 6] = [5 12; 15 24]"
    assert lines_of(trace, shapes=True)["Forward pass"][0] == line


def test_samples_come_one_by_one_then_the_batch() -> None:
    batch = lines_of(load(Path(LIFECYCLE).with_name("xor_batch.yaml")).trace())
    sample = ["Sample {} of 4: forward pass", "Sample {} of 4: backpropagation"]
    titles = [title.format(number) for number in range(1, 5) for title in sample]
    assert list(batch) == ["Initialization", *titles, "Batch", "Parameter update"]
    assert batch["Sample 2 of 4: forward pass"][:2] == ["x = [0; 1]", "y = 1"]
    assert batch["Batch"][0].endswith("= (1/16 + 1/16 + 1/16 + 1/16)/4 = 1/16")


def test_over_symbols_the_result_is_the_array_of_formulas() -> None:
    lines = lines_of(load(Path(LIFECYCLE).with_name("generic_2_2_2.yaml")).trace())
    assert lines["Backpropagation"][3] == (
        "∂L/∂W⁽²⁾ = ∂L/∂y' hᵀ = [∂L/∂y₁'; ∂L/∂y₂'] [h₁ h₂] = [∂L/∂y₁'·h₁ ∂L/∂y₁'·h₂; ∂L/∂y₂'·h₁ ∂L/∂y₂'·h₂]"
    )
    assert lines["Forward pass"][1] == "h = f(h') = [f(h₁'); f(h₂')]"


@pytest.mark.parametrize(
    ("update", "rule"),
    [
        ("lr: 0.1", ["θ_new = θ_old - α·∇L"]),
        ("lr: 0.1, momentum: 0.9", ["θ_new = θ_old - α·v_θ_new", "v_θ_new = momentum·v_θ + ∇L"]),
        ("rule: adagrad", ["θ_new = θ_old - α·∇L/(√(s_θ_new) + eps)", "s_θ_new = s_θ + (∇L)²"]),
        (
            "lr: 1, clip_norm: 2",
            ["θ_new = θ_old - α·∇L_clipped", "gradient_norm = √(∑ (∇L)²)",
             "clip_scale = clip_norm/max(gradient_norm, clip_norm)", "∇L_clipped = clip_scale·∇L"],
        ),
        (
            "rule: adam",
            ["θ_new = θ_old - α·m̂_θ/(√(v̂_θ) + eps)", "t_new = t + 1", "m_θ_new = β₁·m_θ + (1 - β₁)·∇L",
             "v_θ_new = β₂·v_θ + (1 - β₂)·(∇L)²", "m̂_θ = m_θ_new/(1 - β₁^t_new)", "v̂_θ = v_θ_new/(1 - β₂^t_new)"],
        ),
    ],
)  # fmt: skip
def test_an_update_begins_with_its_rule_in_general(update: str, rule: list[str]) -> None:
    lines = lines_of(loads(f"weights: {{w: 3}}\nloss: w^2\nupdate: {{{update}}}").trace())["Parameter update"]
    assert lines[: len(rule)] == rule


def test_a_tie_is_told_below_its_step() -> None:
    trace = load(Path(LIFECYCLE).with_name("tie_at_zero.yaml")).trace()
    notes = [plain(note) for phase in phases(trace, Latex()) for line in phase.lines for note in line.notes]
    assert notes == list(dict.fromkeys(note for row in trace.rows() for note in row.notes))
    assert notes


def test_the_reader_refuses_what_does_not_go_together() -> None:
    column, row = (Unicode().matrix([[Glyphs.of(text) for text in line] for line in rows]) for rows in ("12", ["34"]))
    two, half, one, case, plus = map(Glyphs.of, ["2 ", "/2", " + 1", "2, as -1 > 0", " + "])
    assert value_of(Glyphs.row([two, column, row])) == [[6, 8], [12, 16]]
    assert value_of(Glyphs.row([row, column, half])) == [[Fraction(11, 2)]]
    for wrong in ([column, column], [column, plus, row], [column, one], [case], [Glyphs.of("1 +")]):
        with pytest.raises(ValueError, match=r"."):
            value_of(Glyphs.row(wrong))


@every_network_at_all
def test_every_line_of_a_derivation_is_an_equation(path: Path) -> None:
    lines = [line for phase in phases(derived_of(path), Unicode()) for line in phase.lines]
    of_symbols = {line.left.text for line in lines if line.step == 0}
    assert [line.left.text for line in lines if not line.sides and line.left.text not in of_symbols] == []


def test_what_is_left_open_of_a_single_number_is_what_its_name_means() -> None:
    text = "input: {x: x}\nweights: {w: w}\nfunctions: {f: generic}\nforward: {z: w*x, y: f(z)}\nloss: generic(y)"
    lines = [line for lines in lines_of(loads(text).derived()).values() for line in lines]
    assert {"∂L/∂y = ∂L(y)/∂y", "f'(z) = ∂f(z)/∂z"} <= set(lines)


def test_what_is_known_of_an_equation_is_found_once_for_all_samples(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = calls_of(monkeypatch, tree_facts, "facts_of")
    counts = []
    for number in (2, 20):
        asked.clear()
        samples = "".join(f"  - {{input: {{x: {place}}}}}\n" for place in range(number))
        lines_of(loads(f"samples:\n{samples}weights: {{w: 2}}\nloss: relu(w*x)^2").trace())
        counts.append(len(asked))
    assert counts[0] == counts[1]
