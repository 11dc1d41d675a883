"""What every medium of a notebook is asked for: the tables are the same, whatever they are written in."""

from __future__ import annotations

from typing import Any

import pytest

from bptrace import loads
from bptrace.notebook.bundles import MEDIA
from bptrace.notebook.medium import Medium, ShownTable, TableBlock

HOSTILE = "</style><script>alert(1)</script> $x$ | *b* \\input{a} & `c`"
TABLE = ShownTable("", (), [TableBlock("", [("a", "b"), "… 3 more rows …"], ["noted"])], ["told"])


@pytest.mark.parametrize("medium", MEDIA.values(), ids=MEDIA)
def test_all_of_a_table_is_written(medium: Medium[Any]) -> None:
    written = medium.table(TABLE)
    assert [written.index(part) for part in ("a", "… 3 more rows …", "noted", "told")]


@pytest.mark.parametrize("medium", MEDIA.values(), ids=MEDIA)
def test_sentences_are_about_the_trace_that_is_given(medium: Medium[Any]) -> None:
    trace = loads("weights: {w: 2}\nforward: {z: w*3}\nloss: z^2").trace()
    assert "z" in medium.sentences(trace).write(trace.steps[0].heading)


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("text/html", "&lt;/style&gt;&lt;script&gt;alert(1)&lt;/script&gt; $x$ | *b* \\input{a} &amp; `c`"),
        ("text/markdown", r"\</style\>\<script\>alert(1)\</script\> \$x\$ \| \*b\* \\input\{a\} \& \`c\`"),
        (
            "text/latex",
            r"\textless{}/style\textgreater{}\textless{}script\textgreater{}alert(1)\textless{}/script\textgreater{} "
            r"\$x\$ \textbar{} *b* \textbackslash{}input\{a\} \& `c`",
        ),
    ],
)
def test_words_are_words(kind: str, written: str) -> None:
    assert MEDIA[kind].words(HOSTILE) == written
