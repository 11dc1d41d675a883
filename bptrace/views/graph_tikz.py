r"""A graph in TikZ: a document of one page as large as the picture, or the picture alone for `\input`.

It is drawn where the SVG draws it, in LaTeX's own mathematics, which takes less room than what was measured.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from bptrace.graph.graph import CUT, INPUT, LOSS, TARGET, WEIGHT, Edge, Graph, Node
from bptrace.graph.labels import FACTOR, GRADIENT, NAME, SHAPE, VALUE
from bptrace.graph.wire_labels import Curve, Point
from bptrace.ops.format import PRODUCT
from bptrace.typeset.latex import Latex
from bptrace.typeset.latex_text import escaped
from bptrace.typeset.names import Names
from bptrace.typeset.tex import LETTER, Tex, atom
from bptrace.views.graph_drawing import HEADING, DrawnNode, Picture, picture_of
from bptrace.views.graph_text import LARGE, NORMAL, SMALL, Text, coordinate
from bptrace.views.latex_page import UNTITLED
from bptrace.views.sentences import MathSentences, in_dollars

UNIT = 0.5
"""How many points a unit of the picture is: a name is set in 12 points."""
COLOURS = {"forward": "0B4FB3", "backward": "A2340A", "given": "EEF1F6", "grey": "707078"}
SIZES = {LARGE: r"\large", NORMAL: r"\small", SMALL: r"\scriptsize"}
LOOKS = {NAME: "", SHAPE: "", VALUE: "forward", GRADIENT: "backward", FACTOR: "backward", HEADING: "grey"}
"""The colours of what is said."""
STYLES = r"""  line/.style={line width=0.7pt, -{Stealth[length=5pt, width=4.5pt]}},
  outline/.style={line width=0.9pt, fill=white}, round/.style={rounded corners=5pt},
  on path/.style={draw=backward, line width=1.8pt}, blocked/.style={draw=grey, dash pattern=on 3pt off 2.5pt},
  text at/.style={inner sep=0pt, outer sep=0pt, align=center}"""
FITTED = r"""\def\fitted#1#2{\setbox0\hbox{#2}\ifdim\wd0>#1\resizebox{#1}{!}{\box0}\else\box0\fi}"""
"""What is wider than its room is made smaller."""
NEEDED = r"\usepackage{amsmath,tikz}\usetikzlibrary{arrows.meta}"


class SlashedLatex(Latex):
    r"""Mathematics no higher than a line of text, derivatives among it: `\partial L/\partial w`."""

    derivative_strength = PRODUCT
    half = atom(r"\tfrac{1}{2}", 2 * LETTER)

    def __init__(self) -> None:
        super().__init__(inline=True)

    def partial(self, loss: Tex, quantity: Tex) -> Tex:
        """A quotient with a slash."""
        change = atom(r"\partial ", LETTER)
        return Tex.row([change, loss, atom("/"), change, quantity])


def write_graph_tikz(graph: Graph, out: TextIO) -> None:
    """Write a picture of a graph as a document of one page."""
    picture = picture_of(graph)
    left, top, right, bottom = picture.extent
    width, height = coordinate((right - left) * UNIT + 1), coordinate((bottom - top) * UNIT + 1)
    out.write(f"\\documentclass{{article}}\n\\usepackage[paperwidth={width}pt, paperheight={height}pt, margin=0pt]")
    out.write("{geometry}\n\\usepackage[T1]{fontenc}\n\\IfFileExists{lmodern.sty}{\\usepackage{lmodern}}{}\n")
    out.write(f"{NEEDED}\n\\pagestyle{{empty}}\\parindent=0pt\\topskip=0pt\n\n\\begin{{document}}\n")
    out.write(f"% {escaped(graph.trace.title or UNTITLED)}\n")
    _write_picture(graph, picture, out)
    out.write("\\end{document}\n")


def write_tikz_picture(graph: Graph, out: TextIO) -> None:
    r"""Write a picture of a graph alone, which is to be `\input` into a document."""
    out.write(f"% {NEEDED}\n")
    _write_picture(graph, picture_of(graph), out)


def _write_picture(graph: Graph, picture: Picture, out: TextIO) -> None:
    sentences = MathSentences(graph.trace, Names(graph.trace, SlashedLatex()), escaped, in_dollars)
    out.write(f"\\begingroup\n{FITTED}\n")
    out.writelines(f"\\definecolor{{{name}}}{{HTML}}{{{code}}}\n" for name, code in COLOURS.items())
    out.write(f"\\begin{{tikzpicture}}[x={UNIT}pt, y=-{UNIT}pt,\n{STYLES}]\n")
    out.write(f"\\useasboundingbox {_corners(picture.extent)};\n")
    for heading in picture.headings:
        out.write(_text(heading, sentences))
    for edge in picture.edges:
        out.write(f"\\draw[line{_looks(edge.edge)}] {_route(edge.route)};\n")
    for edge in picture.edges:
        if edge.room:
            out.write(f"\\fill[white] {_corners(edge.room)};\n")
        out.writelines(_text(text, sentences, edge.edge.greyed) for text in edge.texts)
    for node in picture.nodes:
        out.writelines(f"\\fill[white] {_corners(text.room)};\n" for text in node.beside)
        out.writelines(_outlines(node))
        out.writelines(_text(text, sentences, node.node.greyed) for text in node.texts)
    out.write("\\end{tikzpicture}%\n\\endgroup\n")


def _looks(drawn: Node | Edge) -> str:
    return ", on path" if drawn.on_path else ", blocked" * drawn.greyed


def _route(route: tuple[Curve, ...]) -> str:
    """Curves one behind the other."""
    found = [_point(route[0].start)]
    for curve in route:
        first, second = curve.handles
        found.append(f".. controls {_point(first)} and {_point(second)} .." if curve.bend else "--")
        found.append(_point(curve.end))
    return " ".join(found)


def _outlines(drawn: DrawnNode) -> Iterator[str]:
    """A circle or a box; two of the loss, one in the other."""
    node = drawn.node
    if node.kind == CUT:
        return
    given = node.kind in (INPUT, WEIGHT, TARGET)
    for inset in (0.0, 5.0) if node.kind == LOSS else (0.0,):
        looks = f"\\draw[outline{', fill=given' * given}{_looks(node)}"
        if drawn.tile.radius:
            yield f"{looks}] {_point(drawn.centre)} circle[radius={coordinate(drawn.tile.radius - inset)}];\n"
        else:
            yield f"{looks}{', round' * (not given)}] {_corners(drawn.box.grown(-inset))};\n"


def _text(text: Text, sentences: MathSentences[Tex], greyed: bool = False) -> str:
    """A text at its place; one of several lines is broken by LaTeX, in the room that they were given."""
    left, top, right, bottom = text.room
    colour, width = "grey" if greyed else LOOKS[text.label.role], f"{coordinate((right - left) * UNIT)}pt"
    looks = ["text at", *[colour] * bool(colour), *[f"text width={width}"] * (len(text.lines) > 1)]
    set_text = f"{SIZES.get(text.size, SIZES[SMALL])}\\strut {sentences.write(text.label.text)}"
    inner = set_text if len(text.lines) > 1 else f"\\fitted{{{width}}}{{{set_text}}}"
    return f"\\node[{', '.join(looks)}] at {_point(Point((left + right) / 2, (top + bottom) / 2))} {{{inner}}};\n"


def _corners(box: tuple[float, float, float, float]) -> str:
    left, top, right, bottom = box
    return f"{_point(Point(left, top))} rectangle {_point(Point(right, bottom))}"


def _point(point: Point) -> str:
    return f"({coordinate(point.x)},{coordinate(point.y)})"
