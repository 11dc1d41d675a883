"""Reading a file: a network or a complaint with its place, whatever the text, in bounded time and memory."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bptrace import SpecError, load, loads
from tests.conftest import NETWORKS
from tests.refusals import outcome
from tests.strategies import examples
from tests.texts import documents, mutations, sentences


def bomb(levels: int) -> str:
    """Lists of lists that aliases double, level by level."""
    lines = ["  a0: &a0 [1, 1]", *(f"  a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, levels))]
    return "\n".join(["input:", *lines, "loss: 1"])


@pytest.mark.parametrize(
    "text",
    [
        bomb(2),
        "&a {input: *a, loss: 1}",
        "input: &a {x: *a}\nloss: 1",
        "input: {x: &a [*a, *a]}\nloss: 1",
        "forward: &a {z: *a}\nloss: 1",
        "loss: &a {L: *a}",
        "layers: &a [*a]\nloss: 1",
        "input: {x: 1}\nlayers: [&a {weights: *a}]\nloss: 1",
        "gradients: &a [*a]\nloss: 1",
        "update: &a {lr: *a}\nloss: 1",
        "title: &a [*a]\nloss: 1",
        "? &a [*a]\n: 1",
    ],
)
def test_aliases_take_bounded_work(text: str) -> None:
    outcome(text)


@pytest.mark.parametrize(
    "text",
    [
        "input:\n" + "".join(f"  x{n}: 1\n" for n in range(10_000)) + "loss: x1",
        f"input:\n  r: [{'1, ' * 9_000}1]\n  c: [{'[1], ' * 9_000}[1]]\nloss: sum(c*r)",
        f"input:\n  r: [{'1, ' * 9_000}1]\n  c: [{'[1], ' * 9_000}[1]]\nforward: {{z: c + r}}\nloss: 1",
        f"input: {{x: [{', '.join(f'1/{10**2000 + 2 * n + 1}' for n in range(1500))}]}}\nloss: sum(x)",
        "loss: q\n" * 50_000,
        "\n" * 5_000_000 + "loss: q",
        "loss: x" + "\n +" * 1_000_000,
        "loss: 'x" + "x" * 5_000_000,
        'loss: "' + "\\n" * 2_000_000 + '"',
        "title: " + "x" * 5_000_000 + "\nloss: q",
        "loss: !" + "x" * 5_000_000 + " q",
        "loss: &" + "x" * 5_000_000 + " q",
    ],
)
def test_large_files_take_bounded_work(text: str) -> None:
    outcome(text)


def test_the_networks_themselves_are_read() -> None:
    """So that the mutations start from what is right."""
    assert len(NETWORKS) > 8
    assert all(load(path).trace().steps for path in NETWORKS)


# Random texts: a trace or a complaint, nothing else


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda data: data.decode("utf-8", "surrogateescape")))
@examples(100)
def test_any_text(text: str) -> None:
    outcome(text)


@given(documents())
@examples(100)
def test_any_document(text: str) -> None:
    outcome(text)


@given(mutations())
@examples(200)
def test_any_mutation_of_a_network(text: str) -> None:
    outcome(text)


@given(sentences(), sentences())
@examples(120)
def test_any_equation(forward: str, loss: str) -> None:
    givens = "input: {x: 2, b: [1, -2], u: [0]}\nweights: {w: [[1, 2], [3, 0]], c: [[1], [-1]]}\n"
    rest = "gradients: [weights, input]\nupdate: {lr: 1/2}\n"
    outcome(f"{givens}forward: {{z: '{forward.replace('z', 'x')}'}}\nloss: 'sum({loss})'\n{rest}")


class Bytes:
    """Stands for a path that is no text."""

    def __fspath__(self) -> bytes:
        return b"net.yaml"


@pytest.mark.parametrize("path", [b"net.yaml", None, 3, ["net.yaml"], Bytes()])
def test_a_path_that_is_no_text_is_refused(path: Any) -> None:
    of = "bytes" if isinstance(path, Bytes) else type(path).__name__
    with pytest.raises(SpecError, match=f"^error: a path is a text, not of type {of}\n   bptrace.loads reads a text$"):
        load(path)
    with pytest.raises(SpecError, match=r"^error: a path is a text, not of type "):
        loads("weights: {w: 1}\nloss: w", allow=[path])


@pytest.mark.parametrize("allow", [None, 3, b".", Bytes()])
def test_a_folder_that_is_no_text_is_refused(allow: Any) -> None:
    with pytest.raises(SpecError, match=r"^error: a path is a text, not of type "):
        loads("weights: {w: 1}\nloss: w", allow=allow)
