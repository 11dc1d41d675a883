"""`bptrace why`: where a row has its value from."""

from __future__ import annotations

import pytest

from tests.conftest import LIFECYCLE, RELU, Command

BATCH = "example:xor_batch"


def test_a_rows_reasons(command: Command) -> None:
    status, out, err = command("why", RELU, "dL/dw21")
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "Why dL/dw21 = 0",
        "  step 7, reverse: gradient at z; gradients of w, b",
        "  dL/dz2 = 0, so dL/dw21 is exactly 0.",
        "",
        "  dL/dw21 = dL/dz2*x1",
        "  dL/dw21 = 0*1",
        "",
        "Paths from the loss: 1",
        "  L → yhat → h2 → z2 → w21",
        "    2*(yhat-y)*v2*ReLU'(z2)*x1 = 2*(2-3)*1*0*1 = 0",
        "    0 because of ReLU'(z2)",
        "",
        "It reads",
        "  dL/dz2 = 0  step 7",
        "  x1 = 1      given",
    ]


@pytest.mark.parametrize(
    ("arguments", "titles"),
    [
        ([RELU, "L", "z1"], ["L = 1", "z1 = 2"]),
        ([RELU, "z1", "z1", "z"], ["z1 = 2", "z2 = -1"]),
        ([RELU, "dL/dw"], ["dL/dw11 = -2", "dL/dw12 = -4", "dL/dw21 = 0", "dL/dw22 = 0"]),
        ([RELU, "dL/dw[1,2]"], ["dL/dw12 = -4"]),
        ([RELU, "dL/dx", "--inputs"], ["dL/dx1 = 0", "dL/dx2 = -2"]),
        ([RELU, "z1", "--set", "w11=3"], ["z1 = 5"]),
        ([LIFECYCLE, "b1_new", "--numbers", "fraction"], ["b1[1]_new = 1/16", "b1[2]_new = -3/80"]),
        ([BATCH, "dL/dv"], ["dL/dv1 = 1/2", "dL/dv2 = 1/8"]),
        ([BATCH, "z(2)", "L(3)"], ["z1 = 1 in sample 2", "z2 = 0 in sample 2", "L = 1/16 in sample 3"]),
    ],
)
def test_what_is_asked_for(command: Command, arguments: list[str], titles: list[str]) -> None:
    status, out, err = command("why", *arguments)
    assert (status, err) == (0, "")
    assert [line.removeprefix("Why ") for line in out.splitlines() if line.startswith("Why ")] == titles


def test_a_batch_says_how_to_ask_for_a_samples_gradient(command: Command) -> None:
    told = "  Each sample's own gradient has paths from the loss: ask for dL/dw11(3)."
    assert told in command("why", BATCH, "dL/dw11").out.splitlines()


@pytest.mark.parametrize(
    ("arguments", "complaint", "hint"),
    [
        ([RELU, "L", "dL/dw111"], "QUANTITY:1:1: error: no row is called 'dL/dw111'", "did you mean 'dL/dw11'?"),
        ([RELU, "x1"], "QUANTITY:1:1: error: x1 is given: no row works it out", "from z1 on"),
        ([RELU, "dL/dx1"], "QUANTITY:1:1: error: no row is called 'dL/dx1'", "come with --inputs"),
        (["example:generic_skip", "z1"], "x has no value", "or see 'bptrace derive'"),
        ([RELU], "Missing argument 'QUANTITIES...'", "as in: bptrace why example:relu_2_2_1 dL/dw11"),
    ],
)
def test_what_cannot_be_asked(command: Command, arguments: list[str], complaint: str, hint: str) -> None:
    status, out, err = command("why", *arguments)
    assert (status, out) == (2, "")
    assert complaint in err
    assert hint in err


def test_notes_stand_beside_the_reasons(command: Command, tmp_path: object) -> None:
    path = f"{tmp_path}/net.yaml"
    with open(path, "w", encoding="utf-8") as file:
        file.write("weights: {w: 3, b: 1}\nloss: w^2\n")
    status, out, err = command("why", path, "L")
    assert (status, out.partition("\n")[0]) == (0, "Why L = 9")
    assert "note: nothing reads b" in err


def test_what_exists_is_told_though_a_value_does_not(command: Command, tmp_path: object) -> None:
    path = f"{tmp_path}/net.yaml"
    with open(path, "w", encoding="utf-8") as file:
        file.write("weights: {w: 0, v: 2}\nforward: {a: v^2, q: log(w)}\nloss: a + q\n")
    status, out, err = command("why", path, "L", "dL/dv")
    assert status == 2
    assert [line for line in out.splitlines() if line.startswith("Why ")] == ["Why L = none without q", "Why dL/dv = 4"]
    assert "error: log of 0 in q" in err
