"""Writing files: all or nothing, so an interruption leaves the old file or the new."""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO, TypeAlias

from bptrace.cli.unfinished import write_then_move
from bptrace.errors import BptraceError, shortened_path

KILO = 1000
LINKS = 40
"""Of so many in a row Linux follows none further."""
FilesRead: TypeAlias = "Sequence[str] | Mapping[str, str]"
"""Files that are not written over, since the network is read from them, or what a mapping says: `answers are`."""
OPEN_FILE = re.compile(r"(?:/dev/fd|/proc/(?P<process>[0-9]+)(?:/task/[0-9]+)?/fd)/(?P<number>[0-9]{1,9})")


def is_file(output: str | None) -> bool:
    """Whether an output is a file: standard output is none, or `-`."""
    return output not in (None, "", "-")


def is_stream(path: str) -> bool:
    """Whether a path names what is written to as it stands, a pipe, a device, what is open; files are replaced."""
    is_special = os.path.exists(path) and not os.path.isfile(path) and not os.path.isdir(path)
    return is_special or _open_file(path) is not None


def write_output(output: str | None, write: Callable[[TextIO], object], read: FilesRead = ()) -> None:
    """Write a text by a function, to standard output or, as `write_whole` does, to a file.

    `read`: the files that are not written over. Raises BptraceError where the file cannot be written.
    """
    if output and is_file(output):
        write_whole(output, write, read)
    else:
        write(sys.stdout)


def write_as_it_is(text: str, out: TextIO) -> None:
    """Write a text that is there already."""
    out.write(text)


def tell_written(output: str | None, extent: str = "", then: str = "") -> None:
    """Say which file has been written, and how long it is, to who sits at a terminal: on standard error.

    `extent`: how much is in it, `24 rows`; `then`: what may come next.
    """
    if output and is_file(output) and sys.stderr.isatty() and not is_stream(output):
        size = _in_bytes(os.path.getsize(output))
        print(f"wrote {shortened_path(output)}: {', '.join(filter(None, (extent, size)))}{then}", file=sys.stderr)


def amount(number: int, noun: str) -> str:
    """So many of something: `1 row`, `24 rows`."""
    return f"{number:,} {noun}{'s' * (number != 1)}"


def _in_bytes(size: int) -> str:
    """A size as people read it: `412 bytes`, `1.2 kB`."""
    if size < KILO:
        return amount(size, "byte")
    return f"{size / KILO:.1f} kB" if size < KILO**2 else f"{size / KILO**2:,.1f} MB"


def write_whole(path: str, write: Callable[[TextIO], object], read: FilesRead = ()) -> None:
    """Write a text file by a function, all or nothing; what is no regular file, or is open already, is written to.

    `read`: the files that are not written over. Raises BptraceError where it cannot be written, BrokenPipeError where
    nobody reads the pipe any more.
    """
    with _told(path):
        place = _checked(path, read)
        if place:
            write_then_move(place, write)
        else:
            _write_on(path, write)


def check_writable(paths: Iterable[str], read: FilesRead = ()) -> None:
    """Raise BptraceError where one of several files cannot be written, as far as that is told before any is."""
    for path in paths:
        with _told(path):
            _checked(path, read)


@contextmanager
def _told(path: str) -> Iterator[None]:
    """Say which file it is that cannot be written."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as problem:
        reason = f"error: cannot write {shortened_path(path)}: {problem.strerror or problem}"
        raise BptraceError(f"{reason}\n   {_way_out(path)}") from None


def _checked(path: str, read: FilesRead) -> Path | None:
    """The file that a path leads to, or will; None where it is written to as it stands. Raises OSError."""
    _check_name(path)
    _check_unread(path, read)
    return None if is_stream(path) else _place_of(path)


def _way_out(path: str) -> str:
    """What helps where a file cannot be written."""
    folder = os.path.dirname(path)
    if folder and not os.path.isdir(folder):
        return f"there is no folder {shortened_path(folder)}"
    return "name another file"


def _check_name(path: str) -> None:
    """No file system takes such a name, and Python's complaint would be no OSError."""
    try:
        named = b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        named = False
    if not named:
        raise OSError(errno.EINVAL, "no file can have such a name")


def _check_unread(path: str, read: FilesRead) -> None:
    """Raise OSError where a path leads, by whatever name, to a file that is read."""
    if not os.path.isfile(path):
        return
    same = next((file for file in read if _is_same(path, file)), None)
    if same is not None:
        what = read[same] if isinstance(read, Mapping) else "the network is"
        raise OSError(errno.EINVAL, f"{what} read from it")
    if _is_same(path, "/dev/stdin"):
        raise OSError(errno.EINVAL, "standard input is read from it")


def _is_same(path: str, other: str) -> bool:
    """Whether two paths lead to one file; one that leads nowhere does not."""
    with suppress(OSError):
        return os.path.samefile(path, other)
    return False


def _place_of(path: str) -> Path:
    """The file that a path leads to, or will. Raises OSError where there can be none, or it may not be written."""
    if os.path.basename(path) in ("", os.curdir, os.pardir):
        os.stat(path)
        raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
    os.stat(os.path.dirname(path) or os.curdir)
    target = Path(os.path.realpath(path))
    if target.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    if target.exists():
        os.close(os.open(target, os.O_WRONLY))  # it would be replaced although it may not be written
    return target


def _open_file(path: str) -> re.Match[str] | None:
    """What a path names where some process has that open: `/dev/stdout`, `/dev/fd/3`, `/proc/self/fd/3`."""
    with suppress(ValueError):  # a name that no file can have
        for _ in range(LINKS):
            folder, name = os.path.split(path)
            path = os.path.join(os.path.realpath(folder), name)
            found = OPEN_FILE.fullmatch(path)
            if found or not os.path.islink(path):
                return found
            path = os.path.join(os.path.dirname(path), os.readlink(path))
    return None


def _write_on(path: str, write: Callable[[TextIO], object]) -> None:
    """Write to what is there, behind what is in it; to what this process has open itself, where that stands."""
    found = _open_file(path)
    sys.stdout.flush()
    if found and found["process"] in (None, str(os.getpid())):
        handle = os.dup(int(found["number"]))
    else:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as out:
        write(out)
