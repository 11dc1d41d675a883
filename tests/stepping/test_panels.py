"""What opens over the register: long paths, many paths and many operands keep to what can be read."""

from __future__ import annotations

import re

import pytest

from bptrace import load, loads
from bptrace.stepping import panels
from bptrace.stepping.stepper import Stepper
from tests.conftest import ROOT
from tests.stepping.test_stepper import press, stepper

FAN = [f"h{n}: a*h{n - 1} + c*h{n - 2}" for n in range(3, 121)]
LONG = "weights: {a: 1, c: 2}\nforward:\n  " + "\n  ".join(["h1: a", "h2: a*h1", *FAN]) + "\nloss: h120"
WIDE = f"input: {{x: {list(range(1, 151))}}}\nweights: {{w: {list(range(1, 151))}}}\nloss: w@x"


def panel(at: Stepper) -> list[str]:
    return ["".join(text for _, text in line) for line in panels.lines(at, 200)]


def asked(text: str, name: str) -> Stepper:
    at = stepper(loads(text))
    at.command(f"why {name}")
    return at


def test_a_path_is_told_with_its_product() -> None:
    at = press(stepper(), 'g "dL/dw12" w')
    assert panel(at) == [
        "  dL/dw12 = dL/dz1*x2",
        "  dL/dw12 = -2*2",
        "",
        "Paths from the loss: 1",
        "  L → yhat → h1 → z1 → w12",
        "    2*(yhat-y)*v1*ReLU'(z1)*x2 = 2*(2-3)*1*1*2 = -4",
        "",
        "It reads",
        "  dL/dz1 = -2  step 7",
        "  x2 = 2       given",
    ]


def test_a_path_of_zero_says_why() -> None:
    assert "    0 because of ReLU'(z2)" in panel(press(stepper(), 'g "dL/dw21" w'))


def test_the_paths_of_a_batch_are_in_its_samples() -> None:
    at = stepper(load(ROOT / "networks" / "xor_batch.yaml"))
    at.command("why dL/dw11")
    told = "  Each sample's own gradient has paths from the loss: why dL/dw11(3), in the window g dL/dw11(3) and w."
    assert panel(at)[3] == told
    at.command("why dL/dw11(3)")
    assert "Paths from the loss: 1" in panel(at)


def test_no_name_is_cut_in_a_long_formula() -> None:
    formula = next(line for line in panel(asked(WIDE, "L")) if line.startswith("  L = w"))
    assert re.fullmatch(r"  L = (w\[(\d+)\]\*x\[\2\] \+ )+… \+ (w\[(\d+)\]\*x\[\4\]( \+ )?)+", formula)


def test_many_paths_are_counted() -> None:
    lines = panel(asked(LONG, "dL/dh1"))
    assert lines[3] == "Paths from the loss: more than 10^24"
    assert "  … and more than 10^24 more" in lines


def test_the_middle_of_a_long_path_is_counted() -> None:
    path = next(line for line in panel(asked(LONG, "dL/dh1")) if "→" in line)
    assert path.startswith("  L → h120 → h119 → ")
    assert " → … 97 more … → " in path
    assert path.endswith(" → h2 → h1")


def test_operands_beyond_a_hundred_are_counted() -> None:
    lines = panel(asked(WIDE, "L"))
    assert lines[-1] == "  … and 200 more"
    assert sum(line.endswith("given") for line in lines) == 100


@pytest.mark.parametrize(
    ("network", "name", "line"),
    [
        ("relu_2_2_1", "ReLU'(z1)", "  ReLU'(z1) = 1, as z1=2>0"),
        ("relu_2_2_1", "ReLU'(z2)", "  ReLU'(z2) = 0, as z2=-1<=0"),
        ("hinge_classifier", "dL/dyhat1", "  dL/dyhat1 = (1-1*0=1>0)*(-1)*1"),
    ],
)
def test_a_condition_is_no_value(network: str, name: str, line: str) -> None:
    at = stepper(load(ROOT / "networks" / f"{network}.yaml"))
    at.command(f"why {name}")
    assert line in panel(at)


def test_a_case_is_its_value_as_the_condition_holds() -> None:
    at = asked("weights: {u: -2}\nforward: {h: 'leaky_relu(u, 1/10)'}\nloss: h^2", "h")
    assert "  h = (1/10)*(-2), as u=-2<=0" in panel(at)


def test_a_literal_zero_is_no_name() -> None:
    assert "    0 because a factor is 0" in panel(asked("weights: {w: 2}\nloss: 0*w", "dL/dw"))


def test_long_fractions_stay_fractions() -> None:
    at = asked(f"weights: {{w: {'123' * 70}/{'7' * 211}}}\nloss: w^2", "L")
    assert panels.title(at, 30).count("…/") == 1
    assert any(re.search(r"L = \(?\d+…\d+/\d+…\d+", line) for line in panel(at))
