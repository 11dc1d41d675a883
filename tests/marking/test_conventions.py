"""Another sign or factor is right where it is made up for, and only there."""

from __future__ import annotations

import pytest

from bptrace.engine.sentence_parts import plain
from bptrace.marking.conventions import MINUS_ONE, as_meant, conventions_in, conventions_told, negative_errors
from bptrace.marking.verdicts import WrittenNumber
from bptrace.marking.written_register import WrittenRegister
from bptrace.numbers.enclosures import precision
from bptrace.numbers.exact import Rational
from tests.marking.by_hand import MOMENTUM, ONE, answers, marked, working


def meant(net: str, rows: str) -> dict[str, str]:
    lines = working(net)
    numbers = {answer.name: answer.number for answer in answers(rows, lines) if answer.number}
    with precision(128):
        return {name: str(factor) for name, factor in conventions_in(WrittenRegister(lines, numbers, 2)).items()}


@pytest.mark.parametrize(
    ("net", "rows", "wanted"),
    [
        (ONE, "dL/dyhat = -1; dL/dv2 = 3.5", {"dL/dyhat": "-1"}),
        (ONE, "dL/dyhat = -1; dL/dh2 = 1; dL/dw21 = -1", {"dL/dyhat": "-1", "dL/dh2": "-1"}),
        (ONE, "dL/dyhat = -1; dL/dv2 = -3.5", {}),
        (ONE, "dL/dyhat = -1", {}),
        (ONE, "dL/dyhat = -1; dL/dv1 = 0", {}),
        (ONE, "dL/dyhat = -1.4; dL/dv2 = 3.5", {}),
        (ONE, "dL/dw21 = 1; w21_new = 0.6", {"dL/dw21": "-1"}),
        (MOMENTUM, "v_w_new = 0.4; w_new = 1.6", {"v_w_new": "1/10"}),
        (MOMENTUM, "v_w_new = -0.4; w_new = 1.6", {"v_w_new": "-1/10"}),
        (MOMENTUM, "v_w_new = -0.4; w_new = 2.4", {}),
    ],
)
def test_two_mistakes_do_not_cancel(net: str, rows: str, wanted: dict[str, str]) -> None:
    assert meant(net, rows) == wanted


def test_how_numbers_are_read_is_said_once_a_factor() -> None:
    rate = Rational(1, 10)
    told = conventions_told({"dL/dz": MINUS_ONE, "v_w_new": -rate, "dL/dh": MINUS_ONE, "v_b_new": rate})
    assert list(map(plain, told)) == [
        f"Written {how}, which is made up for further on: {names}."
        for how, names in (("with the other sign", "dL/dz, dL/dh"), ("times -lr", "v_w_new"), ("times lr", "v_b_new"))
    ]
    found = marked(MOMENTUM, "v_w_new = -0.4; w_new = 1.6")
    assert [(row.verdict, row.remarks) for row in found.rows] == [("right", ())] * 2
    assert "v_w_new" in plain(found.remarks[0])


def test_the_error_of_a_unit_is_a_gradient_at_what_the_file_defines() -> None:
    assert set(negative_errors(working(ONE))) == {f"dL/d{name}" for name in ("yhat", "h1", "h2", "z1", "z2")}


@pytest.mark.parametrize(("factor", "decimals"), [("-1", 2), ("1/10", 1), ("-1/2", 1)])
def test_a_number_keeps_no_more_digits_than_it_has(factor: str, decimals: int) -> None:
    number = as_meant(WrittenNumber(Rational(1, 4), 2, 2), Rational(*map(int, f"{factor}/1".split("/")[:2])))
    assert number.value * Rational(*map(int, f"{factor}/1".split("/")[:2])) == Rational(1, 4)
    assert number.decimals is not None
    assert number.decimals <= decimals
