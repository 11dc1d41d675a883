"""Writing files: to a temporary name, then moved into place, so an interruption leaves the old file or the new."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from bptrace.errors import BptraceError, printable

KILO = 1000


def is_file(output: str | None) -> bool:
    """Whether an output is a file: standard output is none, or `-`."""
    return output not in (None, "", "-")


def write_output(output: str | None, write: Callable[[TextIO], object]) -> None:
    """Write a text by a function, to standard output or all or nothing to a file.

    Raises BptraceError where the file cannot be written.
    """
    if output and is_file(output):
        write_whole(output, write)
    else:
        write(sys.stdout)


def tell_written(output: str | None, extent: str = "", then: str = "") -> None:
    """Say which file has been written, and how long it is, to who sits at a terminal: on standard error.

    `extent`: how much is in it, `24 rows`; `then`: what may come next.
    """
    if output and is_file(output) and sys.stderr.isatty() and os.path.isfile(output):
        size = _in_bytes(os.path.getsize(output))
        print(f"wrote {printable(output)}: {', '.join(filter(None, (extent, size)))}{then}", file=sys.stderr)


def amount(number: int, noun: str) -> str:
    """So many of something: `1 row`, `24 rows`."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def _in_bytes(size: int) -> str:
    """A size as people read it: `412 bytes`, `1.2 kB`."""
    if size < KILO:
        return amount(size, "byte")
    return f"{size / KILO:.1f} kB" if size < KILO**2 else f"{size / KILO**2:,.1f} MB"


def write_whole(path: str, write: Callable[[TextIO], object]) -> None:
    """Write a text file by a function, all or nothing. Raises BptraceError where it cannot be written."""
    try:
        _check_name(path)
        target = Path(os.path.realpath(path))
        if target.is_symlink():
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        if target.exists() and not target.is_file():
            _write_device(target, write)
            return
        _write_then_move(target, write)
    except OSError as problem:
        reason = f"error: cannot write {printable(path)}: {problem.strerror or problem}"
        raise BptraceError(f"{reason}\n   {_way_out(path)}") from None


def _way_out(path: str) -> str:
    """What helps where a file cannot be written."""
    folder = os.path.dirname(path)
    if folder and not os.path.isdir(folder):
        return f"there is no folder {printable(folder)}"
    return "name another file"


def _check_name(path: str) -> None:
    """No file system takes such a name, and Python's complaint would be no OSError."""
    try:
        named = b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        named = False
    if not named:
        raise OSError(errno.EINVAL, "no file can have such a name")


def _write_device(target: Path, write: Callable[[TextIO], object]) -> None:
    with target.open("w", encoding="utf-8", newline="") as out:
        write(out)


def _write_then_move(target: Path, write: Callable[[TextIO], object]) -> None:
    import tempfile  # most commands write no file

    mode = target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(prefix=".bptrace-", suffix=".tmp", dir=target.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
            write(out)
        os.chmod(name, mode)
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
