"""The command as a process: statuses, streams, signals, colours, widths, encodings."""

from __future__ import annotations

import errno
import os
import pty
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from termios import tcsetwinsize
from typing import IO

import pytest

from bptrace.cli.options import READING
from bptrace.spec.equation import FACTOR_LIMIT
from bptrace.version import __version__
from tests.conftest import LIFECYCLE, RELU, ROOT, Command

BPTRACE = (sys.executable, "-m", "bptrace")
PLAIN = {name: text for name, text in os.environ.items() if name not in {"COLUMNS", "NO_COLOR", "FORCE_COLOR", "TERM"}}
PATIENCE = 30
COLOUR = re.compile(r"\x1b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7])[;m]")


def run(
    *arguments: object,
    text: bytes = b"",
    env: Mapping[str, str] | None = None,
    memory: int = 1 << 30,
) -> subprocess.CompletedProcess[bytes]:
    """The command, ended; it may take so many bytes of memory."""
    return subprocess.run(
        [sys.executable, "-m", "bptrace", *map(str, arguments)],
        input=text,
        capture_output=True,
        env=PLAIN | dict(env or {}),
        timeout=PATIENCE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (memory, memory)),
    )


def complaint(*arguments: object, text: bytes = b"") -> str:
    """What the command says on standard error as it refuses."""
    done = run(*arguments, text=text)
    said = done.stderr.decode()
    assert "Traceback" not in said
    assert (done.returncode, done.stdout) == (2, b"")
    assert len(re.findall("error:", said, re.IGNORECASE)) == 1
    return said


# What is refused


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (b"", "<stdin>:1:1: error: the file is empty\n"),
        (b"\xff", "<stdin>:1:1: error: byte 0xff is not UTF-8\n"),
        (b"loss: [1", "<stdin>:1:7: error: '[' is open: ']' is missing\n"),
        (b"loss: 9^9^9^9", "<stdin>:1:11: error: an exponent beyond 1,000\n"),
        (b"loss: " + b"[" * 10_000, "<stdin>:1:26: error: nested more than 20 deep\n"),
        (b"title: \x1b[31m\nloss: 1", "<stdin>:1:8: error: not YAML: control characters are not allowed\n"),
    ],
)
def test_a_bad_network(network: bytes, message: str) -> None:
    assert complaint("run", "-", text=network).startswith(message)


def test_the_whole_message(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text("input: {x: 1}\nforward:\n  z: x + q\nloss: z\n")
    assert complaint("export", path) == (
        f"{path}:3:10: error: unknown name 'q'\n   3 |   z: x + q\n     |          ^\n   known here: x\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "nowhere.yaml"], "error: no such file: nowhere.yaml\n"),
        (["run", ROOT], "is a directory, not a network file\n"),
        (["run", RELU, "--set", "w99=3"], "--set:1:1: error: unknown name 'w99'\n"),
        (["run", RELU, "--step", "99"], "there are steps 1 to 7, not 99"),
        (["run"], "Missing argument 'NET'"),
        (["run", RELU, "--nope"], "No such option"),
        (["export", RELU, "-o", "register.pdf"], "no format has the suffix of register.pdf"),
        (["export", RELU, "-o", "/nowhere/register.csv"], "error: cannot write /nowhere/register.csv: "),
        (["new", "net.yaml", "--layers", "2"], "'2' is not two or more numbers"),
    ],
)
def test_bad_arguments(arguments: list[object], message: str, command: Command) -> None:
    status, out, said = command(*arguments)
    assert (status, out, len(re.findall("error:", said, re.IGNORECASE))) == (2, "", 1)
    assert message in said


def test_a_file_of_100_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    assert complaint("run", path).startswith(
        f"{path}:1:10000001: error: {path} is larger than 10 MB, the most that is read\n"
    )


def test_standard_input_is_not_read_without_end() -> None:
    with open("/dev/zero", "rb") as zeros:
        done = subprocess.run([*BPTRACE, "run", "-"], stdin=zeros, capture_output=True, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"larger than 10 MB" in done.stderr


def test_ten_megabytes_of_small_nodes_fit_in_memory() -> None:
    text = b"input: {x: [" + b"1," * 4_900_000 + b"1]}\nloss: 1"
    assert complaint("run", "-", text=text).startswith("<stdin>:1:")


def test_memory_grows_with_the_values_and_not_with_the_text() -> None:
    """Written out, the rule of the loss alone would hold 216,000 products; 150 MB are plenty for 3,600 numbers."""
    row = b"[" + b"1, " * 59 + b"1]"
    text = b"input:\n  a: [&row " + row + b", *row" * 59 + b"]\nloss: sum(a@a)"
    done = run("export", "-", text=text, memory=150 << 20)
    assert (done.returncode, done.stderr) == (0, b"")


# What ends early


@contextmanager
def started(*arguments: object, **streams: int | IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """The command, running, with Ctrl-C as a terminal would have it; killed if it has not ended by itself."""
    process = subprocess.Popen(
        [*BPTRACE, *map(str, arguments)],
        env=PLAIN,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        **streams,  # type: ignore[call-overload]  # a mapping of streams is not among its overloads
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def long_network(rows: int, products: int) -> bytes:
    """A network of `rows` times `rows` sums of so many products, in a text longer than a pipe holds."""
    row = f"[{', '.join(str(n % 7 - 3) for n in range(products))}]"
    weights = f"weights:\n  a: [&row {row}, {'*row, ' * (rows - 2)}*row]\nloss: sum(a@a.T)\n"
    return weights.encode() + b"#" * 1_000_000


@pytest.mark.parametrize("arguments", [["run", "--formula"], ["export"], ["export", "--format", "markdown"]])
def test_a_reader_that_goes_away_is_no_error(arguments: list[str], tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_bytes(long_network(30, 50))
    command, *options = arguments
    with started(command, path, *options, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr
        assert process.stderr.read() == b""
        assert process.wait(PATIENCE) == 141


def test_head(tmp_path: Path) -> None:
    line = f"{' '.join(BPTRACE)} run {RELU} | head -1"
    done = subprocess.run(line, shell=True, capture_output=True, env=PLAIN, timeout=PATIENCE, check=False)
    assert (done.stdout, done.stderr) == (b"Two-layer ReLU network\n", b"")


@pytest.mark.parametrize(
    ("arguments", "size"),
    [(["run", "-"], (90, 190)), (["export", "-"], (90, 190)), (["export", "-", "--format", "markdown"], (50, 50))],
)
def test_an_interrupt_ends_quietly(arguments: list[str], size: tuple[int, int]) -> None:
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    with started(*arguments, **streams) as process:
        assert process.stdin
        process.stdin.write(long_network(*size))  # returns once the command, past its start, has read most of it
        process.stdin.close()
        time.sleep(0.2)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130
        assert process.stderr
        assert process.stderr.read().strip() == b""


@pytest.mark.parametrize("old", [None, "old"])
def test_an_interrupted_export_leaves_the_old_file(tmp_path: Path, old: str | None) -> None:
    (tmp_path / "net.yaml").write_bytes(long_network(90, 190))
    folder = tmp_path / "out"
    folder.mkdir()
    path = folder / "register.csv"
    if old:
        path.write_text(old)
    before = [entry.name for entry in folder.iterdir()]
    with started("export", tmp_path / "net.yaml", "-o", path, stderr=subprocess.PIPE) as process:
        until = time.monotonic() + PATIENCE
        while len(list(folder.iterdir())) == len(before) and process.poll() is None and time.monotonic() < until:
            time.sleep(0.02)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130
        assert process.stderr
        assert process.stderr.read().strip() == b""
    assert [entry.name for entry in folder.iterdir()] == before
    assert not old or path.read_text() == old


FULL, CLOSED = (f"error: cannot write the output: {os.strerror(number)}\n" for number in (errno.ENOSPC, errno.EBADF))


@pytest.mark.parametrize(
    ("line", "status", "said"),
    [
        ("bptrace run NET >/dev/full", 2, FULL),
        ("bptrace export NET >/dev/full", 2, FULL),
        ("bptrace --help >/dev/full", 2, FULL),
        ("echo n | bptrace step NET >/dev/full", 2, FULL),
        ("bptrace run NET >/dev/full 2>/dev/full", 2, ""),
        ("bptrace run nowhere.yaml 2>/dev/full", 2, ""),
        ("bptrace run NET --nope 2>/dev/full", 2, ""),
        ("bptrace run NET >&-", 2, CLOSED),
        ("bptrace --help >&-", 2, CLOSED),
        ("bptrace lint NET >&-", 2, CLOSED),
        ("bptrace run NET <&- >&- 2>&-", 2, ""),
        ("bptrace export NET --format csv -o /dev/null <&- >&- 2>&-", 0, ""),
        ("bptrace export NET 2>&- >/dev/null", 0, ""),
        ("bptrace run - <&-", 2, None),
        ("bptrace run nowhere.yaml 2>&-", 2, ""),
        ("bptrace run nowhere.yaml >&-", 2, None),
        ("bptrace --help | true", 141, ""),
        ("bptrace --version | true", 141, ""),
        ("bptrace run NET | true", 141, ""),
        ("bptrace help run | true", 141, ""),
        ("echo n | bptrace step NET | true", 141, ""),
    ],
)
def test_a_stream_that_takes_nothing(line: str, status: int, said: str | None, tmp_path: Path) -> None:
    """A pipe is opened for its reader to leave, and only then does the command begin."""
    command, reader, _ = line.partition(" | true")
    command = command.replace("bptrace", " ".join(BPTRACE)).replace("NET", RELU)
    piped = f"{{ sleep 0.1; {command}; echo $? >status; }} | true" if reader else f"{command}; echo $? >status"
    done = subprocess.run(
        ["bash", "-c", piped], cwd=tmp_path, capture_output=True, env=PLAIN, timeout=PATIENCE, check=False
    )
    assert (int((tmp_path / "status").read_text()), done.stdout) == (status, b"")
    assert done.stderr.decode() == said or (said is None and done.stderr.startswith(b"error: "))


def test_a_complaint_never_goes_to_standard_output() -> None:
    line = f"{' '.join(BPTRACE)} run nowhere.yaml 2>&-"
    done = subprocess.run(line, shell=True, capture_output=True, env=PLAIN, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (2, b"", b"")


def test_a_fault_is_one_line(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr("bptrace.explain.summary.summarize", broken)
    status, out, err = command("run", RELU)
    report = "please report this line, with the network"
    assert (status, out) == (70, "")
    assert re.fullmatch(
        rf"error: a fault in bptrace {__version__}: KeyError at cli/run\.py:\d+; {report}: bptrace run \S+\n", err
    )
    monkeypatch.setenv("BPTRACE_DEBUG", "1")
    traced = command("run", RELU).err
    assert traced.startswith("Traceback (most recent call last):\n")
    assert traced.endswith(err)


# What is printed


def test_a_network_from_standard_input_is_the_same_network() -> None:
    there = run("run", RELU)
    assert there.returncode == 0
    assert run("run", "-", text=Path(RELU).read_bytes()).stdout == there.stdout


def on_terminal(*arguments: object, columns: int = 80, env: Mapping[str, str] | None = None, typed: bytes = b"") -> str:
    """What the command prints on a terminal so many columns wide."""
    ours, theirs = pty.openpty()
    tcsetwinsize(theirs, (24, columns))
    process = subprocess.Popen(
        [*BPTRACE, *map(str, arguments)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=PLAIN | {"TERM": "xterm-256color"} | dict(env or {}),
    )
    os.close(theirs)
    os.write(ours, typed)
    printed = b""
    try:
        while data := os.read(ours, 65_536):
            printed += data
    except OSError as problem:  # how Linux says that the other end is closed
        if problem.errno != errno.EIO:
            raise
    finally:
        os.close(ours)
        process.wait(PATIENCE)
    return printed.decode().replace("\r\n", "\n")


@cache
def piped(network: str, columns: int) -> str:
    """What `run` prints in a window so many columns wide."""
    return run("run", network, env={"COLUMNS": str(columns)}).stdout.decode()


def stripped(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def test_colour_on_a_terminal_alone() -> None:
    shown = on_terminal("run", RELU)
    assert "\x1b" not in piped(RELU, 80)
    assert COLOUR.search(shown)
    assert stripped(shown) == piped(RELU, 80)


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colour_where_none_is_wanted(env: Mapping[str, str]) -> None:
    shown = on_terminal("run", RELU, env=env)
    assert not COLOUR.search(shown)
    assert "dL/dw11" in shown


@pytest.mark.parametrize("command", ["run -", "-", "step -", "derive -", "export -", "train - --steps 1"])
def test_who_is_to_type_a_network_is_told_so(command: str) -> None:
    network = b"weights: {w: 3}\nloss: w^2\nupdate: {lr: 1}\n"
    shown = on_terminal(*command.split(), env={"TERM": "dumb"}, typed=network + b"\x04")
    assert shown.count(READING.format("a network")) == 1
    assert READING.format("a network").encode() not in run(*command.split(), text=network).stderr


@pytest.mark.parametrize("arguments", [["run", "nowhere.yaml"], ["run", RELU, "--nope"], ["--help"]])
def test_no_colour_in_what_is_not_a_register(arguments: list[str]) -> None:
    assert "\x1b" not in on_terminal(*arguments)


def test_a_file_on_a_terminal_has_no_colour() -> None:
    assert on_terminal("export", RELU) == run("export", RELU).stdout.decode()


@pytest.mark.parametrize(("network", "columns"), [(RELU, 120), (RELU, 40), (LIFECYCLE, 40), (LIFECYCLE, 20)])
def test_tables_fit_the_width(network: str, columns: int) -> None:
    assert max(map(len, piped(network, columns).splitlines())) <= columns
    assert stripped(on_terminal("run", network, columns=columns)) == piped(network, columns)


def cells(text: str) -> list[str]:
    """Every column of every table read downwards, without spaces: what a narrow window has folded."""
    found: list[list[str]] = []
    for line in text.splitlines():
        parts = line.split("│")[1:-1]
        if len(parts) == 3:
            found[-1:] = [[above + part.replace(" ", "") for above, part in zip(found[-1], parts, strict=True)]]
        else:
            found.append([""] * 3)
    return [cell for table in found for cell in table if cell]


def test_nothing_is_lost_in_a_narrow_window() -> None:
    wide, narrow = piped(LIFECYCLE, 200), piped(LIFECYCLE, 45)
    assert len(cells(wide)) == 8 * 3 * 2
    assert cells(narrow) == cells(wide)


@pytest.mark.parametrize("columns", [40, 16, 10])
def test_a_window_too_narrow_for_a_table_has_a_line_a_row(columns: int) -> None:
    wide, narrow = piped(RELU, 200), piped(RELU, columns)
    rows = [line.split("│")[1:-1] for line in wide.splitlines() if line.startswith("│ ")]
    squeezed = "".join(narrow.split())
    for row in rows:
        sign = ":" if "'" in row[0] else "="  # the condition of a gate is no side of an equation
        assert "quantity" in row[0] or sign.join("".join(cell.split()) for cell in row) in squeezed
    assert "│" not in narrow


@pytest.mark.parametrize("columns", ["0", "many"])
def test_a_width_that_is_none_still_prints(columns: str) -> None:
    done = run("run", RELU, env={"COLUMNS": columns})
    assert (done.returncode, done.stderr) == (0, b"")
    assert len(done.stdout) > 500


@pytest.mark.parametrize("encoding", ["ascii:strict", "cp1252"])
def test_an_encoding_that_lacks_characters(encoding: str) -> None:
    network = "title: 日本 😀\ninput: {x: 2}\nweights: {θ: 3}\nloss: θ*x"
    codec = encoding.partition(":")[0]
    for arguments in (["run", "-"], ["export", "-"], ["export", "-", "--format", "markdown"]):
        done = run(*arguments, text=network.encode(), env={"PYTHONIOENCODING": encoding})
        assert (done.returncode, done.stderr) == (0, b"")
        assert "L" in done.stdout.decode(codec)


def test_a_complaint_in_an_encoding_that_lacks_characters() -> None:
    done = run("run", "-", text="loss: θ".encode(), env={"PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"<stdin>:1:7: error: unknown name '?'\n")


@pytest.mark.parametrize("arguments", [["run", "-"], ["export", "-", "--format", "markdown"]])
def test_a_title_cannot_steer_the_terminal(arguments: list[str]) -> None:
    done = run(*arguments, text=b'title: "\\e[31mred\\a\\b\\x9b1m\\u202e"\nloss: 1')
    assert done.returncode == 0
    assert not set(done.stdout.decode()) & set("\x1b\x07\x08\x9b\u202e")
    assert "red" in done.stdout.decode()


# Completion


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shell_completion(shell: str) -> None:
    done = run(env={"_BPTRACE_COMPLETE": f"{shell}_source"})
    assert done.returncode == 0
    assert "_bptrace_completion" in done.stdout.decode()


@pytest.mark.parametrize(
    ("env", "hint"),
    [
        ({"_BPTRACE_COMPLETE": "bash_complete"}, "a shell sets them, once it has run _BPTRACE_COMPLETE=bash_source"),
        ({"_BPTRACE_COMPLETE": "zsh_complete", "COMP_WORDS": "bptrace", "COMP_CWORD": "x"}, "a shell sets them, once"),
        ({"_BPTRACE_COMPLETE": "fish_complete", "COMP_CWORD": ""}, "a shell sets them, once it has run"),
        ({"_BPTRACE_COMPLETE": "fish_complete", "COMP_WORDS": ""}, "a shell sets them, once it has run"),
        ({"_BPTRACE_COMPLETE": "bash"}, "as in: _BPTRACE_COMPLETE=bash_source"),
        ({"_BPTRACE_COMPLETE": "basic_source"}, "as in: _BPTRACE_COMPLETE=bash_source"),
    ],
)
def test_completion_of_nothing(env: Mapping[str, str], hint: str) -> None:
    done = run(env=env)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode().splitlines()[1].strip().startswith(hint)


def test_completion_completes() -> None:
    words = {
        "_BPTRACE_COMPLETE": "bash_complete",
        "COMP_WORDS": "bptrace export net.yaml --format m",
        "COMP_CWORD": "4",
    }
    assert run(env=words).stdout.decode() == "plain,markdown\n"


# The starter


def test_a_starter_runs_and_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    assert run("new", path, "--layers", "3,2,1", "--seed", "7").returncode == 0
    text = path.read_text()
    done = run("run", path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"dL/dW1" in done.stdout
    assert complaint("new", path) == f"error: {path} exists\n   --force overwrites it\n"
    assert path.read_text() == text
    assert run("new", path, "--force").returncode == 0
    assert path.read_text() != text


@pytest.mark.parametrize("suffix", [".csv", ".md", ".tex", ".xlsx"])
def test_a_product_of_as_many_factors_as_are_taken_is_written(tmp_path: Path, suffix: str) -> None:
    """Its tree is as deep, and each level takes several calls."""
    path = tmp_path / "net.yaml"
    path.write_text(
        f"input: {{x: 1}}\nweights: {{w: 7/3}}\nloss: {'*'.join(['w^x'] * FACTOR_LIMIT)}\n", encoding="utf-8"
    )
    words = [*BPTRACE, "export", str(path), "-o", str(tmp_path / f"net{suffix}")]
    done = subprocess.run(words, capture_output=True, env=PLAIN, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
