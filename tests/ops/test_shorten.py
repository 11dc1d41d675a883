"""Formulas and rules that are too long: where they are cut, and that no name ever is."""

from __future__ import annotations

import re

import pytest

from bptrace.ops.shorten import abridged

SUM = "0*1 + (-1)*2 + 3*4 + 5*5 + … 61 more terms … + 7*7 + 0*1 + 2*2"
NAMES = "dL/dk[6]*u[68,60] + dL/dk[7]*u[68,61] + … 1,061 more terms … + dL/dk[9]*u[68,62]"
WORK = "0.5*0.1 + (-0.3)*1 + 0.2*2 = 0.05 - 0.3 + 0.4 = -0.25 + 0.4"
PATH = "2*(yhat-y)*v1*ReLU'(z1)*x2*dL/dh[12,3]"
CASES = [
    (SUM, 66, SUM),
    (SUM, 60, "0*1 + (-1)*2 + 3*4 + 5*5 + … 62 more terms … + 0*1 + 2*2"),
    (SUM, 38, "0*1 + (-1)*2 + … 65 more terms … + 2*2"),
    (SUM, 20, "0*1 + … + 0*1 + 2*2"),
    (SUM, 12, "0*1 + …*2"),
    (NAMES, 60, "dL/dk[6]*u[68,60] + … 1,062 more terms … + dL/dk[9]*u[68,62]"),
    (NAMES, 45, "dL/dk[6]*u[68,60] + … + dL/dk[9]*u[68,62]"),
    (NAMES, 30, "dL/dk[6]*u[68,60] + …*u[68,62]"),
    (NAMES, 20, "dL/dk[6]*…*u[68,62]"),
    (NAMES, 12, "dL/dk[6]*…"),
    (WORK, 48, "0.5*0.1 + (-0.3)*1 + 0.2*2 = … = -0.25 + 0.4"),
    (WORK, 40, "0.5*0.1 + (-0.3)*1 + 0.2*2 = …"),
    (WORK, 25, "0.5*0.1 + … + 0.2*2 = …"),
    (WORK, 6, "…"),
    (PATH, 30, "2*(yhat-y)*v1*…*x2*dL/dh[12,3]"),
    (PATH, 12, "2*(yhat-y)*…"),
    ("a + b + c + d + e", 13, "a + b + … + e"),
    ("max(0,2,3,4,… 12 more …,5,6)", 20, "max(0,2,3,4,…,5,6)"),
    ("1.5e-10*a-b+c", 12, "1.5e-10*…+c"),
    ("1" * 60, 12, "111111…111"),
]


@pytest.mark.parametrize(("text", "room", "shown"), CASES)
def test_a_text_is_cut_between_its_parts(text: str, room: int, shown: str) -> None:
    assert abridged(text, room) == shown


@pytest.mark.parametrize("text", [SUM, NAMES, PATH])
def test_no_name_and_no_count_is_cut(text: str) -> None:
    atoms = set(re.findall(r"[\w/']+(?:\[[\d,]+\]|\(z1\))?", text)) | {"more", "terms"}
    for room in range(12, len(text)):
        shown = abridged(text, room)
        assert len(shown) <= room
        assert set(re.findall(r"[\w/']+(?:\[[\d,]+\]|\(z1\))?", re.sub(r"… [\d,]+ more terms …", "", shown))) <= atoms


def test_width_and_the_last_resort_are_as_asked_for() -> None:
    assert abridged("漢*字*漢", 5, lambda text: 2 * len(text), lambda text, room: "-") == "-"
    assert abridged("漢*字*漢", 8, lambda text: 2 * len(text)) == "漢*…"
