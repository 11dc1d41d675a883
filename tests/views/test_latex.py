"""LaTeX: the exact text of a small document, and what LaTeX itself and KaTeX make of every network's."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bptrace import Trace, load, loads
from bptrace.typeset.latex import Latex
from bptrace.views.latex import write_fragment, write_latex
from bptrace.views.latex_page import PACKAGES
from bptrace.views.matrix_latex import write_matrix_latex
from tests.conftest import EVERY_NETWORK, NETWORKS, ROOT, traced
from tests.readers.formulas import Symbols, plain
from tests.readers.register import value_of
from tests.rendering import check_width, compiled, page_count, refused_by_katex

ENGINES = ("pdflatex", "lualatex", "xelatex")
HOSTILE = r"""
title: '100% of $x_1$ & \input{/etc/passwd} #1 ~^ {π} \\ 漢字 é -- %'
input: {x: [1, 2], long: 123456789012345678901234567890.5}
weights: {w: [[1, -2], [0.5, 3]], α: 1, θ_vec: [1, 2], ßß: 3, p: [0.2, 0.8], ж: 2, begin: 1, input_: 2}
functions: {my_f: "z, a -> a*z^2 + exp(z)"}
forward:
  z: w@x
  h: leaky_relu(z, 0.1)
  u: my_f(h, α)
  s: softmax(u)
  r: max(s) + abs(α - abs(ßß)) + 2^-2 + sum(θ_vec@w) + mean(z) + pi*long + min(z) + 3^(1/2) + norm(z) + ж*begin*input_
  q: cross_entropy(u, 1) + huber(α, 3) + var(z) + logsumexp(u)
loss: r + q
update: {rule: sgd, lr: 0.1, momentum: 0.9, clip_norm: 1}
names: {z: 'h_{\input%$&#~^"|<ж -}', u: "y^(a \\b)''", s: 'a^{\end}_{document}'}
"""
LONG = f"""
input: {{x: {list(range(1, 31))}}}
weights: {{w: {[[f"{n}/{n + 7}" for n in range(1, 31)]] * 2}, b: 1/123456789012345678901234567890123}}
forward: {{h: w@x + b, z: relu(h)^3}}
loss: sum(z^2)/sum(z)
update: {{rule: sgd, lr: 1/7}}
""".replace("'", "")


def document(trace: Trace) -> str:
    out = io.StringIO()
    write_latex(trace, out)
    return out.getvalue()


def fragment(trace: Trace) -> str:
    out = io.StringIO()
    write_fragment(trace, out)
    return out.getvalue()


def without_indents(text: str) -> str:
    """The document without how far to the left what the givens are called stands."""
    return re.sub(r"\\hangindent=\d+pt\\makebox\[\d+pt\]\[l\]", "", text)


# exact text


def test_a_small_document() -> None:
    trace = loads("title: A & B\nweights: {w: -3}\ntarget: {y: 1/2}\nloss: (relu(w) - y)^2").trace()
    text = without_indents(document(trace))
    preamble, body = text.split("\n\n\\begin{document}\n")
    assert re.findall(r"\\usepackage(?:\[.*\])?\{(\w+)\}", preamble) == ["fontenc", "lmodern", "geometry", *PACKAGES]
    lines = [line for line in body.splitlines() if re.match(r"\$|\\begin\{[ac]|\\subsection|\{[WT]|L |w", line)]
    assert lines == [
        r"\begin{center}\Large\bfseries A \& B\end{center}",
        r"\subsection*{Givens}",
        r"{Weights}\mbox{$\displaystyle w = -3$}\par",
        r"{Target}\mbox{$\displaystyle y = \frac{1}{2}$}\par",
        r"\subsection*{Equations}",
        r"\begin{align*}",
        r"L &= (\operatorname{ReLU}(w) - y)^{2}",
        r"\subsection*{1. Forward: $L = (\operatorname{ReLU}(w) - y)^{2}$}",
        r"$L$ & $(\max(0, w) - y)^{2}$ & $\left(\max(0, -3) - \frac{1}{2}\right)^{2}$ & $\frac{1}{4}$ \\",
        r"\subsection*{2. Reverse: gradients of $w$}",
        r"$\operatorname{ReLU}'(w)$ & $\begin{cases} 1 & \text{if } w > 0 \\ 0 & \text{if } w \le 0 \end{cases}$"
        r" & $w = -3 \le 0$ & $0$ \\",
        r"$\dfrac{\partial L}{\partial w}$ & $2 \cdot (\max(0, w) - y) \cdot \operatorname{ReLU}'(w)$"
        r" & $2 \cdot \left(\max(0, -3) - \frac{1}{2}\right) \cdot 0$ & $0$ \\",
        r"$w = -3 \le 0$, so $\operatorname{ReLU}'(w) = 0$: the gradient stops here.",
        r"$L$ changes with $w$ by $2 \cdot (\max(0, w) - y) \cdot \operatorname{ReLU}'(w)"
        r" = 2 \cdot (\max(0, -3) - 1/2) \cdot 0 = 0$.",
        r"\subsection*{Summary}",
    ]
    assert text.partition("\\subsection*{Summary}\n")[2].splitlines() == [
        r"\mbox{$\displaystyle L = \frac{1}{4}$},\quad",
        r"\mbox{$\displaystyle \dfrac{\partial L}{\partial w} = 0$}\par",
        r"\nobreak $\operatorname{ReLU}$($w$) is blocked: $\operatorname{ReLU}'(w) = 0$, so"
        r" $\tfrac{\partial L}{\partial w}$ is 0\par",
        r"\nobreak every value is exact\par",
        r"\par\endgroup",
        "",
        r"\end{document}",
    ]


WEIGHTS = "{Weights}"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "weights: {w: [0, 1]}\nloss: sum(relu(w))",
            [r"\emph{$w_{1}$ is exactly $0$: $\operatorname{ReLU}'(0)$ is taken as $0$}"],
        ),
        (
            "weights: {w: [[1, 2], [3, 4]]}\nloss: sum(w)",
            [WEIGHTS + r"\mbox{$\displaystyle w = \begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}$}\par", r"L &= \sum w"],
        ),
        (
            f"weights: {{w: {list(range(21))}}}\nloss: sum(w)",
            [WEIGHTS + r"\mbox{$\displaystyle w = (" + r", \allowbreak ".join(map(str, range(21))) + r")^{\top}$}\par"],
        ),
        (
            "weights: {w: [w1, w2]}\nfunctions: {f: generic}\nloss: sum(f(w))",
            [
                WEIGHTS + r"\mbox{$\displaystyle w = \begin{pmatrix} w_{1} \\ w_{2} \end{pmatrix}$}\par",
                r"quantity & formula \\",
                r"$L$ & $f(w_{1}) + f(w_{2})$ \\",
            ],
        ),
        (
            "weights: {w: 2}\nloss: (w*x - y)^2\n"
            "samples: [{input: {x: 1}, target: {y: 2}}, {input: {x: 3}, target: {y: 4}}]",
            [
                r"{Input}\mbox{$\displaystyle x^{(1)} = 1$},\quad",
                r"\mbox{$\displaystyle x^{(2)} = 3$}\par",
                r"L &= (w \cdot x - y)^{2}",
                r"$L$ & $\dfrac{L^{(1)} + L^{(2)}}{2}$ & $\dfrac{0 + 4}{2}$ & $2$ \\",
            ],
        ),
        (
            "weights: {w: 1}\nloss: exp(w)",
            [r"$L$ & $\mathrm{e}^{w}$ & $\mathrm{e}^{1}$ & $\approx \nobreak 2.718281828$ \\"],
        ),
    ],
)
def test_what_stands_in_a_document(text: str, lines: list[str]) -> None:
    written = without_indents(document(loads(text).trace())).splitlines()
    assert [line for line in lines if line not in written] == []


TURNED = """
index: input-unit
input: {x: [1, 2]}
weights: {W: [[1, 2], [3, 4]]}
forward: {z: W@x}
loss: sum(z^2)
update: {lr: 1/10}
names: {W: Omega, z: "h''"}
"""
H, W11, W21 = (rf"\dfrac{{\partial L}}{{\partial {name}}}" for name in ("h_{1}''", r"\Omega_{11}", r"\Omega_{21}"))


@pytest.mark.parametrize(
    "line",
    [
        r"\subsection*{1. Forward, output: $h'' = \Omega x$}",
        r"Inputs times weights add up to $h_{1}'' = 5$ and $h_{2}'' = 11$.",
        r"\subsection*{3. Reverse, output error: gradient at $h''$; gradients of the output layer: $\Omega$}",
        rf"${H}$ & $2 \cdot h_{{1}}''$ & $2 \cdot 5$ & $10$ \\",
        rf"${W21}$ & ${H} \cdot x_{{2}}$ & $10 \cdot 2$ & $20$ \\",
        rf"${H} = 10$; times $x_{{1}} = 1$ and $x_{{2}} = 2$ gives ${W11} = 10$ and ${W21} = 20$.".replace(
            "dfrac", "tfrac"
        ),
        r"\subsection*{4. Update, the output layer: one gradient step on $\Omega$}",
        r"The update moves $\Omega_{11}$ from $1$ to $0$, $\Omega_{21}$ from $2$ to $0$,"
        r" $\Omega_{12}$ from $3$ to $4/5$ and $\Omega_{22}$ from $4$ to $-2/5$:"
        r" $1 - (1/10) \cdot 10 = 0$, and so on.",
    ],
)
def test_sentences_name_what_the_tables_name(line: str) -> None:
    assert line in document(loads(TURNED).trace()).splitlines()


def test_a_closed_form_is_typeset() -> None:
    trace = loads("weights: {w: 1/2}\nloss: sigmoid(w)").trace().with_closed_forms(60)
    assert r" & $\dfrac{1}{1 + \mathrm{e}^{-1/2}} \approx \nobreak 0.6224593312$ \\" in document(trace)


def test_a_fragment_is_the_body_alone() -> None:
    trace = load(ROOT / "networks" / "relu_2_2_1.yaml").trace()
    first, body = fragment(trace).split("\n", 1)
    assert first == "% \\usepackage{amsmath,array,booktabs,graphicx,longtable}"
    assert body in document(trace)
    assert "\\documentclass" not in body
    assert "\\end{document}" not in body


@pytest.mark.parametrize("number", [20, 400])
def test_nothing_is_cut(number: int) -> None:
    trace = loads(f"weights: {{w: {list(range(number))}}}\nloss: w@w").trace()
    assert r" + ".join(rf"{n} \cdot {n}" for n in range(number)) in document(trace)


@pytest.mark.parametrize("text", [HOSTILE, "title: '\\end{document}'\nloss: 1", "title: '%'\nloss: 1"])
def test_nothing_that_a_user_writes_is_a_command(text: str) -> None:
    written = document(loads(text).trace())
    assert written.isascii()
    assert written.count(r"\end{document}") == 1
    assert not re.search(r"\\input\b", written)


# what a reader makes of it

CELLS = [rf"(?: & |\\par\n\\emph\{{{name}\}} )\$(?P<{name}>.+)\$" for name in ("formula", "rule", "value")]
ROW = re.compile(
    rf"^(?:\\emph\{{quantity\}} |\$\d+\$ & )?\$(?P<quantity>.+)\${''.join(CELLS)}(?: \\\\\*?|\\par)$",
    re.MULTILINE,
)
"""A row of a table, or what is too wide for one."""


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_every_row_of_a_document_reads_back(path: Path) -> None:
    trace = traced(path, inputs=True)
    symbols = {part: Symbols(part, Latex()) for part in (trace, *trace.samples)}
    rows = [(symbols[trace.of(step)].value, row) for step in trace.steps for row in step]
    for (read, row), found in zip(rows, ROW.finditer(document(trace)), strict=True):
        assert [read(found[cell]) for cell in ("quantity", "formula", "rule")] == [row.value] * 3, found.group()
        value = re.sub(r"\\phantom\{[.0]+\}$", "", found["value"]).replace(r"\approx \nobreak ", "≈")
        assert value_of(plain(value)) == row.value, found.group()


# what LaTeX makes of it


@pytest.mark.parametrize("path", EVERY_NETWORK, ids=lambda path: path.stem)
def test_latex_compiles_every_network(path: Path, tmp_path: Path) -> None:
    check_width(compiled("pdflatex", document(traced(path, inputs=True)), tmp_path))


@pytest.mark.parametrize(("write", "pages"), [(write_latex, 4), (write_matrix_latex, 2)])
@pytest.mark.parametrize("name", ["relu_2_2_1", "linear_2_2_2_1", "relu_lifecycle", "skip_connection"])
def test_a_small_working_takes_few_pages(name: str, write: Callable[..., None], pages: int, tmp_path: Path) -> None:
    out = io.StringIO()
    write(traced(ROOT / "networks" / f"{name}.yaml"), out)
    assert page_count(compiled("pdflatex", out.getvalue(), tmp_path)) <= pages


@pytest.mark.parametrize("text", [HOSTILE, LONG], ids=["hostile", "long"])
@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_compiles_what_is_hard(engine: str, text: str, tmp_path: Path) -> None:
    check_width(compiled(engine, document(loads(text).trace()), tmp_path))


def test_fragments_stand_in_another_document(tmp_path: Path) -> None:
    for number, path in enumerate(EVERY_NETWORK[:3]):
        (tmp_path / f"part{number}.tex").write_text(fragment(traced(path)), encoding="ascii")
    packages = f"\\usepackage{{{','.join(PACKAGES)}}}\\usepackage[a4paper,margin=2cm]{{geometry}}"
    parts = "\n".join(f"\\input{{part{number}}}" for number in range(3))
    text = f"\\documentclass{{article}}{packages}\n\\begin{{document}}\n{parts}\n\\end{{document}}\n"
    check_width(compiled("pdflatex", text, tmp_path))


# what a renderer makes of it


def formulas(text: str) -> set[str]:
    """Every formula in a document."""
    body = re.sub(r"^.*#\d.*$", "", text.split("\\end{center}")[1], flags=re.MULTILINE).replace(r"\$", "")
    inline = re.findall(r"\$((?:\\text\{(?:[^{}]|\{\})*\}|[^$])*)\$", body)
    aligned = re.findall(r"\\begin\{align\*\}\n(.*?)\n\\end\{align\*\}", body, re.DOTALL)
    return {*inline, *(line.replace("&", "", 1) for block in aligned for line in block.split("\\\\\n"))}


def test_katex_renders_every_formula() -> None:
    traces = [traced(path, inputs=True) for path in EVERY_NETWORK]
    traces += [loads(text).trace() for text in (HOSTILE, LONG)]
    found = set().union(*(formulas(document(trace)) for trace in traces))
    assert len(found) > 1000
    assert refused_by_katex(found) == []


def test_a_root_too_wide_for_a_column_is_raised_to_a_half_and_in_running_text_stays_a_root() -> None:
    weights = "weights: {a: [1, 2, 3, 4, 5]}\nloss: sum(a^2)\nupdate: {lr: 1, clip_norm: 1}"
    written = document(loads(weights).trace())
    (told,) = [line for line in written.splitlines() if line.startswith(r"$\mathrm{gradient}_{\mathrm{norm}} = ")]
    (row,) = [line for line in written.splitlines() if line.startswith(r"$\mathrm{gradient}_{\mathrm{norm}}$ & ")]
    assert r"\biggr)^{1/2}$ & $\sqrt{2^{2} + " in row
    assert told.count(r"\sqrt{") == 2
    assert r"\operatorname{sqrt}" not in written
