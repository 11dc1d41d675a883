"""The parts of README.md that are generated: `python -m tests.readme` writes them anew.

A ```console block is one or more `$ bptrace ...` lines, each followed by its real output (before it may stand
`printf 'what is typed' |`); between the comments `keys` and `/keys` stand those of `bptrace step`, between the
comments `functions` and `/functions` stands the table of every function that a file can call, between
`optimizers` and `/optimizers` that of every rule that `update:` can ask for, between `networks` and
`/networks` that of the example networks with the first sentence of what each teaches. The ```text block is
what the ```yaml block's network is told when `w@x` in it is `w@q`.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bptrace import SpecError, loads
from bptrace.engine import optimizers
from bptrace.ops.table import ROWS
from bptrace.stepping import panels
from bptrace.stepping.stepper import COMMANDS
from bptrace.stepping.stepper import Command as StepCommand

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
NETWORKS = re.compile(r"(<!-- networks -->\n).*?(<!-- /networks -->)", re.DOTALL)
COMMAND = re.compile(r"\$ (?:printf (?:-- )?'[^']*' \| )?bptrace .*")
COMPLAINT = re.compile(r"```text\n.*?```", re.DOTALL)
KEYS = re.compile(r"(<!-- keys -->\n).*?(<!-- /keys -->)", re.DOTALL)
OPTIMIZERS = re.compile(r"(<!-- optimizers -->\n).*?(<!-- /optimizers -->)", re.DOTALL)
FUNCTIONS = re.compile(r"(<!-- functions -->\n).*?(<!-- /functions -->)", re.DOTALL)


def generated(text: str) -> str:
    """The README's text with every generated part as it should be now."""
    text = CONSOLE.sub(lambda block: f"```console\n{_session(block.group(1))}```", text)
    text = COMPLAINT.sub(lambda _: f"```text\n{_complaint(text)}\n```", text)
    text = NETWORKS.sub(lambda found: f"{found.group(1)}{_networks()}{found.group(2)}", text)
    text = KEYS.sub(lambda found: f"{found.group(1)}{_keys()}{found.group(2)}", text)
    text = OPTIMIZERS.sub(lambda found: f"{found.group(1)}{_optimizers()}{found.group(2)}", text)
    return FUNCTIONS.sub(lambda found: f"{found.group(1)}{_functions()}{found.group(2)}", text)


def _session(block: str) -> str:
    commands = [line for line in block.splitlines() if COMMAND.match(line)]
    return "\n".join(f"{line}\n{output_of(line.removeprefix('$ '))}" for line in commands)


def output_of(command: str) -> str:
    """What a `bptrace ...` command prints in the project's folder, in a window of 80 columns without colour."""
    *before, last = command.split(" | ")
    typed = shlex.split(before[0])[-1].replace("\\n", "\n") if before else ""
    words = [sys.executable, "-m", "bptrace", *shlex.split(last)[1:]]
    environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
    run = subprocess.run(
        words, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", check=False, input=typed
    )
    return run.stdout + run.stderr


def _complaint(text: str) -> str:
    example = text.split("```yaml\n")[1].split("```")[0]
    try:
        loads(example.replace("w@x", "w@q"), "net.yaml")
    except SpecError as problem:
        return str(problem)
    raise AssertionError("the network loads")


def _functions() -> str:
    rows = [row.about.split(": ", 1) for row in ROWS if row.about]
    return "| function | what it gives |\n| --- | --- |\n" + "".join(
        f"| `{call}` | {gives} |\n" for call, gives in rows
    )


def _keys() -> str:
    rows = [
        f"| {' '.join(f'`{panels.key(key)}`' for key in command.keys)} | {_words(command)} | {command.about} |\n"
        for command in COMMANDS
    ]
    return "| key | in a line | what it does |\n| --- | --- | --- |\n" + "".join(rows)


def _words(command: StepCommand) -> str:
    takes = f" {command.takes}" if command.takes else ""
    return ", ".join(f"`{word}{takes}`" for word in command.words if word)


def _optimizers() -> str:
    rows = [f"| `{row.name}` | {row.about} | {_settings(row)} |\n" for row in optimizers.ROWS]
    return "| rule | new weight | settings |\n| --- | --- | --- |\n" + "".join(rows)


def _settings(row: optimizers.Rule) -> str:
    defaults = [f"`{name}` {value}" for name, value in row.defaults.items()]
    return ", ".join([*(f"`{name}`" for name in row.needs), *defaults, *(f"`{name}`" for name in row.takes)])


def _networks() -> str:
    rows = [f"| `{path.name}` | {_lesson(path)} |\n" for path in sorted((ROOT / "networks").glob("*.yaml"))]
    return "| file | what it teaches |\n| --- | --- |\n" + "".join(rows)


def _lesson(path: Path) -> str:
    """The comment that a network opens with, up to its first full stop or colon."""
    lines = path.read_text(encoding="utf-8").splitlines()
    comment = " ".join(line.removeprefix("#").strip() for line in lines[: lines.index(next(_not_comments(lines)))])
    return re.split(r"[.:](?= |$)", comment.removeprefix("Teaches: "))[0]


def _not_comments(lines: list[str]) -> Iterator[str]:
    return (line for line in lines if not line.startswith("#"))


if __name__ == "__main__":
    README.write_text(generated(README.read_text(encoding="utf-8")), encoding="utf-8")
