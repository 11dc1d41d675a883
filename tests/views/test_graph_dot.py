"""A graph in DOT."""

from __future__ import annotations

import io

from bptrace import loads
from bptrace.graph.graph import Content
from bptrace.graph.quantity_graph import quantity_graph
from bptrace.views.graph_dot import write_graph_dot

SMALL = 'title: a "small" \\ one\nweights: {w: 2}\nforward: {h: w + 1}\nloss: w*h'


def test_a_computation_graph() -> None:
    out = io.StringIO()
    write_graph_dot(quantity_graph(loads(SMALL).trace(), Content(values=True)), out)
    assert out.getvalue().splitlines() == [
        "digraph {",
        '  graph [rankdir=TB, label="a \\"small\\" \\\\ one", labelloc=t];',
        '  node [shape=box, style=rounded, fontname="sans-serif"];',
        '  edge [fontname="sans-serif"];',
        '  "n_w" [label="w = 2", shape=box];',
        '  "n_h" [label="h = w + 1\\nh = 3"];',
        '  "n_L" [label="L = w·h\\nL = 6", shape=doublecircle];',
        '  "n_w" -> "n_h";',
        '  "n_w" -> "n_L";',
        '  "n_h" -> "n_L";',
        "}",
    ]
