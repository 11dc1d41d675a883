"""The JSON Schemas: they say what the tables say, take what bptrace takes and writes, and refuse what it refuses.

A network file is validated as an editor sees it: `1` is a number, `1/3` a text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from jsonschema import Draft202012Validator

from bptrace import BptraceError, SpecError, load, loads
from bptrace.cli.schema import KINDS, text_of
from bptrace.cli.starters import FITS, Starter, drawn
from bptrace.engine import optimizers
from bptrace.engine.batch import SAMPLE_LIMIT
from bptrace.engine.batch_program import REDUCTIONS
from bptrace.engine.model import GIVEN_SECTIONS
from bptrace.engine.network import DIGITS_LIMIT
from bptrace.engine.plans import ORDERS, PHASES
from bptrace.ops.table import ROWS
from bptrace.spec.draft import SPELLINGS
from bptrace.spec.sections import SECTIONS
from bptrace.spec.tokens import NAME_LIMIT
from bptrace.spec.trace_restore import OPTIONS, STYLES
from tests import pages
from tests.conftest import EVERY_NETWORK, RELU, traced
from tests.strategies import examples, networks, real_networks

SCHEMAS: dict[str, Any] = {kind: json.loads(text_of(kind)) for kind in KINDS}
VALIDATORS = {kind: Draft202012Validator(schema) for kind, schema in SCHEMAS.items()}
NETWORK, TRACE = SCHEMAS["network"], SCHEMAS["trace"]
UPDATE = NETWORK["properties"]["update"]


def problems(kind: str, data: object) -> list[str]:
    return [f"{problem.json_path}: {problem.message}" for problem in VALIDATORS[kind].iter_errors(data)]


def as_in_an_editor(text: str) -> Any:
    return yaml.safe_load(text)


# the tables


@pytest.mark.parametrize("kind", KINDS)
def test_each_is_a_schema(kind: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[kind])


def known(rule: optimizers.UpdateRule) -> list[str]:
    aliases = [alias for alias, name in optimizers.ALIASES.items() if name in rule.known]
    return sorted(["rule", *rule.known, *aliases])


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (list(NETWORK["properties"]), [*SECTIONS, *SPELLINGS]),
        (NETWORK["properties"]["reduce"]["enum"], list(REDUCTIONS)),
        (NETWORK["properties"]["samples"]["anyOf"][0]["maxItems"], SAMPLE_LIMIT),
        (NETWORK["$defs"]["name"]["maxLength"], NAME_LIMIT),
        (NETWORK["$defs"]["order"]["enum"], list(ORDERS)),
        (UPDATE["properties"]["rule"]["enum"], list(optimizers.RULES)),
        (
            sorted(UPDATE["properties"]),
            sorted({"rule", optimizers.GRID, *optimizers.SETTINGS, *optimizers.FLAGS, *optimizers.ALIASES}),
        ),
        (UPDATE["dependentRequired"], {flag: [needed] for flag, needed in optimizers.FLAGS.items()}),
        (
            {part["if"]["properties"]["rule"]["const"]: sorted(part["then"]["propertyNames"]["enum"])
             for part in UPDATE["allOf"] if "if" in part},
            {rule.name: known(rule) for rule in optimizers.ROWS},
        ),
        (
            NETWORK["$defs"]["layer"]["properties"]["activation"]["anyOf"][0]["enum"],
            sorted({row.name for row in ROWS if row.title and row.about} | {"identity"}),
        ),
        (TRACE["$defs"]["step"]["properties"]["phase"]["enum"], list(PHASES)),
        (TRACE["$defs"]["quantity"]["properties"]["phase"]["enum"], list(PHASES)),
        (list(TRACE["properties"]["options"]["properties"]), list(OPTIONS)),
        (TRACE["properties"]["options"]["properties"]["numbers"]["enum"], list(STYLES)),
        (TRACE["properties"]["options"]["properties"]["digits"]["maximum"], DIGITS_LIMIT),
        (TRACE["properties"]["options"]["properties"]["gradients"]["items"]["enum"], sorted(GIVEN_SECTIONS)),
    ],
)  # fmt: skip
def test_they_say_what_the_tables_say(found: object, wanted: object) -> None:
    assert found == wanted


@pytest.mark.parametrize("name", [*optimizers.SETTINGS, optimizers.GRID])
def test_a_setting_has_the_range_of_the_table(name: str) -> None:
    row = optimizers.GRID_SETTING if name == optimizers.GRID else optimizers.SETTINGS[name]
    schema = UPDATE["properties"][name]
    assert schema["description"].lower() == f"{row.about}: {row.range}.".lower()
    for value in (-1, 0, 0.5, 1, 2):
        valid = Draft202012Validator({"$defs": NETWORK["$defs"], **schema}).is_valid(value)
        assert valid == (not optimizers.setting_problem(name, value))


def parts(schema: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every schema that says what a key of a file means."""
    for key, value in schema.items() if isinstance(schema, dict) else enumerate(schema):
        if key == "properties" and not path.endswith(("if", "then")) and "oneOf" not in path:
            yield from ((f"{path}/{name}", part) for name, part in value.items())
        if isinstance(value, dict | list):
            yield from parts(value, f"{path}/{key}")


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_is_described(kind: str) -> None:
    described = {path: part.get("description") or SCHEMAS[kind]["$defs"][part["$ref"].split("/")[-1]]["description"]
                 for path, part in parts(SCHEMAS[kind])}  # fmt: skip
    assert len(described) > 10
    assert all(described.values())


# networks


def yaml_blocks() -> list[str]:
    return [block for page in pages.PAGES for block in pages.blocks(page.read_text(encoding="utf-8"), "yaml.*?")]


GOOD = [
    *(path.read_text(encoding="utf-8") for path in EVERY_NETWORK),
    *yaml_blocks(),
    *(drawn(Starter([2, 3, 2], "relu", output, loss), 0) for output, losses in FITS.items() for loss in losses),
    "loss: 1",
    "title: 3\nloss: 1",
    "title:\nloss: 1",
    "weights: {w: ' + 1/2 ', ü: [.5, 2., 1e-3, +1, '1 / 3']}\nloss: {J: sum(w*ü)}",
    "input: {x: [1]}\nlayers: [{weights: [[1]], activation: 'leaky_relu(1/10)'}, {weights: [[2]], bias: [0]}]\n"
    "loss: sum(yhat)",
    "weights: {w: 1}\nloss: w\nupdate: {rate: 1/10, momentum: 9/10, nesterov: True, round: 0.001}",
    "weights: {w: 1}\nloss: w\nupdate: {lr: -0.01}",
    "weights: {w: 1}\nloss: w\nupdate: {rule: rmsprop, alpha: '0.9', clip_norm: 2}",
    "weights: {w: 1}\nloss: w\nupdate: {lr: '1/10', momentum: '0.9', nesterov: 'false'}",
    "weights: {w: 1}\nloss: w\ngradients: weight",
    "inputs: {x: 1}\nweight: {w: 1}\ntargets: {y: 1}\nloss: w*x - y",
    "samples: [{inputs: {x: 1}, targets: {y: 1}}]\nweights: {w: 1}\nloss: w*x - y",
    "weights: {w: w, v: scalar, b: vector of 3, W: 2x3, V: 3x2 matrix, x: [x1, h_1'], M: [[a, b]]}\n"
    "order: weights-last\nindex: input-unit\nnames: {W: W^(1), 'x[1]': q_out}\n"
    "functions: {f: generic, g: 'a, b -> generic'}\nforward: {h: f(w), k: 'g(h, v)'}\nloss: generic(k)",
    "input: {x: [1, 2]}\nlayers: [{weights: 2x2, bias: vector of 2, activation: relu}]\nloss: sum(yhat)",
    "weights: {w: 1}\nloss: w\ngradients: [weights, inputs, target]",
    "input: {x: [1, 2, 3]}\nweights: {h1: 1}\nloss: h3\n"
    "repeat: [{for: t in 1..2, 'h{t+1}': 'h{t}*x[t]'}, {for: s in 3..1, repeat: {for: t in 1..s, 'g{s}_{t}': 'x[t]'}}]",
    "weights: {w: 1}\nforward: {repeat: w}\nloss: repeat",
    "weights: {w: 1}\nloss: w\norder: [file, weights-last]",
    "weights: {w: 1}\nloss: w\norder: [by-rank]",
    "weights: {w: 1}\nloss: w\norder: file",
    "samples: [{input: {x: 1}}, {input: {x: 1/3}}]\nreduce: sum\nweights: {w: 1}\nloss: w*x",
]  # fmt: skip


@pytest.mark.parametrize("text", GOOD, ids=range(len(GOOD)))
def test_what_the_reader_takes_is_valid(text: str) -> None:
    assert problems("network", as_in_an_editor(text)) == []
    loads(text)


@given(networks() | real_networks())
@examples(50)
def test_any_network_is_valid(text: str) -> None:
    assert problems("network", as_in_an_editor(text)) == []


@pytest.mark.parametrize(
    "samples", ["t.csv", "{file: t.csv}", "{file: t.csv, target: y}", "{file: t.csv, target: [y]}"]
)
def test_a_table_is_valid(tmp_path: Path, samples: str) -> None:
    (tmp_path / "t.csv").write_text("x,y\n1,2\n", encoding="utf-8")
    (tmp_path / "net.yaml").write_text(f"samples: {samples}\nloss: x - y", encoding="utf-8")
    assert problems("network", as_in_an_editor((tmp_path / "net.yaml").read_text(encoding="utf-8"))) == []
    load(tmp_path / "net.yaml")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("weights: {w: 1}", "$: "),
        ("loss: 1\nwieghts: {w: 1}", "$: "),
        ("loss: 1\nweight: {w: 1}\nweights: {v: 1}", "$: "),
        ("loss: 1\ninput: {w: 1}\ninputs: {v: 1}", "$: "),
        ("loss: 1\nsamples: [{target: {w: 1}, targets: {v: 1}}]", "$.samples: "),
        ("loss: [1]", "$.loss: "),
        ("loss: {J: 1, K: 2}", "$.loss: "),
        ("loss: 1\nweights: [1]", "$.weights: "),
        ("loss: 1\nweights: {w: 'one/two'}", "$.weights.w: "),
        ("loss: 1\nweights: {w: 1/2/3}", "$.weights.w: "),
        ("loss: 1\nweights: {w: 2x}", "$.weights.w: "),
        ("loss: 1\nweights: {w: vector of 0}", "$.weights.w: "),
        ("loss: 1\nweights: {w: [a, 1]}", "$.weights.w: "),
        ("loss: 1\nindex: rows", "$.index: "),
        ("loss: 1\norder: last", "$.order: "),
        ("loss: 1\norder: [last]", "$.order: "),
        ("loss: 1\norder: [file, by-rank]", "$.order: "),
        ("loss: 1\nnames: {w: 1}", "$.names.w: "),
        ("loss: 1\nweights: {w: []}", "$.weights.w: "),
        ("loss: 1\nweights: {w: [1, [2]]}", "$.weights.w: "),
        ("loss: 1\nweights: {w: [[[1]]]}", "$.weights.w: "),
        ("loss: 1\nweights: {w: true}", "$.weights.w: "),
        ("loss: 1\nweights: {1w: 2}", "$.weights: "),
        ("loss: 1\nweights: {w-x: 2}", "$.weights: "),
        ("loss: 1\nforward: {h: [1]}", "$.forward.h: "),
        ("loss: 1\nforward: {'h{t}': 1}", "$.forward: "),
        ("loss: 1\nforward: {repeat: {h: 1}}", "$.forward.repeat: "),
        ("loss: 1\nrepeat: {for: t, 'h{t}': 1}", "$.repeat: "),
        ("loss: 1\nfunctions: {f: u^2}", "$.functions.f: "),
        ("loss: 1\nreduce: mean", "$: "),
        ("loss: 1\nsamples: []", "$.samples: "),
        ("loss: 1\nsamples: [{}]", "$.samples: "),
        ("loss: 1\nsamples: [{weights: {w: 1}}]", "$.samples: "),
        ("loss: 1\nsamples: {target: y}", "$.samples: "),
        ("loss: 1\nsamples: [{input: {x: 1}}]\nreduce: median", "$.reduce: "),
        ("loss: 1\nlayers: [{bias: 1}]", "$.layers[0]: "),
        ("loss: 1\nlayers: [{weights: 1, units: 3}]", "$.layers[0]: "),
        ("loss: 1\ngradients: loss", "$.gradients: "),
        ("loss: w\nweights: {w: 1}\nupdate: {}", "$.update: "),
        ("loss: w\nweights: {w: 1}\nupdate: {rule: sgd}", "$.update: "),
        ("loss: w\nweights: {w: 1}\nupdate: {rule: sgdm, lr: 1}", "$.update.rule: "),
        ("loss: w\nweights: {w: 1}\nupdate: {lr: 1, rho: 1/2}", "$.update: "),
        ("loss: w\nweights: {w: 1}\nupdate: {rule: adam, momentum: 1/2}", "$.update: "),
        ("loss: w\nweights: {w: 1}\nupdate: {lr: 1, rate: 1}", "$.update: "),
        ("loss: w\nweights: {w: 1}\nupdate: {lr: 1, round: 0}", "$.update.round: "),
        ("loss: w\nweights: {w: 1}\nupdate: {lr: 1, momentum: 1.5}", "$.update.momentum: "),
        ("loss: w\nweights: {w: 1}\nupdate: {lr: 1, nesterov: true}", "$.update: "),
        ("loss: w\nweights: {w: 1}\nupdate: {lr: 1, momentum: 0.5, nesterov: 1}", "$.update.nesterov: "),
        ("loss: w\nweights: {w: 1}\nupdate: {lr: 1, clip_norm: 1, clip_value: 1}", "$.update: "),
    ],
)
def test_what_the_reader_refuses_is_not_valid(text: str, place: str) -> None:
    found = problems("network", as_in_an_editor(text))
    assert found
    assert found[0].startswith(place)
    with pytest.raises(SpecError):
        loads(text)


# traces


def check(trace_text: str) -> None:
    document = json.loads(trace_text)
    assert problems("trace", document) == []
    assert problems("network", document["network"]) == []


@pytest.mark.parametrize("path", EVERY_NETWORK, ids=lambda path: path.stem)
def test_every_exported_trace_is_valid(path: Path) -> None:
    trace = traced(path, inputs=True)
    check(trace.with_closed_forms(60).to_json())
    if trace.program.replacements:
        check(load(path).stepped(trace).trace().until(2).shortened(3).to_json())


@given(networks() | real_networks())
@examples(25)
def test_any_exported_trace_is_valid(text: str) -> None:
    network = loads(text)
    check(network.trace().to_json())
    if network.optimizer:
        try:
            later = network.stepped(network.trace()).trace()
        except BptraceError:
            return
        check(later.to_json())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"$schema": "urn:bptrace:schema:trace:1"', '"$schema": "trace"'),
        ('"bptrace"', '"version"'),
        ('"values": {}', '"values": {"c": 1}'),
        ('"values": {}', '"values": {"c": "0.5"}'),
        ('"values": {}', '"values": {"c": {"middle": ["1", 0]}}'),
        ('"numbers": "fraction"', '"numbers": "auto"'),
        ('"digits": 10', '"digits": 0'),
        ('"last": null', '"last": "all"'),
        ('"section": "input", ', ""),
        ('"section": "input"', '"section": "data"'),
        ('"phase": "forward", "rank"', '"phase": "forward", "section": "input", "rank"'),
        ('"phase": "forward", "title"', '"phase": "backward", "title"'),
        ('"numerator": "2"', '"numerator": 2'),
        ('"numerator": "2"', '"numerator": "2.0"'),
        ('"denominator": "1"', '"denominator": "0"'),
        ('"denominator": "1"', '"lower": "1"'),
        ('"exact": true', '"exact": false'),
        ('"exact": true', '"exact": true, "colour": 1'),
        ('"rule": ', '"rules": '),
    ],
)
def test_what_is_no_trace_is_not_valid(old: str, new: str) -> None:
    text = load(RELU).trace().to_json()
    assert old in text
    assert problems("trace", json.loads(text.replace(old, new, 1)))
