"""The group of commands: its help, each command's, and that the examples in them work anywhere."""

from __future__ import annotations

import re
import shlex
from importlib import import_module
from io import StringIO
from pathlib import Path

import click
import pytest

from bptrace import __version__
from bptrace.cli.group import COMMANDS
from tests.conftest import ROOT, Command


@pytest.mark.parametrize("option", ["--help", "-h"])
@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_tells_every_option_and_its_examples_work_anywhere(
    command: Command, name: str, option: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    status, text, err = command(name, option)
    assert (status, err) == (0, "")
    assert "\b" not in text.replace("\\b", "\b")
    for parameter in getattr(import_module(f"bptrace.cli.{name}"), name).params:
        assert not isinstance(parameter, click.Option) or (parameter.help and parameter.opts[-1] in text)
    lines = re.search(r"^ *Examples?:\n((?: +bptrace .+\n)+)\Z", text, re.MULTILINE)
    assert lines, text
    for line in lines[1].splitlines():
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        folder.mkdir()
        monkeypatch.chdir(folder)
        monkeypatch.setattr("sys.stdin", StringIO())
        assert command(*shlex.split(line)[1:]).status == 0


def test_every_command_of_the_folder_is_in_the_group() -> None:
    files = {path.stem for path in (ROOT / "bptrace" / "cli").glob("*.py")}
    assert set(COMMANDS) == files - {"__init__", "completion", "exits", "files", "group", "main", "options"}


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
