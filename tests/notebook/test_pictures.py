"""Pages and drawings in a notebook: a frame that reaches nothing, a picture that needs no SVG of its own."""

from __future__ import annotations

from base64 import b64decode
from html import unescape

from bptrace import loads
from bptrace.notebook.pictures import Page, drawing_bundle

TRACE = loads("title: '\"><script>alert(1)</script>'\nweights: {w: 2}\nloss: w^2").trace()


def test_a_page_is_framed_whole_and_may_run_scripts_alone() -> None:
    page = TRACE.page()
    frame = page._repr_mimebundle_()["text/html"]
    head, _, rest = frame.partition(' srcdoc="')
    assert head.startswith('<iframe sandbox="allow-scripts" title="&quot;&gt;&lt;script&gt;')
    assert "<script>" not in frame
    assert unescape(rest.removesuffix('"></iframe>')) == page.html == TRACE.to_html()


def test_what_a_page_is_in_plain_text() -> None:
    assert repr(Page("abc")) == "<Page of a network, 3 characters>"


def test_a_drawing_is_a_picture_where_svg_is_dropped() -> None:
    shown = drawing_bundle("<svg>é</svg>", 'a "b"', "<Graph>")
    assert (shown["image/svg+xml"], shown["text/plain"]) == ("<svg>é</svg>", "<Graph>")
    start, _, rest = shown["text/html"].partition("base64,")
    assert start == '<img src="data:image/svg+xml;'
    data, _, end = rest.partition('"')
    assert b64decode(data).decode() == "<svg>é</svg>"
    assert end == ' alt="a &quot;b&quot;" style="max-width: 100%">'
