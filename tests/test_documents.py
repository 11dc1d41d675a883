"""The documents that bptrace answers to: every formula, reason and heading of each, with the command that prints it.

A file of tests/documents/ begins with a sentence on the document and with how many of each it has, as in
`23 formulas, 2 words, 2 headings`. Sections follow, each a command and lines of what it prints, in order and exact:

    $ bptrace derive example:linear_2_2_2_1 --values
     7 |   ∂L/∂z = 2·(z - t) = 2·(-3 - 2) = -10

Before the bar stands which formula of the document it is, counted from 1, a `w` before the number of what is said in
words, an `h` before a heading's; `2,w1` is both. A line with nothing before its bar comes directly after the one above
it. What ends a row of LaTeX is no part of a line. Lines that begin with # are remarks. A command with LINES before it
has the window, of so many.
"""

from __future__ import annotations

import os
import re
import shlex
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from bptrace.cli import step
from bptrace.stepping.frame import frame
from bptrace.stepping.stepper import Stepper
from tests.conftest import Command

DOCUMENTS = sorted((Path(__file__).parent / "documents").glob("*.txt"))
COUNTS = re.compile(r"^(\d+) formulas, (\d+) words, (\d+) headings$", re.MULTILINE)
END_OF_ROW = re.compile(r" \\\\\*?(\[\w+\])?$")
LINE = re.compile(r" *(?P<labels>(?:[wh]?\d+)?(?:,[wh]?\d+)*) \|(?: (?P<text>.*))?")


class Line(NamedTuple):
    """A line to be printed, and what of the document it is: nothing where it goes on with the line above."""

    labels: frozenset[str]
    text: str


class Section(NamedTuple):
    """A command, and lines of its output in order."""

    command: str
    lines: tuple[Line, ...]


def sections_of(text: str) -> list[Section]:
    """The sections of a document's file; everything in it is a section's, a remark, or stands before the first."""
    sections: list[Section] = []
    for block in re.split(r"^(?=\$ )", text, flags=re.MULTILINE)[1:]:
        command, *lines = (line for line in block.splitlines() if line and not line.startswith("#"))
        read = [LINE.fullmatch(line) for line in lines]
        assert all(read), lines[read.index(None)]
        sections.append(
            Section(
                command[2:], tuple(Line(frozenset(m["labels"].split(",")) - {""}, m["text"] or "") for m in read if m)
            )
        )
    return sections


def labels_of(text: str) -> set[str]:
    """What a document consists of, by the counts that its file states."""
    found = COUNTS.search(text)
    assert found, "the counts are missing"
    return {
        f"{kind}{n}"
        for kind, count in zip(["", "w", "h"], found.groups(), strict=True)
        for n in range(1, int(count) + 1)
    }


def check(lines: tuple[Line, ...], printed: list[str]) -> None:
    """Fail at the first line that is not among the printed ones, after where the one before it was found."""
    at = -1
    for labels, text in lines:
        rest = printed[at + 1 :] if labels else printed[at + 1 : at + 2]
        if text not in rest:
            nearest = "\n".join(get_close_matches(text, printed, 2, 0.5)) or "nothing like it"
            where = "before the line above it" if text in printed else "nowhere"
            pytest.fail(
                f"{','.join(sorted(labels)) or 'goes on'}: printed {where}\n{text}\nnearest:\n{nearest}", pytrace=False
            )
        at += 1 + rest.index(text)


def draw(stepper: Stepper, _net: str) -> None:
    """Print the window as it is opened."""
    for line in frame(stepper, int(os.environ["COLUMNS"]), int(os.environ["LINES"])).lines:
        click.echo("".join(text for _, text in line))


def run_line(command: Command, monkeypatch: pytest.MonkeyPatch, line: str) -> list[str]:
    """The lines that a command prints; variables may stand before it, as in a shell."""
    words = shlex.split(line)
    while "=" in words[0]:
        monkeypatch.setenv(*words.pop(0).split("=", 1))
    if "LINES=" in line:
        monkeypatch.setattr(step, "_fills_the_window", lambda _net: True)
        monkeypatch.setattr(step, "_on_the_screen", draw)
    assert words.pop(0) == "bptrace"
    status, out, err = command(*words)
    assert (status, err) == (0, "")
    return [END_OF_ROW.sub("", printed.rstrip()) for printed in out.splitlines()]


@pytest.mark.parametrize(("line", "lines"), [
    pytest.param(section.command, section.lines, id=f"{path.stem}: {section.command}")
    for path in DOCUMENTS
    for section in sections_of(path.read_text(encoding="utf-8"))
])  # fmt: skip
def test_a_command_prints_the_documents_lines(
    command: Command, monkeypatch: pytest.MonkeyPatch, line: str, lines: tuple[Line, ...]
) -> None:
    check(lines, run_line(command, monkeypatch, line))


@pytest.mark.parametrize("path", DOCUMENTS)
def test_no_line_of_a_document_is_missing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    shown = {label for section in sections_of(text) for line in section.lines for label in line.labels}
    assert sorted(labels_of(text) ^ shown) == []


# the checker itself
TEXT = """Two sums.
2 formulas, 1 words, 0 headings

$ bptrace run x
   1 |   a = 1
     |     = 1
# says why
2,w1 | so it is
"""
PRINTED = ["Title", "  a = 1", "    = 1", "", "so it is"]


def test_a_file_is_read_as_sections_of_lines() -> None:
    lines = (Line(frozenset({"1"}), "  a = 1"), Line(frozenset(), "    = 1"), Line(frozenset({"2", "w1"}), "so it is"))
    assert sections_of(TEXT) == [Section("bptrace run x", lines)]
    assert labels_of(TEXT) == {"1", "2", "w1"}
    check(lines, PRINTED)


@pytest.mark.parametrize(("printed", "complaint"), [
    (["  a = 2", "    = 1", "so it is"], "1: printed nowhere\n  a = 1\nnearest:\n  a = 2"),
    (["a = 1", "    = 1", "so it is"], "1: printed nowhere"),
    (["  a = 1", "", "    = 1", "so it is"], "goes on: printed before the line above it"),
    (["so it is", "  a = 1", "    = 1"], "2,w1: printed before the line above it"),
    ([], "nothing like it"),
])  # fmt: skip
def test_a_line_that_is_missing_or_out_of_place_fails(printed: list[str], complaint: str) -> None:
    with pytest.raises(pytest.fail.Exception, match=re.escape(complaint)):
        check(sections_of(TEXT)[0].lines, printed)


def test_what_is_no_line_fails() -> None:
    with pytest.raises(AssertionError, match="no bar"):
        sections_of(TEXT + "no bar\n")
