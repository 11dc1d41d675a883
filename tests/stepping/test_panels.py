"""What opens over the register: why a row has its value, as the window and a script show it."""

from __future__ import annotations

from bptrace import load
from bptrace.stepping import panels
from bptrace.stepping.stepper import Stepper
from tests.conftest import ROOT
from tests.stepping.test_stepper import press, stepper


def panel(at: Stepper) -> list[str]:
    return ["".join(text for _, text in line) for line in panels.lines(at, 200)]


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


def test_a_title_keeps_to_its_room() -> None:
    at = press(stepper(), 'g "dL/dw12" w')
    assert panels.title(at, 30) == "Why dL/dw12 = -4"
    assert panels.title(at, 12) == "Why dL/d… -4"
