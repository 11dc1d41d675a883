from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from bptrace import loads
from bptrace.graph.drawing import graph_of
from bptrace.graph.graph import QUANTITY_NODES, UNIT_NODES, Content
from bptrace.views.graph_tikz import write_graph_tikz, write_tikz_picture
from tests.conftest import RELU, Command, traced
from tests.rendering import compiled, needs_packages

SMALL = "input: {x: 1}\nweights: {w: 2}\nloss: (w*x - 1/2)^2"
HOSTILE = 'title: "\\\\input{x}\\n%$"\nweights: {w_: 2}\nloss: w_^2'


def tikz(text: str, content: Content | None = None) -> str:
    out = io.StringIO()
    write_tikz_picture(graph_of(loads(text).trace(), QUANTITY_NODES, content or Content()), out)
    return out.getvalue()


def test_a_computation_graph_has_names_as_latex_sets_them_and_derivatives_no_higher_than_a_line() -> None:
    lines = tikz(SMALL, Content(values=True, gradients=True)).splitlines()
    assert lines[0] == r"% \usepackage{amsmath,tikz}\usetikzlibrary{arrows.meta}"
    assert [re.sub(r"at \([-.,\d]+\)", "at P", line) for line in lines if line.startswith(r"\node")] == [
        r"\node[text at, forward] at P {\fitted{25.2pt}{\small\strut $x = 1$}};",
        r"\node[text at, forward] at P {\fitted{27.9pt}{\small\strut $w = 2$}};",
        r"\node[text at, backward] at P {\fitted{47.25pt}{\small\strut $\partial L/\partial w = 3$}};",
        r"\node[text at] at P {\fitted{95.01pt}{\large\strut $L = (w \cdot x - \tfrac{1}{2})^{2}$}};",
        r"\node[text at, forward] at P {\fitted{35.1pt}{\small\strut $L = 9/4$}};",
    ]


def test_every_node_and_edge_is_drawn() -> None:
    graph, out = graph_of(traced(RELU), UNIT_NODES), io.StringIO()
    write_tikz_picture(graph, out)
    assert len(re.findall(r"\\draw\[line", out.getvalue())) == len(graph.edges)
    assert len(re.findall(r" circle\[", out.getvalue())) == len(graph.nodes) + 1  # two of the loss


def test_what_a_file_says_is_no_command() -> None:
    out = io.StringIO()
    write_graph_tikz(graph_of(loads(HOSTILE).trace(), QUANTITY_NODES), out)
    assert r"% \textbackslash{}input\{x\} \%\$" in out.getvalue()


def test_the_command_writes_a_document_or_the_picture_alone(command: Command) -> None:
    document, picture = (command("graph", RELU, "--format", "tikz", *more)[1] for more in ((), ("--fragment",)))
    assert r"\documentclass" in document
    assert r"\documentclass" not in picture
    assert picture.partition("\n")[2] in document
    status, out, err = command("graph", RELU, "--format", "svg", "--fragment")
    assert (status, out) == (2, "")
    assert "--fragment is for TikZ; this is svg" in err


@pytest.mark.parametrize("kind", [UNIT_NODES, QUANTITY_NODES])
def test_a_document_is_one_page(kind: str, tmp_path: Path) -> None:
    out = io.StringIO()
    write_graph_tikz(graph_of(traced(RELU), kind, Content(True, True, "dL/dw11")), out)
    needs_packages("tikz.sty")
    assert "(1 page," in compiled("pdflatex", out.getvalue(), tmp_path)
