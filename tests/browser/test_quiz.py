"""The quiz in a page: each value asked for before it is shown, hints and replies as in step, a score to print."""

from __future__ import annotations

import re
from random import Random
from typing import Any

import pytest

from bptrace.engine.sentence_parts import plain
from bptrace.explain.sentences import row_hint
from bptrace.stepping.quiz import Quiz
from tests.browser.chromium import Browser
from tests.browser.pages import Written
from tests.conftest import RELU, ROOT, traced

pytestmark = pytest.mark.browser
ENTER, ESCAPE = "\ue007", "\ue00c"
SIGMOID, XOR = (ROOT / "networks" / f"{name}.yaml" for name in ("sigmoid_2_2_2", "xor_batch"))
STATE = """
const shown = [...document.querySelectorAll('.rows tbody tr')].filter((row) => row.checkVisibility()).length;
const seen = [...document.querySelectorAll('.rows tbody tr .value')].filter(
  (cell) => cell.checkVisibility({visibilityProperty: true})).length;
return [document.getElementById('reply').textContent, shown, seen, document.querySelectorAll('tr.asked').length];
"""
MATHEMATICS = re.compile(r"(its formula is |in numbers: ).*")
WRONG = ("999", "1/0", "q + 1", "0,5")


def without_mathematics(reply: str) -> str:
    """A reply up to the formula or the rule that it ends with."""
    return MATHEMATICS.sub(r"\1", reply)


def quiz_of(path: Any) -> Quiz:
    trace = traced(path)
    notation = [trace.of(trace.step_at(place)).notation for place in range(trace.count)]
    return Quiz(trace, lambda place: plain(row_hint(trace, place), notation[place]))


@pytest.mark.parametrize("path", [RELU, SIGMOID, XOR])
def test_a_page_asks_as_step_does(browser: Browser, written: Written, path: Any) -> None:
    trace, quiz, chance = traced(path), quiz_of(path), Random(2)
    browser.open(written(trace))
    browser.press("q")
    assert browser.run(STATE) == ["", 1, 0, 1]
    for _ in range(16):
        row = next(trace.part(quiz.place, quiz.place + 1))
        typed = chance.choice([row.formula, row.shown.digits, row.rule, row.shown.digits, *WRONG[:3], "hint", "skip"])
        if typed in ("hint", "skip"):
            browser.one(f"#{typed}").click()
            reply = quiz.hint() if typed == "hint" else quiz.skip()
        else:
            browser.run("document.getElementById('answer').value = ''")
            browser.press(typed, ENTER)
            reply = quiz.answer(typed)
        said, shown, seen, asked = browser.run(STATE)
        assert (shown, seen, asked) == (quiz.place + 1, quiz.place, 1)
        assert without_mathematics(said) == without_mathematics(reply.text) or reply.kind == "unread"
    browser.one("#end-quiz").click()
    assert browser.texts("#score-lines p") == quiz.score()
    assert len(browser.all("#score-rows tr")) == quiz.place
    assert not browser.one("#quiz").is_displayed()


def test_nothing_on_the_page_tells_what_is_asked(browser: Browser, written: Written) -> None:
    trace = traced(RELU)
    browser.open(written(trace))
    browser.press("q")
    for moves in ("End", "a", "why"):
        browser.run("document.activeElement.blur()")
        if moves == "why":
            browser.run("document.querySelector('tr.asked').click()")
        else:
            browser.press("\ue010" if moves == "End" else "a")
        assert browser.run(STATE)[1:] == [1, 0, 1]
    assert not browser.one("#why").is_displayed()
    assert not browser.one("#summary").is_displayed()
    assert browser.run("return document.querySelector('#givens input').readOnly")


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1920, "dark")])
def test_a_question_is_for_everybody(browser: Browser, written: Written, width: int, scheme: str) -> None:
    browser.size(width)
    browser.media(scheme)
    browser.open(written(traced(XOR)))
    browser.press("q", "5", ENTER)
    asked, bar = browser.run(
        "return ['tr.asked', '#player'].map((found) => document.querySelector(found).getBoundingClientRect().toJSON())"
    )
    assert 0 <= asked["top"] < asked["bottom"] <= bar["top"]
    assert browser.overflow() == 0
    assert browser.axe() == []


def test_the_question_can_be_left_and_found_again_by_keys_alone(browser: Browser, written: Written) -> None:
    browser.open(written(traced(RELU)))
    browser.press("q", "2", ENTER)
    focused = "return document.activeElement.id"
    assert browser.run(focused) == "answer"
    browser.press(ESCAPE)
    assert browser.run(focused) != "answer"
    browser.press("b")
    assert browser.run("return document.getElementById('position').textContent") == "forward 1/4, row 1/2"
    browser.press("n")
    assert browser.run(focused) == "answer"
    browser.press(ESCAPE, "q")
    assert browser.run(focused) == "score"


def test_a_whole_quiz_ends_with_a_score_that_prints_alone(browser: Browser, written: Written) -> None:
    trace = traced(RELU)
    browser.open(written(trace))
    browser.run("window.print = () => { window.printed = document.documentElement.className; }")
    browser.press("q")
    for row in trace.rows():
        browser.press(row.shown.digits, ENTER)
    assert browser.texts("#score-lines p")[1:] == [f"{trace.count} rows: {trace.count} right at the first try"]
    assert browser.one("#summary").is_displayed()
    browser.run("document.getElementById('print-score').click()")
    assert "only-score" in browser.run("return window.printed")
    browser.media(medium="print")
    parts = ["header", "#network", "#register", "#score", ".on-paper"]
    shown = "return arguments[0].map((found) => document.querySelector(found).checkVisibility())"
    assert browser.run(shown, parts) == [False, False, False, True, True]
    browser.run("dispatchEvent(new Event('afterprint'))")
    assert browser.run(shown, parts) == [True, True, True, True, False]
    assert browser.run("return document.getElementById('score').checkVisibility()")
    browser.media()
    assert browser.axe() == []
