"""Worksheets in LaTeX: what stands in a cell, and on how many pages LaTeX sets them."""

from __future__ import annotations

import io
import re
from pathlib import Path

from bptrace import Trace, loads
from bptrace.marking.worksheets import BLANKS, BOTH, SOME, VALUES, Worksheet
from bptrace.views.worksheet_latex import write_latex_worksheets
from tests.conftest import NETWORKS, traced
from tests.rendering import check_width, compiled, needs_packages, page_count
from tests.views.test_latex import HOSTILE

SMALL = """
title: A & B
input: {x: [-2, 3]}
weights: {W1: [[-3, 1], [-1, 2]], b1: [-1, 3], W2: [[2, -2], [-2, 3]], b2: [1, 2]}
target: {y: [2, 1]}
forward: {z1: W1@x + b1, h1: "leaky_relu(z1, 1/4)", yhat: W2@h1 + b2}
loss: squared_error(yhat, y)
update: {rule: sgd, lr: 1/10}
"""
ONE_OUTPUT = SMALL.replace("[[2, -2], [-2, 3]]", "[[2, -2]]").replace("[1, 2]}", "[1]}").replace("y: [2, 1]", "y: [2]")


def text(trace: Trace, blank: str = BOTH, sheet: bool = True, key: bool = True) -> str:
    out = io.StringIO()
    write_latex_worksheets([Worksheet(trace, blank)], out, sheet, key)
    return out.getvalue()


def rows(document: str) -> list[str]:
    return re.findall(r"^\\registerrow(.*)$", document, re.MULTILINE)


def test_cells() -> None:
    trace = loads("weights: {w: [-3, 1]}\nloss: sum(w^2)").trace()
    quantities = [r"{$L$}", r"{$\tfrac{\partial L}{\partial w_{1}}$}", r"{$\tfrac{\partial L}{\partial w_{2}}$}"]
    assert rows(text(trace, key=False)) == [f"{quantity}{{}}{{}}" for quantity in quantities]
    assert rows(text(trace, VALUES, key=False))[1] == quantities[1] + r"{$2 \cdot w_{1}$}{}"
    assert rows(text(trace, SOME, key=False))[1:] == [
        quantities[1] + r"{$2 \cdot (-3)$}{$-6$}",
        quantities[2] + "{}{}",
    ]
    assert rows(text(trace, sheet=False))[1] == quantities[1] + r"{$2 \cdot (-3)$}{$-6$}"


def test_a_page_to_hand_out_has_a_name_line_and_tasks_and_a_key_has_not() -> None:
    found = text(loads(SMALL).trace())
    sheet, key = found.split("\n\\newpage\n")
    assert r"\bfseries A \& B\par" in sheet
    assert "Name" in sheet
    assert sheet.count(r"\item ") == 3
    assert r"\bfseries Key: A \& B\par" in key
    assert "Name" not in key
    assert r"\item " not in key
    assert sheet.count("\n\\phaseheading") == key.count("\n\\phaseheading") == 3


def test_each_worksheet_is_a_page_and_so_is_each_key(tmp_path: Path) -> None:
    needs_packages("multicol.sty")
    two_outputs, one_output = loads(SMALL).trace(), loads(ONE_OUTPUT).trace()
    out = io.StringIO()
    write_latex_worksheets([Worksheet(two_outputs), *(Worksheet(one_output, blank) for blank in BLANKS)], out)
    log = compiled("pdflatex", out.getvalue(), tmp_path)
    assert page_count(log) == 10
    check_width(log)


def test_other_networks_go_on_over_pages(tmp_path: Path) -> None:
    """All in one document, for LaTeX takes a while to begin."""
    needs_packages("multicol.sty")
    traces = [*(traced(path).with_digits(4) for path in NETWORKS), loads(HOSTILE).trace(digits=4)]
    out = io.StringIO()
    write_latex_worksheets([Worksheet(trace, VALUES) for trace in traces], out)
    log = compiled("pdflatex", out.getvalue(), tmp_path)
    assert page_count(log) > 2 * len(traces)
    check_width(log, 8.0)
