"""Writing files: all or nothing, with the old file's mode, through links."""

from __future__ import annotations

import io
import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

import pytest

from bptrace import BptraceError, load
from bptrace.cli.files import amount, is_file, tell_written, write_output, write_whole
from bptrace.errors import shortened_path
from tests.conftest import LIFECYCLE, RELU, Command, terminal_as_error

TEXT = "θ,日,😀\r\nlast line\n"


def write(out: TextIO) -> None:
    out.write(TEXT)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file in a folder, hidden ones too."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize("old", [None, b"old", b"old" * 1000])
def test_writes_the_text_as_it_is_and_nothing_else(tmp_path: Path, old: bytes | None) -> None:
    path = tmp_path / "register.csv"
    if old is not None:
        path.write_bytes(old)
    write_whole(str(path), write)
    assert contents(tmp_path) == {"register.csv": TEXT.encode()}


@pytest.mark.parametrize("output", [None, "", "-"])
def test_without_a_file_standard_output_gets_it(
    output: str | None, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_output(output, write)
    assert capsys.readouterr().out == TEXT
    assert contents(tmp_path) == {}
    assert not is_file(output)


def test_a_file_gets_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    write_output(str(tmp_path / "register.csv"), write)
    assert (contents(tmp_path), capsys.readouterr().out) == ({"register.csv": TEXT.encode()}, "")


def test_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_whole("register.csv", write)
    assert contents(tmp_path) == {"register.csv": TEXT.encode()}


@pytest.mark.parametrize("mode", [0o644, 0o600, 0o640, 0o755])
def test_an_old_file_keeps_its_mode(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "register.csv"
    path.touch()
    path.chmod(mode)
    write_whole(str(path), write)
    assert stat.S_IMODE(path.stat().st_mode) == mode


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_a_new_file_obeys_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        write_whole(str(tmp_path / "register.csv"), write)
        assert os.umask(umask) == umask
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "register.csv").stat().st_mode) == 0o666 & ~umask


@pytest.mark.parametrize("exists", [True, False])
def test_a_link_stays_and_its_target_is_replaced(tmp_path: Path, exists: bool) -> None:
    target = tmp_path / "elsewhere" / "target.csv"
    target.parent.mkdir()
    if exists:
        target.write_text("old")
    link = tmp_path / "link.csv"
    link.symlink_to(target)
    write_whole(str(link), write)
    assert link.is_symlink()
    assert contents(target.parent) == {"target.csv": TEXT.encode()}


def test_another_name_of_the_old_file_keeps_the_old_text(tmp_path: Path) -> None:
    """The new text is moved into place, not written over the old one."""
    path = tmp_path / "register.csv"
    path.write_text("old")
    (tmp_path / "kept.csv").hardlink_to(path)
    write_whole(str(path), write)
    assert contents(tmp_path) == {"register.csv": TEXT.encode(), "kept.csv": b"old"}


@pytest.mark.parametrize("problem", [ValueError, KeyboardInterrupt, BptraceError, MemoryError, SystemExit])
@pytest.mark.parametrize("old", [None, "old"])
def test_a_writer_that_fails_changes_nothing(tmp_path: Path, problem: type[BaseException], old: str | None) -> None:
    path = tmp_path / "register.csv"
    if old is not None:
        path.write_text(old)
    before = contents(tmp_path)

    def fail(out: TextIO) -> None:
        out.write("half")
        out.flush()
        assert contents(tmp_path).items() >= before.items()
        raise problem

    with pytest.raises(problem):
        write_whole(str(path), fail)
    assert contents(tmp_path) == before


def test_a_full_disk_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text("old")

    def fail(out: TextIO) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(BptraceError) as refused:
        write_whole(str(path), fail)
    assert str(refused.value) == f"error: cannot write {path}: No space left on device\n   name another file"
    assert contents(tmp_path) == {"register.csv": b"old"}


def looped(folder: Path) -> str:
    (folder / "loop").symlink_to(folder / "loop")
    return "loop"


def read_only(folder: Path) -> str:
    (folder / "closed").mkdir(mode=0o500)
    return "closed/register.csv"


def below_a_file(folder: Path) -> str:
    (folder / "file").touch()
    return "file/register.csv"


@pytest.mark.parametrize(
    "place",
    [
        lambda folder: "nowhere/register.csv",
        lambda folder: "",
        lambda folder: ".",
        lambda folder: "a" * 300,
        lambda folder: "register.csv/",
        lambda folder: "register.csv/.",
        lambda folder: "nowhere/../register.csv",
        lambda folder: f"{below_a_file(folder)}/..",
        lambda folder: f"{os.path.dirname(below_a_file(folder))}/",
        lambda folder: f"{os.path.dirname(below_a_file(folder))}/.",
        lambda folder: "/proc/register.csv",
        below_a_file,
        looped,
        pytest.param(read_only, marks=pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")),
    ],
)
def test_a_place_that_cannot_be_written(tmp_path: Path, place: Callable[[Path], str]) -> None:
    path = f"{tmp_path}/{place(tmp_path)}"
    before = contents(tmp_path)
    with pytest.raises(BptraceError) as refused:
        write_whole(path, write)
    assert str(refused.value).startswith(f"error: cannot write {shortened_path(path)}: ")
    assert contents(tmp_path) == before


@pytest.mark.parametrize("name", ["\0", "register\0.csv", "\ud800.csv"])
def test_a_name_that_no_file_can_have(tmp_path: Path, name: str) -> None:
    with pytest.raises(BptraceError) as refused:
        write_whole(str(tmp_path / name), write)
    shown = re.sub("[^ -~]", "\N{REPLACEMENT CHARACTER}", name)
    assert (
        str(refused.value)
        == f"error: cannot write {tmp_path}/{shown}: no file can have such a name\n   name another file"
    )
    assert not contents(tmp_path)


@pytest.mark.parametrize("length", [250, 255])
def test_a_long_name_is_no_trouble(tmp_path: Path, length: int) -> None:
    path = tmp_path / ("a" * length)
    path.write_text("old")
    write_whole(str(path), write)
    assert contents(tmp_path) == {path.name: TEXT.encode()}


def test_a_device_is_written_to_and_stays() -> None:
    write_whole(os.devnull, write)
    assert not Path(os.devnull).is_file()


def test_a_pipe_is_written_to_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_whole(str(path), write)
        assert os.read(reader, 1000) == TEXT.encode()
    finally:
        os.close(reader)
    assert path.is_fifo()


OPEN = ["/dev/fd/{0}", "/proc/self/fd/{0}", "/proc/thread-self/fd/{0}", "/proc/{1}/fd/{0}", "{2}/link"]


@pytest.mark.parametrize("name", OPEN)
@pytest.mark.parametrize("flags", [os.O_APPEND, 0])
def test_what_is_open_is_written_to_where_it_stands(tmp_path: Path, name: str, flags: int) -> None:
    path = tmp_path / "log.csv"
    path.write_text("old\n")
    handle = os.open(path, os.O_WRONLY | flags)
    os.lseek(handle, 0, os.SEEK_END)
    (tmp_path / "link").symlink_to(f"/dev/fd/{handle}")
    try:
        for _ in range(2):
            write_whole(name.format(handle, os.getpid(), tmp_path), write)
    finally:
        os.close(handle)
    assert path.read_bytes() == b"old\n" + 2 * TEXT.encode()


def test_what_another_process_has_open_is_written_behind(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("old\n")
    with path.open("a") as log, subprocess.Popen(["sleep", "60"], stdout=log) as other:
        try:
            write_whole(f"/proc/{other.pid}/fd/1", write)
        finally:
            other.kill()
    assert path.read_bytes() == b"old\n" + TEXT.encode()


def test_a_descriptor_that_is_not_open(tmp_path: Path) -> None:
    with pytest.raises(BptraceError, match="cannot write /dev/fd/9999: Bad file descriptor"):
        write_whole("/dev/fd/9999", write)


def test_a_reader_that_leaves_is_told_apart(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        with pytest.raises(BrokenPipeError):
            write_whole(f"/dev/fd/{writer}", write)
    finally:
        os.close(writer)


SHELL = [
    ("{0} export net.yaml -o /dev/stdout >> log.csv; cat log.csv", "old\n{csv}"),
    ("{0} export net.yaml -o /dev/stdout --format csv | cat", "{csv}"),
    ("{0} export net.yaml -o >(cat)", "{csv}"),
    ("{0} export net.yaml -o /proc/self/fd/3 3>&1 | cat", "{csv}"),
    ("{0} export net.yaml -o /dev/stdout | true; echo ${{PIPESTATUS[0]}}", "141\n"),
    ("{0} derive net.yaml -o /dev/stdout --general | head -1", "net\n"),
    ("{0} train net.yaml --steps 1 -o /dev/stdout >> log.csv; head -1 log.csv", "old\n"),
    ("{0} new /dev/stdout >> log.csv; head -1 log.csv", "old\n"),
    ("printf 'n\\ne /dev/stdout\\n' | {0} step net.yaml 2>&1 | tail -1", "wrote steps 1 to 2 to /dev/stdout\n"),
    ("{0} run <(cat net.yaml) | head -1", "net\n"),
    ("{0} run /dev/stdin < samples.yaml | head -1", "of a table\n"),
    ("cat samples.yaml | {0} run - | head -1", "of a table\n"),
    ("{0} run <(cat samples.yaml) | head -1", "of a table\n"),
    ("cd below; {0} run ../samples.yaml | head -1", "of a table\n"),
    ("cd below; {0} run - --allow-path .. < below.yaml | head -1", "of a table\n"),
    *(
        (f"{{0}} {line} --allow-path below --allow-path . < /dev/null > log.csv && echo done", "done\n")
        for line in ("run {1}", "step {1}", "train --steps 1 {1}", "why {1} L", "derive {1}", "export {1}")
    ),
]


@pytest.mark.parametrize(("line", "expected"), SHELL, ids=[line for line, _ in SHELL])
def test_in_a_shell(tmp_path: Path, line: str, expected: str) -> None:
    (tmp_path / "net.yaml").write_text("title: net\nweights: {w: 2}\nloss: w^2\nupdate: {lr: 1/4}\n")
    (tmp_path / "log.csv").write_text("old\n")
    (tmp_path / "t.csv").write_text("x,y\n1,2\n")
    (tmp_path / "below").mkdir()
    for name, table in (("samples.yaml", "t.csv"), ("below/below.yaml", "../t.csv")):
        (tmp_path / name).write_text(f"title: of a table\n{NET}".replace("t.csv", table))
    program = f"{sys.executable} -m bptrace"
    script = line.format(program, "below/below.yaml") + "; wait"
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, check=False)
    csv = load(tmp_path / "net.yaml").trace().to_csv()
    assert (done.stdout.decode(), done.stderr) == (expected.format(csv=csv), b"")


# What is read is not written over

NET = "samples: t.csv\nweights: {w: 2}\nloss: (w*x - y)^2\nupdate: {lr: 1/4}\n"
SAME = ["net.yaml", "./net.yaml", "hard.csv", "soft.csv", "t.csv", "soft.json", "/dev/fd/{0}"]
WRITERS = [
    "export net.yaml --format csv -o",
    "derive net.yaml --format text -o",
    "train net.yaml --steps 1 --format csv -o",
]


def with_network(folder: Path) -> None:
    (folder / "net.yaml").write_text(NET)
    (folder / "t.csv").write_text("x,y\n1,2\n")
    (folder / "hard.csv").hardlink_to(folder / "net.yaml")
    (folder / "soft.csv").symlink_to("t.csv")
    (folder / "soft.json").symlink_to("net.yaml")


@pytest.mark.parametrize("name", SAME)
@pytest.mark.parametrize("line", WRITERS)
def test_what_is_read_is_not_written_over(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with_network(tmp_path)
    with (tmp_path / "net.yaml").open("a") as log:
        name = name.format(log.fileno())
        status, out, err = command(*line.split(), name)
    assert (status, out) == (2, "")
    assert err == f"error: cannot write {name}: the network is read from it\n   name another file\n"
    assert contents(tmp_path)["net.yaml"] == NET.encode()


@pytest.mark.parametrize("name", ["hard.csv", "soft.csv", "t.csv", "soft.json"])
def test_nor_is_it_in_step(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    with_network(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"set w=3\nn\ne {name}\n"))
    assert f"error: cannot write {name}: the network is read from it" in command("step", "net.yaml").err
    assert contents(tmp_path)["net.yaml"] == NET.encode()


def test_nor_is_standard_input(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("loss: 1")
    line = [sys.executable, "-m", "bptrace", "export", "-", "--format", "csv", "-o", str(path)]
    with path.open() as text:
        done = subprocess.run(line, stdin=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"error: cannot write {path}: standard input is read from it\n   name another file\n"
    assert path.read_text() == "loss: 1"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_file_that_may_not_be_written_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text("old")
    path.chmod(0o444)
    with pytest.raises(BptraceError, match=re.escape(f"cannot write {path}: Permission denied\n   name another file")):
        write_whole(str(path), write)
    assert contents(tmp_path) == {"register.csv": b"old"}


def test_a_running_program_is_not_replaced(tmp_path: Path) -> None:
    """As root may write what is read-only, this shows that the system is asked before a file is replaced."""
    program = tmp_path / "program"
    program.write_bytes(Path("/bin/sleep").read_bytes())
    program.chmod(0o755)
    with subprocess.Popen([program, "60"]) as running:
        try:
            with pytest.raises(BptraceError, match="Text file busy"):
                write_whole(str(program), write)
        finally:
            running.kill()


@pytest.mark.parametrize(
    ("length", "size"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1234, "1.2 kB"),
        (3_400_000, "3.4 MB"),
        (4_560_000_000, "4,560.0 MB"),
    ],
)
def test_what_has_been_written_is_told_at_a_terminal(
    length: int, size: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(tmp_path / "net.csv")
    os.truncate(os.open(path, os.O_CREAT | os.O_WRONLY), length)
    with terminal_as_error():
        tell_written(path, amount(24, "row"))
        tell_written(path, then="; now")
    assert capsys.readouterr() == ("", f"wrote {path}: 24 rows, {size}\nwrote {path}: {size}; now\n")
    tell_written(path)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("output", [None, "", "-", "/dev/null"])
def test_nothing_is_told_of_what_is_no_file(output: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    with terminal_as_error():
        tell_written(output)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("arguments", "extent"),
    [
        (["export", RELU, "-o", "net.csv"], ": 22 rows, "),
        (["export", RELU, "-o", "net.csv", "--step", "7"], ": 10 rows, "),
        (["export", RELU, "-o", "net.csv", "--step", "3"], ": 1 row, "),
        (["train", LIFECYCLE, "--steps", "3", "-o", "net.csv"], ": 3 updates, "),
        (["derive", RELU, "-o", "net.csv", "--format", "text"], ": "),
        (["new", "net.csv"], ": "),
    ],
)
def test_every_command_that_writes_a_file_says_so_at_a_terminal(
    command: Command, arguments: list[str], extent: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with terminal_as_error():
        status, out, err = command(*arguments)
    assert (status, out) == (0, "")
    told = rf"wrote net\.csv{extent}(\d+ bytes|\d\.\d kB)(; now: bptrace run net\.csv)?\n"
    assert re.fullmatch(rf"(\x1b\S+l\x1b\S+h)?{told}", err)
