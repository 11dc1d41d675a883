"""The chain rule with its numbers, a line a row."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from bptrace import Trace, load, loads
from bptrace.typeset.format import Format
from bptrace.typeset.latex import Latex
from bptrace.typeset.unicode import Unicode
from bptrace.typeset.valued import derivations
from tests.conftest import NETWORKS, RELU, ROOT, traced
from tests.engine.test_precision import worked
from tests.readers.formulas import Symbols
from tests.strategies import examples, networks, real_networks

LINEAR = ROOT / "networks" / "linear_2_2_2_1.yaml"
SIGNS = re.compile(r" (?:[=≈]|\\approx) ")


def lines_of(trace: Trace) -> list[str]:
    """Every line of a trace's derivation."""
    return [
        f"{line.left.text} = {right.text}"
        for _, derivation in derivations(trace, Unicode(), ())
        for section in derivation.sections()
        for line in section.equalities
        for right in line.rights
    ]


def test_the_lines_of_a_linear_network_are_those_of_the_document() -> None:
    lines = lines_of(load(LINEAR).trace())
    assert lines[:6] == [
        "y₁ = w₁₁₁·x₁ + w₁₂₁·x₂ = 2·1 + 1·(-1) = 1",
        "y₂ = w₁₁₂·x₁ + w₁₂₂·x₂ = 0·1 + (-1)·(-1) = 1",
        "z₁ = w₂₁₁·y₁ + w₂₂₁·y₂ = 1·1 + 1·1 = 2",
        "z₂ = w₂₁₂·y₁ + w₂₂₂·y₂ = -1·1 + 0·1 = -1",
        "z = w₃₁·z₁ + w₃₂·z₂ = -1·2 + 1·(-1) = -3",
        "L = (z - t)² = (-3 - 2)² = 25",
    ]
    assert lines[6:8] == [
        "∂L/∂z = 2·(z - t) = 2·(-3 - 2) = -10",
        "∂L/∂w₃₁ = ∂L/∂z · ∂z/∂w₃₁ = -10·z₁ = -10·2 = -20",
    ]
    assert "∂L/∂y₁ = ∂L/∂z₁ · ∂z₁/∂y₁ + ∂L/∂z₂ · ∂z₂/∂y₁ = 10·w₂₁₁ + (-10)·w₂₁₂ = 10·1 + (-10)·(-1) = 20" in lines
    assert lines[-2:] == [
        "∂L/∂x₁ = ∂L/∂y₁ · ∂y₁/∂x₁ + ∂L/∂y₂ · ∂y₂/∂x₁ = 20·w₁₁₁ + 10·w₁₁₂ = 20·2 + 10·0 = 40",
        "∂L/∂x₂ = ∂L/∂y₁ · ∂y₁/∂x₂ + ∂L/∂y₂ · ∂y₂/∂x₂ = 20·w₁₂₁ + 10·w₁₂₂ = 20·1 + 10·(-1) = 10",
    ]


def test_a_slope_says_why_and_a_bias_its_factor() -> None:
    lines = lines_of(load(RELU).trace())
    assert "ReLU'(z₂) = 0, as z₂ = -1 ≤ 0" in lines
    assert "∂L/∂z₂ = ∂L/∂h₂ · ∂h₂/∂z₂ = -2·ReLU'(z₂) = -2·0 = 0" in lines
    assert "∂L/∂b₁ = ∂L/∂z₁ · ∂z₁/∂b₁ = ∂L/∂z₁ · 1 = -2" in lines


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("weights: {w: 2}\nloss: (w*3 - 1)^2", "L = (w·3 - 1)² = (2·3 - 1)² = (6 - 1)² = 5² = 25"),
        ("weights: {w: 1}\nloss: exp(w) + 1", "L = exp(w) + 1 = exp(1) + 1 ≈ 2.718 + 1 ≈ 3.718"),
        ("weights: {w: -1}\nloss: leaky_relu(w, 1/2)", "L = ½·w = ½·(-1) = -1/2, as w = -1 ≤ 0"),
        ("weights: {w: 3}\nforward: {h: w}\nloss: h", "h = w = 3"),
        ("weights: {w: 0.5}\nloss: 1/4*(w - 2)^2", "∂L/∂w = ½·(w - 2) = ½·(0.5 - 2) = ½·(-1.5) = -0.75"),
        ("weights: {w: 0}\nforward: {h: exp(1)*w}\nloss: h", "h = exp(1)·w = exp(1)·0 = 2.718·0 = 0"),
    ],
)
def test_the_work_stands_between_the_numbers_and_the_value(text: str, line: str) -> None:
    assert line in lines_of(loads(text).trace(digits=4).with_work())


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "weights: {w: 1}\nforward: {b: w^2, c: exp(w)}\nloss: b + c*w",
            "∂L/∂w = ∂L/∂b · ∂b/∂w + ∂L/∂c · ∂c/∂w + c = 1·2·w + 1·c + c ≈ 1·2·1 + 1·2.718 + 2.718 ≈ 7.437",
        ),
        (
            "weights: {w: 1}\ninput: {x: 0}\nforward: {h: w*x}\nloss: exp(h + 1)",
            "∂L/∂w = ∂L/∂h · ∂h/∂w ≈ 2.718·x ≈ 2.718·0 = 0",
        ),
    ],
)
def test_what_is_exact_stands_behind_an_equals_sign(text: str, line: str) -> None:
    assert line in lines_of(loads(text).trace(digits=4))


def test_each_sample_has_a_derivation_of_its_own() -> None:
    trace = loads("weights: {w: 2}\nsamples: [{input: {x: 1}}, {input: {x: 3}}]\nloss: (w*x)^2").trace()
    found = [(heading, derivation.trace) for heading, derivation in derivations(trace, Unicode(), ())]
    assert found == [("Sample 1 of 2", trace.samples[0]), ("Sample 2 of 2", trace.samples[1])]


def sides(text: str, form: Format[Any]) -> list[str]:
    """What stands between the signs of a line that are in no brackets, without what is said behind a value."""
    text = text.partition(form.signs["as"].text)[0].replace(r"\nobreak ", "")
    outer = [
        sign for sign in SIGNS.finditer(text) if text[: sign.start()].count("(") == text[: sign.start()].count(")")
    ]
    ends = [0, *(place for sign in outer for place in sign.span()), len(text)]
    return [text[start:stop] for start, stop in zip(ends[::2], ends[1::2], strict=True)]


def check(trace: Trace, form: Format[Any]) -> None:
    """What stands between the signs of a line, read back, is the row's value, but for the factors by their names."""
    for part in trace.samples or [trace]:
        symbols = Symbols(part, form)
        [(_, derivation)] = derivations(part, form, ())
        for row in part.rows():
            if row.quantity in symbols.values and not symbols.clashing:
                gradient = derivation.selection.is_gradient(row.quantity)
                named = derivation.chains.one_step(row.quantity) if gradient else []
                [right] = derivation.equality(row).rights
                for side in sides(right.text, form)[len(named) :]:
                    assert symbols.value(side) == row.value, f"{row}: {right.text}"


every_format = pytest.mark.parametrize("form", [Unicode(), Latex()], ids=["unicode", "latex"])


@every_format
@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_every_line_of_a_network_reads_back_to_its_value(path: Path, form: Format[Any]) -> None:
    check(traced(path, inputs=True).with_work(), form)


@every_format
@given(networks())
@examples(25)
def test_every_line_reads_back_to_its_value(form: Format[Any], text: str) -> None:
    check(loads(text).trace().with_work(), form)


@every_format
@given(real_networks())
@examples(10)
def test_every_line_that_leaves_the_rationals_reads_back(form: Format[Any], text: str) -> None:
    check(worked(loads(text)).with_work(), form)


def test_samples_have_their_names_in_common() -> None:
    samples = "samples: [{input: {x: 1}}, {input: {x: 2}}, {input: {x: 3}}]"
    trace = loads(f"{samples}\nweights: {{w: 2}}\nloss: (w*x)^2").trace()
    names = {id(derivation.names) for _, derivation in derivations(trace, Unicode(), ())}
    assert len(names) == 1
    assert lines_of(trace)[0::2] == [f"L = (w·x)² = (2·{number})² = {4 * number**2}" for number in (1, 2, 3)]
