"""The matrix form as LaTeX and Markdown: golden files, and a document that compiles where there is a TeX."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from bptrace import BptraceError, load, loads
from bptrace.typeset.matrix_form import Line, Side
from bptrace.typeset.tex import atom
from bptrace.views import beamer, matrix_latex
from bptrace.views.latex_page import document
from tests.conftest import EVERY_NETWORK, LIFECYCLE, NETWORKS, RELU, ROOT, Command, Golden, derived_of, traced
from tests.rendering import check_width, compiled


@pytest.mark.parametrize(("suffix", "name"), [("md", "markdown"), ("tex", "latex")])
def test_prints_its_golden_file(suffix: str, name: str, command: Command, golden: Golden) -> None:
    status, out, err = command("export", LIFECYCLE, "--form", "matrix", "--shapes", "--format", name)
    assert (status, err) == (0, "")
    golden(f"relu_lifecycle.matrix.{suffix}", out)


@pytest.mark.parametrize("path", EVERY_NETWORK, ids=lambda path: path.stem)
def test_every_derivation_compiles_within_the_page(path: Path, tmp_path: Path) -> None:
    out = io.StringIO()
    matrix_latex.write_matrix_latex(derived_of(path), out, explain=True)
    check_width(compiled("pdflatex", out.getvalue(), tmp_path))


def test_every_network_compiles_within_the_page(tmp_path: Path) -> None:
    out = io.StringIO()
    with document("All networks", out):
        for number, path in enumerate(NETWORKS):
            matrix_latex.write_matrix_fragment(traced(path), out, shapes=not number % 2, explain=True)
    check_width(compiled("pdflatex", out.getvalue(), tmp_path))


def test_a_reason_stands_below_its_line(command: Command) -> None:
    out = command("export", LIFECYCLE, "--form", "matrix", "--format", "latex", "--explain", "--step", "7").out
    (line,) = [place for place, row in enumerate(out.splitlines()) if "\\operatorname{ReLU}'(z^{(1)}) &=" in row]
    assert re.fullmatch(
        r"&\\reason\{\d+\}\{Both entries of \$z\^\{\(1\)\}\$ are positive, so both slopes are \$1\$\.\} \\\\\*",
        out.splitlines()[line + 1],
    )


def test_a_note_stays_with_its_line_and_a_page_can_break_below_it() -> None:
    out = io.StringIO()
    matrix_latex.write_matrix_latex(load(ROOT / "networks" / "convolution.yaml").trace(), out)
    lines = out.getvalue().splitlines()
    places = [place for place, line in enumerate(lines) if line.startswith(r"\intertext")]
    assert places
    assert all(lines[place - 1].endswith(r"\\*") for place in places)
    assert [lines[place + 1] for place in places] == [r"\noalign{\penalty0}"]


def test_a_large_matrix_and_a_strange_title_compile(tmp_path: Path) -> None:
    out = io.StringIO()
    row = ", ".join(["0.5"] * 90)
    text = (
        f"title: 'Straße & 50% of $x_1$ {{~^}} \\ #'\nweights: {{w: [{', '.join([f'[{row}]'] * 6)}]}}\nloss: sum(w^2)"
    )
    matrix_latex.write_matrix_latex(loads(text).trace(), out)
    assert out.getvalue().count(r"\cdots") == 2 * 6 * 3
    check_width(compiled("pdflatex", out.getvalue(), tmp_path))


def test_what_no_page_holds_is_refused() -> None:
    row = ", ".join(["1"] * 100)
    trace = loads(f"weights: {{w: [{', '.join([f'[{row}]'] * 60)}]}}\nloss: sum(w)").trace()
    for write in (matrix_latex.write_matrix_latex, matrix_latex.write_matrix_fragment, beamer.write_matrix_beamer):
        out = io.StringIO()
        with pytest.raises(BptraceError, match="a matrix of 60 rows and 100 columns is too large for TeX"):
            write(trace, out)
        assert not out.getvalue()


def test_what_no_line_holds_is_refused() -> None:
    row = ", ".join(["1/3" + "1" * 500] * 30)
    trace = loads(f"weights: {{w: [[{row}], [{row}]]}}\nloss: sum(w)").trace()
    with pytest.raises(BptraceError, match=r"a line of \d+ times the page is too wide for TeX"):
        matrix_latex.write_matrix_latex(trace, io.StringIO())


def test_a_long_sum_is_broken_over_lines(tmp_path: Path) -> None:
    out = io.StringIO()
    trace = loads(f"weights: {{w: {list(range(60))}}}\nforward: {{z: sum(w^2)}}\nloss: z^2").trace()
    matrix_latex.write_matrix_latex(trace, out)
    assert r"{\parbox{" in out.getvalue()
    check_width(compiled("pdflatex", out.getvalue(), tmp_path))


def test_a_step_has_its_number_before_its_first_line() -> None:
    out = io.StringIO()
    matrix_latex.write_matrix_latex(load(ROOT / "networks" / "recurrence.yaml").trace(), out)
    lines = [line for line in out.getvalue().splitlines() if "&=" in line]
    assert re.findall(r"\\tag\*\{(\d+)\}", "".join(lines)) == list("12345678")
    assert [number for number, line in enumerate(lines) if "tag" in line] == [0, 1, 2, 3, 4, 5, 6, 10]


def test_the_first_heading_of_a_step_has_its_number() -> None:
    out = io.StringIO()
    matrix_latex.write_matrix_latex(load(RELU).trace(), out)
    assert "\\tag" not in out.getvalue().partition("\\begin{document}")[2].replace("\\tagsleft", "")
    headings = re.findall(r"\\textbf\{\\boldmath (.*)\}", out.getvalue())
    assert headings[3:6] == ["4. Loss", "5. Output error", "Gradients of the output layer"]


def test_a_long_line_is_broken_at_a_sign() -> None:
    left, x, y, z = (atom(text) for text in ("L", "x" * 40, "y" * 40, "z"))
    line = Line(1, left, (Side("=", x), Side("=", y), Side("≈", z)))
    assert matrix_latex.rows(line) == ["L &= " + "x" * 40, "&= " + "y" * 40 + r" \approx z"]


def test_wide_matrices_of_fractions_are_apart_in_strips() -> None:
    out = io.StringIO()
    matrix_latex.write_matrix_latex(loads("weights: {w: 2x60}\nforward: {z: relu(w)}\nloss: sum(z^2)").derived(), out)
    strips = re.findall(r"\\begin\{matrix\} (?:(?!\\end).)*dfrac.*?\\end\{matrix\}", out.getvalue())
    assert len(strips) > 2
    assert [strip for strip in strips if r" \\[2.2ex] " not in strip] == []


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--form", "matrix", "--format", "csv"], "the matrix form has no format csv"),
        (
            ["--form", "matrix", "-o", "a.csv"],
            "no format has the suffix of a.csv; known: .beamer.tex, .md, .markdown, .tex",
        ),
        (["--form", "matrix", "--exact"], "--exact goes with --form register"),
        (["--shapes"], "--shapes goes with --form matrix"),
    ],
)
def test_what_the_matrix_form_is_not(words: list[str], complaint: str, command: Command) -> None:
    status, out, err = command("export", LIFECYCLE, *words)
    assert (status, out) == (2, "")
    assert complaint in err


@pytest.mark.parametrize(
    ("name", "start"), [("a.md", "# One lifecycle"), ("a.tex", "\\documentclass[a4paper]{article}\n")]
)
def test_a_file_gets_the_format_of_its_suffix(name: str, start: str, command: Command, tmp_path: Path) -> None:
    assert command("export", LIFECYCLE, "--form", "matrix", "-o", tmp_path / name) == (0, "", "")
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(start)
