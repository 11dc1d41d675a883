"""Printed, a page is a hand-out: all of the working, none of the controls, dark on white."""

from __future__ import annotations

import re

import pytest

from tests.browser.chromium import Browser
from tests.browser.pages import Written
from tests.conftest import RELU, ROOT, traced

pytestmark = pytest.mark.browser
SHOWN = "return [...document.querySelectorAll(arguments[0])].map((found) => found.checkVisibility())"


def test_paper_has_all_rows_and_no_controls(browser: Browser, written: Written) -> None:
    browser.open(written(traced(RELU)))
    browser.media("dark", "print")
    assert browser.run(SHOWN, ".rows tbody tr") == [True] * traced(RELU).count
    assert browser.run(SHOWN, ".words, #summary, h1") == [True] * len(browser.all(".words, #summary, h1"))
    assert not any(browser.run(SHOWN, "button, input, select, .skip, nav"))
    assert browser.run("return getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert browser.run("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


@pytest.mark.parametrize(("name", "most"), [("relu_2_2_1", 4), ("xor_batch", 12)])
def test_a_pdf_has_few_pages(browser: Browser, written: Written, name: str, most: int) -> None:
    browser.open(written(traced(ROOT / "networks" / f"{name}.yaml")))
    pdf = browser.pdf()
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= most
