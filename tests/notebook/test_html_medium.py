"""Tables in HTML: exact texts, and well-formed."""

from __future__ import annotations

from bptrace.notebook.html_medium import STYLE, HtmlMedium
from bptrace.notebook.medium import ShownTable, TableBlock
from bptrace.typeset.tags import Tagged

MEDIUM = HtmlMedium()
TWO = MEDIUM.form.letter("a")


def test_a_table() -> None:
    block = TableBlock("1. Forward", [("z", Tagged("<math></math>")), "… 2 more rows …"], ["a < b"])
    assert MEDIUM.table(ShownTable("A title", ("quantity", "value"), [block], ["told"])) == (
        f'<div class="bptrace"><style>{STYLE}</style><table><caption>A title</caption>'
        '<thead><tr><th scope="col">quantity</th><th scope="col">value</th></tr></thead>'
        '<tbody><tr class="heading"><th colspan="2" scope="rowgroup">1. Forward</th></tr>'
        "<tr><td>z</td><td><math></math></td></tr>"
        '<tr><td class="left-out" colspan="2">… 2 more rows …</td></tr>'
        '<tr><td class="note" colspan="2">a &lt; b</td></tr></tbody></table><p>told</p></div>'
    )


def test_what_has_no_title_no_header_and_no_heading_is_rows_alone() -> None:
    written = MEDIUM.table(ShownTable("", (), [TableBlock("", [("a", "b")])]))
    assert written.endswith("<table><tbody><tr><td>a</td><td>b</td></tr></tbody></table></div>")


def test_mathematics_alone_needs_no_style() -> None:
    assert MEDIUM.alone(TWO) == '<div class="bptrace"><math><mi>a</mi></math></div>'
