"""The page's engine in node: its files as they are sent, and some lines that use them."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from typing import Any

import pytest

from bptrace.page.assets import ENGINE, asset
from bptrace.page.compact import compact_script

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="node is not installed: nothing else runs the page's engine here")


def in_node(lines: str, given: Any, seconds: int = 30, scripts: Sequence[str] = ENGINE) -> Any:
    """What JavaScript lines return, as a function's body, of `given` and the functions of some of a page's scripts."""
    reading = f"const given = {json.dumps(given)};"
    writing = "process.stdout.write(JSON.stringify((() => {" + lines + "})()));"
    program = "\n".join(['"use strict";', *[compact_script(asset(name)) for name in scripts], reading, writing])
    assert NODE
    done = subprocess.run([NODE, "-"], input=program, capture_output=True, text=True, timeout=seconds, check=False)
    assert not done.stderr, done.stderr
    return json.loads(done.stdout)
