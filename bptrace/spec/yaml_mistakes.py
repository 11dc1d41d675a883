"""Why a text is no YAML: the mistakes that people make, known by their shape, each at its own place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

import yaml

from bptrace.errors import Mark, Source, SpecError, shortened
from bptrace.spec.tokens import UNSEEN_HINT

LINE_LIMIT = 400
CLOSING = {"[": "]", "{": "}"}
OPENING = {close: opened for opened, close in CLOSING.items()}
EXAMPLES = {"[": "as in [1, 2] or [[1, 2], [3, 4]]", "{": "as in {x: 1, y: 2}"}
COLON_MISSING = "could not find expected ':'"
STUCK = "while scanning for the next token"
SIGNS = {"*": "an alias", "&": "an anchor", "!": "a tag"}
NAME = r"(?P<name>[^\W\d][\w{}+'^-]*)"
ANCHOR = re.compile(r"(?:!\S*\s+)*(?P<sign>[&*])(?P<name>[\w-]+)")
IN_BRACKETS = re.compile(r"(?:\([^()]*\)|[^,\]}])*")
"""A value within braces or brackets, as far as it goes."""
BRACKET = re.compile(r"(?:[&!]\S*\s+)*[\[{]")
KEY_LIMIT = 1_024
"""So many characters, quotes and blanks among them, stand at most before a ':' in YAML."""
KEY_ENDS = re.compile(r"[^\n]*?:(?=\s|$)")
MARK_OF_ORDER = "\N{ZERO WIDTH NO-BREAK SPACE}"
TAGGED_KEY = re.compile(r"!(?P<line>\S*:\s.*)")
KEY = re.compile(r"(?P<indent>\s*(?:-\s+)*)(?P<name>[^\s:#'\"\[{][^:]*):\s+(?P<value>\S.*)")


class LineMistake(NamedTuple):
    """A mistake in a line: the pattern, with its place as `at`, and the message and hint made of its groups."""

    pattern: re.Pattern[str]
    message: str
    hint: str


SHAPES: Sequence[LineMistake] = [
    LineMistake(
        re.compile(rf"\s*(?:-\s+)?{NAME}\s*(?P<at>:=|<-|←|=)(?!=)\s*(?P<value>.*)"),
        "a name is followed by ':', not by '{at}'",
        "as in {name}: {value}",
    ),
    LineMistake(
        re.compile(rf"\s*(?:-\s+)?{NAME}(?P<at>:)(?P<value>[^\s:].*)"),
        "a space is missing after ':'",
        "as in {name}: {value}",
    ),
    LineMistake(re.compile(r"\s*(?P<at>-)(?P<value>[^\s-].*)"), "a space is missing after '-'", "as in - {value}"),
    LineMistake(
        re.compile(r"\s*(?P<at>//|%)(?P<value>.*)"), "a comment begins with '#', not with '{at}'", "as in # {value}"
    ),
    LineMistake(
        re.compile(rf"\s*{NAME}(?P<at>)\s*(?:[\[{{]|$)"), "a ':' is missing after '{name}'", "as in {name}: ..."
    ),
]


class Misread(NamedTuple):
    """Where the reader of YAML stopped: at `offset`, in what began at `began`, for a reason in its own words.

    `last` is what it had read before; `bracket` is where the innermost bracket stands that is still open.
    """

    source: Source
    offset: int
    began: int
    reason: str
    context: str
    last: yaml.events.Event | None
    bracket: int | None

    @property
    def char(self) -> str:
        """The character that it stopped at, or nothing at the end."""
        return self.source.text[self.offset : self.offset + 1]

    def error(self, message: str, offset: int, *hints: str) -> SpecError:
        """A complaint at a place, to be raised."""
        return SpecError(message, Mark(self.source, offset), *hints)

    def place(self, offset: int) -> str:
        """A place as it is told in a line: 5:7."""
        mark = Mark(self.source, offset)
        return f"{mark.line}:{mark.column}"

    def line_start(self, offset: int) -> int:
        """Where the line of a place begins."""
        return self.source.text.rfind("\n", 0, offset) + 1

    def line(self, start: int) -> str:
        """The line that begins at a place, or as much of it as is looked at."""
        end = self.source.text.find("\n", start)
        return self.source.text[start : min(end if end >= 0 else start + LINE_LIMIT, start + LINE_LIMIT)].rstrip()

    def lines_above(self, start: int) -> Iterator[tuple[int, str]]:
        """The lines above the one that begins at a place, the nearest first, without blank ones and comments."""
        while start:
            start = self.line_start(start - 1)
            line = self.line(start)
            if line.strip() and not line.lstrip().startswith("#"):
                yield start, line


def misread(source: Source, problem: yaml.MarkedYAMLError, events: Iterator[yaml.events.Event]) -> Misread:
    """What is known of a complaint of YAML; `events` are those of the text, read anew."""
    marks = (problem.problem_mark or problem.context_mark, problem.context_mark or problem.problem_mark)
    offset, began = (min(mark.index if mark else 0, len(source.text)) for mark in marks)
    last, collections = None, []
    for event in _events_before(offset, events):
        last = event
        if isinstance(event, yaml.events.CollectionStartEvent):
            collections.append(event)
        elif isinstance(event, yaml.events.CollectionEndEvent):
            collections.pop()
    starts = (event.start_mark.index for event in collections if event.flow_style and event.start_mark)
    brackets = [match.end() - 1 for start in starts if (match := BRACKET.match(source.text, start))]
    words = str(problem.problem), str(problem.context or "")
    return Misread(source, offset, began, *words, last, brackets[-1] if brackets else None)


def _events_before(offset: int, events: Iterator[yaml.events.Event]) -> Iterator[yaml.events.Event]:
    with suppress(yaml.YAMLError):
        for event in events:
            if event.start_mark is None or event.start_mark.index >= offset:
                return
            yield event


def explained(failed: Misread) -> SpecError | None:
    """The complaint in the words of who wrote the text, or None where it is not clear what was meant."""
    return next((found for row in MISTAKES if (found := row(failed))), None)


def mistake_in(source: Source, start: int, end: int) -> SpecError | None:
    """The complaint about a text that stands where names and values are meant, or None."""
    line = source.text[start : min(end, start + LINE_LIMIT)].split("\n")[0]
    return _shape_in(source, start, line, SHAPES[:3])


def _shape_in(source: Source, start: int, line: str, shapes: Sequence[LineMistake] = SHAPES) -> SpecError | None:
    for shape in shapes:
        if match := shape.pattern.match(line):
            groups = {key: _cut(value.strip()) for key, value in match.groupdict().items()}
            mark = Mark(source, start + match.start("at"))
            return SpecError(shape.message.format(**groups), mark, shape.hint.format(**groups).rstrip())
    return None


def _cut(text: str) -> str:
    return shortened(text)[1:-1]


def _quoted(text: str) -> str:
    return "'" + _cut(text).replace("'", "''") + "'"


# The mistakes, one a function: its complaint, or None


def _tab(failed: Misread) -> SpecError | None:
    before = failed.source.text[failed.line_start(failed.offset) : failed.offset]
    if failed.char != "\t" or before.strip(" -"):
        return None
    return failed.error("a tab cannot indent YAML", failed.offset, "use spaces")


def _block_of_text(failed: Misread) -> SpecError | None:
    start = failed.offset if "cannot start" in failed.reason else failed.began
    sign = failed.source.text[start : start + 1]
    if failed.context not in ("while scanning a block scalar", STUCK) or sign not in ("|", ">"):
        return None
    value = failed.line(start)
    inner, bar, rest = value[1:].partition("|")
    hint = f"an absolute value is abs({inner.strip()}){rest}" if sign == "|" and bar else f"quote it: {_quoted(value)}"
    return failed.error(f"'{sign}' at the start of a value begins a block of text in YAML", start, _cut(hint))


def _comma_first(failed: Misread) -> SpecError | None:
    line = failed.line(failed.line_start(failed.offset)).lstrip()
    if "while parsing a block" not in failed.context or failed.char != "," or not line.startswith(","):
        return None
    own = line.strip(" ,")
    return failed.error("a line cannot begin with ','", failed.offset, f"as in {_cut(own)}" if own else "delete it")


def _reserved(failed: Misread) -> SpecError | None:
    start = failed.line_start(failed.offset)
    if failed.source.text.startswith("%", start):
        return _shape_in(failed.source, start, failed.line(start))
    at_start = failed.context == STUCK and failed.char in ("@", "`", "%")
    if not at_start and not (failed.context == "while parsing a block node" and failed.char == ","):
        return None
    hint = f"quote it: {_quoted(failed.line(failed.offset))}"
    return failed.error(f"a value cannot begin with '{failed.char}' in YAML", failed.offset, hint)


def _anchor(failed: Misread) -> SpecError | None:
    """An anchor that is set twice, or an alias of none."""
    found = ANCHOR.match(failed.source.text, failed.offset)
    if found and failed.reason == "second occurrence":
        first = Mark(failed.source, failed.began).line
        message = f"the anchor {shortened(found['name'])} is set twice, first at line {first}"
        return failed.error(message, found.start("sign"), "give the second another name")
    if found and failed.reason == "found undefined alias":
        hints = (
            f"a text that begins with '*' is quoted: {_quoted(found[0])}",
            f"set it above: a: &{_cut(found['name'])} 2",
        )
        return failed.error(f"no anchor {shortened(found['name'])} is set", failed.offset, *hints)
    return None


def _alias(failed: Misread) -> SpecError | None:
    mark = failed.last.start_mark if isinstance(failed.last, yaml.events.AliasEvent) else None
    start = mark.index if mark else failed.began
    sign = failed.source.text[start : start + 1]
    same_line = "\n" not in failed.source.text[start : failed.offset]
    if sign not in SIGNS or not same_line:
        return None
    value = failed.line(start)
    inner = IN_BRACKETS.match(value) if failed.bracket is not None else None
    hint = f"a text that begins with it is quoted: {_quoted(inner.group().rstrip() if inner else value)}"
    return failed.error(f"'{sign}' at the start of a value is {SIGNS[sign]} in YAML", start, hint)


def _long_name(failed: Misread) -> SpecError | None:
    """A name before a ':' that is so long that the reader takes it for none."""
    start = end = failed.began
    if failed.reason == COLON_MISSING:
        found = KEY_ENDS.match(failed.source.text, start)
        end = found.end() - 1 if found else start
    elif failed.char == ":" and isinstance(failed.last, yaml.events.ScalarEvent) and failed.last.start_mark:
        start, end = failed.last.start_mark.index, failed.offset
    if end - start <= KEY_LIMIT or "\n" in failed.source.text[start:end] or not _begins_entry(failed, start):
        return None
    message = f"a name of {end - start:,} characters; before a ':' YAML has at most {KEY_LIMIT:,}"
    return failed.error(message, start, "choose a shorter name")


def _begins_entry(failed: Misread, start: int) -> bool:
    """Whether nothing that belongs to it stands before a place: it begins its line, or follows a bracket or comma."""
    before = failed.source.text[failed.line_start(start) : start].rstrip(" -")
    return not before or (failed.bracket is not None and before[-1] in "{[,")


def _open_quote(failed: Misread) -> SpecError | None:
    if failed.context == "while scanning a quoted scalar" and "escape" not in failed.reason:
        return failed.error("this quote is not closed", failed.began, "close it, or leave it out")
    last = failed.last
    if not isinstance(last, yaml.events.ScalarEvent) or last.style not in ("'", '"') or not _follows(failed):
        return None
    if last.start_mark and last.end_mark and last.start_mark.line < last.end_mark.line:
        hint = f"the next one, at {failed.place(last.end_mark.index - 1)}, ends the text"
        return failed.error("this quote is not closed in its line", last.start_mark.index, hint)
    hint = "quote all of the value or none of it; within '...' a quote is written twice: 'it''s'"
    return failed.error("text after the closing quote", failed.offset, hint)


def _escape(failed: Misread) -> SpecError | None:
    if "escape" not in failed.reason:
        return None
    return failed.error('within "..." a backslash begins an escape', failed.offset, "in '...' it is a plain character")


def _follows(failed: Misread) -> bool:
    """Whether the reader stopped in the line in which what it had read ends."""
    end = failed.last.end_mark.index if failed.last and failed.last.end_mark else failed.offset
    return "\n" not in failed.source.text[end : failed.offset] and end <= failed.offset


def _closes_nothing(failed: Misread) -> SpecError | None:
    if failed.char not in OPENING or "flow" in failed.context or not failed.char:
        return None
    hint = f"no '{OPENING[failed.char]}' is open here"
    return failed.error(f"'{failed.char}' closes nothing", failed.offset, hint)


def _text_after_bracket(failed: Misread) -> SpecError | None:
    ends = (yaml.events.SequenceEndEvent, yaml.events.MappingEndEvent)
    if not isinstance(failed.last, ends) or not failed.char.strip() or not _follows(failed):
        return None
    before = failed.source.text[: failed.offset].rstrip()[-1:]
    if before not in OPENING or "flow" in failed.context:
        return None
    return failed.error(f"text after the closing '{before}'", failed.offset, "a text with brackets is quoted: '[a] b'")


def _bracket(failed: Misread) -> SpecError | None:
    start = failed.bracket
    if "flow" not in failed.context or start is None:
        return None
    opened = failed.source.text[start]
    closing = CLOSING[opened]
    if failed.char and failed.char in OPENING:
        message = f"'{failed.char}' where '{opened}' at {failed.place(start)} is open"
        return failed.error(message, failed.offset, f"'{closing}' closes it")
    if failed.char and _continues(failed, start):
        if failed.char == ",":
            return failed.error("nothing stands before this ','", failed.offset, EXAMPLES[opened])
        word = re.search(r"\S+\s*$", failed.source.text[max(start + 1, failed.offset - 80) : failed.offset])
        at = failed.offset - len(word.group()) if failed.char == ":" and word else failed.offset
        return failed.error("a ',' is missing", at, EXAMPLES[opened])
    return failed.error(f"'{opened}' is open: '{closing}' is missing", start, EXAMPLES[opened])


def _continues(failed: Misread, start: int) -> bool:
    """Whether the line that the reader stopped in goes on with what a bracket opened."""
    first, here = failed.line_start(start), failed.line_start(failed.offset)
    return first == here or _indent(failed.line(here)) > _indent(failed.line(first))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _no_space(failed: Misread) -> SpecError | None:
    if failed.char != ":" or failed.reason != "found unexpected ':'":
        return None
    return failed.error("a space is missing after ':'", failed.offset, "as in {x: 1, y: 2}")


def _document(failed: Misread) -> SpecError | None:
    if "another document" not in failed.reason:
        return None
    return failed.error("a second document begins here", failed.offset, "a file holds one network: leave out the '---'")


def _item(failed: Misread) -> SpecError | None:
    if failed.reason == "block sequence entries are not allowed in this context":
        value = failed.line(failed.offset)
        hints = [f"a text or an equation that begins with it is quoted: {_quoted(value)}"]
        return failed.error("'- ' begins an item of a list, on a line of its own", failed.offset, *hints)
    if failed.reason == "mapping keys are not allowed in this context":
        hint = f"quote it: {_quoted(failed.line(failed.offset))}"
        return failed.error("a value cannot begin with '? ' in YAML", failed.offset, hint)
    return None


def _line_without_colon(failed: Misread) -> SpecError | None:
    if failed.reason != COLON_MISSING:
        return None
    start = failed.line_start(failed.began)
    return _shape_in(failed.source, start, failed.line(start)) or _no_colon(failed, start)


def _no_colon(failed: Misread, start: int) -> SpecError:
    line = failed.line(start)
    return failed.error("a line without a ':'", start + _indent(line), "a line is a name, ':' and a value: z: w*x + b")


def _mark_of_order(failed: Misread) -> SpecError | None:
    """A file's first, unseen character, as it is left where two files are put together."""
    at = failed.source.text.rfind(MARK_OF_ORDER, failed.line_start(failed.offset), failed.offset + 1)
    if at < 0 or failed.source.text[at + 1 : failed.offset].strip():
        return None
    return failed.error(f"what cannot be seen stands here: U+{ord(MARK_OF_ORDER):04X}", at, UNSEEN_HINT)


def _tag(failed: Misread) -> SpecError | None:
    """A name that begins with '!': its line is read as a value, and the next one as more of it."""
    mark = failed.last.start_mark if isinstance(failed.last, yaml.events.ScalarEvent) else None
    start = mark.index if mark and failed.char == ":" else failed.began
    found = TAGGED_KEY.match(failed.line(start))
    if not found:
        return None
    return failed.error("'!' at the start of a name is a tag in YAML", start, f"as in {_cut(found['line'])}")


def _second_colon(failed: Misread) -> SpecError | None:
    if not failed.reason.startswith("mapping values"):
        return None
    start = failed.line_start(failed.offset)
    key = KEY.match(failed.source.text, start, failed.line_start(failed.offset) + LINE_LIMIT)
    if not key or key.start("value") > failed.offset or "\n" in key["name"] + key["indent"]:
        return _line_above(failed, start)
    value = key["value"].rstrip()
    inner = failed.source.text[key.start("value") : failed.offset]
    if inner.isidentifier() and key["name"] != "title":
        value = value if "{" in value else value.rstrip("}")
        hint = f"in braces: {key['name']}: {{{_cut(value)}}}, or on a line of its own below"
        return failed.error("a second ':' in a line", failed.offset, hint)
    hint = f"quote the text: {key['name']}: {_quoted(value)}"
    return failed.error("a text with ': ' in it is quoted", failed.offset, hint)


def _line_above(failed: Misread, start: int) -> SpecError | None:
    """What is wrong with the lines that the reader took this one to go on with."""
    found, here = None, _indent(failed.line(start))
    for above, line in failed.lines_above(start):
        shape = _shape_in(failed.source, above, line)
        if not shape and (KEY.match(line) or line.endswith(":")):
            return found or (_indentation(failed, start) if here > _indent(line) else None)
        found = shape or (_no_colon(failed, above) if here == _indent(line) else found)
    return found


def _misfit(failed: Misread) -> SpecError | None:
    start = failed.line_start(failed.offset)
    before = failed.source.text[start : failed.offset]
    if before.strip() or not failed.char or "while parsing a block" not in failed.context:
        return None
    if failed.char == ":":
        return failed.error("a name is missing before ':'", failed.offset, "as in z: w*x + b")
    own = _shape_in(failed.source, start, failed.line(start)) if failed.char == "-" else None
    return own or _indentation(failed, start) or _line_above(failed, start)


def _indentation(failed: Misread, start: int) -> SpecError | None:
    """No line above that this one can go on from is indented as it is; the nearest are told."""
    open_at: dict[int, int] = {}
    here = _indent(failed.line(start))
    for above, line in failed.lines_above(start):
        if not open_at or _indent(line) < min(open_at):
            open_at[_indent(line)] = Mark(failed.source, above).line
        if not _indent(line):
            break
    nearest = min((abs(indent - here) for indent in open_at), default=0)
    lines = [line for indent, line in open_at.items() if abs(indent - here) == nearest]
    if not nearest:
        return None
    hint = f"indent as line {' or line '.join(map(str, lines))}"
    return failed.error("the indentation is wrong", start + here, hint)


MISTAKES: list[Callable[[Misread], SpecError | None]] = [
    _tab,
    _block_of_text,
    _escape,
    _mark_of_order,
    _long_name,
    _open_quote,
    _comma_first,
    _reserved,
    _anchor,
    _alias,
    _no_space,
    _closes_nothing,
    _bracket,
    _text_after_bracket,
    _document,
    _item,
    _tag,
    _line_without_colon,
    _second_colon,
    _misfit,
]
"""What is looked for, in this order."""
