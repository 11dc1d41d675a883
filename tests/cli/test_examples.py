"""`bptrace examples`: a line for each network that comes with bptrace; `example:` wherever one is read."""

from __future__ import annotations

from io import StringIO

import pytest

from tests.cli.test_main import on_terminal, run
from tests.conftest import EVERY_NETWORK, ROOT, Command, Outcome

NAMES = [path.stem for path in EVERY_NETWORK]


def test_a_line_an_example() -> None:
    out = run("examples").stdout.decode()
    assert [line.split()[0] for line in out.splitlines()] == NAMES
    assert "\nxor                 XOR with two ReLU units" in out


def test_lines_are_folded_where_a_width_is_asked_for() -> None:
    narrow = run("examples", env={"COLUMNS": "40"}).stdout.decode()
    assert max(map(len, narrow.splitlines())) < 40
    assert "".join(narrow.split()) == "".join(run("examples").stdout.decode().split())


def test_lines_are_folded_in_a_window() -> None:
    shown = on_terminal("examples", columns=60)
    assert max(map(len, shown.splitlines())) < 60
    assert " ".join(run("examples").stdout.decode().split()) in " ".join(shown.split())


@pytest.mark.parametrize(
    ("name", "options"),
    [("run", []), ("export", []), ("derive", ["w11"]), ("step", []), ("train", ["--steps", "1", "--set", "c=2"])],
)
def test_an_example_is_taken_where_a_file_is(
    command: Command, name: str, options: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def printed(net: object) -> Outcome:
        monkeypatch.setattr("sys.stdin", StringIO("n\nq\n"))
        return command(name, net, *options)

    example, file = printed("example:xor"), printed(ROOT / "networks" / "xor.yaml")
    assert example.status == 0
    assert example == file


def test_an_unknown_example_is_one_message(command: Command) -> None:
    assert command("run", "example:xr") == (
        2,
        "",
        "error: unknown example 'xr'\n   did you mean 'xor'?\n   'bptrace examples' lists them\n",
    )
