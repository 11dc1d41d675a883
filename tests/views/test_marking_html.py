"""A marked register as a page: what is written beside what is right, and above it the first mistake."""

from __future__ import annotations

import io
import re

from bptrace.marking.report import Report
from bptrace.marking.verdicts import RIGHT, UNKNOWN
from bptrace.views.marking_html import write_html_marking
from tests.conftest import RELU
from tests.marking.registers import Given, report
from tests.marking.test_report import SIGN, SLIPPED
from tests.views.test_marking import UNREAD


def page(marked: Report, marks: bool = False) -> str:
    out = io.StringIO()
    write_html_marking(marked, out, marks)
    return out.getvalue()


def written(text: str) -> dict[str, str]:
    """What stands beside the rows for which something is written, by the rows' ids, without tags."""
    found = re.findall(r'<tr id="(row-\d+)">(?:(?!<tr).)*?(<div class="answer(?:(?!<tr|</table>).)*)', text)
    return {row: re.sub(r"<[^>]*>", "|", cell) for row, cell in found}


def test_what_is_written_stands_beside_what_is_right() -> None:
    text = page(report(RELU, SLIPPED), marks=True)
    assert written(text) == {
        "row-11": "||-2|||✓| right||1 of 1||",
        "row-15": f"||2|||✗| slip: {SIGN}||0 of 1||",
        "row-17": "||2|||↳| follows |dL/dz1|||1 of 1||",
        "row-18": "||4|||↳| follows |dL/dz1|||1 of 1||",
    }
    assert '<a href="#row-15">dL/dz1</a>' in text


def test_the_first_mistake_and_what_cannot_be_read_stand_above() -> None:
    text = page(report(RELU, SLIPPED | UNREAD))
    above = text[text.index('<section id="marking"') : text.index('<section id="register"')]
    shown = re.sub(r"\|+", "|", re.sub(r"<[^>]*>", "|", above))
    assert shown.startswith(
        "|anna.csv, marked|5 rows: 1 right, 2 follow, 1 slip, 1 unreadable|"
        f"dL/dz1|: {SIGN}|wrong|dL/dz1 = -dL/dh1*ReLU&#x27;(z1) = -(-2)*1 = 2|right|"
    )
    assert "anna.csv:5:1: error: not a number\n" in shown


def test_what_somebody_writes_is_text() -> None:
    text = page(
        report(RELU, {"<img onerror=a>": Given("</script><script>b()</script>", UNKNOWN, {"problem": "<b>no</b>"})})
    )
    assert "<img onerror" not in text
    assert "<script>b()" not in text
    assert "&lt;img onerror=a&gt;" in text


def test_a_register_without_a_mistake_says_so() -> None:
    text = page(report(RELU, {"z1": Given("2", RIGHT)}))
    assert re.search(r'<section id="marking" class="good"', text)
    assert "1 row: 1 right" in text
