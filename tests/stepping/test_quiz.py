"""The quiz: what is said to each answer in turn, and the score."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptrace import Trace, load, loads
from bptrace.errors import cut
from bptrace.stepping.quiz import ECHO, HINT, TOLD, UNREAD, Quiz, Reply
from tests.conftest import ROOT
from tests.strategies import examples, networks

RELU = load(ROOT / "networks" / "relu_2_2_1.yaml").trace()
SIGMOID = load(ROOT / "networks" / "sigmoid_2_2_2.yaml").trace()
XOR = load(ROOT / "networks" / "xor_batch.yaml").trace()
PRODUCT = "upstream gradient times what stands beside it"


def quiz_at(trace: Trace, quantity: str) -> Quiz:
    """A quiz that begins at a quantity."""
    return Quiz(trace, lambda place: PRODUCT, list(trace.quantities()).index(quantity))


@pytest.mark.parametrize(
    ("trace", "quantity", "answer", "kind", "text"),
    [
        (RELU, "dL/dw12", "-4", "right", "dL/dw12 = -4: right"),
        (RELU, "dL/dw12", " -4.0 ", "right", "dL/dw12 = -4: right"),
        (RELU, "dL/dw12", "-2*2", "right", "dL/dw12 = -2*2 = -4: right"),
        (RELU, "dL/dw12", "dL/dz1  *  x2", "right", "dL/dw12 = dL/dz1 * x2 = -4: right"),
        (RELU, "dL/dw12", "-2", "hint", f"not -2; hint: {PRODUCT}"),
        (RELU, "dL/dw12", "", "hint", f"hint: {PRODUCT}"),
        (RELU, "dL/dw12", "   ", "hint", f"hint: {PRODUCT}"),
        (RELU, "dL/dw12", "1+" * 40 + "1", "hint", f"not 1+1+1+1+1+1+1+1+1+1+…+1+1+1+1+1; hint: {PRODUCT}"),
        (RELU, "dL/dw12", "1/0", "unread", "division by zero; divide by a number other than 0"),
        (RELU, "dL/dw12", "1/(x1-1)", "unread", "division by zero in the answer; write the number itself"),
        (RELU, "dL/dw12", "dL/dw12", "unread",
         "'dL/dw12' is not known yet; an answer reads what stands above its row"),
        (RELU, "z1", "q + 1", "unread", "unknown name 'q'; known here: b, c, v, w, x, y"),
        (RELU, "z1", "target", "unread", "unknown name 'target'; known here: b, c, v, w, x, y"),
        (RELU, "z1", "w1@xx", "unread", "unknown name 'w1'; did you mean 'w'?"),
        (RELU, "z1", "evil(1)", "unread", "unknown function 'evil'; 'bptrace guide functions' lists the functions"),
        (RELU, "z1", "qqqqqq(1)", "unread",
         "unknown function 'qqqqqq'; 'bptrace guide functions' lists the functions"),
        (RELU, "z1", "w@x", "unread", "the answer is a vector of 2, not a number; as in w11"),
        (RELU, "z1", "w@3", "unread",
         "shape mismatch: a 2x2 matrix and a scalar do not go together in '@'; w is a 2x2 matrix"),
        (RELU, "z1", "2·3", "hint", f"not 2·3; hint: {PRODUCT}"),
        (RELU, "dL/dw12", "-4 = -4", "unread", "unexpected character '='; a number or a formula, as in -2*2"),
        (
            *(RELU, "z1", "\x1b[2J", "unread"),
            "here is what cannot be seen: U+001B; delete it: the text looks the same without it",
        ),
        (SIGMOID, "h1", "0.593", "right", "h1 ≈ 0.5932699921: right"),
        (SIGMOID, "h1", "≈0.5932699921", "right", "h1 ≈ 0.5932699921: right"),
        (SIGMOID, "h1", "sigmoid(net1)", "right", "h1 = sigmoid(net1) ≈ 0.5932699921: right"),
        (SIGMOID, "h1", "0.59", "nearly", "right so far: at least 3 digits"),
        (SIGMOID.with_closed_forms(60), "h1", "0.593", "right", "h1 = 1/(1 + exp(-151/400)) ≈ 0.5932699921: right"),
        (XOR, "z1", "0", "right", "z1(1) = 0: right"),
    ],
)  # fmt: skip
def test_what_is_said_to_an_answer(trace: Trace, quantity: str, answer: str, kind: str, text: str) -> None:
    assert quiz_at(trace, quantity).answer(answer) == Reply(kind, text, read=kind != UNREAD)


@pytest.mark.parametrize(
    ("trace", "quantity", "texts"),
    [
        (RELU, "dL/dw12", [f"hint: {PRODUCT}", "its formula is dL/dz1*x2", "in numbers: -2*2", "dL/dw12 = -4"]),
        (RELU, "ReLU'(z2)", [f"hint: {PRODUCT}", "its formula is 1 if z2>0, 0 if z2<=0", "in numbers: z2=-1<=0",
                             "ReLU'(z2) = 0"]),
        (RELU, "dL/db1", [f"hint: {PRODUCT}", "its formula is dL/dz1", "dL/db1 = -2"]),
        (SIGMOID, "h1", [f"hint: {PRODUCT}", "its formula is 1/(1+exp(-net1))", "in numbers: 1/(1+exp(-0.3775))",
                         "h1 ≈ 0.5932699921"]),
        (loads("weights: {w: 2}\nforward: {q: 3}\nloss: w*q").trace(), "q", [f"hint: {PRODUCT}", "q = 3"]),
    ],
)  # fmt: skip
def test_hints_in_turn_then_the_value(trace: Trace, quantity: str, texts: list[str]) -> None:
    silent, wrong = quiz_at(trace, quantity), quiz_at(trace, quantity)
    kinds = [HINT] * (len(texts) - 1) + [TOLD]
    texts = [*texts[:-1], f"{texts[-1]}; counts as missed"]
    assert [silent.answer("") for _ in texts] == list(map(Reply, kinds, texts))
    assert [wrong.answer("999") for _ in texts] == [
        Reply(kind, f"not 999; {text}") for kind, text in zip(kinds, texts, strict=True)
    ]
    assert silent.score()[1:] == [f"missed: {quantity}"]


@pytest.mark.parametrize(
    ("trace", "first", "answers", "lines"),
    [
        (RELU, 0, [], []),
        (RELU, 0, ["2"], ["1 row: 1 right at the first try"]),
        (RELU, 0, ["2", "-1", "2", "0"], ["4 rows: 4 right at the first try"]),
        (RELU, 0, ["1/0", "q", "2"], ["1 row: 1 right at the first try"]),
        (RELU, 0, ["2", "5", "5", "-1"], ["2 rows: 1 right at the first try, 1 with hints"]),
        (RELU, 0, ["2", "", "", ""], ["1 row: 1 right at the first try"]),
        (RELU, 0, ["2", "", "", "", "", "2"],
         ["3 rows: 2 right at the first try, 1 missed", "missed: z2"]),
        (RELU, 0, ["2", "3", "-1", "3", "3", "3", "3", "3", "", "", ""],
         ["4 rows: 1 right at the first try, 1 with hints, 2 missed", "missed: h1, h2"]),
        (XOR, 1, ["", "", "", ""], ["1 row: 0 right at the first try, 1 missed", "missed: z2(1)"]),
    ],
)  # fmt: skip
def test_the_score(trace: Trace, first: int, answers: list[str], lines: list[str]) -> None:
    quiz = Quiz(trace, lambda place: PRODUCT, first)
    for answer in answers:
        quiz.answer(answer)
    assert quiz.score() == lines


def test_of_many_missed_rows_the_first_are_named() -> None:
    quiz = Quiz(XOR, lambda place: "")
    while not quiz.over:
        quiz.answer("")
    counted, missed = quiz.score()
    assert counted == f"{XOR.count} rows: 0 right at the first try, {XOR.count} missed"
    assert missed.startswith("missed: z1(1), z2(1), ")
    assert missed.endswith(f" and {XOR.count - 40} more")
    with pytest.raises(LookupError):
        quiz.answer("1")


@pytest.mark.parametrize("answer", ["q", "1/0", "'", "9^999^999"])
def test_what_cannot_be_read_changes_nothing(answer: str) -> None:
    quiz = quiz_at(RELU, "dL/dw12")
    quiz.answer("7")
    before = quiz.place, quiz.score()
    assert quiz.answer(answer).kind == UNREAD
    assert (quiz.place, quiz.score()) == before
    assert quiz.answer("7") == Reply(HINT, "not 7; its formula is dL/dz1*x2")


def test_each_row_is_asked_by_its_name_and_place() -> None:
    asked: list[int] = []
    quiz = Quiz(RELU, lambda place: asked.append(place) or "a rule")  # type: ignore[func-returns-value]  # nothing, so the name
    for place, row in enumerate(RELU.rows()):
        assert (quiz.place, quiz.quantity, quiz.over) == (place, row.quantity, False)
        quiz.answer("")
        quiz.answer(row.value_text)
    assert quiz.over
    assert sorted(set(asked)) == list(range(RELU.count))
    assert quiz.score() == [f"{RELU.count} rows: 0 right at the first try, {RELU.count} with hints"]


@examples(40)
@given(networks(), st.data())
def test_every_value_is_right_and_none_is_told_early(text: str, data: st.DataObject) -> None:
    trace = loads(text).trace()
    quiz = Quiz(trace, lambda place: "a rule")
    for place, row in enumerate(trace.rows()):
        told = f"{row.quantity} = {cut(row.value_text)}"
        wrong = f"{row.value + 1}"
        for _ in range(data.draw(st.integers(0, 4))):
            reply = quiz.answer(wrong)
            if reply.kind == TOLD:
                assert reply.text == f"not {cut(wrong, ECHO)}; {told}; counts as missed"
                break
            assert reply.kind == HINT
        if quiz.place == place:
            assert quiz.answer(row.value_text) == Reply("right", f"{told}: right")
    assert quiz.over


def test_a_hint_that_is_asked_for_is_no_answer_and_counts() -> None:
    quiz = Quiz(RELU, lambda place: PRODUCT, list(RELU.quantities()).index("dL/dw12"), tries=1)
    assert [quiz.hint().text for _ in range(4)] == [
        f"hint: {PRODUCT}", "its formula is dL/dz1*x2", "in numbers: -2*2", "no more hints: skip tells the value"
    ]  # fmt: skip
    assert quiz.answer("-4").kind == "right"
    assert quiz.answer("-2").kind == "right"
    assert quiz.score() == ["2 rows: 1 right at the first try, 1 with hints"]


def test_a_hint_that_is_asked_for_is_not_given_again() -> None:
    quiz = quiz_at(RELU, "dL/dw12")
    quiz.hint()
    assert quiz.answer("7") == Reply(HINT, "not 7; its formula is dL/dz1*x2")
    assert quiz.hint() == Reply(HINT, "in numbers: -2*2")
    assert quiz.answer("7") == Reply(TOLD, "not 7; dL/dw12 = -4; counts as missed")


def test_what_is_skipped_is_told_and_missed() -> None:
    quiz = quiz_at(RELU, "dL/dw12")
    assert quiz.skip() == Reply(TOLD, "dL/dw12 = -4; skipped, which counts as missed")
    assert quiz.quantity == "dL/db1"
    assert quiz.score() == ["1 row: 0 right at the first try, 1 missed", "missed: dL/dw12"]


@pytest.mark.parametrize(
    ("answer", "kind", "text"),
    [
        ("-4,0", "right", "-4,0 is read as -4.0; dL/dw12 = -4: right"),
        ("0,25", "hint", f"0,25 is read as 0.25; not 0.25; hint: {PRODUCT}"),
        ("0,25+", "unread", "0,25+ is read as 0.25+; expected a number, a name or '(' at the end; as in 2*x + b"),
        ("max(1,2)*(-2)", "right", "dL/dw12 = max(1,2)*(-2) = -4: right"),
    ],
)
def test_how_a_decimal_comma_is_read_is_said(answer: str, kind: str, text: str) -> None:
    assert quiz_at(RELU, "dL/dw12").answer(answer) == Reply(kind, text, read=kind != UNREAD)


def test_where_a_value_does_not_exist_none_is_right() -> None:
    trace = loads("weights: {w: 0, b: 1}\nforward: {z: log(w), y: 2*b}\nloss: y + sqrt(w)").trace(partial=True)
    quiz, rights = Quiz(trace, lambda place: "", 0, 1), []
    while not quiz.over:
        name = quiz.quantity
        rights += [name] if quiz.answer("none").kind == "right" else []
    assert rights == list(trace.missing) == ["z", "dL/dw"]
