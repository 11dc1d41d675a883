"""The judge knows each way to end badly, and the program ends well in some cases of a fixed seed."""

from __future__ import annotations

import signal
import subprocess
import sys
from itertools import repeat
from random import Random

import pytest

from tests.conftest import ROOT
from tests.hostile import fuzz, judge
from tests.hostile.cases import NET, Case, Interrupt, drawn_case
from tests.hostile.child import Ending
from tests.hostile.judge import problem
from tests.hostile.pace import Pace
from tests.hostile.traces import ODD, mutated_value

FINE = Case(("export", NET), {NET: b"loss: 1\n"})
TO_FILE = Case(("export", NET, "-o", "out.csv"), {NET: b"loss: 1\n", "out.csv": b"old\n"}, writes=("out.csv",))
INTERRUPTED = TO_FILE._replace(interrupt=Interrupt("SIGINT", "cli/", 9))
REFUSED = b"net.yaml:1:1: error: unknown name 'q'\n   1 | loss: q\n     |       ^\n"
HINT = b"   known here: w\n"
TOO_LONG = b"net.yaml:1:1: error: 1,000,001 rows; at most 1,000,000 are taken\n   name fewer\n"


def ended(status: int, out: bytes = b"", err: bytes = b"", outside: tuple[str, ...] = (), **files: bytes) -> Ending:
    named = {name.replace("_", "."): data for name, data in files.items()}
    return Ending(status, out, err, {NET: b"loss: 1\n", **named}, list(outside), 0.1)


@pytest.mark.parametrize(
    ("case", "end", "wrong"),
    [
        (FINE, ended(0, b"step,phase\n"), ""),
        (FINE, ended(2, b"", REFUSED + HINT), ""),
        (FINE, ended(-6), "died of SIGABRT"),
        (FINE, ended(-24)._replace(seconds=13.04, slowdown=2.5),
         "died of SIGXCPU: 13.0 s of the 5.0 s that its operations allow, at 2.5 times the least time"),
        (FINE, ended(2, b"", TOO_LONG), ""),
        (FINE, ended(2, b"", TOO_LONG)._replace(seconds=2.6, slowdown=1.5),
         "told to be too much after 2.6 s, at 1.5 times the least time"),
        (FINE, ended(2, b"", REFUSED + HINT)._replace(seconds=2.6), ""),
        (FINE._replace(stdin=b" " * 2_000_000), ended(2, b"", TOO_LONG)._replace(seconds=2.6), ""),
        (FINE, ended(1, b"", b'  File "x/bptrace/ops/op.py", line 3, in f\nTraceback\nKeyError: 1\n'),
         "traceback: KeyError: 1 (ops/op.py:3 in f)"),
        (FINE, ended(70, b"", b"a fault in bptrace: KeyError"), "a fault: a fault in bptrace: KeyError"),
        (FINE, ended(1), "exit status 1"),
        (FINE, ended(130), "exit status 130"),
        (FINE, ended(2, b"", b"error: \x1b[2J\n   so\n"), r"raw characters on standard error: ['\x1b']"),
        (FINE, ended(0, b"\x1b]0;pwned\x07"), "a terminal escape on standard output"),
        (FINE, ended(2, b"step\n", REFUSED + HINT), "standard output beside status 2"),
        (FINE, ended(2, b"", b"something\n"), "status 2 without a message: something"),
        (FINE, ended(2, b"", REFUSED), "no line says what would be right: net.yaml:1:1: error: unknown name 'q'"),
        (FINE, ended(0, b"", b"error: no\n"), "a message beside status 0: error: no"),
        (FINE, ended(0, b"SECRET"), "a file outside of the folder was read"),
        (FINE, ended(0, pwned=b""), "a file that was not to be written: 'pwned'"),
        (FINE, ended(0, outside=("pwned",)), "a file outside of the folder: 'pwned'"),
        (TO_FILE, ended(0, out_csv=b"step,phase,rule\n1,2,3\n"), ""),
        (TO_FILE, ended(0, out_csv=b"step,phase,rule\n1,2\n"), "'out.csv' has rows of several lengths"),
        (TO_FILE, ended(0, out_csv=b"step,pha"), "'out.csv' is half written"),
        (TO_FILE, ended(0), "a file that was not to be written: 'out.csv'"),
        (TO_FILE, ended(2, b"", REFUSED + HINT, out_csv=b"new\n"), "'out.csv' was written beside status 2"),
        (INTERRUPTED, ended(130, out_csv=b"old\n"), ""),
        (INTERRUPTED, ended(130, b"", b"no such file", out_csv=b"old\n"), "a word beside status 130: no such file"),
    ],
    ids=range(28),
)  # fmt: skip
def test_the_judge_says_what_is_wrong(case: Case, end: Ending, wrong: str) -> None:
    assert problem(case, end) == wrong


def test_a_case_depends_on_its_seed_and_number_alone() -> None:
    cases = [drawn_case(7, number) for number in range(200)]
    assert cases == [drawn_case(7, number) for number in range(200)]
    assert len({case.words for case in cases}) > 100


def own_process(program: str, *words: str) -> subprocess.CompletedProcess[str]:
    """What a program prints, in a process of its own: the memory of its children is what it has itself, and more."""
    return subprocess.run(
        [sys.executable, "-c", program, *words], cwd=ROOT, capture_output=True, text=True, check=False
    )


def explored(*options: str, before: str = "") -> subprocess.CompletedProcess[str]:
    """What the command prints."""
    program = f"import sys; {before}\nfrom tests.explore import main; sys.exit(main(sys.argv[1:]))"
    return own_process(program, "--hostile", *options)


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        (("run", NET), 15),
        (("train", "--steps", "3", "-"), 37),
        (("examples",), 5),
        (("train", "--steps", "3", "--show", "all", "-"), 47),
        (("check", "--digits", "3", NET, "a.csv", "b.csv"), 31),
        (("lint", NET, NET, "-o", "a.csv"), 31),
    ],
)
def test_a_case_may_take_longer_where_its_network_has_many_operations(words: tuple[str, ...], seconds: int) -> None:
    network = f"input: {{x: {[1] * 600}}}\nweights: {{w: 2}}\nloss: sum(outer(x, x)@x)*w\n".encode()
    files = {NET: network} if NET in words else {}
    answers = {word: b"L,1" for word in words if word.endswith(".csv")}
    case = Case(words, files | answers, network if "-" in words else b"")
    program = (
        f"from tests.hostile.cases import Case; from tests.hostile.fuzz import allowed; print(int(allowed({case})))"
    )
    assert own_process(program).stdout == f"{seconds}\n"


def test_the_slow_down_is_told_by_the_least_time_and_is_not_believed_beyond_a_limit() -> None:
    pace = Pace(None, iter([0.3, 0.2, 0.3, 0.2, 0.4, 0.5, 0.1, 0.2, 9.0]).__next__)
    assert [pace.slowdown() for _ in range(4)] == [2.5, 1.0, 2.0, 4.0]
    assert Pace(0.1, repeat(0.3).__next__).slowdown() == pytest.approx(3)


@pytest.mark.parametrize(
    ("used", "status"), [(5.0, 0), (14.9, 0), (15.1, -signal.SIGXCPU)], ids=["at once", "on a slow machine", "too slow"]
)
def test_a_case_may_take_as_much_longer_as_all_does(monkeypatch: pytest.MonkeyPatch, used: float, status: int) -> None:
    asked = []

    def met(case: Case, seconds: int, alone: bool) -> Ending:
        asked.append(seconds)
        return ended(0)._replace(seconds=used)

    monkeypatch.setattr(fuzz, "_ended_within", met)
    pace = Pace(None, iter([1, 1, 1, 1, 1, 2.0, 4.0]).__next__)
    end = fuzz.timed(FINE, 5, pace)
    assert (end.status, end.slowdown, asked) == (status, 3.0, [20])


def test_some_cases_end_well() -> None:
    done = explored("--seed", "9", "--cases", "150")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def test_a_failure_is_printed_with_what_makes_it_again() -> None:
    broken = "import bptrace.cli.main as main; main._run = lambda: 1 // 0"
    done = explored("--seed", "3", "--case", "4", before=broken)
    line, kind, summary = done.stdout.splitlines()
    assert line.startswith(
        "python -m tests.explore --hostile --seed 3 --case 4  # traceback: error: a fault in bptrace "
    )
    assert kind.startswith("     1 traceback: ")
    assert summary.endswith(" seconds, 1 failures")
    assert summary.startswith("1 cases, ")
    assert done.returncode == 1


def test_what_is_cut_at_the_largest_size_may_stand_beside_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judge, "LARGEST_FILE", 9)
    assert problem(FINE, ended(2, "≈≈≈".encode(), REFUSED + HINT)) == ""
    assert problem(FINE, ended(2, "≈≈".encode(), REFUSED + HINT)) == "standard output beside status 2"


def test_what_is_put_into_a_trace_is_changed_there_alone() -> None:
    odd, rng = repr(ODD), Random(1)
    for _ in range(500):
        value = {"a": [1], "b": {"c": 2}}
        for _ in range(3):
            mutated_value(rng, value)
            value.setdefault("a", [1])
    assert repr(ODD) == odd
