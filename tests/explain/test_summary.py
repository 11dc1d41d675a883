"""The summary: the loss, the gradients, the blocked units and what each zeroes."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from random import Random

import pytest

from bptrace import Trace, load, loads
from bptrace.engine.sentence_parts import Named, plain, sentence
from bptrace.explain.summary import TOLD, Blocked, Result, Summary, Unreached, counted, exactness, summarize
from bptrace.numbers.digits import EQUAL, Shown
from tests.conftest import NETWORKS, RELU, ROOT
from tests.readers.register import names_of, value_of

CHAIN = """
input: {x: 3}
weights: {a: 1, b: -1, c: -2, d: 1}
forward:
  z1: a*x
  h1: relu(z1)
  z2: b*h1
  h2: relu(z2)
  z3: c*h1
  h3: relu(z3)
loss: d*h2 + h3
"""


RESIDUAL = """
input: {x: [1, -1]}
weights: {w: [[1, 2], [3, -4]], v: [[-1, 1], [0, -1]]}
forward:
  z: w@x
  h: relu(z) + z
  u: v@h
  g: relu(u)
loss: sum(g)
"""


def summary_of(text: str) -> Summary:
    return summarize(loads(text).trace())


def test_gives_the_loss_then_the_gradients_asked_for() -> None:
    asked = [(result.key, result.shown.text) for result in summarize(load(RELU).trace(inputs=True)).results]
    assert asked == [
        ("L", "1"),
        ("dL/dx", "[0, -2]"),
        ("dL/dw", "[[-2, -4], [0, 0]]"),
        ("dL/db", "[-2, 0]"),
        ("dL/dv", "[-4, 0]"),
        ("dL/dc", "-2"),
    ]


@pytest.mark.parametrize(("numbers", "text"), [("auto", "[1/2, 0]"), ("decimal", "[0.5, 0]")])
def test_prints_numbers_as_the_trace_does(numbers: str, text: str) -> None:
    trace = loads("weights: {w: [1, 2]}\nloss: w[1]/2").trace(numbers)
    assert summarize(trace).results[1] == Result("dL/dw", Shown(EQUAL, text))


def test_counts_the_zeros_of_a_large_gradient() -> None:
    text = f"weights: {{w: {list(range(50))}}}\nloss: w@w"
    assert summary_of(text).results[1] == Result(
        "dL/dw", Shown(EQUAL, "a vector of 50, 1 of 50 elements are 0"), counted=True
    )


@pytest.mark.parametrize(
    ("name", "blocked"),
    [
        ("relu_2_2_1", [Blocked((Named("h2"),), "ReLU'(z2)", ["dL/dz2", "dL/dw21", "dL/dw22", "dL/db2"])]),
        (
            "tie_at_zero",
            [
                Blocked((Named("h2"),), "ReLU'(z2)", ["dL/dz2", "dL/dw21", "dL/dw22", "dL/db2"]),
                Blocked((Named("h3"),), "ReLU'(z3)", ["dL/dz3", "dL/dw31", "dL/dw32", "dL/db3"]),
            ],
        ),
        ("skip_connection", [Blocked((Named("h1"),), "ReLU'(z1)", ["dL/dz1", "dL/dw1"])]),
        (
            "convolution",
            [
                Blocked((Named("h11"),), "ReLU'(z11)", []),
                Blocked((Named("h23"),), "ReLU'(z23)", []),
                Blocked((Named("h32"),), "ReLU'(z32)", []),
                Blocked((Named("h33"),), "ReLU'(z33)", []),
            ],
        ),
        ("linear_2_2_2_1", []),
        ("relu_lifecycle", []),
    ],
)
def test_says_which_units_are_blocked_and_what_that_zeroes(name: str, blocked: list[Blocked]) -> None:
    found = summarize(load(ROOT / "networks" / f"{name}.yaml").trace())
    assert (found.blocked, found.unreached) == (blocked, [])


def zeros(trace: Trace, closed: str = "") -> set[str]:
    """The gradients that are 0 whatever the numbers are, when only this slope is 0: from the formulas alone."""
    random = Random(1)
    names = {name: value + Fraction(random.randint(1, 999), 10**6) for name, value in names_of(trace).items()}
    names[closed] = Fraction(0)
    chain = [row for row in trace.rows() if row.quantity.startswith(f"d{trace.program.loss}/d")]
    for row in chain:
        names[row.quantity] = value_of(row.formula, names)
    return {row.quantity for row in chain if not names[row.quantity]}


@pytest.mark.parametrize(
    "text", [CHAIN, RESIDUAL, *(path.read_text(encoding="utf-8") for path in NETWORKS)], ids=lambda text: text[11:40]
)
def test_blames_a_unit_for_exactly_the_zeros_that_its_slope_makes(text: str) -> None:
    whole = loads(text).trace()
    for trace in whole.samples or (whole,):
        for unit in summarize(trace).blocked:
            assert set(unit.zeroed) == zeros(trace, unit.slope) - zeros(trace), unit


def test_a_gradient_behind_several_blocked_units_is_unreached() -> None:
    found = summary_of(CHAIN)
    assert found.blocked == [
        Blocked((Named("h2"),), "ReLU'(z2)", ["dL/dz2", "dL/db"]),
        Blocked((Named("h3"),), "ReLU'(z3)", ["dL/dz3", "dL/dc"]),
    ]
    assert found.unreached == [Unreached(["dL/dh1", "dL/dz1", "dL/da"])]


def test_a_sum_that_is_0_for_another_reason_as_well_is_not_unreached() -> None:
    found = summary_of(CHAIN.replace("c: -2", "c: 0").replace("h3: relu(z3)", "h3: z3"))
    assert [plain(blocked.unit) for blocked in found.blocked] == ["h2"]
    assert found.blocked[0].zeroed == ["dL/dz2", "dL/db"]
    assert found.unreached == []


@pytest.mark.parametrize(
    "text",
    [
        "weights: {w: 2, v: 3}\ninput: {x: 0}\nforward: {h: relu(w + 1)}\nloss: h*x",
        "weights: {w: 2}\nforward: {z: w - w, h: relu(w)}\nloss: z*h",
        "weights: {w: 2}\nloss: 3",
    ],
)
def test_other_zeros_are_nobodys_fault(text: str) -> None:
    found = summary_of(text)
    assert (found.blocked, found.unreached) == ([], [])


@pytest.mark.parametrize(
    "text",
    [
        "input: {x: 1}\nweights: {w: -2}\nforward: {z: w*x, h: relu(z) + x*w}\nloss: h^2",
        "weights: {w: [1, -2]}\nloss: sum(relu(w))",
        "weights: {w: [1, -2]}\nforward: {z: w*2}\nloss: relu(z)@w",
    ],
)
def test_what_passes_a_gradient_another_way_is_not_called_blocked(text: str) -> None:
    """`h = relu(z) + x` or a sum of units still carries a gradient; only the unit inside it is blocked."""
    names = {definition.key for definition in loads(text).definitions} - {"z"}
    assert not names & {plain(blocked.unit).rstrip("12") for blocked in summary_of(text).blocked}


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (1, "g1"),
        (6, "g1, g2, g3, g4, g5, g6"),
        (7, "g1, g2, g3, g4 and 3 more gradients"),
        (2000, "g1, g2, g3, g4 and 1,996 more gradients"),
    ],
)
def test_long_lists_of_names_are_counted(count: int, text: str) -> None:
    assert plain(counted([f"g{number}" for number in range(1, count + 1)])) == text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("weights: {w: [1, -2]}\nforward: {h: relu(w)}\nloss: sum(h)", ["h2: ReLU'(w2) = 0, so dL/dw2 is 0"]),
        ("weights: {w: -2}\nforward: {h: relu(w), g: relu(w)}\nloss: h + g", ["g and h: ReLU'(w) = 0, so dL/dw is 0"]),
        ("weights: {w: -2}\nloss: relu(w) + w", ["ReLU(w): ReLU'(w) = 0"]),
    ],
)
def test_what_is_blocked_and_what_that_does_as_sentences(text: str, told: list[str]) -> None:
    assert [f"{plain(blocked.unit)}: {plain(blocked.effect)}" for blocked in summary_of(text).blocked] == told


def remarks(summary: Summary) -> list[str]:
    return [plain(sentence(start, rest)) for start, rest, _ in summary.remarks()]


def test_the_first_blocked_units_are_told_of_and_the_others_counted() -> None:
    found = summary_of(f"weights: {{w: {[-1] * (TOLD + 3)}}}\nloss: sum(relu(w))")
    assert len(found.blocked) == TOLD + 3
    assert remarks(found)[TOLD:] == ["and 3 more units are blocked"]


def test_each_sample_has_its_own_remarks() -> None:
    samples = "".join(f"  - {{input: {{x: {number}}}}}\n" for number in range(1, TOLD + 4))
    text = CHAIN.replace("\ninput: {x: 3}", f"\nsamples:\n{samples}reduce: sum")
    found = remarks(summary_of(text))
    assert "sample 2: every path to dL/dh1, dL/dz1, dL/da is blocked" in found
    assert found[-1] == "and so in 3 more samples"
    assert found[0] == "sample 1: h2 is blocked: ReLU'(z2) = 0, so dL/dz2, dL/db are 0"


@pytest.mark.parametrize(
    ("text", "decimals", "told"),
    [
        ("weights: {w: 1/3}\nloss: w^2", None, "every value is exact"),
        ("weights: {w: 1}\nloss: exp(w)", None, "≈: a decimal, every digit proven; all else is exact"),
        ("weights: {w: 1/3}\nloss: w^2", 1, "≈: rounded to 1 decimal; all else is exact"),
        ("weights: {w: 1/4}\nloss: w^2", 4, "every value is exact"),
        ("weights: {w: 0}\nloss: exp(w)", None, "every value is exact"),
        ("weights: {w: 0}\nloss: sqrt(w)", None, "every value that exists is exact"),
        (
            "weights: {w: [0, 2]}\nloss: sum(sqrt(w))",
            None,
            "≈: a decimal, every digit proven; all else that exists is exact",
        ),
    ],
)
def test_says_what_is_exact(text: str, decimals: int | None, told: str) -> None:
    assert plain(exactness(loads(text).trace(partial=True, decimals=decimals))) == told


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_what_is_said_to_be_exact_is(path: Path) -> None:
    trace = load(path).trace()
    if not trace.symbolic:
        exact = plain(exactness(trace)) == "every value is exact"
        assert exact == all(row.exact for row in trace.rows())
