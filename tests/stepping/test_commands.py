"""The table of commands."""

from __future__ import annotations

from bptrace.stepping.commands import COMMANDS


def test_every_command_can_be_done_and_is_told_apart() -> None:
    keys = [key for command in COMMANDS for key in command.keys]
    assert len(keys) == len(set(keys))
    for asked in (False, True):
        words = [word for command in COMMANDS for word in command.words if command.asked is asked]
        assert len(words) == len(set(words))
    assert all(command.about for command in COMMANDS)
