"""`bptrace guide`: every page, listed and shown, for a terminal and for a pipe."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bptrace.cli.guide import TOPICS, page, summary
from bptrace.cli.options import CLOSED_FORMS, EXPLAINED, WORKED_OUT
from bptrace.views import DOCUMENT, MARKDOWN, WORKED
from tests.cli.test_main import on_terminal, stripped
from tests.conftest import ROOT, Command

every_topic = pytest.mark.parametrize("topic", TOPICS)


def test_every_page_has_its_line(command: Command) -> None:
    status, out, err = command("guide")
    assert (status, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()] == list(TOPICS)
    written = sorted(path.name for path in (ROOT / "bptrace" / "guide").iterdir())
    assert written == sorted([*(f"{topic}.md" for topic in TOPICS), "notebook.ipynb"])


@every_topic
def test_a_page_is_its_file(command: Command, topic: str) -> None:
    status, out, err = command("guide", topic)
    assert (status, err) == (0, "")
    written = (ROOT / "bptrace" / "guide" / f"{topic}.md").read_text(encoding="utf-8")
    shown = [line for line in written.splitlines() if not line.startswith("<!--")]
    assert out.splitlines() == [line.replace("\\*", "*") for line in shown]


@pytest.mark.parametrize(
    ("topic", "name"), [([], "notebook.ipynb"), (["notebook"], "notebook.ipynb"), (["library"], "library.md")]
)
def test_a_page_or_its_notebook_is_written_to_a_file(
    command: Command, tmp_path: Path, topic: list[str], name: str
) -> None:
    path = tmp_path / f"mine{Path(name).suffix}"
    assert command("guide", *topic, "-o", str(path)) == (0, "", "")
    assert path.read_text(encoding="utf-8") == (ROOT / "bptrace" / "guide" / name).read_text(encoding="utf-8")


def test_a_page_without_a_notebook_says_which_has_one(command: Command, tmp_path: Path) -> None:
    status, out, err = command("guide", "file", "-o", str(tmp_path / "mine.ipynb"))
    assert (status, out) == (2, "")
    assert err == "error: no notebook comes with 'file'\n   one does with 'notebook'\n"
    assert not list(tmp_path.iterdir())


def test_a_page_says_how_many_rows_are_taken() -> None:
    limits = (DOCUMENT, WORKED, MARKDOWN, WORKED_OUT, EXPLAINED)
    found = re.search(r"- A document, and slides, have.*?\n- ", page("export"), re.DOTALL)
    assert found
    assert re.findall(r"\d+,\d+", found[0]) == [f"{limit.most:,}" for limit in limits]
    assert CLOSED_FORMS.most == WORKED_OUT.most


def test_stars_are_times_and_not_emphasis() -> None:
    written = "1/2*z*(1+tanh(sqrt(2/pi)*(z+0.044715*z^3)))"
    assert written in page("functions").replace("\\*", "*")
    assert written in stripped(on_terminal("guide", "functions", columns=110))


@every_topic
def test_a_page_begins_with_a_heading_and_its_line(topic: str) -> None:
    heading, line, rest = page(topic).split("\n\n", 2)
    assert re.fullmatch(r"# [A-Z][^\n]+", heading)
    assert line == summary(page(topic))
    assert re.fullmatch(r"[^\n]{30,63}\.", line)
    assert rest


@every_topic
def test_prose_fits_80_columns(topic: str) -> None:
    prose = re.sub(r"```.*?```", "", page(topic), flags=re.DOTALL)
    assert [line for line in prose.splitlines() if len(line) > 80 and not line.startswith("|")] == []


@pytest.mark.parametrize(("topic", "columns"), [*((topic, 80) for topic in TOPICS), ("functions", 40)])
def test_a_page_on_a_terminal_keeps_to_it(topic: str, columns: int) -> None:
    lines = stripped(on_terminal("guide", topic, columns=columns)).splitlines()
    assert len(lines) > 4
    assert max(map(len, lines)) <= columns


def test_a_page_on_a_terminal_is_laid_out() -> None:
    shown = on_terminal("guide", "file")
    assert "\x1b[" in shown
    assert "```" not in shown
    assert "(optimizers.md)" not in shown
    assert "bptrace guide optimizers" in stripped(shown)


def test_an_unknown_page(command: Command) -> None:
    status, out, err = command("guide", "flie")
    assert (status, out) == (2, "")
    assert err == "error: the guide has no page 'flie'\n   did you mean 'file'?\n   'bptrace guide' lists them\n"
