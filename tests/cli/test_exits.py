"""Exit statuses are those that shells and scripts expect."""

from __future__ import annotations

import os
import signal
import sys

import pytest

from bptrace.cli import exits


@pytest.mark.skipif(sys.platform == "win32", reason="statuses of POSIX")
def test_statuses_follow_the_conventions() -> None:
    assert exits.BAD_INPUT == 2  # as click's usage errors
    assert exits.FAULT == os.EX_SOFTWARE
    assert (exits.INTERRUPTED, exits.PIPE_CLOSED) == (128 + signal.SIGINT, 128 + signal.SIGPIPE)
