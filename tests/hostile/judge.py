"""What is wrong with how a case ended: nothing, or one line that says it."""

from __future__ import annotations

import csv
import io
import os
import re
import signal
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

from bptrace.cli.main import COMPLETING
from bptrace.marking.numerals import LENGTH_LIMIT as NUMBER_LENGTH
from bptrace.marking.sheets import LENGTH_LIMIT
from bptrace.marking.working import ANSWERED
from tests.hostile.cases import FROM_JSON, NET, Case, network_of
from tests.hostile.child import LARGEST_FILE, PATIENCE, Ending

PARTIAL = {"run", "step", "train", "why", "check", "graph", "lint"}
"""Commands that print what there is where a value does not exist, or where a line or one of many files is not read."""
FINDING = (("check",), ("lint",))
"""Commands whose exit status says that something was found."""
REGISTER = b"step,phase,quantity,formula,rule,value"
OTHER_VALUES = {"--set", "--phase", "--step", "--digits", "--decimals", "--cases"}
"""Options whose register is not that of the network in its file: other values or rows, or too few rows or digits."""
TRACE = b'{\n"$schema"'
WORKBOOK, PICTURE = "PK\x03\x04", ("<svg", "<?xml")
"""How the text of a spreadsheet begins, and that of a picture."""
csv.field_size_limit(LARGEST_FILE)  # a rule may be longer than the 131,072 characters that Python has as a limit
TRACED = re.compile(r'File ".*?(\w+/\w+\.py)", line (\d+), in (\w+)')
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
OURS = re.compile(r'File ".*?/bptrace/\w')
BEFOREHAND = 1.5
"""So many of the processor's seconds a small input may take that is refused as too much: a third of them to start."""
TOO_MUCH = re.compile(r"\bat most \d")
PLACED = re.compile(r"^(\S.*:\d+:\d+: |<?\S+>?:\S+: )?error: |^Usage: |^Error: ", re.MULTILINE)


def problem(case: Case, end: Ending) -> str:
    """One line that says what is wrong, or nothing."""
    return next(_problems(case, end, end.err.decode("utf-8", "replace"), end.out.decode("utf-8", "replace")), "")


def _problems(case: Case, end: Ending, err: str, out: str) -> Iterator[str]:
    if case.signals and not OURS.search(err) and (end.status == -signal.SIGINT or "Traceback" in err):
        return  # the interpreter was about to start
    yield from _deaths(case, end)
    if is_late(case, end):
        yield f"told to be too much after {end.seconds:.1f} s, at {end.slowdown:.1f} times the least time"
    yield from _faults(err)
    yield from _bad_statuses(case, end)
    yield from _raw_characters(err, out)
    yield from _bad_pictures(out)
    yield from _strange_files(case, end)
    if b"SECRET" in end.out + end.err:
        yield "a file outside of the folder was read"
    if case.output == "file":
        yield from _bad_streams(case, end, err)


def is_late(case: Case, end: Ending) -> bool:
    """Whether an input is refused as too much after the work has begun; a training is, where its numbers grow."""
    if end.status != 2 or end.out or "train" in case.words or not TOO_MUCH.search(end.err.decode("utf-8", "replace")):
        return False
    size = len(case.stdin) + sum(map(len, case.files.values()))
    return end.seconds > (BEFOREHAND + size / 10**6) * end.slowdown


def _deaths(case: Case, end: Ending) -> Iterator[str]:
    if end.status >= 0 or (_is_interrupted(case) and -end.status in ENDING):
        return
    name = signal.Signals(-end.status).name
    allowed = f"{end.allowed:.1f} s that its operations allow, at {end.slowdown:.1f} times the least time"
    reasons = {"SIGXCPU": f"{end.seconds:.1f} s of the {allowed}", "SIGKILL": f"over {PATIENCE} s or killed"}
    yield f"died of {name}" + (f": {reasons[name]}" if name in reasons else "")


def _is_interrupted(case: Case) -> bool:
    return bool(case.interrupt or case.signals)


def _faults(err: str) -> Iterator[str]:
    if "Traceback" in err:
        file, line, function = (TRACED.findall(err) or [("", "", "")])[-1]
        yield f"traceback: {err.strip().splitlines()[-1][:120]} ({file}:{line} in {function})"
    if "a fault in bptrace" in err:
        yield f"a fault: {err.strip()[:120]}"


def _bad_statuses(case: Case, end: Ending) -> Iterator[str]:
    fine = (
        {0, 2} | ({130, 143, 129} if _is_interrupted(case) else set()) | ({141} if case.output == "closed" else set())
    )
    if COMPLETING in case.environment or case.words[:1] in FINDING:
        fine.add(1)  # how a shell is told that nothing is known of it; and how it is told that something was found
    if end.status >= 0 and end.status not in fine:
        yield f"exit status {end.status}"


def _raw_characters(err: str, out: str) -> Iterator[str]:
    raw = sorted({char for char in err if not char.isprintable() and char != "\n"})
    if raw:
        yield f"raw characters on standard error: {raw}"
    if not out.startswith(WORKBOOK) and ("\x1b" in out or "\x9b" in out):
        yield "a terminal escape on standard output"


def _bad_pictures(text: str) -> Iterator[str]:
    """Whether a picture is XML, whatever names and labels it has."""
    if not text.startswith(PICTURE):
        return
    try:
        ElementTree.fromstring(text)
    except ElementTree.ParseError as problem:
        yield f"a picture that is no XML: {problem}"


def _bad_streams(case: Case, end: Ending, err: str) -> Iterator[str]:
    """Whether what was written goes with the exit status."""
    status, is_cut = end.status, len(end.out) >= LARGEST_FILE  # a file of the size that a child may write
    if status == 2 and end.out and not is_cut and not PARTIAL & set(case.words):
        yield "standard output beside status 2"
    if status == 2 and not (PLACED.search(err) or "step" in case.words):
        yield f"status 2 without a message: {err.strip()[:80]}"
    if status == 2 and PLACED.search(err) and "step" not in case.words and not _says_what_is_right(err):
        yield f"no line says what would be right: {err.strip().splitlines()[0][:120]}"
    if status == 0 and re.search(r"^(\S+: )?[eE]rror: ", err, re.MULTILINE):
        yield f"a message beside status 0: {err.strip()[:80]}"
    if status == 130 and err.strip() and not (PLACED.search(err) or "warning: " in err):  # said before the signal came
        yield f"a word beside status 130: {err.strip()[:80]}"


def _says_what_is_right(err: str) -> bool:
    """Whether a refusal has a hint; of options one line says both."""
    if err.startswith("Usage:") or "Error: " in err:
        return True
    return any(line.startswith("   ") and not re.match(r" *\d* \| ", line) for line in err.splitlines())


def _strange_files(case: Case, end: Ending) -> Iterator[str]:
    """Whether the folder has what it had, and what the case may write, whole."""
    for name in sorted({*end.outside} - {name.removeprefix("../") for name in case.writes}):
        yield f"a file outside of the folder: {name!r}"
    for name in sorted(end.files.keys() | case.files.keys()):
        before, after = case.files.get(name), end.files.get(name)
        may = _may_write(case, name)
        if before != after and not (may and after is not None):
            yield f"a file that was not to be written: {name!r}"
        if before != after and may:
            yield from _half_written(case, end, name)


def _may_write(case: Case, name: str) -> bool:
    """Whether a file is one that a case may write, or lies in a folder that it may fill."""
    folders = {os.path.normpath(path) for path in case.writes if path}
    is_new = name not in case.files and os.curdir in folders
    return name in case.writes or is_new or any(name.startswith(f"{folder}/") for folder in folders)


def _half_written(case: Case, end: Ending, name: str) -> Iterator[str]:
    data = end.files[name].decode("utf-8", "replace")
    whole = zipfile.is_zipfile(io.BytesIO(end.files[name])) if data.startswith(WORKBOOK) else data.endswith("\n")
    if end.status == 2 and not {"step", "check", "graph", "lint"}.intersection(case.words):
        yield f"{name!r} was written beside status 2"
    elif not whole:
        yield f"{name!r} is half written"
    elif name.endswith(".csv") and not _is_table(data):
        yield f"{name!r} has rows of several lengths"


def _is_table(text: str) -> bool:
    """Whether a text has a table's rows; `--format` may have asked for something else."""
    if not text.startswith("step,phase,"):
        return True
    return len({len(row) for row in csv.reader(io.StringIO(text, newline=""))}) == 1


def _has_values(written: bytes) -> bool:
    """Whether this is a register with numbers, of a size that is read."""
    table = csv.DictReader(io.StringIO(written.decode("utf-8", "replace"), newline=""))
    too_long = rb"e-?\d{5}|[\d/.]{%d}" % NUMBER_LENGTH  # an exponent beyond 10,000, or a number
    is_read = len(written) < LENGTH_LIMIT and not re.search(too_long, written)
    values = [row["value"] for row in table] if written.startswith(REGISTER) and is_read else []
    return len(values) <= ANSWERED.most and any(values)


def follow_up(case: Case, end: Ending) -> Case | None:
    """What must go well after this: a register is right, a trace is restored, a new network runs."""
    if end.status or case.output != "file" or case.words[:1] not in (("export",), ("new",), ("vary",)):
        return None
    if case.interrupt or case.signals or COMPLETING in case.environment or "--help" in case.words:
        return None
    files = [data for name, data in end.files.items() if name in case.writes and data != case.files.get(name)]
    written = next(iter([*files, end.out]))
    if _has_values(written) and network_of(case) and not OTHER_VALUES.intersection(case.words):
        return Case(("check", NET, "register.csv"), {**case.files, NET: network_of(case), "register.csv": written})
    if written.startswith(TRACE):
        return Case((FROM_JSON, "trace.json"), {"trace.json": written})
    if case.words[0] in ("new", "vary") and written:
        command = "derive" if "--example" in case.words else "run"
        return Case((command, "new.yaml"), {**case.files, "new.yaml": written})
    return None
