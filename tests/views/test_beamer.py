"""Slides: which frames there are and what stands on them, and that nothing runs off one where there is a TeX."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from bptrace import Trace, load, loads
from bptrace.engine.row import Row
from bptrace.typeset.latex import Latex
from bptrace.typeset.names import Names
from bptrace.views import beamer
from bptrace.views.latex_register import Typeset
from bptrace.views.latex_table import TableRow
from tests.conftest import EVERY_NETWORK, LIFECYCLE, NETWORKS, RELU, Command, traced
from tests.rendering import check_width, compiled, needs_packages
from tests.views.test_latex import HOSTILE, LONG

Write = Callable[..., None]
SHOWN = (
    "relu_2_2_1",
    "linear_2_2_2_1",
    "relu_lifecycle",
    "generic_2_2_2",
    "skip_connection",
    "adam",
    "attention",
    "xor",
)
WRITERS: list[Write] = [beamer.write_beamer, beamer.write_matrix_beamer]
FRAME = re.compile(r"\\begin\{frame\}\{\\oneline\{([^\n]*)\}\}\n(.*?)\\end\{frame\}", re.DOTALL)


def slides(write: Write, trace: Trace) -> str:
    out = io.StringIO()
    write(trace, out)
    return out.getvalue()


def titles(text: str) -> list[str]:
    return [title for title, _ in FRAME.findall(text)]


def in_one(texts: Iterable[str]) -> str:
    """The slides of all documents in one."""
    preamble, bodies = "", []
    for text in texts:
        preamble, body = text.split("\\begin{document}\n")
        bodies.append(body.removesuffix("\\end{document}\n"))
    return "\\begin{document}\n".join([preamble, "".join([*bodies, "\\end{document}\n"])])


def test_a_step_has_a_frame_or_several_with_numbers() -> None:
    found = titles(slides(beamer.write_beamer, load(RELU).trace()))
    assert found[:2] == ["Givens", "Equations"]
    assert [title[:2] for title in found[2:]] == ["1.", "2.", "3.", "4.", "5.", "6.", "7.", "7.", "7.", "Su"]
    assert [title[-6:] for title in found[-4:-1]] == [" (1/3)", " (2/3)", " (3/3)"]
    assert found[3] == r"2. Forward, activation: $h = \operatorname{ReLU}(z)$"


@pytest.mark.parametrize("path", NETWORKS, ids=lambda path: path.stem)
def test_every_row_stands_on_a_slide(path: Path) -> None:
    trace = traced(path)
    written = slides(beamer.write_beamer, trace)
    for step in trace.steps:
        rows = "".join(body for title, body in FRAME.findall(written) if title.startswith(f"{step.number}. "))
        names = Names(trace.of(step), Latex())
        found = re.findall(r"^\$(.*?)\$ & ", rows, re.MULTILINE)
        assert found == [names.element(row.quantity).text for row in step]


def test_a_step_of_the_matrix_form_has_a_frame() -> None:
    frames = dict(FRAME.findall(slides(beamer.write_matrix_beamer, load(RELU).trace())))
    assert next(iter(frames)) == "Initialization"
    (body,) = [body for title, body in frames.items() if title.startswith("6.")]
    assert re.findall(r"\\begin\{slide\}\{(\d+)\}", body) == ["12"]
    assert r"\dfrac{\partial L}{\partial h} &= \dfrac{\partial L}{\partial \hat{y}} \cdot v = -2" in body


def test_a_long_heading_ends_where_the_title_has_no_more_room() -> None:
    names = [f"weight{number}" for number in range(30)]
    trace = loads({"weights": dict.fromkeys(names, 1), "loss": " + ".join(f"{name}^2" for name in names)}).trace()
    (title,) = {title.split(" (")[0] for title in titles(slides(beamer.write_beamer, trace)) if title[0] == "2"}
    assert title.startswith("2. Reverse: gradients of $")
    assert title.endswith(" ...")
    typeset = re.sub(r"\\mathrm|[${}_]", "", title)
    assert len(typeset) <= len("2. Reverse: ") + beamer.TITLE + len(" ...")


def test_of_a_large_array_there_is_the_shape_and_of_a_long_sum_the_ends() -> None:
    trace = loads({"weights": {"w": [list(range(60))] * 2, "b": [1, 2]}, "loss": "sum(w) + sum(b)"}).trace()
    frames = dict(FRAME.findall(slides(beamer.write_beamer, trace)))
    assert r"w \in \mathbb{R}^{2 \times 60}" in frames["Givens"]
    assert r"b = \begin{pmatrix} 1 \\ 2 \end{pmatrix}" in frames["Givens"]
    (sums,) = [body for title, body in frames.items() if title.startswith("1. ")]
    assert r"\text{\dots{} 113 more \dots{}}" in sums


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("text", [HOSTILE, "title: '\\end{document}'\nloss: 1", "title: '%'\nloss: 1"])
def test_nothing_that_a_user_writes_is_a_command(text: str, write: Write) -> None:
    written = slides(write, loads(text).trace())
    assert written.isascii()
    assert written.count(r"\end{document}") == 1
    assert not re.search(r"\\input\b", written)


@pytest.mark.parametrize("form", ["register", "matrix"])
@pytest.mark.parametrize(("words", "steps"), [(["--step", "5"], [5]), (["--phase", "forward"], [1, 2, 3, 4])])
def test_some_steps_have_no_title_and_no_givens(
    form: str, words: list[str], steps: list[int], command: Command
) -> None:
    status, out, _ = command("export", LIFECYCLE, "--format", "beamer", "--form", form, *words)
    assert status == 0
    assert [int(title.split(".")[0]) for title in titles(out)] == steps
    assert "titlepage" not in out


@pytest.mark.parametrize("form", ["register", "matrix"])
def test_a_file_of_slides_has_a_suffix_of_its_own(form: str, command: Command, tmp_path: Path) -> None:
    assert command("export", LIFECYCLE, "--form", form, "-o", tmp_path / "a.beamer.tex") == (0, "", "")
    assert (
        (tmp_path / "a.beamer.tex").read_text(encoding="ascii").startswith("\\documentclass[aspectratio=169]{beamer}")
    )


# what LaTeX makes of it


@pytest.mark.parametrize("write", WRITERS)
def test_nothing_runs_off_a_slide(write: Write, tmp_path: Path) -> None:
    needs_packages("beamer.cls", "pgf.sty")
    text = in_one(slides(write, traced(path)) for path in EVERY_NETWORK if path.stem in SHOWN)
    check_width(compiled("pdflatex", text, tmp_path))


@pytest.mark.parametrize("engine", ["pdflatex", "lualatex"])
def test_every_engine_compiles_slides_of_what_is_hard(engine: str, tmp_path: Path) -> None:
    needs_packages("beamer.cls", "pgf.sty")
    hard = [slides(write, loads(HOSTILE).trace()) for write in WRITERS]
    check_width(compiled(engine, in_one([*hard, slides(beamer.write_beamer, loads(LONG).trace())]), tmp_path))


def test_what_stands_on_slides_is_written_once_for_every_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long step is laid out large, small and smallest, and one of those is taken."""
    trace = loads(f"weights: {{w: {list(range(200))}}}\nloss: sum(w^2)").trace()
    write, written = Typeset.row, Counter[str]()

    def counted(own: Typeset, row: Row) -> TableRow:
        written[row.quantity] += 1
        return write(own, row)

    monkeypatch.setattr(Typeset, "row", counted)
    slides(beamer.write_beamer, trace)
    assert set(written.values()) == {1}
    assert len(written) == trace.count


def test_names_are_written_once_for_all_slides_of_equations(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Trace] = []

    class Counted(Typeset):
        def __init__(self, trace: Trace, inline: bool = False, like: Typeset | None = None) -> None:
            made.append(trace)
            super().__init__(trace, inline, like)

    monkeypatch.setattr(beamer, "Typeset", Counted)
    chain = "\n".join(f"  h{place + 1}: h{place}*w" for place in range(60))
    trace = loads(f"weights: {{w: 1}}\nforward:\n  h0: w\n{chain}\nloss: h60").trace()
    beamer.write_beamer(trace, io.StringIO())
    assert 0 < len(made) <= 3
