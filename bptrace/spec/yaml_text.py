"""A text as YAML: read within bounds, with the place of everything in it."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

import yaml

from bptrace.errors import Mark, Source, SpecError, listed, shortened_path, suggestion
from bptrace.spec.yaml_tree import Node, composed

SIZE_LIMIT = 10_000_000
NESTING_LIMIT = 20
COUNT_LIMIT = 1_000_000
EVENT_LIMIT = 1_100_000
ENTRY_LIMIT = 20_000
TOO_MANY = f"more than {COUNT_LIMIT:,} numbers and names", "take fewer samples, or smaller arrays"
LONE_SURROGATE, HALF_A_CHARACTER = "not text: a lone surrogate", "delete it: it is half a character"
TOO_DEEP = f"nested more than {NESTING_LIMIT} deep", "sections have names, names have numbers or lists of rows"
WRITTEN = (1, 2)
"""Standard output and standard error."""
LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
PROPERTIES = re.compile(r"(?:[&!]\S*\s+)*")
ENDS = r"\r\n\x85\u2028\u2029"
END = re.compile(rf"\r\n|[{ENDS}]")
UNIT = re.compile(rf"\\(?:x..|u.{{4}}|U.{{8}}|[{ENDS}][ \t{ENDS}]*|.)|[ \t{ENDS}]+|[^\\ \t{ENDS}]+", re.DOTALL)
"""What stands within "...": an escape, of a line's end with the blanks below it; blanks and lines' ends; a word."""


def read_text(
    path: str,
    kind: str = "a network file",
    suffixes: tuple[str, ...] = (".yaml", ".yml"),
    *,
    only_regular: bool = False,
) -> str:
    """A file's text. Raises SpecError where there is none, or none that can be read.

    `only_regular`: what may be without an end, a pipe or a device, is refused too.
    """
    try:
        with open(path, "rb", opener=_without_waiting if only_regular else None) as file:
            _check_kind(file.fileno(), only_regular)
            return read_bytes(file, path)
    except IsADirectoryError:
        inside = _inside(path, suffixes)
        hint = f"in it: {listed(inside)}" if inside else f"a file's name ends in {' or '.join(suffixes)}"
        raise SpecError(f"{shortened_path(path)} is a directory, not {kind}", None, hint) from None
    except FileNotFoundError:
        raise SpecError(f"no such file: {shortened_path(path)}", None, _instead_of(path, suffixes)) from None
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise SpecError(
            f"cannot read {shortened_path(path)}: {reason}", None, f"{kind} is a file that you may read"
        ) from None


def _check_kind(file: int, only_regular: bool) -> None:
    """Raise OSError for an open file that would be waited for without an end."""
    mode = os.fstat(file).st_mode
    if only_regular and not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is a pipe or a device")
    if stat.S_ISFIFO(mode) and any(_is_same(file, stream) for stream in WRITTEN):
        raise OSError(errno.EINVAL, "it is the pipe that is written to")


def _is_same(file: int, stream: int) -> bool:
    """Whether an open file is what a stream is too, which would wait for itself."""
    try:
        return file != stream and os.path.sameopenfile(file, stream)
    except OSError:  # it is closed
        return False


def _without_waiting(path: str, flags: int) -> int:
    """Open a file; of a pipe, not wait until somebody writes to it."""
    return os.open(path, flags | os.O_NONBLOCK)


def read_bytes(file: BinaryIO, name: str) -> str:
    """The text of an open file. Raises SpecError: too large, or the first byte that is not UTF-8."""
    data = file.read(SIZE_LIMIT + 1)
    if len(data) > SIZE_LIMIT:
        text = data.decode("utf-8", "replace")
        raise file_too_large(Source(name, text), len(text) - 1, SIZE_LIMIT)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as problem:
        before = data[: problem.start].decode("utf-8")
        mark = Mark(Source(name, before + data[problem.start :].decode("utf-8", "replace")), len(before))
        raise SpecError(f"byte 0x{data[problem.start]:02x} is not UTF-8", mark, "save the file as UTF-8") from None


def file_too_large(source: Source, offset: int, limit: int) -> SpecError:
    """The complaint about a text of more than `limit` bytes or characters, at the first that is too many."""
    message = f"{shortened_path(source.name)} is larger than {limit // 1_000_000} MB, the most that is read"
    return SpecError(message, Mark(source, offset), "take fewer samples, or smaller arrays")


def _instead_of(path: str, suffixes: tuple[str, ...]) -> str:
    """What may be meant where there is no such file: one with a name like it, or what is there."""
    folder, name = os.path.split(path)
    if folder and not os.path.isdir(folder):
        return f"there is no folder {shortened_path(folder)}"
    inside = _inside(folder or ".", suffixes)
    near = suggestion(name, inside)
    there = listed(inside) or f"none that ends in {' or '.join(suffixes)}"
    return near[0] if near else f"in {shortened_path(folder) or 'this folder'}: {there}"


def _inside(folder: str, suffixes: tuple[str, ...]) -> list[str]:
    """The files of a folder with such names; none where it cannot be looked into."""
    try:
        return [name for name in os.listdir(folder) if name.endswith(suffixes)]
    except OSError:
        return []


def compose(source: Source) -> Node:
    """The YAML node tree of a source. Raises SpecError: not YAML, empty, or nested too deep."""
    try:
        node = composed(_events(source, source.text))
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        offset = min(mark.index if mark else 0, len(source.text))
        with suppress(yaml.YAMLError):  # a scanner with a bound of its own looks ahead past the depth allowed here
            deque(_events(source, source.text[:offset]), maxlen=0)
        raise _not_yaml(source, offset, problem) from None
    except yaml.reader.ReaderError as problem:
        offset = next((i for i, char in enumerate(source.text) if _forbidden(char)), 0)
        raise SpecError(
            f"not YAML: {problem.reason}", Mark(source, offset), "delete it, or save the file as UTF-8"
        ) from None
    except UnicodeEncodeError as problem:
        raise SpecError(LONE_SURROGATE, Mark(source, problem.start), HALF_A_CHARACTER) from None
    if node is None:
        raise SpecError("the file is empty", Mark(source, 0), "'bptrace new FILE' writes one to start from")
    return node


def _not_yaml(source: Source, offset: int, problem: yaml.MarkedYAMLError) -> SpecError:
    from bptrace.spec.yaml_mistakes import explained, misread

    hints = [
        *([str(problem.context)] if problem.context else []),
        "'bptrace guide file' shows how a network is written",
    ]
    own_words = SpecError(f"not YAML: {problem.problem}", Mark(source, offset), *hints)
    return explained(misread(source, problem, yaml.parse(source.text, Loader=LOADER))) or own_words


def _forbidden(char: str) -> bool:
    return bool(yaml.reader.Reader.NON_PRINTABLE.match(char))


def _events(source: Source, text: str) -> Iterator[yaml.events.Event]:
    """What the reader comes to in a text, the source's or as much of it as is looked at.

    Who takes it keeps all of it, and walkers recurse, so number and depth are checked here.
    """
    held: list[int] = []
    for number, event in enumerate(yaml.parse(text, Loader=LOADER)):
        complaint = _complaint(held, event) if number <= EVENT_LIMIT else TOO_MANY
        if complaint:
            raise SpecError(complaint[0], Mark(source, event.start_mark.index if event.start_mark else 0), complaint[1])
        yield event


def _complaint(held: list[int], event: yaml.events.Event) -> tuple[str, str] | None:
    """What is wrong with an event where it is one too many, or too deep; `held`: how many each open collection has."""
    if isinstance(event, yaml.events.CollectionEndEvent):
        held.pop()
    elif held:
        held[-1] += 1
        if held[-1] > 2 * ENTRY_LIMIT:
            return f"more than {ENTRY_LIMIT:,} names in one section", "an array has one for many"
    if isinstance(event, yaml.events.CollectionStartEvent):
        held.append(0 if isinstance(event, yaml.events.MappingStartEvent) else -COUNT_LIMIT)
        if len(held) > NESTING_LIMIT:
            return TOO_DEEP
    return None


def places_in(span: str, value: str, style: str) -> list[int]:
    r"""For each character of a scalar's value, and one beyond, its place in the source that it was read from.

    Tags, anchors, quotes, escapes, folding and indentation are stepped over.

    >>> places_in("'a b'", "a b", "'"), places_in(r'"\x2b+"', "++", '"')
    ([1, 2, 3, 4], [1, 5, 6])
    """
    at = PROPERTIES.match(span).end()  # type: ignore[union-attr]  # it matches nothing, too
    if style == '"':
        return _within_quotes(span, at + 1)[: len(value) + 1]
    at = span.find("\n", at) + 1 if style in ("|", ">") else at + (style == "'")
    last: dict[str, int] = {}
    places = []
    for char in value:
        if not char.isspace() and not span.startswith(char, at):
            last = last or {char: place for place, char in enumerate(span)}  # so no character is looked for to the end
            at = span.find(char, at) if last.get(char, -1) > at else at
        places.append(at)
        at += 1
    return [*places, max(0, min(at, len(span.rstrip())))]


def _within_quotes(span: str, at: int) -> list[int]:
    """For each character that `"..."` is read as, from `at` on, its place; the quote that closes it is the last."""
    units = (found.span() for found in UNIT.finditer(span, at))
    return [start + more for start, end in units for more in range(_characters(span[start:end]))]


def _characters(unit: str) -> int:
    """How many characters a part of `"..."` is read as: of the ends of lines in a row, all but a plain first one."""
    ends = END.findall(unit)
    if unit.startswith("\\"):
        return len(ends) - 1 if ends else 1
    return len(ends) - (ends[0] not in "\u2028\u2029") or 1 if ends else len(unit)
