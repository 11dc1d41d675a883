"""Properties met with new examples: `python -m tests.explore --minutes 60` runs them over and over with new seeds.

A line a failure: the command that meets it again, and what it comes to. What failed is not run again. Each round is a
process of its own, so that memory comes back; a test that takes too much of it, or never ends, fails alone. With
`--hostile`, no property is met but the program itself, with mutated networks, traces, tables and options, each in a
child with 512 MB and 5 seconds of the processor. Exit status 1 where anything failed.
"""

from __future__ import annotations

import argparse
import functools
import json
import math
import os
import random
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
MEMORY = 4 * 1024**3
SEEDS = 10**9
FINE = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)


class Exploration:
    """Rounds until an end, and what has been found in them."""

    def __init__(self, paths: list[str], end: float, most: float) -> None:
        self.paths, self.end, self.left = paths, end, most
        self.tests: set[str] = set()
        self.failed: set[str] = set()
        self.examples = 0

    def rounds(self) -> None:
        while time.monotonic() < self.end and self.left > 0:
            self.left -= 1
            self.round(random.randrange(SEEDS))

    def round(self, seed: int) -> None:
        """One process, which meets every test with the examples of one seed."""
        asked = json.dumps([seed, self.end, sorted(self.failed), self.paths])
        words = [sys.executable, "-m", "tests.explore", "--round", asked]
        running = ""
        with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            for line in process.stdout or ():
                running, examples, problem = json.loads(line)
                self.tests |= {running} - {""}
                self.examples += examples
                if problem:
                    self.fail(running, seed, problem)
        if process.returncode and not running:
            raise SystemExit(f"no test can be run: exit status {process.returncode}; see python -m pytest")
        if process.returncode:
            self.fail(running, seed, f"the process died: exit status {process.returncode}")

    def fail(self, test: str, seed: int, problem: str) -> None:
        if test not in self.failed:
            command = f"python -m pytest {shlex.quote(test)} --hypothesis-profile=explore --hypothesis-seed={seed}"
            print(f"{command}  # {problem}", flush=True)
        self.failed.add(test)


class Round:
    """A plugin of pytest: meets the properties that have not failed, in any order, and writes how each goes."""

    def __init__(self, seed: int, end: float, failed: list[str]) -> None:
        self.seed, self.end, self.failed = seed, end, failed
        self.written = os.fdopen(os.dup(1), "w")
        self.examples = 0

    def write(self, test: str, problem: str = "") -> None:
        """Name what is running, `""` for nothing, with the examples since the last such line."""
        print(json.dumps([test, self.examples, problem]), file=self.written, flush=True)
        self.examples = 0

    def pytest_collection_modifyitems(self, items: list[pytest.Function]) -> None:
        properties = [item for item in items if getattr(item.function, "is_hypothesis_test", False)]
        items[:] = [item for item in properties if _name(item) not in self.failed]
        random.Random(self.seed).shuffle(items)  # the last round does not come to all
        for test in {item.function for item in items}:
            test.hypothesis.inner_test = self.counted(test.hypothesis.inner_test)

    def counted(self, test: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(test)
        def counting(*args: Any, **named: Any) -> Any:
            self.examples += 1
            return test(*args, **named)

        return counting

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Function) -> Any:
        if time.monotonic() < self.end:
            self.write(_name(item))
        done = yield
        self.write("")
        return done

    def pytest_runtest_setup(self) -> None:
        if time.monotonic() > self.end:
            pytest.skip("the time is up")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Function, call: pytest.CallInfo[None]) -> Any:
        report: pytest.TestReport = yield
        if report.failed and call.excinfo:
            self.write(_name(item), call.excinfo.exconly().splitlines()[0])
        return report


def _name(item: pytest.Item) -> str:
    """What pytest calls a test, from this project's folder."""
    return os.path.relpath(item.path, ROOT) + item.nodeid[item.nodeid.index("::") :]


def one_round(seed: int, end: float, failed: list[str], paths: list[str]) -> int:
    """Run pytest, silent but for what the plugin writes."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.RLIM_INFINITY))
    except (ImportError, ValueError):  # not on this system
        pass
    plugin = Round(seed, end, failed)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    options = ["-c", "pyproject.toml", "--hypothesis-profile=explore", f"--hypothesis-seed={seed}"]
    status = pytest.main([*options, "-p", "no:cacheprovider", *paths], plugins=[plugin])
    return 0 if status in FINE else status


def main(arguments: Sequence[str]) -> int:
    """Explore, and say at the end what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.explore", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rounds", type=int, default=math.inf, help="at most so many, of every test")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--round", type=json.loads, help=argparse.SUPPRESS)
    parser.add_argument("--hostile", action="store_true", help="hostile input to the program; on Linux")
    parser.add_argument("--seed", type=int, help="of --hostile: which cases; any if left out")
    parser.add_argument("--cases", type=int, default=math.inf, help="of --hostile: at most so many")
    parser.add_argument("--case", type=int, help="of --hostile: this one alone; its files are kept")
    parser.add_argument("--keep", type=Path, help="of --hostile: a folder for the files of cases that fail")
    parser.add_argument("--idle", type=float, help="of --hostile: seconds that tests.hostile.pace takes on a free core")
    parser.add_argument("paths", nargs="*", default=["tests"])
    asked = parser.parse_args(arguments)
    if asked.hostile:
        from tests.hostile.fuzz import hostile

        return hostile(asked.minutes, asked.cases, asked.seed, asked.case, asked.keep, asked.idle)
    if asked.round:
        return one_round(*asked.round)
    exploration = Exploration(asked.paths, time.monotonic() + 60 * asked.minutes, asked.rounds)
    with ThreadPoolExecutor(asked.workers) as pool:
        for worker in [pool.submit(exploration.rounds) for _ in range(asked.workers)]:
            worker.result()
    print(f"{len(exploration.tests)} tests, {exploration.examples:,} examples, {len(exploration.failed)} failures")
    return 1 if exploration.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
