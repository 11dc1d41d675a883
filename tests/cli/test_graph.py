"""`bptrace graph`: a picture of a network."""

from __future__ import annotations

from pathlib import Path

import pytest

from bptrace.views import GRAPHS
from tests.conftest import RELU, Command

SUFFIXES = {".txt": "Two-layer ReLU network\n", ".dot": "digraph {\n", ".mmd": "---\ntitle: ", ".svg": "<svg "}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_picture_in_the_format_of_its_suffix(suffix: str, command: Command, tmp_path: Path) -> None:
    target = tmp_path / f"net{suffix}"
    assert command("graph", RELU, "-o", str(target)) == (0, "", "")
    assert target.read_text(encoding="utf-8").startswith(SUFFIXES[suffix])


def test_on_standard_output_it_is_drawn_in_characters(command: Command) -> None:
    status, out, err = command("graph", RELU)
    assert (status, err) == (0, "")
    assert "│ x₁ ├" in out


def test_fewer_digits_than_in_a_register_unless_they_are_asked_for(command: Command) -> None:
    net = "example:softmax_classifier"
    assert "p₁ ≈ 0.03006\n" in command("graph", net, "--values", "--format", "mermaid").out.replace('"]', "\n")
    assert "0.030058886" not in command("graph", net, "--values").out
    assert "p₁ ≈ 0.030058888" in command("graph", net, "--values", "--digits", "8").out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--why", "dL/dw31"], "--why:1:1: error: 'dL/dw31' is no gradient that is worked out\n   1 | dL/dw31"),
        (["--nodes", "unit", "--sample", "2"], "there is no sample 2\n   there are no samples"),
        (["--work"], "--work is not for a picture"),
        (["-o", "net.png"], "no format has the suffix of net.png; known: .dot, .gv, .mmd, .mermaid, .svg"),
    ],
)
def test_what_cannot_be_drawn_is_refused(options: list[str], said: str, command: Command) -> None:
    status, out, err = command("graph", RELU, *options)
    assert (status, out) == (2, "")
    assert said in err


def test_a_value_that_does_not_exist_is_drawn_as_none_and_said(command: Command, tmp_path: Path) -> None:
    net = tmp_path / "net.yaml"
    net.write_text("weights: {w: 0}\nforward: {a: w + 1}\nloss: sqrt(w)*a\n", encoding="utf-8")
    status, out, err = command("graph", str(net), "--gradients")
    assert (status, "∂L/∂w = none: division by zero" in out) == (2, True)
    assert "division by zero" in err


def test_a_network_without_values_is_drawn_without_them(command: Command) -> None:
    status, out, err = command("graph", "example:generic_2_2_2", "--values", "--gradients", "--why", "dL/dW1[1,2]")
    assert (status, err) == (0, "")
    assert "× x₂" in out


def test_what_is_not_meant_is_noted(command: Command, tmp_path: Path) -> None:
    net = tmp_path / "net.yaml"
    net.write_text("weights: {w: 3, b: 1}\nloss: (w - 1)^2\n", encoding="utf-8")
    assert "nothing reads b" in command("graph", str(net)).err


def test_the_guide_names_every_format_and_suffix(command: Command) -> None:
    text = command("guide", "graph").out
    formats = {f"`{name}`" for name in GRAPHS} | {f"`{suffix}`" for view in GRAPHS.values() for suffix in view.suffixes}
    assert {each for each in formats if each not in text} == set()
