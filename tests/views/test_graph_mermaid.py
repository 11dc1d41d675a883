"""A graph in Mermaid."""

from __future__ import annotations

from bptrace import loads
from tests.conftest import RELU, traced

ODD = "title: '%%{init: 1}%% \"q\"'\nweights: {w_a: -2}\nforward: {h: relu(w_a)}\nloss: 3*h"


def test_text_is_text_and_grey_and_bold_are_by_class_and_place() -> None:
    assert loads(ODD).trace().graph(values=True, why="dL/dw_a").to_mermaid().splitlines() == [
        "---",
        'title: "\\u0025\\u0025{init: 1}\\u0025\\u0025 \\"q\\""',
        "---",
        "flowchart TB",
        '  n_w_5f_a["wₐ = -2"]',
        '  n_h["h = ReLU(wₐ)<br>h = 0"]',
        '  n_L(["L = 3·h<br>L = 0"])',
        '  n_w_5f_a -->|"× ReLU\'(wₐ) = 0"| n_h',
        '  n_h -->|"× 3"| n_L',
        "  classDef greyed stroke:gray,color:gray,stroke-dasharray:5",
        "  class n_w_5f_a greyed",
        "  classDef path stroke-width:4px",
        "  class n_w_5f_a,n_h,n_L path",
        "  linkStyle 0 stroke:gray,color:gray,stroke-dasharray:5",
        "  linkStyle 0,1 stroke-width:4px",
    ]


def test_a_unit_with_much_in_it_is_no_circle() -> None:
    assert '  n_h1(("h₁"))' in traced(RELU).graph().to_mermaid().splitlines()
    assert '  n_h1("z₁ = 2<br>h₁ = 2<br>∂L/∂h₁ = -2<br>∂L/∂z₁ = -2")' in (
        traced(RELU).graph(values=True, gradients=True).to_mermaid().splitlines()
    )
