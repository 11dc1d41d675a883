"""A file under another name: no ending leaves it, and what a SIGKILL has left goes in the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bptrace.cli.unfinished import DAY, remove_abandoned, write_then_move
from tests.conftest import RELU

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
PROGRAM = """
import os, signal, sys
from bptrace.__main__ import start
move = os.replace
def interrupted(*names):
    {before}
    move(*names)
    {after}
os.replace = interrupted
sys.argv = ["bptrace", "export", {network!r}, "-o", {path!r}]
start()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
@pytest.mark.parametrize("moved", [True, False])
@pytest.mark.parametrize("times", [1, 3])
def test_a_signal_at_the_move_leaves_the_old_file_or_the_new(
    number: signal.Signals, moved: bool, times: int, tmp_path: Path
) -> None:
    path = tmp_path / "net.csv"
    path.write_text("old")
    raised = "; ".join([f"signal.raise_signal({int(number)})"] * times)
    places = {"before": "" if moved else raised, "after": raised if moved else ""}
    program = PROGRAM.format(**places, network=RELU, path=str(path)).replace("    \n", "")
    done = subprocess.run(
        ["bash", "-c", 'ulimit -c 0; exec "$@"', "bash", sys.executable, "-c", program],
        capture_output=True,
        preexec_fn=lambda: [signal.signal(each, signal.SIG_DFL) for each in (signal.SIGINT, signal.SIGQUIT, number)],
        check=False,
    )
    assert done.returncode == (130 if number == signal.SIGINT else -number)
    assert (done.stdout, done.stderr) == (b"", b"")
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_text().startswith("step,phase" if moved else "old")


def test_an_interrupt_that_is_raised_after_the_move(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    move = os.replace

    def interrupted(old: str, new: Path) -> None:
        move(old, new)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_then_move(tmp_path / "net.csv", lambda out: out.write("new"))
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("net.csv", "new")]


def test_who_listens_to_a_signal_goes_on_listening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: heard.append(number))
    try:
        write_then_move(tmp_path / "net.csv", lambda out: signal.raise_signal(signal.SIGTERM))
    finally:
        signal.signal(signal.SIGTERM, before)
    assert heard == [signal.SIGTERM]


@pytest.mark.parametrize("name", [".bptrace-abcd_012.tmp", ".bptrace-0123456789abcdef.tmp"])
def test_what_was_left_goes_after_a_day(name: str, tmp_path: Path) -> None:
    left, young = tmp_path / name, tmp_path / ".bptrace-00000000.tmp"
    for path, age in ((left, DAY + 60), (young, DAY - 60)):
        path.touch()
        os.utime(path, (time.time() - age,) * 2)
    write_then_move(tmp_path / "net.csv", lambda out: None)
    assert sorted(tmp_path.iterdir()) == [young, tmp_path / "net.csv"]


@pytest.mark.parametrize("name", ["bptrace-abcd_012.tmp", ".bptrace-abcd_012.tmp.csv", ".bptrace-a.tmp", ".tmp"])
def test_other_files_stay(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.touch()
    os.utime(path, (0, 0))
    remove_abandoned(tmp_path)
    assert path.exists()


def test_what_is_no_file_of_the_same_user_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, link, folder = (tmp_path / f".bptrace-0000000{n}.tmp" for n in range(3))
    file.touch()
    link.symlink_to(file)
    folder.mkdir()
    for path in (file, link, folder):
        os.utime(path, (0, 0), follow_symlinks=False)
    with monkeypatch.context() as patch:
        patch.setattr(os, "geteuid", lambda: os.getuid() + 1)
        remove_abandoned(tmp_path)
    assert file.exists()
    remove_abandoned(tmp_path)
    assert sorted(tmp_path.iterdir()) == [link, folder]


def test_a_folder_that_cannot_be_read_is_no_matter(tmp_path: Path) -> None:
    remove_abandoned(tmp_path / "nowhere")
