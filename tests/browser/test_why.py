"""Why a row has its value: the paths that `bptrace why` shows, products that sum to it, drawn on the picture."""

from __future__ import annotations

from typing import Any

import pytest

from bptrace.explain.why import Reasons, reasons
from tests.browser.chromium import Browser
from tests.browser.pages import Written
from tests.conftest import ROOT, traced

pytestmark = pytest.mark.browser
SKIP, RELU, RECURRENCE, XOR, SIGMOID = (
    ROOT / "networks" / f"{name}.yaml"
    for name in ("skip_connection", "relu_2_2_1", "recurrence", "xor_batch", "sigmoid_2_2_2")
)
ASK = """
const row = document.querySelectorAll('.rows tbody tr')[arguments[0]];
row.querySelector('.ask-why').click();
const why = document.getElementById('why');
const text = (found) => found.textContent.replaceAll('\\u2212', '-');
const texts = (selector) => [...why.querySelectorAll(selector)].map(text);
return [why.checkVisibility(), texts('.product'), texts('.sum'), texts('.reads li'),
        document.querySelectorAll('#graph .drawn').length];
"""


def value_in(text: str) -> str:
    """What stands behind the last sign of an equation."""
    return text.replace("≈", "= ≈").rsplit("=", 1)[-1].replace(" ", "").strip()


def check(found: list[Any], wanted: Reasons, drawn: bool) -> None:
    shown, products, sums, reads, parts = found
    assert shown
    paths = wanted.paths or ()
    assert [value_in(text) for text in products] == [path.shown.text for path in paths], wanted.quantity
    assert len(reads) == len(wanted.reads), wanted.quantity
    if len(paths) > 1:
        assert [value_in(text) for text in sums] == [wanted.shown.text], wanted.quantity
    assert not drawn or not paths or parts > 1, wanted.quantity


@pytest.mark.parametrize("path", [SKIP, RELU, RECURRENCE, SIGMOID, XOR])
def test_every_row_has_the_reasons_of_the_command_line(browser: Browser, written: Written, path: Any) -> None:
    trace = traced(path)
    browser.open(written(trace))
    browser.press("a")
    for place in range(0, trace.count, 1 if trace.count < 60 else 7):
        check(browser.run(ASK, place), reasons(trace, place), bool(browser.all("#graph")))


def test_why_by_keys_alone(browser: Browser, written: Written) -> None:
    browser.open(written(traced(SKIP)), "row-8")
    browser.press("w")
    assert browser.one("#why").is_displayed()
    assert browser.axe() == []
    browser.press("\ue00c")
    assert not browser.one("#why").is_displayed()
    assert browser.all("#graph .drawn") == []


def test_a_name_that_is_pointed_at_tells_its_value(browser: Browser, written: Written) -> None:
    from selenium.webdriver import ActionChains

    browser.open(written(traced(RELU)))
    name = browser.one('.rows td [data-name="x1"]')
    ActionChains(browser.driver, duration=0).move_to_element(name).perform()
    assert browser.texts("#tip") == ["x1 = 1"]
    assert len(browser.all(".pointed")) > 1
