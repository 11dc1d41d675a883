"""A text as YAML: what cannot be read, and the place of everything however it is written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from bptrace import SpecError, load, loads
from bptrace.spec import yaml_text
from bptrace.spec.yaml_text import LOADER, SIZE_LIMIT, places_in
from tests.refusals import bounded, outcome, refusal, refuses
from tests.strategies import examples

# Files


def unreadable(path: Path) -> SpecError:
    with bounded(), pytest.raises(SpecError) as refused:
        load(path)
    return refused.value


def test_no_such_file(tmp_path: Path) -> None:
    (tmp_path / "relu.yaml").touch()
    path = tmp_path / "rleu.yaml"
    assert str(unreadable(path)) == f"error: no such file: {path}\n   did you mean 'relu.yaml'?"


def test_no_such_folder(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "net.yaml"
    assert str(unreadable(path)) == f"error: no such file: {path}\n   there is no folder {path.parent}"


def test_a_directory(tmp_path: Path) -> None:
    said = f"error: {tmp_path} is a directory, not a network file\n   "
    assert str(unreadable(tmp_path)) == f"{said}a file's name ends in .yaml or .yml"
    (tmp_path / "net.yml").touch()
    assert str(unreadable(tmp_path)) == f"{said}in it: net.yml"


def test_no_such_file_and_none_with_a_name_like_it(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    assert str(unreadable(path)).endswith(f"\n   in {tmp_path}: none that ends in .yaml or .yml")
    (tmp_path / "handwritten_digits_of_ten_classes.yaml").touch()
    assert str(unreadable(path)).endswith(f"\n   in {tmp_path}: handwritten_digits_of_ten_classes.yaml")


def test_a_link_to_itself(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.symlink_to(path)
    assert str(unreadable(path)).startswith(f"error: cannot read {path}: ")


def test_the_pipe_that_is_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    monkeypatch.setattr(yaml_text, "WRITTEN", (writing,))
    path = Path(f"/proc/self/fd/{reading}")
    assert str(unreadable(path)).startswith(f"error: cannot read {path}: it is the pipe that is written to\n   ")
    os.close(writing)
    assert str(unreadable(path)).startswith(f"{path}:1:1: error: the file is empty\n")
    os.close(reading)


def test_a_name_with_a_null() -> None:
    assert str(unreadable(Path("a\0b"))).startswith("error: cannot read a")


@pytest.mark.parametrize("start", [b"", b"loss: 1\n", b"loss: 1 #"])
def test_a_file_of_100_megabytes(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "net.yaml"
    with path.open("wb") as file:
        file.write(start)
        file.truncate(100_000_000)
    problem = unreadable(path)
    assert (problem.message, problem.hints) == (
        f"{path} is larger than 10 MB, the most that is read",
        ("take fewer samples, or smaller arrays",),
    )
    assert problem.line == start.count(b"\n") + 1
    assert problem.column == SIZE_LIMIT + 1 - (start.rfind(b"\n") + 1)
    assert len(str(problem)) < 600


@pytest.mark.parametrize(
    ("data", "byte", "line", "column"),
    [
        (b"\xff", "ff", 1, 1),
        (b"loss: \x80", "80", 1, 7),
        ("# θŷ日😀\nloss: ".encode() + b"\xc3(", "c3", 2, 7),
        (b"a\r\nb: \xe2\x82\n", "e2", 2, 4),
        ("loss: 1".encode("utf-16"), "ff", 1, 1),
        ("# é".encode("latin-1"), "e9", 1, 3),
        (b"loss: \xed\xa0\x80", "ed", 1, 7),
        (b"loss: \xc0\x80", "c0", 1, 7),
    ],
)
def test_not_utf_8(tmp_path: Path, data: bytes, byte: str, line: int, column: int) -> None:
    path = tmp_path / "net.yaml"
    path.write_bytes(data)
    problem = unreadable(path)
    assert (problem.line, problem.column) == (line, column)
    assert str(problem).startswith(f"{path}:{line}:{column}: error: byte 0x{byte} is not UTF-8\n")
    assert problem.hints == ("save the file as UTF-8",)


def test_the_path_is_quoted_as_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("bad.yaml").write_text("input: {x: 1}\nloss: q\n")
    with pytest.raises(SpecError) as refused:
        load("bad.yaml")
    assert str(refused.value) == (
        "bad.yaml:2:7: error: unknown name 'q'\n   2 | loss: q\n     |       ^\n   known here: x"
    )


# A text

test_what_is_no_yaml = refuses(
    [
        ("¦", "the file is empty", "'bptrace new FILE' writes one to start from"),
        ("¦  \n\n", "the file is empty"),
        ("¦# only a comment\n", "the file is empty"),
        ("¦[1, 2]", "the file is a mapping of names"),
        ("¦42", "the file is a mapping of names"),
        ("---\n¦", "the file is a mapping of names"),
        ("loss: x¦\0", "not YAML: control characters are not allowed"),
        ("# θ日😀\nloss: x¦\x07", "not YAML: control characters are not allowed"),
        ("loss: ¦\ud800", "not text: a lone surrogate"),
        ("title: a\n...\n¦loss: 1", "not YAML: did not find expected <document start>"),
        (
            f"weights: {{{', '.join(f'w{n}: 1' for n in range(20_000))}, ¦more: 1}}",
            "more than 20,000 names in one section",
        ),
        ("loss: [[[[[[[[[[[[[[[[[[[¦" + "[" * 9_981, "nested more than 20 deep"),
        ("loss: " + "[" * 19 + "¦" + "[" * 9_981 + "1" + "]" * 10_000, "nested more than 20 deep"),
        ("- " * 20 + "¦" + "- " * 9_980 + "1", "nested more than 20 deep"),
        ("loss: " + "{a: " * 19 + "¦" + "{a: " * 9_981, "nested more than 20 deep"),
        ("? " * 20 + "¦" + "? " * 9_980, "nested more than 20 deep"),
        (
            "".join(f"{' ' * n}a:\n" for n in range(20)) + " " * 20 + "¦a:\n" + " " * 21 + "a:\n",
            "nested more than 20 deep",
        ),
    ]
)


# Columns, however the file is written


@pytest.mark.parametrize(
    "text",
    [
        "loss: x + ¦q",
        "loss:\tx\t+\t¦q",
        "loss: 'x + ¦q'",
        'loss: "x + ¦q"',
        "'loss' : x + ¦q",
        "loss: x +\n  ¦q",
        "loss: x +\n\n\n   x +\n ¦q * x",
        "loss: 'x\n  + x\n\n  + ¦q*x'",
        'loss: "x\n  + x\n\n  + ¦q*x"',
        'loss: "x \\\n  + ¦q"',
        'loss: "x\\t+\\x20¦q"',
        'loss: "x\\x2b x + ¦q"',
        'loss: "x\\x2bx+¦q"',
        'loss: "x\\u002b x + ¦q"',
        'loss: "x\\U0000002b\\n\\\n\n \\x20 x + \n\n  \\x78 + ¦q"',
        'loss: "x\\x2b\u2028 x + ¦\\x71"',
        "loss: |\n  x +\n  ¦q\n",
        "loss: |-\n  x +\n    ¦q",
        "loss: >\n  x +\n  ¦q\n",
        "loss: >-\n  x +\n\n    x +\n  ¦q\n",
        "loss: |2-\n  2*¦q\n",
        "loss: >- # q + x\n  ¦q + x\n",
        "loss: |2 # x + q\n   x + ¦q\n",
        "loss: {J: x + ¦q}",
        "loss: &q ¦q + x",
        "loss: !q ¦q + x",
        "loss: &x !x x + ¦q # q",
        "forward:\n  z: &e x + ¦q\n  y: *e\nloss: y",
        "forward: {z: &e 2*x, y: *e}\nloss: y + z + ¦q",
        "forward: {? z : ¦q}\nloss: z",
        "title: 日本語 😀\nloss: x + ¦q",
        "forward: {日本: x, ŷ: 日本 + ¦q}\nloss: ŷ",
        "forward: {θ: 'x', 漢字: θ*θ + ¦q} # 漢字\nloss: 1",
        "forward: {y\u0302: 'x'}\nloss: y\u0302 + ¦q",
        "forward: {𝜃: x}\nloss: 𝜃 + ¦q",
        "title: 'a\u2028b'\nloss: x + ¦q",
        "title: '\u0085'\nloss: x + ¦q",
    ],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_name_is_found_where_it_stands(text: str, ending: str) -> None:
    marked = f"input: {{x: 2}}\n{text}\n".replace("\n", ending)
    assert refusal(marked).message == "unknown name 'q'"


def test_a_byte_order_mark_takes_no_column() -> None:
    with pytest.raises(SpecError) as refused:
        loads("\ufeffloss: q", "net.yaml")
    assert str(refused.value).startswith("net.yaml:1:7: error: unknown name 'q'\n   1 | loss: q\n     |       ^")


def test_the_whole_message() -> None:
    text = "input: {x: [1, 2]}\nweights:\n  w: [[0, 1], [1, -1]]\n  b: [0, 0]\nforward:\n  z: w@q + b\nloss: sum(z)\n"
    with pytest.raises(SpecError) as refused:
        loads(text, "networks/bad.yaml")
    assert str(refused.value) == (
        "networks/bad.yaml:6:8: error: unknown name 'q'\n   6 |   z: w@q + b\n     |        ^\n   known here: b, w, x"
    )


@pytest.mark.parametrize(
    "text",
    [
        f"? {'x' * 100_000}\n: 1\nloss: 1",
        f"input: {{? {'x' * 100_000} : 1}}\nloss: q",
        f"input:\n  ? {'x' * 100_000}\n  : 1\nforward:\n  ? {'x' * 100_000}\n  : 1\nloss: 1",
        f"loss:\n  ? {'x' * 100_000}\n  : a\n",
    ],
)
def test_a_long_name_is_quoted_in_short(text: str) -> None:
    assert len(str(outcome(text))) < 2_000


class Read(str):
    """A text that counts how many of its characters are looked at."""

    looked_at = 0

    def find(self, part: str, start: int = 0) -> int:  # type: ignore[override]  # this much of it is called
        found = super().find(part, start)
        self.looked_at += (len(self) if found < 0 else found) - start
        return found


@pytest.mark.parametrize("value", ["x" * 1_000, "\u4e00\u4e01" * 500, "x~" * 500])
def test_a_text_of_other_characters_is_read_once(value: str) -> None:
    span = Read("'" + "".join(f"\\u{ord(char):04x}" for char in value) + "'")
    places = places_in(span, value, "'")
    assert len(places) == len(value) + 1
    assert places == sorted(places)
    assert span.looked_at <= len(span)


@pytest.mark.parametrize("value", ["x" * 1_000, "\u4e00\u4e01" * 500, "x~" * 500])
def test_each_escape_of_a_text_has_its_place(value: str) -> None:
    span = '"' + "".join(f"\\u{ord(char):04x}" for char in value) + '"'
    assert places_in(span, value, '"') == list(range(1, len(span), 6))


@given(
    st.lists(
        st.sampled_from([*"a \t\n", "\\x62", "\\u0063", "\\\n", "\\ ", "\\t", "\\n", "\\\\", '\\"', "\r\n", "\u2028"])
    )
)
@examples(200)
def test_every_part_of_a_quoted_text_is_read_as_so_many_characters(parts: list[str]) -> None:
    span = '"' + "".join(parts) + '"'
    assume("\n\t" not in span)
    [value] = [event.value for event in yaml.parse(span, Loader=LOADER) if isinstance(event, yaml.ScalarEvent)]
    places = places_in(span, value, '"')
    assert places[-1] == len(span) - 1
    assert len(places) == len(value) + 1
    assert all(span[place] in (char, "\\") for char, place in zip(value, places, strict=False) if not char.isspace())
