"""Derivations as mathematics: what stands in LaTeX and in Markdown, and what LaTeX and KaTeX make of it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bptrace import load, loads
from bptrace.typeset.derivation import FORMS
from bptrace.typeset.derivatives import Request
from bptrace.typeset.index_notation import DIFFERENT
from bptrace.views import derivation_math
from tests.conftest import EVERY_NETWORK, ROOT, SYMBOLIC, derived_of
from tests.rendering import check_width, compiled, formulas_in_markdown, refused_by_katex

Write = Callable[..., None]
WIDE = [ROOT / "networks" / f"{name}.yaml" for name in ("lstm", "xor", "softmax_classifier")]
HOSTILE = """
title: '100% of $x_1$ & `a` | *b* \\end{document}'
input: {x: [a_1, "b'"]}
weights: {w: 2x2, ж: ж, my_w: vector of 2}
functions: {long_name: generic, g: "first, second -> generic"}
forward:
  z: w@x*ж
  h: long_name(z) + max(my_w)
  k: g(h, my_w)
loss: {J_2: sum(k)^(1/3)}
names: {z: "q_{out}'", J_2: "ℒ^*"}
"""
HOSTILE = HOSTILE.replace("ℒ^*", "ℒ")


@pytest.mark.parametrize("path", [*SYMBOLIC, *WIDE], ids=lambda path: path.stem)
def test_latex_compiles_derivations(path: Path, tmp_path: Path) -> None:
    out = io.StringIO()
    derivation_math.write_derivation_latex(
        derived_of(path), out, Request(("chain", "local", "general", "paths"), explain=True)
    )
    check_width(compiled("pdflatex", out.getvalue(), tmp_path), points=12)


@pytest.mark.parametrize("name", ["convolution", "lstm", "xor"])
def test_long_formulas_break_over_lines_and_pages(name: str, tmp_path: Path) -> None:
    out = io.StringIO()
    derivation_math.write_derivation_latex(
        derived_of(ROOT / "networks" / f"{name}.yaml"), out, Request(("chain", "local", "expanded"))
    )
    check_width(compiled("pdflatex", out.getvalue(), tmp_path))


def test_a_long_formula_stands_alone() -> None:
    out = io.StringIO()
    network = loads("weights: {w: vector of 20}\nfunctions: {f: generic}\nforward: {z: f(w@w)}\nloss: z^2")
    derivation_math.write_derivation_latex(network.derived(), out, Request(("local", "expanded"), ["dL/dz", "dL/dw"]))
    f = "f(" + " + ".join(rf"w_{{{n}}} \cdot w_{{{n}}}" for n in range(1, 21)) + ")"
    assert out.getvalue().split("\n\n")[4:6] == [
        "\\begin{align*}\n\\dfrac{\\partial L}{\\partial z} &= 2 \\cdot z\n\\end{align*}",
        "\\nopagebreak\n\\begin{longformula}"
        rf"$\displaystyle \dfrac{{\partial L}}{{\partial z}} = 2 \cdot {f}$\end{{longformula}}",
    ]


def test_no_page_breaks_within_the_forms_of_one_gradient() -> None:
    out = io.StringIO()
    network = loads("weights: {a: 1, b: 2, c: 3, d: 4}\nforward: {z: a*b + c*d}\nloss: z^2")
    derivation_math.write_derivation_latex(
        network.derived(), out, Request(("chain", "local"), ["dL/da", "dL/db", "dL/dc", "dL/dd"])
    )
    (display,) = [part for part in out.getvalue().split("\n\n") if part.count("&=") == 8]
    assert re.findall(r" (\\\\.*)\n", display) == [
        *[r"\\*", r"\\*[1ex]", r"\\*", r"\\[1ex]", r"\\*", r"\\*[1ex]"],
        r"\\*",
    ]


@pytest.mark.parametrize("write", [derivation_math.write_derivation_latex, derivation_math.write_derivation_markdown])
def test_what_has_no_general_form_is_named_by_mathematics(write: Write) -> None:
    out = io.StringIO()
    write(derived_of(ROOT / "networks" / "convolution.yaml"), out, Request(("general",)))
    for name in ("b", "w"):
        line = rf"$\dfrac{{\partial L}}{{\partial {name}}}$: {DIFFERENT}"
        assert out.getvalue().split("\n").count(line) == 1
    assert "textbackslash" not in out.getvalue()
    assert "\\\\dfrac" not in out.getvalue()


def test_latex_compiles_what_is_hard(tmp_path: Path) -> None:
    out = io.StringIO()
    derivation_math.write_derivation_latex(loads(HOSTILE).derived(inputs=True), out, Request(FORMS))
    assert out.getvalue().isascii()
    assert out.getvalue().count("\\end{document}") == 1
    compiled("pdflatex", out.getvalue(), tmp_path)


def test_katex_renders_every_formula() -> None:
    found: set[str] = set()
    for network in [*map(load, EVERY_NETWORK), loads(HOSTILE)]:
        out = io.StringIO()
        derivation_math.write_derivation_markdown(
            network.derived(), out, Request(("chain", "local", "general", "paths"), explain=True)
        )
        found |= formulas_in_markdown(out.getvalue())
    assert len(found) > 500
    assert refused_by_katex(found) == []


def test_a_reason_has_its_quantities_as_mathematics() -> None:
    trace = derived_of(ROOT / "networks" / "skip_connection.yaml")
    for write in (derivation_math.write_derivation_markdown, derivation_math.write_derivation_latex):
        out = io.StringIO()
        write(trace, out, Request(explain=True))
        assert "Two terms, because $h_{0}$ also feeds $z_{2}$ (skip connection)." in out.getvalue()


def test_markdown_and_latex_say_what_has_no_name_in_the_file() -> None:
    trace = loads("weights: {w: vector of 3}\nloss: sum(w)^2*dot(w, w)").derived()
    for write in (derivation_math.write_derivation_markdown, derivation_math.write_derivation_latex):
        texts = [io.StringIO(), io.StringIO()]
        for forms, text in zip(((), ("local",)), texts, strict=True):
            write(trace, text, Request(forms))
        assert ["\nwhere $" in text.getvalue() for text in texts] == [False, True]


def test_results_are_boxed_and_long_sums_go_on_below_the_sign_before_them() -> None:
    out = io.StringIO()
    names = ", ".join(f"{letter}: 1" for letter in "abcdefghijklmnopqrstuv")
    products = " + ".join(f"w*{letter}^2*({letter} + w)" for letter in "abcdefghijklmnop")
    derivation_math.write_derivation_latex(
        loads(f"weights: {{w: 2, {names}}}\nforward: {{z: w*u}}\nloss: z^2 + {products}").derived(), out
    )
    text = out.getvalue()
    assert "&= \\boxed{\\dfrac{\\partial L}{\\partial z} \\cdot w}" in text
    (formula,) = [part for part in text.split("\n\n") if "L &= z^{2}" in part]
    first, *rest = formula.split("\n")[1:-1]
    assert first.startswith("L &= z^{2} + w \\cdot a^{2}")
    assert rest
    assert all(line.startswith(" & + w ") for line in rest)


@pytest.mark.parametrize("write", [derivation_math.write_derivation_latex, derivation_math.write_derivation_markdown])
def test_a_long_chain_goes_on_with_its_sign_below_the_one_before(write: Write) -> None:
    out = io.StringIO()
    trace = loads("weights: {w: 0.1, v: 0.2, u: 0.3}\nloss: (exp(w) + exp(v) + exp(u))^2").trace().with_work()
    write(trace, out, Request(wanted=["L"]))
    lines = out.getvalue().replace("\\\\*", "\\\\").splitlines()
    [first] = [place for place, line in enumerate(lines) if line.startswith("L &= ")]
    goes_on = [line for line in lines[first + 1 :] if line.startswith(r" & ")]
    assert goes_on
    assert all(line.startswith(r" & \approx ") for line in goes_on)
    assert not any(line.removesuffix(r" \\").endswith(("=", r"\approx")) for line in lines)


def test_a_reason_stays_with_the_display_before_it() -> None:
    out = io.StringIO()
    network = loads("weights: {w: 1, v: 1, b: 1}\nforward: {z: w*v + b}\nloss: z^2").derived()
    derivation_math.write_derivation_latex(network, out, Request(wanted=["dL/db"], explain=True))
    assert "\\end{align*}\n\n\\nopagebreak\n" in out.getvalue()
    assert out.getvalue().count("\\nopagebreak") == 1
    assert "\n\\startstep{110pt}\\subsection*{" in out.getvalue()
