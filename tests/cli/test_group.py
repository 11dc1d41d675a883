"""The group of commands: its help, each command's, and that the examples in them work anywhere."""

from __future__ import annotations

import re
import shlex
from io import StringIO
from pathlib import Path

import pytest

from bptrace import __version__
from bptrace.cli.group import COMMANDS
from tests.conftest import Command


@pytest.mark.parametrize("option", ["--help", "-h"])
@pytest.mark.parametrize("name", COMMANDS)
def test_the_examples_in_a_commands_help_work_anywhere(
    command: Command, name: str, option: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    status, text, err = command(name, option)
    assert (status, err) == (0, "")
    assert "\b" not in text.replace("\\b", "\b")
    lines = re.search(r"^ *Examples?:\n((?: +bptrace .+\n)+)\Z", text, re.MULTILINE)
    assert lines, text
    for line in lines[1].splitlines():
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        monkeypatch.chdir(folder)
        monkeypatch.setattr("sys.stdin", StringIO())
        assert command(*shlex.split(line)[1:]).status == 0


def test_the_groups_help_has_every_command(command: Command) -> None:
    text = command("--help").out
    assert "\b" not in text.replace("\\b", "\b")
    assert re.findall(r"^  (\w+)  +[A-Z]", text, re.MULTILINE) == list(COMMANDS)
    shown = re.findall(r"^  bptrace (\w+) [^\n]{3,} {2,}\S.{10,}$", text, re.MULTILINE)
    assert set(shown) <= set(COMMANDS)
    assert len(shown) > 6
    assert max(map(len, text.splitlines())) <= 80


def test_version(command: Command) -> None:
    assert command("--version").out == f"bptrace {__version__}\n"
