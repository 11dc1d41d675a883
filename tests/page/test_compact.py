"""Scripts and styles are sent shorter, and mean the same."""

from __future__ import annotations

import json
import re
import subprocess

import pytest

from bptrace.page.assets import SCRIPTS, asset
from bptrace.page.compact import compact_script, compact_styles
from tests.page.in_node import NODE, needs_node


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("// why\nlet a = 1;\n", "let a=1;"),
        ("/**\n * why\n */\nlet a = 1;\n", "let a=1;"),
        ("  let a = 'x  =  y';\n", "let a='x  =  y';"),
        ('let a = "b , c"; // `\n', 'let a = "b , c"; // `\n'),
        ("let a = `b , ${c}` || d;\n", "let a=`b , ${c}`||d;"),
        ("const a = 'const b';\nlet constant = a;\n", "let a='const b';let constant=a;"),
        ("return a - -b + c;\n", "return a- -b+c;"),
        ("let a = / {2} x/;\nlet b = c / d;\n", "let a = / {2} x/;let b = c / d;"),
        ("let a = b; // why\n}\n", "let a = b; // why\n}"),
        ("let a = {\n  b: 1,\n};\nf();\n", "let a={b:1,};f();"),
        ("const f = (a) =>\n  a;\ng()\n", "let f=(a)=>\na;g()\n"),
    ],
)
def test_a_script_keeps_what_counts(text: str, sent: str) -> None:
    assert compact_script(text) == sent


def test_a_style_sheet_keeps_what_counts() -> None:
    text = "/* why */\na:hover, b > c {\n  width: calc(1px + 0.2em);\n  color: red;\n}\n"
    assert compact_styles(text) == "a:hover,b>c{width:calc(1px + .2em);color:red}"


@needs_node
def test_node_reads_the_same_functions() -> None:
    """What it prints of them differs in comments, blanks and `const` alone."""
    names = re.findall(r"^function (\w+)", "".join(map(asset, SCRIPTS)), re.MULTILINE)
    texts = ["".join(write(asset(name)) + "\n" for name in SCRIPTS) for write in (str, compact_script)]
    before, after = (_printed(text.rpartition("start();")[0], names) for text in texts)
    assert [_bare(each) for each in before] == [_bare(each) for each in after]


def _bare(text: str) -> str:
    return re.sub(r"\s", "", re.sub(r"\bconst\b", "let", text))


def _printed(text: str, names: list[str]) -> list[str]:
    """What node prints of functions, without comments."""
    told = "made => String(made).replace(/\\/\\*[^]*?\\*\\/|^ *\\/\\/.*/gm, '')"
    program = f"{text}\nconsole.log(JSON.stringify([{', '.join(names)}].map({told})))"
    done = subprocess.run([str(NODE), "-"], input=program, capture_output=True, text=True, check=True)
    found: list[str] = json.loads(done.stdout)
    return found
