"""What opens over the register: why a row has its value, as the window and a script show it."""

from __future__ import annotations

from bptrace import load, loads
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


def test_one_given_is_shown_with_all_its_elements() -> None:
    at = stepper(loads(f"input: {{x: {list(range(1, 151))}}}\nloss: sum(x)"))
    at.command("show x[3]")
    assert panels.title(at) == "x, a vector of 150: input"
    shown = panels.lines(at, 40)
    assert shown[-1][1:] == [("class:quantity", "x[146]"), ("", "  146  147  148  149  150")]
    assert len(shown) == 30


def test_all_givens_are_shown_those_of_the_marked_rows_sample_too() -> None:
    at = stepper(load(ROOT / "networks" / "xor_batch.yaml"))
    at.command("go z1(2)")
    at.command("v")
    assert panel(at)[1:] == [
        "           b = [0, -1]",
        "           v = [1, -2]",
        "           c = 1/4",
        "  update   lr = 1/2",
        "",
        "Sample 2 of 4",
        "  input   x = [0, 1]",
        "  target  y = 1",
    ]
    at.command("show x")
    assert (panels.title(at), panel(at)) == ("x(2), a vector of 2: input", ["  [0, 1]"])


def test_a_given_is_shown_as_it_is_supposed_to_be() -> None:
    at = press(stepper(), 's "w=[[7,8],[9,1/2]]" v "w"')
    assert panel(at) == ["  [[7, 8], [9, 1/2]]"]
    assert panel(press(at, "d")) == ["  [[7, 8], [9, 0.5]]"]
    assert panel(press(at, 's "" v "w"')) == ["  [[0, 1], [1, -1]]"]


def test_help_at_a_question_tells_of_what_can_be_typed_there() -> None:
    at = stepper(predicting=True)
    at.command("?")
    first = {line.partition("  ")[0]: line for line in panel(at)}
    assert list(first)[:9] == [
        "typed",
        "an answer",
        "hint",
        "s, skip",
        "p, back",
        "why [QUANTITY]",
        "show [NAME]",
        "?, help",
        "q, quit",
    ]
    assert "set [NAME=VALUE]" not in "".join(first)
    at.cancel()
    at.cancel()
    at.command("?")
    assert panel(at)[0].startswith("key ")


def test_help_on_a_walk_does_not_tell_of_answers() -> None:
    at = stepper()
    at.command("?")
    assert not any("asked for" in line for line in panel(at))
