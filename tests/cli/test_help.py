"""`bptrace help`: what the option `--help` shows."""

from __future__ import annotations

import pytest

from bptrace.cli.group import COMMANDS
from tests.conftest import Command


@pytest.mark.parametrize("name", COMMANDS)
def test_help_shows_what_the_option_shows(command: Command, name: str) -> None:
    assert command("help", name) == command(name, "--help")


def test_help_alone_is_the_groups(command: Command) -> None:
    assert command("help") == command("--help") == command("-h", "net.yaml")
