"""The notebook of the guide, executed: what each of its cells shows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import ROOT

nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")
nbformat = pytest.importorskip("nbformat", reason="nbformat is not installed")
pytest.importorskip("ipykernel", reason="ipykernel is not installed")
pytestmark = pytest.mark.filterwarnings("default")  # those of Jupyter's own packages are none of ours

PATH = ROOT / "bptrace" / "guide" / "notebook.ipynb"


@pytest.fixture(scope="module")
def outputs() -> dict[str, list[Any]]:
    """What each cell of code puts out, by its text."""
    notebook = nbformat.read(PATH, as_version=4)
    nbclient.NotebookClient(notebook, timeout=50, kernel_name="python3").execute()
    return {cell.source: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}


def shown(outputs: dict[str, list[Any]], start: str) -> dict[str, str]:
    """What the cell that begins so shows, by MIME type."""
    (found,) = [put_out for source, put_out in outputs.items() if source.startswith(start)]
    (output,) = found
    return dict(output["data"])


def test_it_is_stored_without_outputs_and_valid() -> None:
    text = PATH.read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert text == json.dumps(json.loads(text), indent=1, ensure_ascii=False) + "\n"
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells)


@pytest.mark.parametrize("start", ["%%bptrace trace", "trace.steps"])
def test_tables_have_every_form(outputs: dict[str, list[Any]], start: str) -> None:
    data = shown(outputs, start)
    assert {"text/html", "text/markdown", "text/latex", "text/plain"} == data.keys()
    assert "<caption>Two-layer ReLU network" in data["text/html"] or "gradient passes" in data["text/html"]


def test_an_array_is_a_matrix(outputs: dict[str, list[Any]]) -> None:
    assert shown(outputs, 'trace["dL/dw"]')["text/latex"] == (
        r"$\displaystyle \begin{pmatrix} -2 & -4 \\ 0 & 0 \end{pmatrix}$"
    )


def test_what_is_not_rational_has_proven_digits(outputs: dict[str, list[Any]]) -> None:
    assert shown(outputs, "import bptrace")["text/markdown"] == r"$$\approx 0.5825702065$$"


def test_pictures_are_svg_and_images(outputs: dict[str, list[Any]]) -> None:
    for start in ("trace.graph(values", "trace.graph(why"):
        data = shown(outputs, start)
        assert data["image/svg+xml"].startswith("<svg")
        assert data["text/html"].startswith('<img src="data:image/svg+xml;base64,')


def test_the_page_stands_in_a_frame(outputs: dict[str, list[Any]]) -> None:
    assert shown(outputs, "trace.page")["text/html"].startswith('<iframe sandbox="allow-scripts"')


def test_a_mistake_is_one_message_with_a_caret(outputs: dict[str, list[Any]]) -> None:
    (wrong,) = [put_out for source, put_out in outputs.items() if "w*x}" in source]
    assert [output["traceback"] for output in wrong] == [
        [
            "In[8]:3:16: error: unknown name 'x'",
            "   3 | forward: {z: w*x}",
            "     |                ^",
            "   known here: w",
        ]
    ]
