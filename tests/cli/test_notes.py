"""Where notes stand: under a register, in every document, on standard error beside data; `--ignore` and `--strict`."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from bptrace import Trace, load
from tests.conftest import RELU, Command

TEXT = "weights:\n  W: [[1, 2], [3, 4]]\n  b: 0\ninput: {x: [1, 2]}\nforward: {z: W*x}\nloss: sum(z)\nupdate: {lr: 1}\n"
UNREAD = "nothing reads b"
BROADCAST = "W*x takes a 2x2 matrix and a vector of 2 element by element; the matrix product is W@x"
PLACED = [f"line 3, column 3: {UNREAD} (unread)", f"line 5, column 15: {BROADCAST} (broadcast)"]
IN_LATEX = [
    "\\item line 3, column 3: nothing reads $b$ (unread)",
    "\\item line 5, column 15: $W$*$x$ takes a 2x2 matrix and a vector of 2 element by element; the matrix product is "
    "$W$@$x$ (broadcast)",
]


@pytest.fixture
def net(tmp_path: Path) -> str:
    path = tmp_path / "net.yaml"
    path.write_text(TEXT)
    return str(path)


@pytest.fixture(autouse=True)
def nothing_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        ("run", ["Notes", *(f"  {line}" for line in PLACED)]),
        ("run --phase reverse", ["Notes", *(f"  {line}" for line in PLACED)]),
        ("run --form matrix", ["Notes", *PLACED]),
        ("derive", ["Notes", *(f"  {line}" for line in PLACED)]),
        ("derive --form matrix", ["Notes", *PLACED]),
        ("export --format markdown", ["## Notes", "", *(f"- {line}" for line in PLACED)]),
        ("export --form matrix", ["## Notes", "", *(f"- {line}" for line in PLACED)]),
        ("derive --format markdown", ["## Notes", "", *(f"- {line}" for line in PLACED)]),
        ("step", [f"note: {line}" for line in PLACED]),
    ],
)
def test_notes_stand_in_what_people_read(command: Command, net: str, words: str, lines: list[str]) -> None:
    name, *options = words.split()
    status, out, err = command(name, net, *options)
    assert (status, err) == (0, "")
    wanted = " ".join(" ".join(lines).split())
    assert (wanted.replace("*x", "\\*x") if "#" in wanted else wanted) in " ".join(out.split())
    assert "note" not in command(name, RELU, *options)[1].lower()


@pytest.mark.parametrize("words", ["export --format latex", "export --form matrix --format latex",
                                   "derive --format latex", "export --format latex --fragment"])  # fmt: skip
def test_notes_are_typeset_in_latex(command: Command, net: str, words: str) -> None:
    name, *options = words.split()
    status, out, err = command(name, net, *options)
    assert (status, err) == (0, "")
    assert "\n".join(["\\subsection*{Notes}", "\\begin{itemize}", *IN_LATEX, "\\end{itemize}"]) in out


@pytest.mark.parametrize("words", ["export --format csv", "export --format json", "train --steps 1"])
def test_beside_data_notes_go_to_standard_error(command: Command, net: str, words: str) -> None:
    name, *options = words.split()
    status, _, err = command(name, net, *options)
    assert status == 0
    assert err.splitlines() == [
        f"{net}:3:3: note: {UNREAD}",
        "   3 |   b: 0",
        "     |   ^",
        "   if it is meant: ignore: [unread] in the file, or --ignore unread",
        f"{net}:5:15: note: {BROADCAST}",
        "   5 | forward: {z: W*x}",
        "     |               ^",
        "   if it is meant: ignore: [broadcast] in the file, or --ignore broadcast",
    ]


def test_json_holds_the_notes_and_is_read_back(command: Command, net: str) -> None:
    text = load(net).trace().to_json()
    assert json.loads(text)["notes"] == [
        {"kind": "unread", "text": UNREAD},
        {"kind": "broadcast", "text": BROADCAST},
    ]
    assert Trace.from_json(text).to_json() == text
    _, out, err = command("export", net, "--format", "json", "--ignore", "unread", "--ignore", "broadcast")
    assert "notes" not in json.loads(out)
    assert json.loads(out)["network"]["ignore"] == ["broadcast", "unread"]
    assert Trace.from_json(out).to_json() == out
    assert err == ""


@pytest.mark.parametrize("words", ["run", "export", "derive", "step", "train --steps 1"])
def test_a_strict_run_refuses_what_has_notes(command: Command, net: str, words: str) -> None:
    name, *options = words.split()
    status, out, err = command(name, net, *options, "--strict")
    assert (status, out) == (2, "")
    assert [line for line in err.splitlines() if "error" in line] == [
        f"{net}:3:3: error: {UNREAD}",
        f"{net}:5:15: error: {BROADCAST}",
    ]
    assert command(name, net, *options, "--strict", "--ignore", "unread", "--ignore", "broadcast")[0] == 0


def test_an_unknown_kind_is_refused(command: Command, net: str) -> None:
    status, out, err = command("run", net, "--ignore", "brodcast")
    assert (status, out) == (2, "")
    assert err.startswith("--ignore:1:1: error: unknown kind of notes 'brodcast'")
    assert "did you mean 'broadcast'?" in err


def test_a_rate_that_is_set_below_0_is_noted(command: Command, net: str) -> None:
    assert "(ascent)" not in command("run", net)[1]
    assert "steps up the gradient (ascent)" in command("run", net, "--set", "lr=-1")[1]
