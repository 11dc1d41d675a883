"""The quiz of a page says what that of `bptrace step` says, word for word, and keeps the same score."""

from __future__ import annotations

import random
from typing import Any

import pytest

from bptrace import Trace
from bptrace.engine.sentence_parts import plain
from bptrace.errors import SpecError
from bptrace.explain.hints import hints_in_turn
from bptrace.explain.sentences import row_hint
from bptrace.marking.answers import Answers
from bptrace.marking.decimal_comma import with_points
from bptrace.page.assets import ENGINE
from bptrace.page.quiz import quiz_data
from bptrace.stepping.quiz import HINT_LENGTH, Quiz
from tests.conftest import ROOT, SYMBOLIC, derived_of, traced
from tests.page.in_node import in_node, needs_node

SCRIPTS = (*ENGINE, "quiz.js")
RELU, SIGMOID, XOR = (
    traced(ROOT / "networks" / f"{name}.yaml") for name in ("relu_2_2_1", "sigmoid_2_2_2", "xor_batch")
)
TYPED = ["", "999", "-2", "0,5", "1/0", "q + 1", "2*(1 + 1)", "  3  * 1 ", "1+" * 40 + "1", "max(1,5)"]
WALK = """
const quiz = new Quiz(given.rows, (quantity, text) => given.verdicts[`${quantity} ${text}`], given.first);
const said = given.typed.map((typed) => {
  if (quiz.over) return null;
  const reply = typed === "hint" ? quiz.hint() : typed === "skip" ? quiz.skip() : quiz.answer(typed);
  return [reply.kind, reply.text];
});
return [said, quiz.score.lines()];
"""


def first_hint(trace: Trace, place: int) -> str:
    return plain(row_hint(trace, place), trace.of(trace.step_at(place)).notation)


def question(trace: Trace, place: int) -> dict[str, Any]:
    """What a page knows of a row, with the formulas as texts."""
    row, step = next(trace.part(place, place + 1)), trace.step_at(place)
    hints = hints_in_turn(row, first_hint(trace, place))
    return {"quantity": step.called(row.quantity), "text": row.shown.text, "hints": [{"words": hint} for hint in hints]}


def verdict(answers: Answers, text: str, place: int) -> dict[str, str]:
    """What the page's engine says of an answer."""
    try:
        found = answers.judge(text, place)
    except SpecError as problem:
        hints = [hint for hint in problem.hints[-1:] if len(hint) <= HINT_LENGTH]
        return {"kind": "unread", "text": "; ".join([problem.message, *hints])}
    return {"kind": found.kind, "text": found.wanted}


def walked(trace: Trace, first: int) -> tuple[list[Any], list[str], list[str], dict[str, dict[str, str]]]:
    """What step's quiz says to a random walk of answers, the score, what was typed, and the verdicts on it."""
    quiz, answers, chance = Quiz(trace, lambda place: first_hint(trace, place), first), Answers(trace), random.Random(7)
    said: list[Any] = []
    typed: list[str] = []
    verdicts: dict[str, dict[str, str]] = {}
    while len(typed) < 60:
        row = None if quiz.over else next(trace.part(quiz.place, quiz.place + 1))
        text = chance.choice([*TYPED, "hint", "skip", *([row.formula, row.shown.digits, row.rule] * 5 if row else [])])
        typed.append(text)
        if row is None:
            said.append(None)
            continue
        if text not in ("hint", "skip"):
            verdicts[f"{quiz.quantity} {with_points(text)}"] = verdict(answers, with_points(text), quiz.place)
        reply = quiz.hint() if text == "hint" else quiz.skip() if text == "skip" else quiz.answer(text)
        said.append([reply.kind, reply.text])
    return said, quiz.score(), typed, verdicts


@needs_node
@pytest.mark.parametrize(("trace", "first"), [(RELU, 0), (SIGMOID, 3), (XOR, 60)])
def test_a_page_asks_and_says_what_step_does(trace: Trace, first: int) -> None:
    said, score, typed, verdicts = walked(trace, first)
    rows = [question(trace, place) for place in range(trace.count)]
    given = {"rows": rows, "first": first, "typed": typed, "verdicts": verdicts}
    assert in_node(WALK, given, scripts=SCRIPTS) == [said, score]


def test_of_symbols_there_is_no_quiz() -> None:
    assert quiz_data(derived_of(SYMBOLIC[0])) == ([], [], [])


@needs_node
@pytest.mark.parametrize("trace", [RELU, SIGMOID, XOR])
def test_first_hints_are_those_of_step(trace: Trace) -> None:
    lines = "return given.rows.map((row) => firstHint(given, row));"
    hints = in_node(lines, quiz_data(trace)._asdict(), scripts=SCRIPTS)
    assert hints == [first_hint(trace, place) for place in range(trace.count)]


@needs_node
def test_decimal_commas_are_read_as_step_reads_them() -> None:
    texts = ["0,25*max(1,5) - (1,5 + w[1,2])", "1,5", "(1,5)", "[1,5]", "f (1,5)", "relu'(1,5)", "1,234,5", "w1,2"]
    texts += ["1,2.3", "((1,2),3)", "-0,5", "=0,5", "w[1,2]*3,5"]
    read = in_node("return given.map((text) => withDecimalPoints(text))", texts, scripts=SCRIPTS)
    assert read == list(map(with_points, texts))
