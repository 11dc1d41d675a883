"""A graph in DOT."""

from __future__ import annotations

from bptrace import loads
from tests.conftest import RELU, traced

SMALL = 'title: a "small" \\ & one\nweights: {w: 2}\nforward: {h: w + 1}\nloss: w*h'
FONT = 'fontname="Helvetica,Arial,sans-serif"'


def test_a_computation_graph() -> None:
    assert loads(SMALL).trace().graph(values=True).to_dot().splitlines() == [
        "digraph {",
        f'  graph [rankdir=TB, {FONT}, label="a \\"small\\" \\\\ &amp; one", labelloc=t]',
        f"  node [shape=box, {FONT}]",
        f"  edge [{FONT}]",
        '  n_w [label="w = 2"]',
        '  n_h [label="h = w + 1\\nh = 3", style="rounded"]',
        '  n_L [label="L = w·h\\nL = 6", peripheries=2, style="rounded"]',
        "  n_w -> n_h",
        "  n_w -> n_L",
        "  n_h -> n_L",
        "}",
    ]


def test_units_in_columns_with_the_path_bold_and_what_is_blocked_grey() -> None:
    lines = traced(RELU).graph(why="dL/dw11").to_dot().splitlines()
    assert lines[4:] == [
        '  n_x1 [label="x₁"]',
        '  n_x2 [label="x₂"]',
        '  one_0 [label="1", shape=circle]',
        '  n_h1 [label="h₁\\n× ReLU\'(z₁) = 1", shape=circle, penwidth=3]',
        '  n_h2 [label="h₂", shape=circle, color=gray40, fontcolor=gray40, style="dashed"]',
        '  one_1 [label="1", shape=circle]',
        '  n_yhat [label="ŷ", shape=circle, penwidth=3]',
        '  n_L [label="L = (ŷ - y)²", peripheries=2, penwidth=3, style="rounded"]',
        '  n_y [label="y"]',
        "  { rank=same; n_x1; n_x2; one_0 }",
        "  { rank=same; n_h1; n_h2; one_1 }",
        "  { rank=same; n_yhat }",
        "  { rank=same; n_L }",
        "  { rank=same; n_y }",
        '  n_x1 -> n_h1 [label="w₁₁\\n× x₁ = 1", penwidth=3]',
        '  n_x2 -> n_h1 [label="w₁₂"]',
        '  one_0 -> n_h1 [label="b₁"]',
        '  n_x1 -> n_h2 [label="w₂₁", color=gray40, fontcolor=gray40, style="dashed"]',
        '  n_x2 -> n_h2 [label="w₂₂", color=gray40, fontcolor=gray40, style="dashed"]',
        '  one_0 -> n_h2 [label="b₂", color=gray40, fontcolor=gray40, style="dashed"]',
        '  n_h1 -> n_yhat [label="v₁\\n× v₁ = 1", penwidth=3]',
        '  n_h2 -> n_yhat [label="v₂"]',
        '  one_1 -> n_yhat [label="c"]',
        '  n_yhat -> n_L [label="× 2·(ŷ - y) = -2", penwidth=3]',
        "  n_L -> n_y [dir=back]",
        "}",
    ]
