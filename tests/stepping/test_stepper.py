"""Stepping through a register, fed keys and lines: what can be done, and what is to be seen then."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptrace import Network, SpecError, Trace, load, loads
from bptrace.errors import InternalError
from bptrace.spec.overrides import assigned
from bptrace.stepping.commands import COMMANDS, GIVENS, HELP, SCORE, SUMMARY, WHY
from bptrace.stepping.stepper import Stepper
from tests.conftest import NETWORKS, RELU
from tests.strategies import examples

TWO = "input: {x: 2}\nweights: {w: 3, v: [1, 2]}\nforward: {z: w*x, h: v*z}\nloss: sum(h)^2"


class Files(dict[str, str]):
    """What has been exported: by path, the numbers of the steps, each with how many of its rows."""

    def write(self, trace: Trace, path: str) -> None:
        if path.endswith(".txt"):
            raise SpecError("no format has this suffix", None, "known: .csv, .md")
        self[path] = " ".join(f"{step.number}:{len(list(step))}" for step in trace.steps)


def stepper(
    network: Network | None = None,
    files: Files | None = None,
    *,
    by: str = "step",
    at: int = 0,
    predicting: bool = False,
    terms: int | None = None,
) -> Stepper:
    found, written = network or load(RELU), Files() if files is None else files
    return Stepper(
        found, found.trace().shortened(terms), lambda other: other.trace(), written.write, by, at, predicting
    )


def press(at: Stepper, keys: str) -> Stepper:
    """Press keys parted by blanks; `"w11=3"` is typed and entered."""
    for key in keys.split():
        if key.startswith('"'):
            at.enter(key.strip('"'))
        else:
            at.press(key)
    return at


def told(at: Stepper) -> str:
    return f"{at.said.kind}: {at.said.text}" if at.said.text else ""


def seen(at: Stepper) -> str:
    """The names of the newest rows."""
    return " ".join(line.quantity for line in at.lines(*at.cursor.span))


KEYS = {
    "n": "h1 h2",
    "space": "h1 h2",
    "enter": "h1 h2",
    "right": "h1 h2",
    "n n b": "h1 h2",
    "n n p": "h1 h2",
    "n n left": "h1 h2",
    "end home": "z1 z2",
    "end b": "dL/dh1 dL/dh2",
    "tab": "dL/dyhat dL/dv1 dL/dv2 dL/dc",
    "tab tab": "z1 z2",
    'g "4"': "L",
    'g "dL/dh2"': "dL/dh1 dL/dh2",
    '/ "yhat" n': "dL/dyhat dL/dv1 dL/dv2 dL/dc",
    '/ "yhat" n N': "yhat",
    '/ "yhat" escape n': "L",
    '/ "yhat" space': "L",
    '/ "yhat" n space': "dL/dh1 dL/dh2",
    '/ "dL/dc" n': "dL/dyhat dL/dv1 dL/dv2 dL/dc",
    "r n": "z2",
    "n down r": "h2",
    "n r r": "h1 h2",
    "x F1": "z1 z2",
}


@pytest.mark.parametrize(("keys", "rows"), KEYS.items(), ids=KEYS)
def test_keys_move(keys: str, rows: str) -> None:
    assert seen(press(stepper(), keys)) == rows


CALLED = "rows are called as the register prints them, from z1 on"
COMPLAINTS = {
    'g "8"': "there are steps 1 to 7, not '8'",
    'g "0"': "there are steps 1 to 7, not '0'",
    f'g "{"9" * 50}"': f"there are steps 1 to 7, not '{'9' * 20}…{'9' * 10}'",
    'g "dL/dw13"': "no row is called 'dL/dw13': did you mean 'dL/dw21'?",
    'g "x1"': f"x1 is given: no row works it out: {CALLED}",
    'g "w"': f"w is given: no row works it out: {CALLED}",
    'g ""': "a name is missing: g 5 or g dL/dw11",
    '/ "q"': "no quantity has 'q' in its name: names are as in dL/dw11",
    '/ ""': "nothing to search for: a part of a name, as in /dL/dw11",
    'n s "w13=3"': "unknown name 'w13': given here: b, c, v, w, x, y: did you mean 'w21'?",
    's "w11"': "a setting is NAME=VALUE: as in w11=3",
    's "=1"': "a name is missing: as in w11=3",
    's "w="': "a value is missing: as in w=[[3,3],[3,3]]",
    'v "z"': "z is worked out, not given: given here: b, c, v, w, x, y",
    's "w11=1/0"': "a division by zero: as in -3, 0.1, 1/3 or 2.5e4",
    'e "a.txt"': "no format has this suffix: known: .csv, .md",
    'e ""': "a file name is missing: e register.md",
}


@pytest.mark.parametrize(("keys", "complaint"), COMPLAINTS.items(), ids=[key[:20] for key in COMPLAINTS])
def test_bad_input_gets_one_line_and_changes_nothing(keys: str, complaint: str) -> None:
    at = press(stepper(), " ".join(keys.split()[:-2]))
    before = at.cursor, at.trace, at.panel, at.network
    press(at, " ".join(keys.split()[-2:]))
    assert told(at) == f"error: {complaint}"
    assert (at.cursor, at.trace, at.panel, at.network) == before
    assert at.question
    at.cancel()
    assert (at.question, told(at), at.cursor) == ("", "", before[0])


def test_what_is_shown_of_a_row() -> None:
    at = press(stepper(), "end")
    line = at.lines(20, 21)[0]
    assert (line.quantity, line.formula, line.rule, line.value, line.was) == ("dL/dw22", "dL/dz2*x2", "0*2", "0", "")
    assert at.lines(21, 99)[0].quantity == "dL/db2"
    assert press(at, "home").lines(0, 99)[-1].quantity == "z2"


def test_columns_and_numbers_are_switched() -> None:
    at = stepper(loads(TWO.replace("3", "1/2")))
    assert [press(at, "f").columns for _ in range(3)] == [("formula", "rule"), ("formula",), ("rule",)]
    assert at.lines(0, 1)[0].rule == "(1/2)*2"
    assert told(press(at, "d")) == "note: decimals where they end"
    assert at.lines(0, 1)[0].rule == "0.5*2"
    assert told(press(at, "d")) == "note: fractions"


def test_what_if_marks_what_changes() -> None:
    at = press(stepper(), 'end s "w22=1"')
    assert told(at) == "note: what if w22=1: 19 of 22 rows differ"
    changed = {line.quantity: (line.was, line.value) for line in at.lines(0, 99) if line.was}
    assert changed["z2"] == ("-1", "3")
    assert changed["dL/dz2"] == ("0", "4")
    assert "z1" not in changed
    press(at, 's "v2=0"')
    assert told(at) == "note: what if w22=1, v2=0: 5 of 22 rows differ"
    assert {line.quantity for line in at.lines(0, 99) if line.was} >= {"z2", "h2"}
    assert told(press(at, 's ""')) == "note: as at the start"
    assert not any(line.was for line in at.lines(0, 99))


def test_a_what_if_that_has_no_value_changes_nothing() -> None:
    at = stepper(loads("weights: {w: 1}\nloss: 1/w"))
    press(at, 's "w=0"')
    assert told(at) == "error: division by zero in L: L = 1/0"
    assert at.lines(0, 1)[0].value == "1"
    press(at, '"2"')
    assert told(at).startswith("error: a setting is")


def test_a_what_if_that_has_no_slope_shows_all_the_rest() -> None:
    network = loads("weights: {w: 1}\nloss: sqrt(w)")
    at = Stepper(network, network.trace(), lambda other: other.trace(partial=True), Files().write)
    press(at, 's "w=0"')
    complaint = "division by zero in dL/dw: dL/dw = 1/(2*0)"
    assert told(at) == f"error: what if w=0: 2 of 2 rows differ; {complaint}"
    press(at, "end")
    assert [(line.value, line.was) for line in at.lines(0, 2)] == [("0", "1"), ("none: division by zero", "1/2")]
    assert at.sentences() == ["dL/dw does not exist: division by zero."]


def test_why_shows_the_marked_row_or_another() -> None:
    at = press(stepper(), "n down w")
    assert at.panel == WHY
    assert at.reasons
    assert at.reasons.quantity == "h2"
    at.command("why dL/dw11")
    assert at.reasons
    assert at.reasons.quantity == "dL/dw11"
    assert seen(at) == "h1 h2"


def test_panels_open_scroll_and_close() -> None:
    at = press(stepper(), "?")
    assert at.panel == HELP
    assert press(at, "down pagedown up").top == 10
    assert press(at, "q").panel == ""
    assert not at.done
    assert press(at, "? n").panel == ""
    assert seen(at) == "h1 h2"


def test_a_search_with_one_match_says_so() -> None:
    assert told(press(stepper(), '/ "dL/dc"')) == "note: /dL/dc: n is the next match, N the one before"
    assert told(press(stepper(), '/ "dL/dc" n')) == "note: /dL/dc: the only match"


def test_one_row_that_differs_differs() -> None:
    at = press(stepper(loads("weights: {a: 1, b: 2}\nloss: a + 0*b")), 's "a=3" s "b=3"')
    assert told(at) == "note: what if a=3, b=3: 1 of 3 rows differs"


def test_a_register_of_one_step_ends_where_it_begins() -> None:
    at = stepper(loads("loss: 3"))
    assert told(press(at, "n")) == "note: this is the end"
    assert told(press(at, "b")) == "note: this is the beginning"
    assert at.sentences(brief=True) == ["The loss L is 3."]


def test_the_end_and_the_beginning_say_so() -> None:
    assert told(press(stepper(), "b")) == "note: this is the beginning"
    assert told(press(stepper(), "home")) == "note: this is the beginning"
    assert told(press(stepper(), "end n")) == "note: this is the end"
    assert told(press(stepper(), "end end")) == "note: this is the end"


def test_behind_the_end_stands_the_summary() -> None:
    assert press(stepper(), "end").panel == ""
    assert press(stepper(), "end n").panel == SUMMARY
    assert press(stepper(), "end n n").panel == ""
    assert press(stepper(), "m").panel == SUMMARY


def test_no_summary_tells_what_is_asked_for() -> None:
    at = press(stepper(predicting=True), "b")
    at.command("m")
    assert (at.panel, told(at)) == ("", "error: it would tell values that are still asked for: answer first")


@pytest.mark.parametrize("keys", ["end", "end home", "down home", "end up end"])
def test_a_move_that_leads_somewhere_is_no_end(keys: str) -> None:
    assert told(press(stepper(), keys)) == ""


def test_blanks_around_what_is_typed_do_not_count() -> None:
    at = stepper()
    at.press("g")
    at.enter(" 2 ")
    assert (told(at), seen(at)) == ("", "h1 h2")


def test_what_is_other_than_in_the_file_is_in_the_title() -> None:
    network = assigned(load(RELU), ["w11=3"])
    at = Stepper(network, network.trace(), Network.trace, Files().write, settings=["w11=3"])
    assert at.title == "Two-layer ReLU network, with w11=3"
    assert press(at, 's "w22=1"').title == "Two-layer ReLU network, with w11=3, what if w22=1"
    assert told(press(at, 's ""')) == "note: as at the start"
    assert (at.title, at.lines(0, 1)[0].value) == ("Two-layer ReLU network, with w11=3", "5")


@pytest.mark.parametrize("key", ["q", "escape"])
def test_quitting(key: str) -> None:
    assert press(stepper(), key).done


EXPORTS = {
    'n n e "a.md"': ("wrote steps 1 to 3 to a.md", "1:2 2:2 3:1"),
    'e "a.csv"': ("wrote step 1 to a.csv", "1:2"),
    'r e "a.csv"': ("wrote 1 row of step 1 to a.csv", "1:1"),
    'r n e "a.csv"': ("wrote step 1 to a.csv", "1:2"),
    'n r e "a.csv"': ("wrote step 1 and 1 row of step 2 to a.csv", "1:2 2:1"),
    'end r e "a.csv"': ("wrote steps 1 to 6 and 1 row of step 7 to a.csv", "1:2 2:2 3:1 4:1 5:4 6:2 7:1"),
    'end b r n n e "a.csv"': ("wrote steps 1 to 6 and 1 row of step 7 to a.csv", "1:2 2:2 3:1 4:1 5:4 6:2 7:1"),
    'end r n n e "a.csv"': ("wrote steps 1 to 6 and 3 rows of step 7 to a.csv", "1:2 2:2 3:1 4:1 5:4 6:2 7:3"),
}


@pytest.mark.parametrize(("keys", "written"), EXPORTS.items(), ids=EXPORTS)
def test_exports_hold_the_rows_so_far(keys: str, written: tuple[str, str]) -> None:
    files = Files()
    at = press(stepper(files=files), keys)
    assert (told(at).removeprefix("note: "), *files.values()) == written


ASKED_FOR = {
    "": "",
    "2": "1:1",
    "2 -1": "1:2",
    "2 back": "1:1",
    "2 -1 2 back back": "1:2",
    "2 -1 2 n": "1:2 2:1",
}


@pytest.mark.parametrize(("answers", "rows"), ASKED_FOR.items(), ids=ASKED_FOR)
def test_no_row_that_is_asked_for_is_exported(answers: str, rows: str) -> None:
    files = Files()
    at = stepper(files=files, predicting=True)
    for line in [*answers.split(), "export a.csv"]:
        at.command(line)
    assert " ".join(files.values()) == rows
    assert (told(at) == "error: no row is shown yet: n shows the first") is (not rows)


LINES = {
    "n": "h1 h2",
    "next": "h1 h2",
    "": "h1 h2",
    "  n  ": "h1 h2",
    "last": "ReLU'(z1) ReLU'(z2) dL/dz1 dL/dz2 dL/dw11 dL/dw12 dL/db1 dL/dw21 dL/dw22 dL/db2",
    "go 4": "L",
    "g L": "L",
    "/L": "L",
    "/ L": "L",
    "search L": "L",
    "phase": "dL/dyhat dL/dv1 dL/dv2 dL/dc",
    "r": "z1",
}


@pytest.mark.parametrize(("line", "rows"), LINES.items(), ids=LINES)
def test_lines_move(line: str, rows: str) -> None:
    at = stepper()
    at.command(line)
    assert seen(at) == rows


def test_a_word_that_stands_alone_takes_nothing() -> None:
    at = stepper()
    at.command("n 3")
    assert told(at) == "error: n stands alone, not with '3'"
    assert seen(at) == "z1 z2"


def test_the_gradients_of_inputs_come_with_an_option() -> None:
    at = stepper()
    at.command("why dL/dx1")
    assert told(at) == "error: no row is called 'dL/dx1': the gradients of inputs come with --inputs"


def test_an_unknown_command_is_told() -> None:
    at = stepper()
    at.command("fly away")
    assert told(at) == "error: unknown command 'fly': ? lists the commands"
    assert at.failed


def test_sentences_follow_the_unit() -> None:
    at = stepper()
    assert at.sentences() == [
        "A unit adds up its inputs, each times its weight, and a bias.",
        "Inputs times weights, plus a bias each, add up to z1 = 2 and z2 = -1.",
    ]
    assert at.sentences(brief=True) == at.sentences()[1:]
    assert press(at, "r").sentences() == [
        "z1 adds up x1 and x2, each times its weight, and the bias b1: 0*1 + 1*2 + 0 = 2."
    ]
    assert stepper(by="phase").sentences(brief=True) == [
        "Inputs times weights, plus a bias each, add up to z1 = 2 and z2 = -1.",
        "The loss L is (yhat-y)^2: (2-3)^2 = 1.",
    ]


# predicting


def predicting(at: int = 0) -> Stepper:
    return stepper(predicting=True, at=at)


def test_a_value_is_asked_for_before_it_is_shown() -> None:
    at = predicting()
    assert at.question == "z1 = ?"
    assert [(line.quantity, line.formula, line.rule, line.value) for line in at.lines(0, 9)] == [("z1", "?", "?", "?")]
    assert at.sentences() == []
    at.enter("2")
    assert told(at) == "right: z1 = 2: right"
    assert at.question == "z2 = ?"
    assert [line.value for line in at.lines(0, 9)] == ["2", "?"]


def test_wrong_answers_get_hints_and_then_the_value() -> None:
    at = predicting(at=17)
    for hint in ("the gradient at z1, times how z1", "dL/dz1*x2", "-2*2", "dL/dw12 = -4"):
        at.enter("7")
        assert hint in at.said.text
    assert at.question == "dL/db1 = ?"
    at.enter("-2")
    assert at.score() == ["2 rows: 1 right at the first try, 1 missed", "missed: dL/dw12"]


def test_one_can_look_back_and_goes_on_where_one_was() -> None:
    at = predicting()
    at.enter("2")
    at.cancel()
    assert seen(press(at, "b")) == "z1"
    assert at.question == ""
    assert press(at, "n").question == "z2 = ?"
    at.cancel()
    assert press(at, "end").question == "z2 = ?"
    at.cancel()
    for key in ("r", "s"):
        assert told(press(at, key)) == "error: not while values are asked for: answer first"
        assert at.asking is None
    assert told(press(at, "b end")) == "note: what follows is shown when this is answered"
    at.cancel()
    assert told(press(at, '/ "db2"')) == "error: the next one with 'db2' in its name is still to come: answer first"


def test_why_at_a_question_is_of_the_row_before_it() -> None:
    at = predicting()
    at.enter("why")
    assert told(at) == "error: its value is still asked for: answer first"
    at.enter("2")
    at.enter("why")
    assert (at.panel, at.reasons and at.reasons.quantity, at.question) == (WHY, "z1", "z2 = ?")
    at.enter("")
    assert (at.panel, at.question, at.score()[1:]) == ("", "z2 = ?", [])
    at.enter("why z2")
    assert told(at) == "error: its value is still asked for: answer first"


@pytest.mark.parametrize("leave", ["q", "quit", "", "2", None])
def test_help_at_a_question_is_left_for_it(leave: str | None) -> None:
    at = predicting()
    at.enter("?")
    assert (at.panel, at.question) == (HELP, "z1 = ?")
    at.cancel() if leave is None else at.enter(leave)
    assert (at.panel, at.question) == ("", "z2 = ?" if leave == "2" else "z1 = ?")


def test_a_hint_and_a_skip_at_a_question() -> None:
    at = stepper(loads("weights: {w: 3}\nforward: {a: w^2, c: 2*a}\nloss: c"), predicting=True)
    at.enter("h")
    assert told(at) == "hint: its formula is w^2"
    at.enter("hint")
    assert told(at) == "hint: in numbers: 3^2"
    at.enter("9")
    at.enter("s")
    assert told(at) == "told: c = 18; skipped, which counts as missed"
    assert at.score() == ["2 rows: 0 right at the first try, 1 with hints, 1 missed", "missed: c"]
    at.enter("skip")
    at.cancel()
    press(at, "b")
    at.command("hint")
    assert told(at) == "error: nothing is asked here: n goes on to what is"
    walk = stepper()
    walk.command("skip")
    assert told(walk) == "error: nothing is asked: --predict asks"


@pytest.mark.parametrize(
    ("line", "said", "panel"),
    [
        ("w a", "", WHY),
        ("v s", "", GIVENS),
        ("g 1", "", ""),
        ("e b.csv", "note: wrote step 1 to b.csv", ""),
        ("w - 1", "unread: unknown name 'w'; known here: a, s, t", ""),
        ("w*2", "unread: unknown name 'w'; known here: a, s, t", ""),
        ("q 2", "unread: unknown name 'q'; known here: a, s, t", ""),
    ],
)
def test_a_letter_and_what_it_takes_are_no_formula(line: str, said: str, panel: str) -> None:
    at = stepper(loads("input: {s: 3, t: 2}\nforward: {a: s*t, c: 2*a}\nloss: c"), predicting=True)
    at.enter("6")
    at.enter(line)
    assert (told(at), at.panel) == (said, panel)


def test_what_the_file_calls_like_a_word_is_an_answer() -> None:
    at = stepper(loads("weights: {s: 3, hint: 2}\nforward: {a: s*hint}\nloss: a"), predicting=True)
    for line in ("s", "hint"):
        at.enter(line)
        assert told(at).startswith(f"hint: not {line}; ")
    at.enter("skip")
    assert told(at).startswith("told: a = 6; skipped")


def test_the_score_comes_at_the_end() -> None:
    at = predicting(at=21)
    at.enter("0")
    assert at.panel == SCORE
    assert at.question == ""
    assert at.score() == ["1 row: 1 right at the first try"]
    assert [line.value for line in at.lines(21, 22)] == ["0"]


def test_what_cannot_be_read_is_no_try() -> None:
    at = predicting()
    at.enter("2*")
    assert at.said.kind == "unread"
    assert at.question == "z1 = ?"
    at.enter("2")
    assert at.score() == ["1 row: 1 right at the first try"]


def test_a_line_that_is_a_name_answers() -> None:
    at = stepper(loads("weights: {b: 3}\nforward: {n: b}\nloss: n^2"), predicting=True)
    at.command("b")
    assert told(at) == "right: n = b = 3: right"
    for line in ("n", "b - 1*2", "q * 0"):
        at.command(line)
        assert at.said.kind in ("hint", "unread")
    at.command("back")
    assert (told(at), seen(at), at.question) == ("", "n", "")
    at.command("q")
    assert at.done


# anything


ANYTHING = st.lists(
    st.one_of(
        st.sampled_from([key for command in COMMANDS for key in command.keys]),
        st.text(max_size=20).map(lambda text: f":{text}"),
        st.sampled_from([":w11=5", ":x=[1,1]", ":dL/dw", ":z", ":3", ":-1", ":1/3", ":relu(2)", ":a.csv"]),
    ),
    max_size=30,
)


@pytest.mark.parametrize("predict", [False, True])
@given(walk=ANYTHING, choice=st.integers(0, 99))
@examples(60)
def test_no_walk_breaks_anything(predict: bool, walk: Sequence[str], choice: int) -> None:
    network = SMALL[choice % len(SMALL)]
    at = stepper(network, predicting=predict)
    for key in walk:
        if not key.startswith(":"):
            at.press(key)
        elif at.asking:
            at.enter(key[1:])
        else:
            at.command(key[1:])
        start, stop = at.cursor.span
        assert 0 <= start < stop <= at.trace.count
        assert len(at.lines(start, stop)) == stop - start
        assert "\n" not in at.said.text
        assert all(line.value == "?" for line in at.lines(start, stop) if line.place >= at.hidden)
        at.sentences()
        assert not (at.asking and not at.question)


SMALL = [load(path) for path in NETWORKS if path.stem in ("relu_2_2_1", "sigmoid_neuron", "xor_batch", "adam")]


def test_a_rule_that_does_not_give_its_value_ends_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    at = stepper()

    def broken(other: Network) -> Trace:
        raise InternalError("internal error: the rule of z1 does not give its value")

    at.work_out = broken
    at.press("s")
    with pytest.raises(InternalError):
        at.enter("w11=3")
