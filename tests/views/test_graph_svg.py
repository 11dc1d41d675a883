from __future__ import annotations

import io
import re
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bptrace import loads
from bptrace.graph.advance_widths import advance_width
from bptrace.graph.drawing import graph_of
from bptrace.graph.graph import QUANTITY_NODES, UNIT_NODES, Content
from bptrace.graph.wire_labels import Point, Rectangle
from bptrace.views.graph_svg import USUAL, svg_of, write_graph_svg
from tests.conftest import EVERY_NETWORK, RELU, SYMBOLIC, Command, derived_of, traced

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = 'title: "</title><script>alert(1)</script> & \\" \x07"\ninput: {x: 1}\nweights: {w: 2}\nloss: (w*x)^2'


def drawn(path: str | Path, kind: str, content: Content) -> ElementTree.Element:
    trace = derived_of(path) if path in SYMBOLIC else traced(path)
    return ElementTree.fromstring(svg_of(graph_of(trace, kind, content)))


def box(text: ElementTree.Element) -> Rectangle:
    """What a line of text takes, by the attributes that it is written with."""
    size = float(text.attrib["font-size"])
    pieces = [(text.text or "", size)]
    for span in text:
        pieces += [(span.text or "", float(span.get("font-size", size))), (span.tail or "", size)]
    shifted = sum(float(span.get("dx", 0)) for span in text) / USUAL
    width = sum(advance_width(piece, its) for piece, its in pieces) + shifted
    middle = Point(float(text.attrib["x"]), float(text.attrib["y"]) - 0.35 * size)
    return Rectangle.around(middle, width, 1.1 * size)


@pytest.mark.parametrize("path", EVERY_NETWORK, ids=lambda path: path.stem)
def test_no_text_covers_another(path: Path) -> None:
    texts = drawn(path, "auto", Content(values=True, gradients=True)).iter(f"{SVG}text")
    for one, other in combinations([(box(text), "".join(text.itertext())) for text in texts], 2):
        assert not one[0].overlaps(other[0]), (one[1], other[1])


@pytest.mark.parametrize("kind", [UNIT_NODES, QUANTITY_NODES])
def test_every_node_and_edge_is_an_element_by_its_id_and_says_what_it_is(kind: str) -> None:
    graph = graph_of(traced(RELU), kind, Content(values=True))
    root = ElementTree.fromstring(svg_of(graph))
    found = {group.attrib["id"]: group for group in root.iter(f"{SVG}g") if "id" in group.attrib}
    assert list(found) == [*[edge.id for edge in graph.edges], *[node.id for node in graph.nodes]]
    assert all(found[node.id].findtext(f"{SVG}title") for node in graph.nodes)
    at_edges = {group.attrib["data-edge"] for group in root.iter(f"{SVG}g") if "data-edge" in group.attrib}
    assert at_edges <= {edge.id for edge in graph.edges}


def test_a_picture_says_what_it_shows() -> None:
    root = drawn(RELU, UNIT_NODES, Content(gradients=True, why="dL/dw11"))
    assert root.findtext(f"{SVG}title") == "Two-layer ReLU network"
    assert root.findtext(f"{SVG}desc") == (
        "units: 2 inputs → hidden layer: 2 units, ReLU → output: 1 unit → loss, 1 target; "
        "heavy: the paths to ∂L/∂w₁₁; dashed: nothing flows back"
    )


def test_names_have_their_subscripts_lowered() -> None:
    text = svg_of(graph_of(traced(RELU), UNIT_NODES))
    assert '<tspan font-style="italic">x</tspan><tspan dy="5.28" font-size="17.28">1</tspan></text>' in text


def test_what_is_blocked_is_dashed_and_what_is_on_a_path_is_thick() -> None:
    root = drawn(RELU, UNIT_NODES, Content(gradients=True, why="dL/dw11"))
    groups = {group.get("id", ""): group for group in root.iter(f"{SVG}g")}
    line, outline = f"{SVG}path[@class='line']", f"{SVG}circle"
    assert groups["e-n_x1-n_h2"].find(line).attrib["stroke-dasharray"]  # type: ignore[union-attr]
    assert groups["n_h2"].find(outline).attrib["stroke-dasharray"]  # type: ignore[union-attr]
    assert groups["e-n_x1-n_h1"].find(line).attrib["stroke-width"] == "4"  # type: ignore[union-attr]


def test_the_loss_has_two_outlines() -> None:
    groups = {group.get("id"): group for group in drawn(RELU, UNIT_NODES, Content()).iter(f"{SVG}g")}
    assert len(groups["n_L"].findall(f"{SVG}circle")) == 2


@pytest.mark.parametrize("kind", [UNIT_NODES, QUANTITY_NODES])
def test_there_is_no_style_attribute_no_script_and_no_address(kind: str) -> None:
    text = svg_of(graph_of(traced(RELU), kind, Content(values=True, gradients=True)), styled=False)
    assert not re.search(r"style=|<style|<script|href|url\(|\son\w+=", text.replace("font-style=", ""))
    assert re.findall(r"https?://[^\"]*", text) == ["http://www.w3.org/2000/svg"]


def test_a_picture_of_its_own_is_light_and_dark() -> None:
    assert "@media (prefers-color-scheme: dark)" in svg_of(graph_of(traced(RELU), UNIT_NODES))


def test_whatever_a_file_says_is_text() -> None:
    out = io.StringIO()
    write_graph_svg(graph_of(loads(HOSTILE.replace("\x07", "\\a")).trace(), QUANTITY_NODES), out)
    root = ElementTree.fromstring(out.getvalue())
    assert "<script>alert(1)</script>" in (root.findtext(f"{SVG}title") or "")
    assert not list(root.iter(f"{SVG}script"))


def test_the_command_writes_one_by_the_suffix(command: Command, tmp_path: Path) -> None:
    status, out, _ = command("graph", RELU, "-o", tmp_path / "network.svg")
    assert (status, out) == (0, "")
    assert ElementTree.parse(tmp_path / "network.svg").getroot().tag == f"{SVG}svg"
