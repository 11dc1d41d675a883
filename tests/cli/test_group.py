"""The group of commands: its help, each command's, and that the examples in them work anywhere."""

from __future__ import annotations

import re
import shlex
from importlib import import_module
from io import BytesIO, StringIO, TextIOWrapper
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
        (folder / "answers.csv").write_text("L,1", encoding="utf-8")
        monkeypatch.chdir(folder)
        monkeypatch.setattr("sys.stdin", StringIO())
        assert command(*shlex.split(line)[1:]).status == 0


def test_every_command_of_the_folder_is_in_the_group() -> None:
    files = {path.stem for path in (ROOT / "bptrace" / "cli").glob("*.py")}
    shared = "__init__ completion endings exits files group main notes options processes starters steps unfinished"
    shared += " variants"
    assert set(COMMANDS) == files - set(shared.split())


def test_the_groups_help_has_every_command(command: Command) -> None:
    text = command("--help").out
    assert "\b" not in text.replace("\\b", "\b")
    assert re.findall(r"^  (\w+)  +[A-Z]", text, re.MULTILINE) == list(COMMANDS)
    shown = re.findall(r"^  bptrace ([\w.]+)\b[^\n]{3,} {2,}\S.{10,}$", text, re.MULTILINE)
    assert set(shown) <= {*COMMANDS, "net.yaml"}
    assert len(shown) > 6
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version(command: Command, option: str) -> None:
    assert command(option).out == f"bptrace {__version__}\n"


# A network in the place of a command


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with networks called as commands and others are."""
    for name in ("run", "net", "step.yaml", "net.yaml"):
        (tmp_path / name).write_text("weights: {w: 1}\nloss: w^2", encoding="utf-8")
    (tmp_path / "nets").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


EXAMPLE = "bptrace run example:relu_2_2_1 --phase reverse --formula --set w22=1"
SAME = [
    ["net.yaml"],
    ["net"],
    ["./run"],
    ["step.yaml", "--formula"],
    ["--formula", "net.yaml"],
    ["--set", "w=3", "--phase", "backward", "net.yaml", "--inputs"],
    ["example:xor"],
    ["net.yaml", "--help"],
    ["nowhere.yaml"],
    ["NET.YML"],
    ["example:nothing"],
    ["net.yaml", "net"],
    ["net.yaml", "--nope"],
    ["-"],
    ["--formula", "-"],
]


@pytest.mark.parametrize("arguments", SAME, ids=" ".join)
def test_a_network_alone_is_run(
    command: Command, folder: Path, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def typed() -> TextIOWrapper:
        return TextIOWrapper(BytesIO(b"loss: 2"))

    monkeypatch.setattr("sys.stdin", typed())
    expected = command("run", *arguments)
    monkeypatch.setattr("sys.stdin", typed())
    assert command(*arguments) == expected


@pytest.mark.parametrize(
    ("arguments", "err"),
    [
        (["run"], f"Error: Missing argument 'NET'.\n   as in: {EXAMPLE}"),
        (["runn"], "Error: No such command 'runn'.\n   did you mean 'run'?"),
        (["steps", "net.yaml"], "Error: No such command 'steps'.\n   did you mean 'step'?"),
        (["Export", "net.yaml"], "Error: No such command 'Export'.\n   did you mean 'export'?"),
        (["walk", "net.yaml"], "Error: No such command 'walk'.\n   'bptrace help' lists the commands"),
        (["nets"], "Error: No such command 'nets'.\n   did you mean 'new'?"),
        (["", "net.yaml"], "Error: No such command ''.\n   'bptrace help' lists the commands"),
        (["\0"], "Error: No such command '\N{REPLACEMENT CHARACTER}'.\n   'bptrace help' lists the commands"),
        (["help", "runn"], "Error: No such command 'runn'.\n   did you mean 'run'?"),
        (["--formula", "step", "net.yaml"], "Error: No such option '--formula'."),
        (["--nope"], "Error: No such option '--nope'."),
    ],
)
def test_what_is_no_command_and_no_network(command: Command, folder: Path, arguments: list[str], err: str) -> None:
    outcome = command(*arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.partition("\n\n")[2] == f"{err}\n"


MISSING = [
    ["train", "net.yaml"],
    ["new"],
    ["schema"],
    ["run", "a.yaml", "b.yaml"],
    ["guide", "a", "b"],
    ["step", "a", "--%"],
]


@pytest.mark.parametrize("arguments", MISSING, ids=" ".join)
def test_where_something_is_missing_or_too_much_the_commands_example_says_what_is_right(
    command: Command, arguments: list[str]
) -> None:
    assert re.search(rf"\nError: .+\n(.*\n)*   as in: bptrace {arguments[0]} .+\n\Z", command(*arguments).err)
