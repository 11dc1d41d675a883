"""README.md and the pages of the guide, and what in them is generated: `python -m tests.pages` writes it anew.

A ```console block is one or more `$ bptrace ...` lines, each followed by its real output; before `bptrace` may stand
`printf 'what is typed' |`, behind it `| head -N`. They run in a folder of their own that holds the page's ```yaml
and ```csv blocks that have a name, as in ```yaml net.yaml. Between `<!-- NAME -->` and `<!-- /NAME -->` stands one of
`TABLES`.
"""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from bptrace.cli.guide import TOPICS, page, summary
from bptrace.cli.main import main
from bptrace.engine import optimizers
from bptrace.engine.notes import KINDS
from bptrace.marking import findings
from bptrace.marking.slip import Slip
from bptrace.marking.slips import GROUPS
from bptrace.ops.table import ROWS
from bptrace.page.assets import asset
from bptrace.spec.examples import example_names, lesson
from bptrace.spec.spellings import spellings
from bptrace.stepping import panels
from bptrace.stepping.commands import COMMANDS
from bptrace.stepping.commands import Command as StepCommand

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
GUIDE = ROOT / "bptrace" / "guide"
PICTURE = ROOT / ".github" / "skip_connection.svg"
PAGES = [README, *(GUIDE / f"{topic}.md" for topic in TOPICS)]
COMMAND = re.compile(r"^\$ (?:printf (?:-- )?'[^']*' \|(?: \\\n *| ))?bptrace [^|\n]*(?: \| head -\d+)?$", re.MULTILINE)
PAGE_KEYS = {" ": "Space", "ArrowRight": "→", "ArrowLeft": "←", "ArrowUp": "↑", "ArrowDown": "↓", "Escape": "Esc"}
WINDOW = {"COLUMNS": "80", "NO_COLOR": "1"}


def blocks(text: str, language: str) -> list[str]:
    """What the fenced blocks of a language hold."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


def picture() -> str:
    """What the picture in the README is to be: the output of the command that stands before it."""
    (command,) = re.findall(r"`(bptrace graph [^`]*) -o skip_connection\.svg`", README.read_text(encoding="utf-8"))
    return output_of(f"$ {command} --format svg")


def files(text: str) -> dict[str, str]:
    """The networks and registers that a page shows as files, by their names."""
    return dict(re.findall(r"^```(?:yaml|csv) (\S+)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE))


def generated(text: str) -> str:
    """A page's text with every generated part as it should be now."""
    return with_tables(with_sessions(text))


def with_sessions(text: str) -> str:
    """A page's text with what its commands print now."""

    def session(block: re.Match[str]) -> str:
        commands = COMMAND.findall(block[1])
        assert commands, f"no command in {block[1]!r}"
        return "```console\n" + "\n".join(f"{line}\n{output_of(line)}" for line in commands) + "```"

    with folder_with(files(text)):
        return re.sub(r"```console\n(.*?)```", session, text, flags=re.DOTALL)


@contextmanager
def folder_with(texts: dict[str, str]) -> Iterator[None]:
    """Work in a new folder that holds these files."""
    with TemporaryDirectory() as name, chdir(name):
        for file, text in texts.items():
            Path(file).write_text(text, encoding="utf-8")
        yield


def output_of(line: str) -> str:
    """What a `$ bptrace ...` line prints in a window of 80 columns without colour."""
    line = re.sub(r"\\\n *", "", line)
    *before, last = line.removeprefix("$ ").partition(" | head -")[0].split(" | ")
    typed = shlex.split(before[0])[-1].replace("\\n", "\n") if before else ""
    streams = [io.TextIOWrapper(io.BytesIO(text), encoding="utf-8") for text in (typed.encode(), b"", b"")]
    stdin, stdout, stderr = streams
    words = patch.multiple(sys, argv=shlex.split(last), stdin=stdin, stdout=stdout, stderr=stderr)
    with words, patch.dict(os.environ, WINDOW):
        os.environ.pop("FORCE_COLOR", None)
        try:
            main()
        except SystemExit:
            printed = "".join(_written(stream) for stream in (stdout, stderr))
    lines = printed.splitlines(keepends=True)
    return "".join(lines[: int(line.partition(" | head -")[2] or len(lines))])


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()


def with_tables(text: str) -> str:
    """A page's text with every table that comes from the code as it is now."""

    def table(found: re.Match[str]) -> str:
        return f"<!-- {found[1]} -->\n{TABLES[found[1]]()}<!-- /{found[1]} -->"

    return re.sub(r"<!-- (\w+) -->\n.*?<!-- /\1 -->", table, text, flags=re.DOTALL)


def _functions() -> str:
    times = r"\*"  # two of them bare would be emphasis
    rows = [row.about.split(": ", 1) for row in ROWS if row.about]
    return "| function | what it gives |\n| --- | --- |\n" + "".join(
        f"| `{call}` | {gives.replace('*', times)} |\n" for call, gives in rows
    )


def _spellings() -> str:
    rows = [(", ".join(f"`{form}`" for form in spelling.written), spelling.read) for spelling in spellings()]
    return "| written | read as |\n| --- | --- |\n" + "".join(f"| {written} | {read} |\n" for written, read in rows)


def _notes() -> str:
    rows = [f"| `{kind}` | {row.about} |\n" for kind, row in KINDS.items()]
    return "| kind | what gets a note |\n| --- | --- |\n" + "".join(rows)


def _findings() -> str:
    rows = [f"| `{kind}` | {row.about} | {row.hint} |\n" for kind, row in findings.KINDS.items()]
    return "| kind | what is found | what would be right |\n| --- | --- | --- |\n" + "".join(rows)


def _keys() -> str:
    rows = [
        f"| {' '.join(f'`{panels.key(key)}`' for key in command.keys)} | {_words(command)} | {command.about} |\n"
        for command in COMMANDS
    ]
    return "| key | in a line | what it does |\n| --- | --- | --- |\n" + "".join(rows)


def _page_keys() -> str:
    """The keys of a page, from its own table."""
    found = re.findall(r'keys: (\[.*?\]), about: "(.*?)"', asset("keys.js"))
    rows = [(" ".join(f"`{PAGE_KEYS.get(key, key)}`" for key in json.loads(keys)), about) for keys, about in found]
    return "| key | what it does |\n| --- | --- |\n" + "".join(f"| {keys} | {about} |\n" for keys, about in rows)


def _words(command: StepCommand) -> str:
    takes = f" {command.takes}" if command.takes else ""
    return ", ".join(f"`{word}{takes}`" for word in command.words if word)


def _optimizers() -> str:
    rows = [f"| `{row.name}` | {row.about} | {_settings(row)} |\n" for row in optimizers.ROWS]
    return "| rule | new weight | settings |\n| --- | --- | --- |\n" + "".join(rows)


def _settings(row: optimizers.UpdateRule) -> str:
    defaults = [f"`{name}` {value}" for name, value in row.defaults.items()]
    return ", ".join([*(f"`{name}`" for name in row.needs), *defaults, *(f"`{name}`" for name in row.takes)])


def _examples() -> str:
    rows = [f"| `{name}` | {lesson(name)} |\n" for name in example_names()]
    return "| example | what it teaches |\n| --- | --- |\n" + "".join(rows)


def _guide() -> str:
    rows = [f"| [`{topic}`](bptrace/guide/{topic}.md) | {summary(page(topic))} |\n" for topic in TOPICS]
    return "| topic | what it tells |\n| --- | --- |\n" + "".join(rows)


def _slips() -> str:
    return "\n".join(f"## {group.title}\n\n{_slip_table(group.slips)}" for group in GROUPS)


def _slip_table(slips: Iterable[Slip]) -> str:
    rows = [f"| {_escaped(slip.name)} | {_escaped(slip.sentence)} |\n" for slip in slips]
    return "| slip | what is done |\n| --- | --- |\n" + "".join(rows)


def _escaped(text: str) -> str:
    return text.replace("*", r"\*")


TABLES: dict[str, Callable[[], str]] = {
    "functions": _functions,
    "spellings": _spellings,
    "keys": _keys,
    "page_keys": _page_keys,
    "notes": _notes,
    "findings": _findings,
    "optimizers": _optimizers,
    "examples": _examples,
    "slips": _slips,
    "guide": _guide,
}

if __name__ == "__main__":
    for path in PAGES:
        path.write_text(generated(path.read_text(encoding="utf-8")), encoding="utf-8")
    PICTURE.write_text(picture(), encoding="utf-8")
