"""The form of a complaint: `path:line:col: error: …`, the line, a caret under the place, hints."""

from __future__ import annotations

import unicodedata

import pytest

from bptrace.errors import (
    BptraceError,
    InternalError,
    Mark,
    Source,
    SpecError,
    listed,
    printable,
    shortened,
    shortened_path,
    suggestion,
)


def mark(text: str, name: str = "net.yaml") -> Mark:
    """The place of the `¦` in a text, in the text without it."""
    before, _, after = text.partition("¦")
    return Mark(Source(name, before + after), len(before))


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("¦", 1, 1),
        ("¦x", 1, 1),
        ("x¦", 1, 2),
        ("x\n¦", 2, 1),
        ("\n\n  ¦x\n", 3, 3),
        ("a\r\nb¦\r\n", 2, 2),
        ("\t\t¦x", 1, 3),
        ("θŷ😀漢¦q", 1, 5),
    ],
)
def test_line_and_column_count_characters_from_1(text: str, line: int, column: int) -> None:
    place = mark(text)
    assert (place.line, place.column) == (line, column)
    problem = SpecError("wrong", place)
    assert (problem.line, problem.column) == (line, column)


def test_the_whole_form() -> None:
    problem = SpecError(
        "unknown name 'q'", mark("forward:\n  z: w@¦q + b\nloss: z"), "known here: w", "did you mean 'w'?"
    )
    assert str(problem) == (
        "net.yaml:2:8: error: unknown name 'q'\n"
        "   2 |   z: w@q + b\n"
        "     |        ^\n"
        "   known here: w\n"
        "   did you mean 'w'?"
    )


def test_a_complaint_without_a_place() -> None:
    problem = SpecError("no such file: net.yaml", None, "did you mean 'nets.yaml'?")
    assert str(problem) == "error: no such file: net.yaml\n   did you mean 'nets.yaml'?"
    assert (problem.line, problem.column) == (None, None)


@pytest.mark.parametrize("kind", [SpecError, InternalError])
def test_one_class_catches_all(kind: type[BptraceError]) -> None:
    with pytest.raises(BptraceError, match="wrong"):
        raise kind("wrong")


def width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(unicodedata.combining(char) > 0 for char in text)


@pytest.mark.parametrize(
    ("text", "under"),
    [
        ("loss: x + ¦q", "q"),
        ("日本: ¦q", "q"),
        ("y\u0302 + ¦q", "q"),
        ("title: 漢字 😀 ¦q # 漢字", "q"),
        ("\tx\t¦q", "q"),
        ("x\x1b[31m ¦q", "q"),
        ("loss: ¦日 + 1", "日"),
        ("loss: x ¦+\r\nnext", "+"),
        ("a" * 500 + "¦q", "q"),
        ("¦q" + "a" * 500, "q"),
        ("a" * 500 + "¦q" + "b" * 500, "q"),
        ("漢" * 500 + "¦q" + "字" * 500, "q"),
        ("\n" * 98 + "x¦q", "q"),
        ("\n" * 9_998 + "x¦q", "q"),
        ("\n" * 9_999 + "x¦q", "q"),
        ("\n" * 1_234_567 + "x¦q", "q"),
    ],
)
def test_the_caret_stands_under_the_place(text: str, under: str) -> None:
    quoted, pointer = mark(text).snippet().split("\n")
    at = width(pointer) - 1
    columns = "".join(char + "\0" * (width(char) - 1) for char in unicodedata.normalize("NFC", quoted))
    assert pointer.strip(" |") == "^"
    assert columns[at] == under


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("¦", "   1 |"),
        ("x\r\n¦y\r\nz", "   2 | y"),
        ("x¦\r\n", "   1 | x"),
        ("\tx¦", "   1 |  x"),
        ("\x1b[31m¦", "   1 | \N{REPLACEMENT CHARACTER}[31m"),
        ("¦" + "a" * 88, "   1 | " + "a" * 88),
        ("¦" + "a" * 89, "   1 | " + "a" * 88 + "…"),
        ("a" * 88 + "¦", "   1 | " + "a" * 88),
        ("b" * 45 + "a" * 44 + "¦", "   1 | …" + "a" * 44),
        ("b" * 100 + "a" * 44 + "¦" + "c" * 44 + "b" * 100, "   1 | …" + "a" * 44 + "c" * 44 + "…"),
    ],
)
def test_the_quoted_line(text: str, quoted: str) -> None:
    assert mark(text).snippet().split("\n")[0] == quoted


def test_a_name_that_steers_a_terminal_is_made_visible() -> None:
    text = str(SpecError("wrong", mark("¦x", "\x1b[31m.yaml")))
    assert text.startswith("\N{REPLACEMENT CHARACTER}[31m.yaml:1:1: error: wrong\n")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ŷ 日 😀", "plain ŷ 日 😀"),
        ("a\tb\nc", "a b c"),
        ("\x1b\x07\x9b\u202e\u200b\ud800", "\N{REPLACEMENT CHARACTER}" * 6),
    ],
)
def test_printable(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_path_is_cut_where_it_is_very_long() -> None:
    assert shortened_path("a/b.yaml") == "a/b.yaml"
    assert shortened_path("a" * 200 + "b" * 200) == f"{'a' * 100}…{'b' * 50}"


@pytest.mark.parametrize("kind", [BptraceError, InternalError])
def test_a_message_has_printable_lines(kind: type[BptraceError]) -> None:
    assert (
        str(kind("error: \x1b[2J\n   \u202ehint"))
        == "error: \N{REPLACEMENT CHARACTER}[2J\n   \N{REPLACEMENT CHARACTER}hint"
    )


def test_what_is_foreign_makes_no_line_of_its_own() -> None:
    problem = SpecError("no 'a\nerror: b'", None, "did you mean 'a\n   c'?")
    assert str(problem) == "error: no 'a error: b'\n   did you mean 'a    c'?"


def test_of_an_unquoted_text_the_place_alone_is_shown() -> None:
    problem = SpecError("wrong", mark("secret\n¦x"), "hint").unquoted()
    assert (str(problem), problem.line) == ("net.yaml:2:1: error: wrong\n   hint", 2)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("", "''"), ("q", "'q'"), ("a" * 40, f"'{'a' * 40}'"), ("a" * 30 + "b" * 30, f"'{'a' * 20}…{'b' * 10}'")],
)
def test_shortened(text: str, shown: str) -> None:
    assert shortened(text) == shown


@pytest.mark.parametrize(
    ("word", "hints"),
    [
        ("wieghts", ["did you mean 'weights'?"]),
        ("Loss", ["did you mean 'loss'?"]),
        ("WEIGHTS", ["did you mean 'weights'?"]),
        ("dL/dQ", ["did you mean 'dL/dq'?"]),
        ("q", []),
        ("", []),
        ("loss" * 1000, []),
    ],
)
def test_suggestion(word: str, hints: list[str]) -> None:
    assert suggestion(word, ["loss", "weights", "input", "dL/ds", "dL/dq"]) == hints


@pytest.mark.parametrize(
    ("names", "limit", "text"),
    [
        ([], 3, ""),
        (["b", "a"], 3, "a, b"),
        (["c", "b", "a"], 3, "a, b, c"),
        (["d", "c", "b", "a"], 3, "a, b, c and 1 more"),
    ],
)
def test_listed(names: list[str], limit: int, text: str) -> None:
    assert listed(names, limit) == text
