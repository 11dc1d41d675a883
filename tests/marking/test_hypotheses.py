"""Slips that show in digits are named where no other slip gives what is written, and only as what could be."""

from __future__ import annotations

import pytest

import bptrace
from bptrace.errors import Mark, Source
from bptrace.marking.judge import Judge
from bptrace.marking.numerals import written_number
from bptrace.marking.verdicts import Answer
from bptrace.marking.working import Working
from tests.conftest import ROOT

HERE = Mark(Source("", ""), 0)
SIGMOID = Working(bptrace.load(ROOT / "networks" / "sigmoid_2_2_2.yaml").trace())
EARLIER = {"h1": "0.593270", "h2": "0.596884", "dE_total/dout1": "0.741365", "dE_total/dnet_o1": "0.138499"}


@pytest.mark.parametrize(
    ("name", "written", "slip"),
    [
        ("dE_total/dv12", "0.741365", "copied from another row"),
        ("net1", "0.3757", "digits transposed"),
        ("dE_total/dv11", "0.082600", "rounded on the way"),
    ],
)
def test_a_slip_that_shows_in_digits_could_be(name: str, written: str, slip: str) -> None:
    texts = EARLIER | {name: written}
    answers = [Answer(row, HERE, row, text, written_number(text, HERE)) for row, text in texts.items()]
    namings = Judge(SIGMOID).mark(answers).rows[-1].slips
    assert [(naming.slip, naming.sure) for naming in namings] == [(slip, False)]
