"""Plain text in LaTeX: what a reader of the page sees is what was written."""

from __future__ import annotations

import pytest

from bptrace.typeset.latex_text import escaped


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("plain text", "plain text"),
        (r"\input{x}", r"\textbackslash{}input\{x\}"),
        ("100% of $x_1$ & #1 ~^", r"100\% of \$x\_1\$ \& \#1 \textasciitilde{}\textasciicircum{}"),
        ("a – b — c", r"a \textendash{} b \textemdash{} c"),
        ("a -- b --- c", "a -{}- b -{}-{}- c"),
        ("w*x-1, ',' (z' = 2)", "w*x-1, ',' (z' = 2)"),
        ("a,, b", "a,{}, b"),
        ("''quoted`` ?` \"", "'{}'quoted`{}` ?{}` \\char34{}"),
        ("<a> | b", r"\textless{}a\textgreater{} \textbar{} b"),
        ("é ü ñ ç å ø ß", r"\'{e} \"{u} \~{n} \c{c} \r{a} \o{} \ss{}"),
        ("π ≈ 3", r"$\pi$ $\approx$ 3"),
        ("漢 🙂", "[U+6F22] [U+1F642]"),
        ("a\tb\nc", "a b c"),
    ],
)
def test_text_is_escaped(text: str, latex: str) -> None:
    assert escaped(text) == latex


@pytest.mark.parametrize("code", [*range(0x20, 0x180), 0x3B1, 0x2028, 0x202E, 0xFEFF, 0x1D431, 0x0301])
def test_whatever_is_escaped_is_ascii(code: int) -> None:
    assert escaped(f"a{chr(code)}b").isascii()
    assert escaped(f"a{chr(code)}b").isprintable()
