"""Worksheets: what is asked for, what is left blank, what a key says."""

from __future__ import annotations

import pytest

from bptrace import load, loads
from bptrace.engine.sentence_parts import plain
from bptrace.marking.discrimination import Unseen
from bptrace.marking.worksheets import BLANKS, BOTH, RULES, SOME, VALUES, Worksheet, pages

NETWORK = "title: T\nweights: {w: [1, 2]}\nforward: {h: relu(w)}\nloss: sum(h^2)\nupdate: {lr: 1/2}"
EXACTLY = "Every value is exact: none needs to be rounded."


def sheet(network: str, blank: str = BOTH) -> Worksheet:
    read = load if network.startswith("example:") else loads
    return Worksheet(read(network).trace(digits=4), blank)


def rows(blank: str, key: bool = False) -> dict[str, tuple[str, str]]:
    return {row.quantity: (row.rule, row.value) for part in sheet(NETWORK, blank).steps(key) for row in part.rows}


@pytest.mark.parametrize(
    ("blank", "first", "second"),
    [
        (VALUES, ("max(0,w1)", ""), ("max(0,w2)", "")),
        (RULES, ("", "1"), ("", "2")),
        (BOTH, ("", ""), ("", "")),
        (SOME, ("max(0,1)", "1"), ("", "")),
    ],
)
def test_what_is_left_blank(blank: str, first: tuple[str, str], second: tuple[str, str]) -> None:
    found = rows(blank)
    assert (found["h1"], found["h2"]) == (first, second)
    assert found["L"] == {VALUES: ("h1^2 + h2^2", ""), RULES: ("", "5")}.get(blank, ("", ""))


@pytest.mark.parametrize("blank", BLANKS)
def test_a_key_has_all_with_numbers(blank: str) -> None:
    found = rows(blank, key=True)
    assert (found["h2"], found["w2_new"]) == (("max(0,2)", "2"), ("2 - (1/2)*4", "0"))
    assert all(rule and value for rule, value in found.values())


@pytest.mark.parametrize(
    ("network", "tasks"),
    [
        (
            NETWORK,
            [
                "Work out the forward pass down to the loss L.",
                "Go back through the network to the gradient dL/dw.",
                "Take one gradient step, to w_new.",
            ],
        ),
        (
            "example:xor_batch",
            [
                "Work out the forward pass of each of the 4 samples, down to the loss L.",
                "Go back through the network to the gradients dL/dw, dL/db, dL/dv and dL/dc, "
                "each the mean over the samples.",
                "Take one gradient step, to w_new, b_new, v_new and c_new.",
            ],
        ),
        ("weights: {w: 2}\nloss: w^2\ngradients: []", ["Work out the forward pass down to the loss L."]),
        (
            "example:adam",
            [
                "Work out the forward pass down to the loss L.",
                "Go back through the network to the gradients dL/dw and dL/db.",
                "Take one Adam step, to w_new and b_new.",
            ],
        ),
    ],
)
def test_what_is_asked_for(network: str, tasks: list[str]) -> None:
    assert list(map(plain, sheet(network).tasks)) == tasks


def test_how_it_is_to_be_written() -> None:
    assert plain(sheet(NETWORK, VALUES).manner) == f"Write the value of each row beside its rule. {EXACTLY}"
    rounded = sheet("weights: {w: 1}\nloss: exp(w)", RULES).manner
    assert plain(rounded).endswith(" Give 4 significant digits of a value that does not end.")
    places = Worksheet(loads("weights: {w: 1}\nloss: w/3").trace(decimals=2))
    assert plain(places.manner).endswith(" Give 2 decimal places of a value that does not end.")


def test_a_row_of_a_sample_has_its_number() -> None:
    names = [row.quantity for part in sheet("example:xor_batch").steps() for row in part.rows]
    assert "dL/dw11(2)" in names
    assert "dL/dw11" in names


def test_whoever_marks_is_told_of_conventions_and_of_what_the_numbers_do_not_show() -> None:
    tied = sheet("weights: {w: 0}\nloss: relu(w)")._replace(left=Unseen(("slope twice",), (("sign lost", "t - y"),)))
    assert list(map(plain, tied.remarks())) == [
        "w is exactly 0: ReLU'(0) is taken as 0",
        "With these numbers nobody sees: slope twice.",
        "With these numbers nobody can tell apart: sign lost, t - y.",
    ]


def test_pages_to_hand_out_come_before_the_keys() -> None:
    first, second = (sheet(NETWORK)._replace(variant=number) for number in (1, 2))
    found = [worksheet.headed(is_key) for worksheet, is_key in pages([first, second], sheet=True, key=True)]
    assert found == ["T, variant 1", "T, variant 2", "Key: T, variant 1", "Key: T, variant 2"]
    assert list(pages([first], sheet=False, key=True)) == [(first, True)]
    assert sheet("weights: {w: 1}\nloss: w").title == "Backpropagation by hand"
