"""Stepping through a page: every move leads where it leads in `bptrace step`, by buttons, by keys, by the slider."""

from __future__ import annotations

import random

import pytest

from bptrace.stepping.cursor import UNITS, Cursor
from tests.browser.chromium import Browser
from tests.browser.pages import Written
from tests.conftest import ROOT, traced

pytestmark = pytest.mark.browser
RELU, XOR = (ROOT / "networks" / f"{name}.yaml" for name in ("relu_2_2_1", "xor_batch"))
KEYS = {"next": "n", "back": "b", "first": "Home", "last": "End"}
BUTTONS = {"next": "n", "back": "b", "first": "home", "last": "end"}
CODES = {"Home": "\ue011", "End": "\ue010", "ArrowRight": "\ue014", "ArrowLeft": "\ue012", "Tab": "\ue004",
         "Enter": "\ue007", "Escape": "\ue00c"}  # fmt: skip
STATE = """
const rows = [...document.querySelectorAll('.rows tbody tr')];
const shown = rows.map((row) => row.checkVisibility());
return [document.getElementById('position').textContent, shown.lastIndexOf(true) + 1, shown.indexOf(false),
        rows.flatMap((row, place) => row.classList.contains('new') ? [place] : []), document.getElementById('by').value]
"""


def key(name: str) -> str:
    return CODES.get(name, name)


def check(browser: Browser, cursor: Cursor) -> None:
    """The page is where the cursor is: the same position, the rows up to it, the newest of them marked."""
    position, stop, first_hidden, new, by = browser.run(STATE)
    span = cursor.span
    assert (position, stop, by) == (cursor.position, span.stop, cursor.by)
    assert first_hidden in (-1, span.stop)
    assert new == list(range(span.start, span.stop))


@pytest.mark.parametrize("path", [RELU, XOR])
@pytest.mark.parametrize("way", ["keys", "buttons"])
def test_a_page_moves_as_step_does(browser: Browser, written: Written, path: str, way: str) -> None:
    trace = traced(path)
    browser.open(written(trace))
    cursor = Cursor(trace, by="step")
    check(browser, cursor)
    chance = random.Random(1)
    for _ in range(25):
        name = chance.choice(["next"] * 6 + ["back"] * 3 + ["first", "last", "unit"])
        if name == "unit":
            unit = chance.choice(UNITS)
            browser.run("const by = document.getElementById('by'); by.value = arguments[0];"
                        "by.dispatchEvent(new Event('change', {bubbles: true}))", unit)  # fmt: skip
            cursor = cursor.counted(unit)
        else:
            cursor = getattr(cursor, name)()
            if way == "keys":
                browser.press(key(KEYS[name]))
            else:
                browser.run("document.querySelector(`[data-key=${arguments[0]}]`).click()", BUTTONS[name])
        check(browser, cursor)


def test_the_slider_and_the_address(browser: Browser, written: Written) -> None:
    trace = traced(RELU)
    cursor = Cursor(trace, by="step")
    browser.open(written(trace), "step-3")
    check(browser, cursor.jump(3))
    browser.one("#slider").send_keys(key("ArrowRight"))
    check(browser, cursor.jump(4))
    assert browser.run("return location.hash") == "#step-4"
    browser.run("location.hash = '#row-6'")
    check(browser, cursor.counted("row").to(5))
    browser.one("#slider").send_keys(key("Home"))
    check(browser, cursor.counted("row"))
    for wrong in ("row-0", "row-99", "step-x", "<b>", "row-1e3"):
        browser.open(written(trace), wrong)
        check(browser, cursor)


def test_all_at_once_and_back(browser: Browser, written: Written) -> None:
    browser.open(written(traced(RELU)))
    shown = "return [...document.querySelectorAll('.rows tbody tr')].filter((row) => row.checkVisibility()).length"
    assert browser.run(shown) == 2
    browser.press("a")
    assert browser.run(shown) == traced(RELU).count
    assert browser.one("#summary").is_displayed()
    browser.press("a")
    assert browser.run(shown) == 2
    assert not browser.one("#summary").is_displayed()


def test_letters_can_be_switched_off_and_keys_stay_with_what_has_the_focus(browser: Browser, written: Written) -> None:
    browser.open(written(traced(RELU)))
    where = "return document.getElementById('position').textContent"
    start = browser.run(where)
    browser.press("?")
    assert browser.one("#help").is_displayed()
    browser.press("n")
    browser.one("#letters").click()
    browser.press(key("Escape"))
    assert not browser.one("#help").is_displayed()
    browser.press("n")
    assert browser.run(where) == start
    browser.press(key("ArrowRight"))
    assert browser.run(where) != start


def test_q_closes_what_is_open_before_it_begins_a_quiz(browser: Browser, written: Written) -> None:
    browser.open(written(traced(RELU)))
    for opens, what in (("?", "#help"), ("w", "#why")):
        browser.press(opens)
        assert browser.one(what).is_displayed()
        browser.press("q")
        assert not browser.one(what).is_displayed()
        assert not browser.one("#quiz").is_displayed()


def test_without_a_script_all_of_the_working_is_there(browser: Browser, written: Written) -> None:
    browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.open(written(traced(RELU)))
        rows = browser.all(".step tbody tr")
        assert len(rows) == traced(RELU).count
        assert all(row.is_displayed() for row in (rows[0], rows[-1]))
        assert not browser.one("#player").is_displayed()
        assert browser.one("#graph").size["width"] == browser.one("main").size["width"]
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
