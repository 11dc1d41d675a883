"""The window in a pseudo-terminal: what is on the screen, and that the terminal is as before however it ends."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from bptrace import loads
from bptrace.ops.notation import TERMS
from tests.conftest import RELU, ROOT
from tests.stepping.test_frame import WIDE, lines
from tests.stepping.test_stepper import press, stepper

if sys.platform == "win32":
    pytest.skip("there are no pseudo-terminals", allow_module_level=True)

import termios

import pexpect
import pyte

pytestmark = pytest.mark.usefixtures("usual_signals")
SECONDS = 40
"""How long a text is waited for; it takes a fraction of one."""
UP, DOWN, RIGHT, HOME, END = ("\x1b[A", "\x1b[B", "\x1b[C", "\x1b[H", "\x1b[F")
ESCAPE, ENTER = "\x1b", "\r"
NAMES = {UP: "up", HOME: "home", END: "end", ESCAPE: "escape", "\t": "tab"}
CONTROL = {letter: chr(ord(letter) - ord("a") + 1) for letter in "cdlzu"}
WHOLE = "from bptrace.cli.main import main; main()"
FAILING = """
from bptrace.errors import InternalError
from bptrace.stepping.stepper import Stepper
from bptrace.stepping import {room} as room
def fail(*arguments):
    raise {problem}
{place} = fail
from bptrace.cli.main import main; main()
"""
WORKING = """
import os, time
end = time.monotonic() + 60
open({id!r}, "w").write(str(os.getpid()))
from bptrace.stepping import stepper
assigned = stepper.assigned
def work(*arguments):
    while not os.path.exists({until!r}) and time.monotonic() < end:
        pass
    return assigned(*arguments)
stepper.assigned = work
from bptrace.cli.main import main; main()
"""
IN_AN_ACTION = {"room": "window", "place": "Stepper.switch_columns"}
IN_A_FRAME = {"room": "window", "place": "room.frame"}
IN_A_PANEL = {"room": "panels", "place": "room.PANELS['help']"}
INTERNAL = "InternalError('internal error: rule and value of dL/dw11 part')"


class Terminal:
    """A program that a shell runs in a pseudo-terminal, and its screen as a person would see it."""

    def __init__(self, run: str, command: list[str], size: tuple[int, int], environment: dict[str, str]) -> None:
        width, height = size
        self.screen = pyte.Screen(width, height)
        self.stream = pyte.Stream(self.screen)
        self.sent = ""
        self.child = pexpect.spawn(
            "/bin/sh",
            ["-c", f'echo begin; {run}; echo "status $?"; read answer', "sh", *command],
            dimensions=(height, width),
            encoding="utf-8",
            cwd=str(ROOT),
            env={**os.environ, "TERM": "xterm-256color", "PYTHONDONTWRITEBYTECODE": "1", **environment},
        )
        self.child.delaybeforesend = None
        self.wait("begin")
        self.modes = self.settings()

    def settings(self) -> list[Any]:
        """How the terminal is set."""
        return termios.tcgetattr(self.child.child_fd)

    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def send(self, keys: str, *awaited: str) -> None:
        """Press keys, and wait until each of the texts is on the screen."""
        self.child.send(keys)
        self.wait(*awaited)

    def wait(self, *awaited: str) -> None:
        """Wait until each of the texts is on the screen; `¬` before one: until it is not."""
        deadline = time.monotonic() + SECONDS
        while not all(text[1:] not in self.text() if text[0] == "¬" else text in self.text() for text in awaited):
            assert time.monotonic() < deadline, f"{awaited} not in\n{self.text()}"
            self.read(0.1)

    def read(self, seconds: float) -> None:
        """Take in what has been written within so many seconds."""
        try:
            text = self.child.read_nonblocking(100_000, timeout=seconds)
        except pexpect.TIMEOUT:
            return
        except pexpect.EOF:
            raise AssertionError(f"the terminal was closed:\n{self.text()}") from None
        self.sent += text
        self.stream.feed(_known(text))

    def ended(self, status: int) -> str:
        """Wait until the program has ended with a status; what is on the screen then. All is as it was before."""
        self.wait(f"status {status}")
        self.is_restored()
        return self.text()

    def is_restored(self) -> None:
        """The terminal's settings are as before."""
        assert self.settings() == self.modes
        self.is_usual()

    def is_usual(self) -> None:
        """The screen is the usual one, with a cursor, and lines wrap; what is typed is echoed, a line at a time."""
        echoed = termios.ECHO | termios.ICANON | termios.ISIG
        assert self.settings()[3] & echoed == echoed
        assert (self.switched("1049"), self.switched("25"), self.switched("7")) == ("l", "h", "h")
        assert (self.switched("2004"), self.switched("1000")) == ("l", "")

    def switched(self, mode: str) -> str:
        """Whether a private mode was last set (`h`) or reset (`l`); nothing where it never was either."""
        return "".join(re.findall(rf"\x1b\[\?{mode}([hl])", self.sent)[-1:])

    def resize(self, width: int, height: int) -> None:
        self.screen.resize(height, width)
        self.child.setwinsize(height, width)

    def close(self) -> None:
        self.child.close(force=True)

    def vanish(self) -> None:
        """Close the window under the program, as who closes the terminal does."""
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, self.child.child_fd)
        os.close(nowhere)


def _known(text: str) -> str:
    """The text without the sequences that pyte shows as text."""
    return re.sub(r"\x1b\[(\?12[hl]|[>?]\d*u|\d* q)", "", text)


Open: TypeAlias = Callable[..., Terminal]


@pytest.fixture
def opened() -> Iterator[Open]:
    """Open `bptrace step` on a network, in a window of the usual size."""
    terminals: list[Terminal] = []

    def start(
        *arguments: str,
        program: str = WHOLE,
        run: str = '"$@"',
        awaited: str = "q quit",
        **environment: str,
    ) -> Terminal:
        command = [sys.executable, "-c", program, "step", *(arguments or (RELU,))]
        terminal = Terminal(run, command, (80, 24), environment)
        terminals.append(terminal)
        terminal.wait(awaited)
        return terminal

    yield start
    for terminal in terminals:
        terminal.close()


def test_a_session(opened: Open) -> None:
    screen = opened()
    assert screen.text().splitlines()[:7] == [
        "Two-layer ReLU network                         ━───────────────────  forward 1/4",
        "z = w@x + b   h = relu(z)   yhat = v@h + c   L = (yhat - y)^2",
        " ╭───────────┬──────────────────┬───────╮",
        " │ quantity  │ rule             │ value │",
        " ├───────────┼──────────────────┼───────┤",
        "▌│▸z1        │ 0*1 + 1*2 + 0    │     2 │",
        "▌│ z2        │ 1*1 + (-1)*2 + 0 │    -1 │",
    ]
    screen.send("n", "▌│▸h1", "2. forward")
    screen.send(RIGHT, "▌│▸yhat")
    screen.send("b", "▌│▸h1", "¬yhat  ")
    screen.send(UP, "│▸z2")
    screen.send("/dL/dw", "/dL/dw")
    screen.send(ENTER, "7. reverse", "│▸dL/dw11", "/dL/dw: n is the next match")
    screen.send("n", "│▸dL/dw12")
    screen.send("w", "Why dL/dw12 = -4", "L → yhat → h1 → z1 → w12", "x2 = 2")
    screen.send(ESCAPE, "│▸dL/dw12")
    screen.send("f", "dL/dz1*x2")
    screen.send("r", "row 6/10")
    screen.send("?", "what it does", "Help")
    screen.send(END, "¬what it does", "row 10/10")
    screen.send(HOME, "forward 1/4, row 1/2")
    screen.send("q")
    assert "Two-layer" not in screen.ended(0)


WALK = ["n", "f", "?", ESCAPE, "w", ESCAPE, "\t", UP, "f", "f", "d", "r", "n", END, HOME]


@pytest.mark.parametrize("text", [WIDE, Path(RELU).read_text(encoding="utf-8")], ids=["wide characters", "relu"])
def test_the_screen_is_the_frame_after_every_key(opened: Open, tmp_path: Path, text: str) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(text, encoding="utf-8")
    screen, at = opened(str(path)), stepper(loads(text), terms=TERMS)
    for key in WALK:
        press(at, NAMES.get(key, key))
        screen.send(key, "\n".join(lines(at, 80, 24)))


def test_a_what_if(opened: Open) -> None:
    screen = opened()
    screen.send(END, "reverse 3/3")
    screen.send("s", "what if, as in w11=3")
    screen.send("w19=3" + ENTER, "unknown name 'w19'", ": w19=3")
    screen.send("\x7f" * 4 + "11=3" + ENTER, "what if w11=3: 13 of 22 rows differ", "│ was │", "│ dL/dw11  *│")
    screen.send("s" + ENTER, "as at the start", "¬│ was │")
    screen.send("sv1", ": v1")
    screen.send(ESCAPE, "¬what if, as in", "q quit")
    screen.send(ESCAPE)
    screen.ended(0)


def test_values_are_asked_for(opened: Open) -> None:
    screen = opened(RELU, "--predict", awaited="z1 = ?")
    screen.send("7" + ENTER, "not 7; hint: add up x1 and x2, each times its weight", "z1 = ?")
    screen.send("(-2)*" + ENTER, "z1 = ? (-2)*")
    screen.send(CONTROL["u"] + "7" + ENTER, "its formula is")
    screen.send(UP + "4", "its formula is", "z1 = ? 4")
    screen.send(
        CONTROL["u"] + "4/2" + ENTER, "z1 = 4/2 = 2: right", "z2 = ?", "│ z1        │ 0*1 + 1*2 + 0    │     2 │"
    )
    screen.send(ESCAPE, "q quit")
    screen.send("q", "1 row: 0 right at the first try, 1 with hints")
    screen.ended(0)


WORDS = "hint  s skip  back  why  show givens  ? help  q quit"


def test_a_question_has_its_line_of_words_and_takes_them(opened: Open) -> None:
    screen = opened(RELU, "--predict", awaited=WORDS)
    assert screen.text().splitlines()[-2:] == ["z1 = ?", WORDS]
    screen.send("?" + ENTER, "Help", "an answer", "Enter back to the question")
    screen.send(ENTER, "¬Help", "z1 reads  w = [[0, 1], [1, -1]]", WORDS)
    screen.send("show w" + ENTER, "w, a 2x2 matrix: weights")
    screen.send(ESCAPE, "¬w, a 2x2 matrix", "z1 = ?", WORDS)
    screen.send("hint" + ENTER, "hint: add up x1 and x2", "z1 = ?")
    screen.send("skip" + ENTER, "z1 = 2; skipped, which counts as missed", "z2 = ?")
    screen.send("why" + ENTER, "Why z1 = 2", "z2 = ?")
    screen.send("-1" + ENTER, "z2 = -1: right", "¬Why", "h1 = ?")
    screen.send("quit" + ENTER, "2 rows: 1 right at the first try, 1 missed")
    screen.ended(0)


@pytest.mark.parametrize("size", [(120, 40), (40, 8), (20, 6), (9, 3), (1, 1)])
def test_a_question_follows_the_size_of_the_window(opened: Open, size: tuple[int, int]) -> None:
    screen = opened(RELU, "--predict", awaited=WORDS)
    screen.resize(*size)
    screen.wait(*["z1 = ?"] * (size[0] > 8), "? help  q quit" if size[1] >= 8 else "¬quit")
    screen.resize(80, 24)
    screen.wait("z1 = ?", WORDS)
    screen.send("quit" + ENTER)
    screen.ended(0)


@pytest.mark.parametrize("size", [(120, 40), (60, 16), (20, 6), (1, 1)])
def test_the_window_follows_its_size(opened: Open, size: tuple[int, int]) -> None:
    screen = opened()
    screen.send("n", "▌│▸h1")
    screen.resize(*size)
    screen.wait("▸h1" if size[0] > 3 else "▸")
    screen.resize(80, 24)
    screen.wait("▌│▸h1        │ max(0,2)         │     2 │", "q quit")
    screen.send("q")
    screen.resize(80, 24)
    screen.ended(0)


def test_ctrl_c_leaves_at_once(opened: Open) -> None:
    screen = opened()
    screen.send(CONTROL["c"])
    assert "Traceback" not in screen.ended(130)


def test_ctrl_c_leaves_a_question_too(opened: Open) -> None:
    screen = opened()
    screen.send("g", "step or quantity, as in dL/dw11:")
    screen.send("4" + CONTROL["c"])
    screen.ended(130)


@pytest.mark.parametrize(("key", "status"), [("d", 0), ("c", 130)])
def test_a_dumb_terminal_is_left_on_a_line_of_its_own_after_the_score(opened: Open, key: str, status: int) -> None:
    screen = opened(RELU, "--predict", run='trap : INT; "$@"', awaited="z1 = ?", TERM="dumb")
    screen.send("2\n", "z2 = ?\n>")  # with its prompt: only then is an answer waited for
    screen.send(CONTROL[key], "\n1 row: 1 right at the first try", f"\nstatus {status}")


def test_ctrl_backslash_leaves_at_once(opened: Open) -> None:
    screen = opened(run='ulimit -c 0; "$@"')
    screen.send("\x1c")
    screen.ended(128 + signal.SIGQUIT)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_to_end_restores_the_screen(opened: Open, number: signal.Signals, tmp_path: Path) -> None:
    program = f"import os; open({str(tmp_path / 'id')!r}, 'w').write(str(os.getpid())); {WHOLE}"
    screen = opened(program=program, run='ulimit -c 0; "$@"')
    os.kill(int((tmp_path / "id").read_text()), number)
    screen.ended(128 + number)


@pytest.mark.parametrize("keys", ["", "nn?", "g4"])
@pytest.mark.parametrize(("trap", "status"), [(":", 128 + signal.SIGHUP), ("''", 130)], ids=["heard", "ignored"])
def test_a_closed_terminal_ends_it_quietly(opened: Open, tmp_path: Path, keys: str, trap: str, status: int) -> None:
    errors, ended = tmp_path / "errors", tmp_path / "ended"
    screen = opened(run=f'trap {trap} HUP; "$@" 2>{errors}; echo $? >{ended}.new; mv {ended}.new {ended}')
    screen.child.send(keys)
    screen.vanish()
    deadline = time.monotonic() + SECONDS
    while not ended.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    said = errors.read_text().replace("Hangup", "").strip()  # the shell's word
    assert (ended.read_text(), said) == (f"{status}\n", "")


@pytest.fixture
def working(opened: Open, tmp_path: Path) -> Terminal:
    """A what-if that takes until a file `until` exists; the program's number is in a file `id`."""
    program = WORKING.format(id=str(tmp_path / "id"), until=str(tmp_path / "until"))
    screen = opened(program=program, run='trap : INT QUIT; ulimit -c 0; "$@"')
    screen.send("sw11=3" + ENTER, "working …", "▌│▸z1")
    return screen


@pytest.mark.parametrize(("key", "status"), [(CONTROL["c"], 130), ("\x1c", 128 + signal.SIGQUIT)])
def test_a_key_to_end_interrupts_work(working: Terminal, key: str, status: int) -> None:
    working.send(key)
    assert "Traceback" not in working.ended(status)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_end_interrupts_work(working: Terminal, number: signal.Signals, tmp_path: Path) -> None:
    os.kill(int((tmp_path / "id").read_text()), number)
    assert "Traceback" not in working.ended(128 + number)


def test_keys_wait_for_work_to_end(working: Terminal, tmp_path: Path) -> None:
    working.child.send("n")
    (tmp_path / "until").touch()
    working.wait("▌│▸h1", "¬working", "q quit", "Two-layer ReLU network", "h = relu(z)")
    working.send("q")
    working.ended(0)


def test_ctrl_z_waits_for_work_to_end(opened: Open, tmp_path: Path) -> None:
    program = WORKING.format(id=str(tmp_path / "id"), until=str(tmp_path / "until"))
    screen = opened(program=program, run='set -m; "$@"; echo "stopped $?"; read answer; fg')
    screen.send("sw11=3" + ENTER, "working …")
    screen.child.send(CONTROL["z"])
    (tmp_path / "until").touch()
    screen.wait(f"stopped {128 + signal.SIGTSTP}")
    screen.is_usual()
    screen.send("\n", "▌│▸z1", "q quit")
    screen.send("q")
    screen.ended(0)


@pytest.mark.parametrize("place", [IN_AN_ACTION, IN_A_FRAME, IN_A_PANEL], ids=["action", "frame", "panel"])
@pytest.mark.parametrize(
    ("problem", "status", "told"), [(INTERNAL, 70, "dL/dw11 part"), ("KeyError(7)", 70, "KeyError at ")]
)
def test_a_crash_restores_the_screen(opened: Open, place: dict[str, str], problem: str, status: int, told: str) -> None:
    program = FAILING.format(problem=problem, **place)
    screen = opened(program=program, awaited="status" if place is IN_A_FRAME else "q quit")
    screen.child.send("?f")
    assert told in screen.ended(status)


def test_ctrl_z_suspends_and_fg_goes_on(opened: Open) -> None:
    screen = opened(run='set -m; "$@"; echo "stopped $?"; read answer; fg')
    screen.send("n", "▌│▸h1")
    screen.send(CONTROL["z"], f"stopped {128 + signal.SIGTSTP}")
    screen.is_usual()
    screen.send("\n", "▌│▸h1", "q quit")
    screen.send("n", "▌│▸yhat")
    screen.send("q")
    screen.ended(0)


def test_ctrl_l_draws_anew(opened: Open) -> None:
    screen = opened()
    screen.screen.reset()
    screen.send(CONTROL["l"], "Two-layer ReLU network", "▌│▸z1", "q quit")


def test_keys_come_from_the_terminal_where_the_network_comes_from_a_file(opened: Open) -> None:
    screen = opened("-", run='"$@" < networks/xor.yaml')
    screen.send("n", "2. forward")
    screen.send("q")
    screen.ended(0)


def test_what_is_pasted_is_one_line_and_no_keys(opened: Open) -> None:
    screen = opened()
    screen.send("\x1b[200~qqq\x1b[201~n", "▌│▸h1")
    screen.send("/\x1b[200~dL\n/dyhat\x1b[201~", "/dL /dyhat")
    screen.send(CONTROL["u"] + "dyhat" + ENTER, "│▸dL/dyhat")
    screen.send("g\x1b[200~dL/dv1\r\n\x1b[201~", ": dL/dv1", "¬\N{REPLACEMENT CHARACTER}")
    screen.send(CONTROL["u"] + "\x1b[200~dL\r\n/dv1\r\x1b[201~", ": dL /dv1", "¬\N{REPLACEMENT CHARACTER}")


def test_alt_and_a_key_is_not_the_key(opened: Open) -> None:
    screen = opened()
    screen.send("n\x1bqn", "▌│▸yhat")
    screen.send("/z1\x1bbdL/d", "/dL/dz1")


@pytest.mark.parametrize(("environment", "coloured"), [({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True)])
def test_no_colour_where_none_is_wanted(opened: Open, environment: dict[str, str], coloured: bool) -> None:
    screen = opened(**environment)
    colours = {screen.screen.buffer[5][x].fg for x in range(80)}
    assert (colours != {"default"}) is coloured
    assert screen.screen.buffer[5][3].bold
