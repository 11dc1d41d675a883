"""Masks of -inf: what they give, that every line reads back, and where they are refused."""

from __future__ import annotations

import math

import pytest

from bptrace import Trace, loads
from bptrace.engine.masks import ALL_MASKED, NO_SHARE
from bptrace.errors import SpecError, UndefinedError
from bptrace.marking.answers import Answers
from bptrace.numbers.enclosures import MASKS_SCORES
from bptrace.spec.overrides import assigned
from tests.readers.register import check_rows
from tests.refusals import refuses

GIVENS = "input: {m: [0, -inf, 0]}\nweights: {s: [2, 5, 1]}\n"
HEAD = "input: {m: [[0, -inf], [0, 0]]}\nweights: {s: [[1, 2], [3, 4]]}\ntarget: {y: [1, 2]}\n"


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        (GIVENS + "loss: cross_entropy(s + m, 1)", {"p2": 0, "dL/ds2": 0}),
        (GIVENS + "target: {y: [1/2, 0, 1/2]}\nloss: cross_entropy(s + m, y)", {"p2": 0, "dL/ds2": 0}),
        (GIVENS + "forward: {z: s + m, q: log_softmax(z)}\nloss: nll(q, 3)", {"q2": -math.inf, "dL/dz2": 0}),
        (GIVENS + "loss: logsumexp(m + s)", {"dL/ds2": 0}),
        (GIVENS + "forward: {p: softmax(1 + s + m)}\nloss: norm(p)", {"p2": 0, "dL/ds2": 0}),
        (HEAD + "loss: cross_entropy(s + m, y)", {"p11": 1, "p12": 0, "dL/ds11": 0, "dL/ds12": 0}),
        (HEAD + "forward: {p: 'softmax(m + s, 1)'}\nloss: sum(p^2)", {"p12": 0, "p22": 1, "dL/ds12": 0, "dL/ds22": 0}),
        ("input: {m: -inf}\nweights: {s: 3}\nloss: softmax(concat(0, s + m))[1]", {"L": 1, "dL/ds": 0}),
    ],
)  # fmt: skip
def test_what_is_masked_has_no_share(text: str, shares: dict[str, float]) -> None:
    trace = loads(text).trace()
    found = {row.quantity: row.value for row in trace.rows()}
    assert {name: found[name] for name in shares} == shares
    check_rows(trace)
    assert list(Trace.from_json(trace.to_json()).rows()) == list(trace.rows())


@pytest.mark.parametrize("written", ["-inf", "-.inf", "-.Inf", "-Infinity", "-∞", "'-inf'"])
def test_the_ways_to_write_it(written: str) -> None:
    trace = loads(
        f"input: {{m: [0, {written}]}}\nweights: {{s: [1, 2]}}\nforward: {{z: s + m}}\nloss: logsumexp(z)"
    ).trace()
    assert [row.texts()[2:] for row in trace.rows()][1] == ("2 + (-inf)", "-inf")
    assert not trace.decimal


def test_a_setting_masks_and_an_update_leaves_the_mask() -> None:
    network = assigned(loads(GIVENS + "loss: cross_entropy(s + m, 1)\nupdate: {lr: 1/10}"), ["m=[0,0,-inf]"])
    trace = network.stepped(network.trace()).trace()
    assert trace["m"] == [0, 0, -math.inf]
    assert trace["s3"] == 1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [("-inf", "right"), ("5 + (-inf)", "right"), ("s2 + m2", "right"), ("-7", "wrong"), ("5 + s1", "wrong")],
)
def test_an_answer_may_be_masked(answer: str, kind: str) -> None:
    answers = Answers(loads(GIVENS + "forward: {z: s + m}\nloss: logsumexp(z)").trace())
    assert answers.judge(answer, 1).kind == kind
    assert answers.judge("-inf", 0).kind == "wrong"


MISPLACED = "a mask of -inf meets another operation than +"
test_what_takes_no_mask = refuses(
    [
        ("loss: sum(¦relu(s + m))", f"{MISPLACED} in L", "L = max(0,2) + max(0,-inf) + max(0,1)", MASKS_SCORES),
        ("forward: {z: ¦-m + s}\nloss: logsumexp(z)", f"{MISPLACED} in z2", "z2 = -(-inf) + 5", MASKS_SCORES),
        ("forward: {z: ¦2*m}\nloss: logsumexp(z)", f"{MISPLACED} in z2", "z2 = 2*(-inf)", MASKS_SCORES),
        ("loss: ¦dot(s, m)", f"{MISPLACED} in L", "L = 2*0 + 5*(-inf) + 1*0", MASKS_SCORES),
        ("loss: ¦nll(log_softmax(s + m), 2)", f"{MISPLACED} in L", "L = -(-inf)", MASKS_SCORES),
        ("loss: ¦sum(s + m)", "L is -inf", MASKS_SCORES),
        ("loss: ¦cross_entropy(s + m, 2)", "log of 0 in L", "L = -log(0)", NO_SHARE),
        ("loss: ¦logsumexp(m[2] + s[1])", "log of 0 in L", "L = log(exp(-inf+2))", ALL_MASKED),
    ],
    before=GIVENS,
)


@pytest.mark.parametrize("loss", ["sum(s*m)", "dot(s, m)", "sum(relu(s + m))"])
def test_a_mask_out_of_place_is_a_mistake_and_no_gap(loss: str) -> None:
    with pytest.raises(SpecError, match=MISPLACED.replace("+", r"\+")) as found:
        loads(f"{GIVENS}loss: {loss}").trace(partial=True)
    assert not isinstance(found.value, UndefinedError)


test_what_is_no_input_is_a_number = refuses(
    [
        ("weights: {s: [1, ¦-inf]}\nloss: sum(s)", "'-inf' is no value but a mask"),
        ("weights: {s: 1}\nloss: s\nupdate: {lr: ¦-.inf}", "'-.inf' is no value but a mask"),
        ("input: {m: [¦inf]}\nweights: {s: 1}\nloss: s", "'inf' is not an exact number"),
    ]
)
