"""Tagged: what is text stays text, wherever it is put."""

from __future__ import annotations

import pytest

from bptrace.typeset.tags import Tagged, start_tag, tag, tagged


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a<b", "a&lt;b"),
        ("</script><img src=x onerror=alert(1)>", "&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"),
        ("\"'&amp;", "&quot;&#x27;&amp;amp;"),
        ("\x1b[31m\u202e\0", "\N{REPLACEMENT CHARACTER}[31m" + 2 * "\N{REPLACEMENT CHARACTER}"),
        ("two\nlines", "two lines"),
    ],
)
def test_text_is_escaped(text: str, written: str) -> None:
    assert tagged(text) == written
    assert tag("p", text) == f"<p>{written}</p>"
    assert tag("p", title=text) == f'<p title="{written}"></p>'


def test_markup_is_put_in_as_it_is() -> None:
    assert tag("p", tag("b", "1<2"), " & ", Tagged("<i>3</i>")) == "<p><b>1&lt;2</b> &amp; <i>3</i></p>"
    assert tagged("a", tag("b"), "<") == "a<b></b>&lt;"


def test_attributes_are_spelled_as_in_html() -> None:
    written = start_tag("input", class_="a", data_step=3, hidden=True, checked=False, id=None)
    assert written == '<input class="a" data-step="3" hidden>'
