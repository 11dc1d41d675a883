"""`Trace.from_json`: a trace comes back equal, and nothing that is wrong in its JSON goes unsaid."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptrace import BptraceError, Network, SpecError, Trace, load, loads
from bptrace.engine.network import NUMBER_STYLES
from bptrace.numbers.exact import Rational
from bptrace.spec.overrides import assigned
from tests.conftest import EVERY_NETWORK, LIMITS, RELU, ROOT
from tests.strategies import examples, networks, real_networks

OWN = """
input: {x: [1, 2, 3]}
weights: {w: 1/2, u: 2}
target: {y: 10}
functions:
  soft: s -> s/(1 + s^2)
  blend: "s, a -> a*soft(s) + (1-a)*s"
forward:
  h0: 0*w
  repeat: {for: t in 1..3, "z{t}": "w*h{t-1} + u*x[t]", "h{t}": "blend(z{t}, 1/4)"}
loss: (h3 - y)^2
"""
LAYERS = """
title: "layers\\ton two \\x07 lines"
input: {x: [1, -2]}
target: {y: [0]}
layers: [{weights: &w [[1, .5], [3, 4]], bias: [0, 1], activation: tanh}, {weights: *w, activation: leaky_relu(0.1)}]
loss: {J: sum(abs(yhat - y))}
gradients: [weights, inputs]
update: {rule: adam, rate: 1e-2, clip_value: 1/2}
"""
SIGMOID = str(ROOT / "networks" / "sigmoid_2_2_2.yaml")
ADAM = str(ROOT / "networks" / "adam.yaml")
BATCH = str(ROOT / "networks" / "xor_batch.yaml")


def check(trace: Trace) -> Trace:
    """A trace comes back equal, from a text that comes out again."""
    text = trace.to_json()
    found = Trace.from_json(text)
    assert found == trace
    assert hash(found) == hash(trace)
    assert found.to_json() == text
    return found


@pytest.mark.parametrize("path", EVERY_NETWORK, ids=lambda path: path.stem)
def test_every_network_comes_back(path: Path) -> None:
    network = load(path)
    check(network.trace("decimal", inputs=True, digits=12).with_closed_forms(60))
    if not network.reduction:  # a batch's derivation is of one sample, which no file says
        check(network.derived(inputs=True))


@given(networks() | real_networks(), st.sampled_from(NUMBER_STYLES), st.booleans(), st.booleans(), st.booleans())
@examples(30)
def test_any_network_comes_back(text: str, numbers: str, inputs: bool, update: bool, closed: bool) -> None:
    trace = loads(text).trace(numbers, inputs, update=update)
    check(trace.with_closed_forms(40) if closed else trace)


@given(networks() | real_networks(), st.integers(1, 3), st.integers(1, 30))
@examples(30)
def test_any_network_comes_back_after_updates(text: str, updates: int, digits: int) -> None:
    if "update:" not in text:
        text += "update: {rule: momentum, lr: 1/10}\n".replace("rule: momentum", "rule: sgd, momentum: 1/2")
    network = loads(text)
    for _ in range(updates):
        try:
            network = network.stepped(network.trace(digits=2))
            trace = network.trace(digits=digits)
        except BptraceError:
            return
    check(trace)


@pytest.mark.parametrize("digits", [3, 40])
def test_a_trace_over_symbols_comes_back_with_its_digits(digits: int) -> None:
    trace = loads("input: {x: x}\nweights: {w: 2}\nloss: exp(w*x)").trace().with_digits(digits)
    assert check(trace).digits == digits


@pytest.mark.parametrize("path", [SIGMOID, BATCH])
@pytest.mark.parametrize("decimals", [3, 60])
def test_a_trace_of_which_more_digits_are_proven_than_shown_comes_back(path: str, decimals: int) -> None:
    check(load(path).trace(decimals=decimals).with_decimals(None))


def test_what_is_taken_at_limits_comes_back() -> None:
    check(loads(LIMITS).trace())


@pytest.mark.parametrize("text", [OWN, LAYERS], ids=["own functions and a repeat", "layers"])
def test_every_kind_of_section_comes_back(text: str) -> None:
    network = loads(text)
    check(network.trace())
    check(network.trace("decimal", inputs=True).shortened(3))


@pytest.mark.parametrize(
    ("path", "settings"),
    [
        (RELU, ["w11=3", "x=[1/3,2]"]),
        (RELU, ["w=[[0.5,1],[1,2]]"]),
        (BATCH, ["x(2)=[1,0.25]", "lr=1/7"]),
        (ADAM, ["lr=0.125"]),
        (SIGMOID, ["i=[1e-30,1]"]),
    ],
)
def test_settings_come_back(path: str, settings: list[str]) -> None:
    trace = assigned(load(path), settings).trace()
    assert check(trace).source.decimal == trace.source.decimal


@pytest.mark.parametrize("path", [SIGMOID, ADAM, BATCH])
@pytest.mark.parametrize("digits", [1, 10, 60])
def test_networks_after_updates_come_back_and_go_on(path: str, digits: int) -> None:
    network = load(path)
    for _ in range(2):
        network = network.stepped(network.trace())
    found = check(network.trace(digits=digits)).source
    assert isinstance(found, Network)
    check(found.stepped(found.trace(digits=digits)).trace(digits=digits))


@pytest.mark.parametrize("order", ["file", "[file, weights-last]", "[by-rank]"])
def test_an_order_comes_back(order: str) -> None:
    text = f"weights: {{w: 2, u: 3}}\nforward: {{a: w^2, b: a^2, c: u*w}}\nloss: b*c\norder: {order}"
    check(loads(text).trace())


def test_an_update_on_another_grid_comes_back() -> None:
    network = load(SIGMOID).rounded(Rational(1, 1000))
    check(network.stepped(network.trace()).trace())


@pytest.mark.parametrize("rows", [1, 4, 6])
def test_the_first_rows_come_back(rows: int) -> None:
    assert len(list(check(load(RELU).trace().until(rows)).rows())) == rows


@pytest.mark.parametrize(
    ("table", "samples"),
    [
        ("x1,x2,y\n1,0.5,1\n1/3,2,0\n", "t.csv"),
        ("a,y,x1,x2\n1,1,1.0,2\n2,3,1e1,2\n", "{file: t.csv, target: [y]}"),
        ("eye,x1,x2,y\n1,1/8,2,3\n", "t.csv"),
    ],
)
def test_a_table_comes_back_without_its_file(tmp_path: Path, table: str, samples: str) -> None:
    (tmp_path / "t.csv").write_text(table, encoding="utf-8")
    net = tmp_path / "net.yaml"
    net.write_text(f"samples: {samples}\nweights: {{w: [2, -1], b: 1}}\nloss: (w@x + b - y)^2", encoding="utf-8")
    network = load(net)
    trace = network.stepped(network.trace()).trace() if network.optimizer else network.trace(inputs=True)
    (tmp_path / "t.csv").unlink()
    check(trace)


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("indent", [None, 2, "\t"])
def test_how_the_text_is_laid_out_is_no_matter(ascii_only: bool, indent: int | str | None) -> None:
    trace = loads(LAYERS.replace("lines", "lines 😀 ≈")).trace()
    text = json.dumps(json.loads(trace.to_json()), ensure_ascii=ascii_only, indent=indent)
    assert Trace.from_json(text) == trace
    assert Trace.from_json(b"\xef\xbb\xbf" + text.encode()) == trace


# what is wrong


def refused(text: str | bytes) -> SpecError:
    with pytest.raises(SpecError) as caught:
        Trace.from_json(text, "trace.json")
    return caught.value


def changed(old: str, new: str, path: str = RELU) -> SpecError:
    """The complaint about a network's JSON in which one text is another."""
    text = load(path).trace().to_json()
    assert old in text
    return refused(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new", "message", "line", "column"),
    [
        ('"rule": "-2*1", "value"', '"rule": "-2", "value"', "step 6, row 1, rule: '-2' where '-2*1' belongs", 50, 59),
        ('"value": "-1"', '"value": "1"', "step 1, row 2, value: '1' where '-1' belongs", 31, 93),
        ('"numerator": "2"', '"numerator": 2', "step 1, row 1, numerator: 2 where '2' belongs", 30, 123),
        ('"exact": true', '"exact": 1', "step 1, row 1, exact: 1 where true belongs", 30, 104),
        ('"number": 1', '"number": true', "step 1, number: true where 1 belongs", 29, 12),
        ('"quantity": "h1"', '"quantity": "h3"', "step 2, row 1, quantity: 'h3' where 'h1' belongs", 34, 15),
        ('"title": "h = relu(z)"', '"title": ""', "step 2, title: '' where 'h = relu(z)' belongs", 33, 44),
        ('"rank": 1', '"rank": 1.0', "quantities 7, rank: 1.0 where 1 belongs", 15, 58),
        ('"consumers": ["z"]', '"consumers": []', "quantities 2, consumers: 0 items where 1 belong", 10, 79),
        ('"digits": 10', '"digits": 0', "options, digits: 'digits' is a whole number from 1 to 10,000, not 0", 7, 69),
        ('"digits": 10', '"digits": true', "options, digits: 'digits' is a whole number from 1 to 10,000", 7, 69),
        ('"bits": 0', '"bits": 9', "options, bits: 9 where 0 belongs", 7, 123),
        ('"bits": 0', '"bits": 900000000', "options, bits: 'bits' is a number of bits, not 900000000", 7, 123),
        ('"last": null', '"lost": null', "options, lost: unknown field 'lost'", 7, 161),
        ('"values": {}', '"values": {"q": "1"}', "values, q: the network has no given 'q'", 6, 17),
        ('"values": {}', '"values": {"c": "1/0"}', "values, c: '1/0': a division by zero", 6, 17),
        ('"values": {}', '"values": {"c": 1}', "values, c: 1: not an exact number", 6, 17),
        ('"values": {}', '"values": {"x": ["1"]}', "values, x: expected a list of 2", 6, 17),
        ('"values": {}', '"values": {"c": {"middle": 1}}', "values, c: expected a middle and a radius", 6, 17),
        ('"values": {}', '"values": {"c": "0"}', "values, c: unknown field 'c'", 6, 17),
        ('"values": {}', '"values": {"c": "7"}', "step 3, row 1, rule: '1*2 + 1*0 + 0' where", 38, 63),
        ('"values": {}', '"values": []', "values: a list where an object belongs", 6, 11),
        ('"title": "Two', '"extra": 1, "title": "Two', "extra: unknown field 'extra'", 4, 10),
        ('"title": "Two', '"title": "2", "title": "Two', "title: this name is given twice", 4, 15),
        ('"number": 2, ', '"number": 2, "number": 2, ', "step 2, number: this name is given twice", 33, 15),
        ('"steps": [', '"steps": 3, "s": [', "steps: 3 where a list belongs", 28, 10),
        ('"steps": [', '"steps": [{}, ', "steps: 8 items where 7 belong", 28, 10),
        ('"urn:bptrace:schema:trace:1"', '"urn:other"', "$schema: 'urn:other' where 'urn:bptrace:", 2, 12),
        ('"c": "0"', '"c": "q"', "network: 'q' is not a number", 5, 159),
        ('"c": "0"', '"c": 0', "network, weights, c: 0 where '0' belongs", 5, 159),
        ('"z": "w@x + b"', '"z": "w@q + b"', "network: unknown name 'q'", 5, 207),
        ('"forward": {"z"', '"forward": {"z": "1", "z"', "network, forward, z: this name is given twice", 5, 209),
        ('"w11*x1 + w12*x2 + b1"', "null", "step 1, row 1, formula: null where", 30, 32),
        ('{"quantity": "h1"', '{}, {"quantity": "h1"', "step 2, rows: 3 items where 2 belong", 33, 67),
        ('"quantity": "h1", ', "", "step 2, row 1: missing field 'quantity'", 34, 2),
        ('"quantity": "h1", ', '"quantity": "h1", "x": 0, ', "step 2, row 1, x: unknown field 'x'", 34, 26),
    ],
)  # fmt: skip
def test_whatever_is_changed_is_found(old: str, new: str, message: str, line: int, column: int) -> None:
    problem = changed(old, new)
    assert problem.message.startswith(message)
    assert (problem.line, problem.column) == (line, column)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON: Expecting value"),
        ("[]", "a list where an object belongs"),
        ("3", "3 where an object belongs"),
        ("{}", "missing field '$schema'"),
        ("title: net", "not JSON: Expecting value"),
        ('{"a": 1, "a": 2}', "a: this name is given twice"),
        ("[" * 100_000, "nested more than 50 deep"),
        (b"\xff{}", "byte 0xff is not UTF-8"),
    ],
    ids=lambda part: part[:20],
)
def test_what_is_no_trace_is_refused(text: str | bytes, message: str) -> None:
    assert refused(text).message == message


@pytest.mark.parametrize(
    "network",
    [
        {"loss": "w^9^9^9^9", "weights": {"w": "3"}},
        {"loss": "exp(exp(exp(w)))", "weights": {"w": "30"}},
        {"samples": "secret.csv", "loss": "1"},
        {"loss": {"a": {"b": "1"}}},
    ],
    ids=lambda network: str(network)[:40],
)
def test_a_network_beyond_the_limits_is_refused(network: dict[str, Any]) -> None:
    document = json.loads(load(RELU).trace().to_json())
    assert refused(json.dumps({**document, "network": network})).message.startswith("network: ")


@pytest.mark.parametrize(
    "samples", ['"t.csv"', '{"file": "t.csv"}', '{"file": "t.csv", "target": "y"}', '"/etc/passwd"', '"no.csv"']
)
def test_no_file_is_opened_for_a_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, samples: str) -> None:
    (tmp_path / "t.csv").write_text("x,y\n1,2\n")
    monkeypatch.chdir(tmp_path)
    text = loads("samples: t.csv\nweights: {w: 2}\nloss: (w*x - y)^2").trace().to_json()
    written = '[{"input": {"x": "1"}, "target": {"y": "2"}}]'
    assert text.count(written) == 1
    monkeypatch.setattr("builtins.open", None)
    problem = refused(text.replace(written, samples))
    assert problem.message == "network: the network of a trace names no file: its samples are a list"
    assert problem.hints == ("as in {input: {x: [0, 1]}, target: {y: 1}}",)
    assert Trace.from_json(text).to_json() == text


@pytest.mark.parametrize(
    ("depth", "message"), [(30, "network: nested more than 20 deep"), (900, "nested more than 50 deep")]
)
def test_a_network_nested_too_deep_is_refused(depth: int, message: str) -> None:
    text = load(RELU).trace().to_json().replace('"c": "0"', f'"c": {"[" * depth}{"]" * depth}')
    assert refused(text).message == message


@pytest.mark.parametrize("path", [RELU, SIGMOID, BATCH])
@given(data=st.data())
@examples(60)
def test_no_damage_goes_unsaid(path: str, data: st.DataObject) -> None:
    """Any change of the data is refused or makes no difference, such as fewer digits where all is rational."""
    text = load(path).trace().to_json()
    start = data.draw(st.integers(0, len(text)))
    damaged = text[:start] + data.draw(st.sampled_from(["", "0", '"', "{", "}", ",", "null", "9e9", "\\", "-"]))
    damaged += text[start + data.draw(st.integers(0, 3)) :]
    try:
        found = Trace.from_json(damaged)
    except BptraceError:
        return
    assert found == load(path).trace()
    assert numbers_in({**json.loads(damaged), "bptrace": ""}) == numbers_in(
        {**json.loads(found.to_json()), "bptrace": ""}
    )


def numbers_in(document: Any) -> Any:
    """A document with numbers for the strings that are numbers: 00 is 0."""
    if isinstance(document, dict):
        return {key: numbers_in(part) for key, part in document.items()}
    if isinstance(document, list):
        return [numbers_in(part) for part in document]
    try:
        return Fraction(document) if isinstance(document, str) else document
    except ValueError:
        return document


def test_another_version_is_named() -> None:
    text = load(RELU).trace().to_json().replace('"bptrace": "0.1.0"', '"bptrace": "9.9"')
    assert Trace.from_json(text) == load(RELU).trace()
    problem = refused(text.replace('"value": "-1"', '"value": "1"'))
    assert problem.hints[-1].startswith("written by bptrace 9.9; this is ")


# what has no network file


def by_hand(network: Network) -> Trace:
    return Network(network.givens, network.definitions).trace()


@pytest.mark.parametrize("made", [by_hand, lambda network: load(BATCH).trace().samples[0]])
def test_a_network_made_by_hand_has_no_json(made: Callable[[Network], Trace]) -> None:
    with pytest.raises(BptraceError, match="no network file says how this trace came to be"):
        made(load(RELU)).to_json()


def test_memory_that_is_too_short_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_much(source: object) -> None:
        raise MemoryError

    monkeypatch.setattr("bptrace.spec.json_text.read", too_much)
    with pytest.raises(SpecError) as refused:
        Trace.from_json("{}", "a.json")
    assert str(refused.value) == (
        "error: not enough memory for a.json, of 2 characters\n   smaller arrays, or fewer samples"
    )


@pytest.mark.parametrize("found", [None, [], 3, {}], ids=str)
def test_what_is_no_text_is_refused(found: object) -> None:
    problem = refused(found)  # type: ignore[arg-type]  # which is what is wrong with it
    assert problem.message == f"a trace is a JSON text, not of type {type(found).__name__}"
    assert problem.hints
