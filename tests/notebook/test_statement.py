"""A network as a notebook shows it: its givens and its equations, each label once."""

from __future__ import annotations

import pytest

from bptrace import loads
from bptrace.notebook.statement import network_table
from bptrace.notebook.tex_media import MarkdownMedium

MEDIUM = MarkdownMedium()


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "input: {x: [1, 0.5]}\nweights: {w: 2, b: -1}\nforward: {z: w*x + b, h: relu(z)}\nloss: sum(h)",
            [
                r"input / x = \begin{pmatrix} 1 \\ 0.5 \end{pmatrix}",
                "weights / w = 2",
                "b = -1",
                r"forward / z = w \cdot x + b",
                r"h = \operatorname{ReLU}(z)",
                r"loss / L = \sum h",
            ],
        ),
        (
            "weights: {w: 2}\nloss: w^2\nupdate: {lr: 1/4}",
            [
                "weights / w = 2",
                r"update / \alpha = 1/4",
                "loss / L = w^{2}",
                r"update / \theta_{\text{new}} = \theta_{\text{old}} - \alpha \cdot \nabla L",
            ],
        ),
        (
            "weights: {w: 2}\nsamples: [{input: {x: 1}}, {input: {x: 3}}]\nloss: w*x\nupdate: {lr: 0.1}",
            [
                "weights / w = 2",
                r"update / \alpha = 0.1",
                "input, sample 1 of 2 / x = 1",
                r"loss / L = w \cdot x",
                r"update / \theta_{\text{new}} = \theta_{\text{old}} - \alpha \cdot \nabla L",
            ],
        ),
        (
            "weights: {w: 2x3, b: scalar}\nloss: sum(w)*b",
            [r"weights / w \in \mathbb{R}^{2 \times 3}", "b", r"loss / L = \left(\sum w\right) \cdot b"],
        ),
    ],
)
def test_what_a_network_says(text: str, lines: list[str]) -> None:
    _, _, *rows = network_table(MEDIUM, loads(text)).splitlines()
    told = [row.strip("| ").replace(" | ", " / ").replace("$", "") for row in rows]
    assert told == lines


def test_a_title_and_what_is_probably_not_meant() -> None:
    written = network_table(MEDIUM, loads("title: One\nweights: {w: 2, b: 1}\nloss: w^2"))
    assert written.startswith("**One**\n")
    assert written.endswith("line 2, column 17: nothing reads $b$ (unread)")


def test_a_long_number_is_cut_in_the_middle() -> None:
    assert r"$w = \text{10000000\dots{}00000000 (41 digits)}$" in network_table(
        MEDIUM, loads(f"weights: {{w: {10**40}}}\nloss: w^2")
    )


def test_a_large_given_is_cut_in_the_middle() -> None:
    written = network_table(MEDIUM, loads(f"weights: {{w: {list(range(50))}}}\nloss: sum(w)"))
    assert r"6 \\ \text{\dots{}} \\ 47 \\ 48 \\ 49" in written
