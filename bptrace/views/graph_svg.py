"""A graph in SVG: no script, no style attribute, light and dark, and to be told apart without colours as well."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import hypot
from typing import TextIO, TypeAlias

from bptrace.graph.advance_widths import SCRIPT
from bptrace.graph.graph import CUT, INPUT, LOSS, TARGET, WEIGHT, Edge, Graph, Node
from bptrace.graph.labels import FACTOR, GRADIENT, VALUE, legend_of, shown_in
from bptrace.graph.wire_labels import Curve, Point, Rectangle
from bptrace.typeset.tags import Tagged, start_tag, tag, tagged
from bptrace.typeset.unicode import Unicode
from bptrace.views.graph_drawing import HEADING, DrawnEdge, DrawnNode, Picture, picture_of
from bptrace.views.graph_text import Text, TextLine, coordinate, shifts
from bptrace.views.sentences import text_sentences

FONT = "Helvetica Neue, Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif"
INK, PAPER, GREY, LINE, GIVEN = "#1b1d22", "#ffffff", "#707078", "#55585f", "#eef1f6"
FORWARD, BACKWARD = "#0b4fb3", "#a2340a"
"""What goes forward, and what flows back."""
COLOURS = {VALUE: FORWARD, GRADIENT: BACKWARD, FACTOR: BACKWARD, HEADING: GREY}
GIVENS = (INPUT, WEIGHT, TARGET)
RAISED, LOWERED, BELOW = 0.42, 0.22, 0.32
"""How far raised and lowered letters stand above and below the rest, and lowered ones below raised, in its size."""
BASELINE = 0.35
"""How far below the middle of a line its letters stand, in their size."""
USUAL = 0.88
"""How wide letters are in most fonts, beside the room that they are given."""
ARROW = 11.0
NOWHERE = Rectangle(0.0, 0.0, 0.0, 0.0)
STYLE = """
@media (prefers-color-scheme: dark) {
  .bptrace-graph .paper, .bptrace-graph .room { fill: #14161a }
  .bptrace-graph .outline { fill: #14161a; stroke: #e9eaee }
  .bptrace-graph .given .outline { fill: #262a32 }
  .bptrace-graph text { fill: #e9eaee }
  .bptrace-graph .line { stroke: #a9adb8 }
  .bptrace-graph .tip { fill: #a9adb8 }
  .bptrace-graph .value { fill: #8fbcff }
  .bptrace-graph .gradient, .bptrace-graph .factor { fill: #ffb08a }
  .bptrace-graph .heading, .bptrace-graph .greyed text { fill: #a2a4ac }
  .bptrace-graph .greyed .outline, .bptrace-graph .greyed .line { stroke: #8b8d96 }
  .bptrace-graph .path .outline, .bptrace-graph .path .line { stroke: #ffb08a }
  .bptrace-graph .path .tip { fill: #ffb08a }
}
"""
"""The colours where it is dark; those where it is light stand at the elements."""


Look: TypeAlias = "Callable[[str], str | None]"
"""What an attribute that says how something looks is: its value, or nothing where a style sheet says that."""


def write_graph_svg(graph: Graph, out: TextIO) -> None:
    """Write a picture of a graph that stands for itself."""
    out.write(f"{svg_of(graph)}\n")


def svg_of(graph: Graph, styled: bool = True) -> Tagged:
    """A picture of a graph as one element; without a style of its own where the page that it is put into has that."""
    picture, look = picture_of(graph), _by_itself if styled else _by_style_sheet
    sides = _sides(picture.extent)
    start = start_tag(
        "svg",
        xmlns="http://www.w3.org/2000/svg",
        class_="bptrace-graph",
        viewBox=" ".join(sides.values()),
        width=sides["width"],
        height=sides["height"],
        role="img",
        font_family=FONT,
    )
    parts = [
        tag("title", graph.trace.title or "A network"),
        tag("desc", _described(graph)),
        *([tag("style", Tagged(STYLE))] if styled else []),
        tag("rect", class_="paper", **sides, fill=look(PAPER)),
        *_drawn(picture, look),
    ]
    return tagged(start, *[each for part in parts for each in (Tagged("\n"), part)], Tagged("\n</svg>"))


def _drawn(picture: Picture, look: Look) -> Iterator[Tagged]:
    """Lines first, then what is written on them, which they pass below, as they do below nodes."""
    for text in picture.headings:
        yield from _lines(text, look)
    yield from (_edge(drawn, look) for drawn in picture.edges)
    yield from (_at_edge(drawn, look) for drawn in picture.edges if drawn.room)
    yield from (_node(drawn, look) for drawn in picture.nodes)


def _by_itself(value: str) -> str:
    return value


def _by_style_sheet(value: str) -> None:
    return None


def _described(graph: Graph) -> str:
    """What there is to be seen, and what lines that are not as usual stand for."""
    text = text_sentences(graph.trace, Unicode())
    return "; ".join(map(text.write, [shown_in(graph), *legend_of(graph)]))


# edges


def _edge(drawn: DrawnEdge, look: Look) -> Tagged:
    """A line with its arrow head."""
    edge = drawn.edge
    stroke = BACKWARD if edge.on_path else GREY if edge.greyed else LINE
    line = tag(
        "path",
        class_="line",
        d=_route(drawn.route),
        fill=look("none"),
        stroke=look(stroke),
        stroke_width=look("4" if edge.on_path else "1.6"),
        stroke_dasharray="5 5" if edge.greyed else None,
    )
    tip = tag("path", class_="tip", d=_tip(drawn.route[-1]), fill=look(stroke))
    title = [tag("title", drawn.told)] if drawn.told else []
    return tag("g", *title, line, tip, id=edge.id, class_=_kinds("edge", edge))


def _at_edge(drawn: DrawnEdge, look: Look) -> Tagged:
    """What is written at an edge, which no line passes through: `data-edge` says which it belongs to."""
    edge = drawn.edge
    texts = [line for text in drawn.texts for line in _lines(text, look, edge.greyed)]
    return tag("g", _room(drawn.room or NOWHERE, look), *texts, class_=_kinds("label", edge), data_edge=edge.id)


def _kinds(kind: str, drawn: Node | Edge) -> str:
    """The classes of an element."""
    return " ".join([kind, *["greyed"] * drawn.greyed, *["path"] * drawn.on_path])


def _route(route: tuple[Curve, ...]) -> str:
    """The curves as a path's commands; the last one ends where its arrow head begins."""
    *before, last = route
    found = [f"M{_point(route[0].start)}"]
    for curve in [*before, _before_tip(last)]:
        if curve.bend:
            first, second = curve.handles
            found.append(f"C{_point(first)} {_point(second)} {_point(curve.end)}")
        else:
            found.append(f"L{_point(curve.end)}")
    return "".join(found)


def _direction(curve: Curve) -> tuple[float, float]:
    """Where a curve leads at its end."""
    if curve.bend:
        ahead = 1.0 if curve.bend > 0 else -1.0
        return (0.0, ahead) if curve.downward else (ahead, 0.0)
    across, down = curve.end.x - curve.start.x, curve.end.y - curve.start.y
    length = hypot(across, down)
    return across / length, down / length


def _before_tip(curve: Curve) -> Curve:
    across, down = _direction(curve)
    end = Point(curve.end.x - across * ARROW * 0.8, curve.end.y - down * ARROW * 0.8)
    return curve._replace(end=end)


def _tip(curve: Curve) -> str:
    """A triangle at the end of a curve."""
    across, down = _direction(curve)
    x, y = curve.end
    base_x, base_y, half = x - across * ARROW, y - down * ARROW, ARROW * 0.42
    one = Point(base_x - down * half, base_y + across * half)
    other = Point(base_x + down * half, base_y - across * half)
    return f"M{_point(curve.end)}L{_point(one)}L{_point(other)}Z"


# nodes


def _node(drawn: DrawnNode, look: Look) -> Tagged:
    """An outline, and what is written in it and at it."""
    node = drawn.node
    given = node.kind in GIVENS
    kinds = _kinds(f"node {node.kind}{' given' * given}", node)
    stroke = BACKWARD if node.on_path else GREY if node.greyed else INK
    looks = {
        "class_": "outline",
        "fill": look(GIVEN if given else PAPER),
        "stroke": look(stroke),
        "stroke_width": look("4" if node.on_path else "2"),
        "stroke_dasharray": "6 5" if node.greyed else None,
    }
    outlines = list(_outlines(drawn, looks)) if node.kind != CUT else []
    rooms = [_room(text.room, look) for text in drawn.beside]
    texts = [line for text in (*drawn.inside, *drawn.beside) for line in _lines(text, look, node.greyed)]
    return tag("g", tag("title", drawn.told), *rooms, *outlines, *texts, id=node.id, class_=kinds)


def _outlines(drawn: DrawnNode, looks: dict[str, str | None]) -> Iterator[Tagged]:
    """A circle or a box; two of the loss, one in the other."""
    for inset in (0.0, 5.0) if drawn.node.kind == LOSS else (0.0,):
        if drawn.tile.radius:
            x, y = drawn.centre
            yield tag("circle", cx=coordinate(x), cy=coordinate(y), r=coordinate(drawn.tile.radius - inset), **looks)
        else:
            corner = 0.0 if drawn.node.kind in GIVENS else 12 - inset
            yield tag("rect", **_sides(drawn.box.grown(-inset)), rx=coordinate(corner), **looks)


# text


def _lines(text: Text, look: Look, greyed: bool = False) -> Iterator[Tagged]:
    """Lines of text, their letters raised and lowered."""
    for line in text.lines:
        yield tag(
            "text",
            *_spans(line, text.size),
            class_=text.label.role,
            x=coordinate(line.middle.x),
            y=coordinate(line.middle.y + BASELINE * text.size),
            font_size=coordinate(text.size),
            text_anchor=look("middle"),
            fill=look(GREY if greyed else COLOURS.get(text.label.role, INK)),
        )


def _spans(line: TextLine, size: float) -> Iterator[Tagged]:
    height = 0.0
    for (text, level, slanted, below), shift in zip(line.letters, shifts(line.letters, size), strict=False):
        raised = _raised(level, BELOW if below else LOWERED) * size
        if not (level or slanted or shift) and raised == height:
            yield tagged(text)
            continue
        yield tag(
            "tspan",
            text,
            dx=coordinate(shift * USUAL) if shift else None,
            dy=coordinate(height - raised) if raised != height else None,
            font_size=coordinate(size * SCRIPT ** abs(level)) if level else None,
            font_style="italic" if slanted else None,
        )
        height = raised


def _raised(level: int, lowered: float) -> float:
    """How high letters of a level stand, in sizes of the line's."""
    step = RAISED if level > 0 else -lowered
    return sum(step * SCRIPT**number for number in range(abs(level)))


def _room(box: Rectangle, look: Look) -> Tagged:
    """What keeps lines off a text."""
    return tag("rect", class_="room", **_sides(box), rx="3", fill=look(PAPER))


def _sides(box: Rectangle) -> dict[str, str]:
    left, top, right, bottom = box
    sides = {"x": left, "y": top, "width": right - left, "height": bottom - top}
    return {side: coordinate(length) for side, length in sides.items()}


def _point(point: Point) -> str:
    return f"{coordinate(point.x)} {coordinate(point.y)}"
