"""What a person can do at a register, one key or command at a time. There is no terminal in here.

A `Stepper` holds what has been asked for; views read off it what is to be shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bptrace.engine.model import Given
from bptrace.engine.network import Network
from bptrace.engine.sentence_parts import plain
from bptrace.engine.trace import Trace
from bptrace.errors import BptraceError, InternalError, Source, SpecError, one_line, shortened, shortened_path
from bptrace.explain.sentences import row_hint
from bptrace.explain.why import Reasons, reasons
from bptrace.spec.overrides import assigned
from bptrace.stepping.commands import ANSWER, COMMANDS, GIVENS, SCORE, SUMMARY, WHY, Command, goes_on, meant
from bptrace.stepping.cursor import Cursor, place_of
from bptrace.stepping.prompts import Said, extent, filled_in, given_called, row_example
from bptrace.stepping.quiz import Quiz, Reply
from bptrace.stepping.rows import Showing, ShownRow
from bptrace.stepping.suppositions import Suppositions

ANSWER_FIRST = "answer first"
AT_END = "this is the end"
PATHS = 12
COLUMNS: tuple[tuple[str, ...], ...] = (("rule",), ("formula", "rule"), ("formula",))


class Stepper:
    """The register of a network being stepped through.

    `work_out` gives the trace of the same network with other numbers, `export` writes a trace to a file.

    `at`: the place of the row to open at. `predicting`: each row's value is asked for before it is shown.
    `settings`: what of the network is other than in its file, `w11=3`. `tries`: how many answers to a row are taken.
    `brief`: steps are told in one or two sentences.
    """

    def __init__(
        self,
        network: Network,
        trace: Trace,
        work_out: Callable[[Network], Trace],
        export: Callable[[Trace, str], None],
        by: str = "step",
        at: int = 0,
        predicting: bool = False,
        settings: Sequence[str] = (),
        tries: int | None = None,
        brief: bool = False,
    ) -> None:
        self.original = self.network = network
        self.work_out = work_out
        self.export = export
        self.cursor = Cursor(trace, "row" if predicting else by).to(at)
        self.shown = Showing(trace, brief=brief)
        self.shown.make_ready()
        self.other = self.shown.in_other_numbers()
        self.opening = at
        self.set_at_start = Suppositions(settings)
        self.supposed = Suppositions()
        self.columns = COLUMNS[0]
        self.panel, self.top = "", 0
        self.asking: Command | None = None
        self.said = Said("note", "")
        self.sought = ""
        self.searching = False
        self.reasons: Reasons | None = None
        self.of_sample: int | None = None
        self.looked_at: Given | None = None
        self.failed = False
        self.done = False
        self.quiz: Quiz | None = None
        if predicting:
            self.quiz = Quiz(self.trace, self._first_hint, at, tries)
            self.asking = ANSWER

    # what is to be seen

    @property
    def trace(self) -> Trace:
        """The working that is stepped through."""
        return self.cursor.trace

    @property
    def title(self) -> str:
        """The network's title, and what is other than in its file: `XOR, with w11=3, what if w12=0`."""
        given = f"with {self.set_at_start}" if self.set_at_start else ""
        supposed = f"what if {self.supposed}" if self.supposed else ""
        return ", ".join(part for part in (self.trace.title, given, supposed) if part)

    @property
    def heading(self) -> tuple[str, str]:
        """What the newest unit is called, `7. reverse`, and what it does; of a phase only which steps it has."""
        return self.shown.heading(self.cursor.first_step, self.cursor.step)

    @property
    def heading_of_marked(self) -> tuple[str, str]:
        """What the step of the marked row is called, and what it does."""
        step = self.trace.step_at(self.cursor.marked)
        return self.shown.heading(step, step)

    @property
    def end(self) -> int:
        """Before which place the rows are shown: those after it are still to come."""
        return self.cursor.span.stop

    @property
    def hidden(self) -> int:
        """From which place on values are not told, since they are asked for."""
        return self.quiz.place if self.quiz else self.trace.count

    def lines(self, start: int, stop: int) -> list[ShownRow]:
        """The rows from `start` to before `stop`, none after the end."""
        found = self.shown.lines(start, min(stop, self.end))
        return [
            line if line.place < self.hidden else ShownRow(line.place, line.quantity, "?", "?", "?") for line in found
        ]

    def sentences(self, brief: bool = False) -> list[str]:
        """What the newest rows do, or the marked one, in words; where its value is asked for, the row before it."""
        cursor = self.cursor
        if cursor.marked >= self.hidden:
            return self.shown.sentences("row", self.hidden - 1) if self.hidden > self.opening else []
        return self.shown.sentences("row" if cursor.is_on_row else cursor.by, cursor.marked, brief)

    def read_values(self, room: int) -> list[str]:
        """What the marked row reads, each a name and its value, where there is room in at most so many cells."""
        return self.shown.read_values(self.cursor.marked, room)

    @property
    def question(self) -> str:
        """What the line at the bottom asks."""
        if self.asking is ANSWER:
            place = self.hidden
            return f"{self.trace.step_at(place).called(next(self.trace.quantities(place)))} = ?"
        return filled_in(self.asking.asks, self.network, self.trace) if self.asking else ""

    def _first_hint(self, place: int) -> str:
        """How to go about the row at a place."""
        return plain(row_hint(self.trace, place), self.trace.of(self.trace.step_at(place)).notation)

    def prompted(self) -> list[tuple[str, str]]:
        """The words that do something where a value is asked for, and what; over an open panel, the keys."""
        if self.panel:
            return [("Enter", "back to the question"), ("↑ ↓", "scroll")]
        found = [(self.words(command), command) for command in COMMANDS if command.prompted]
        return [(words[0 if words[0] in command.words[:1] else -1], command.label) for words, command in found if words]

    def words(self, command: Command) -> list[str]:
        """What is a command where a value is asked for, the shortest first: those of its words that are no answer."""
        names = self.trace.of(self.cursor.step)
        return [
            word
            for word in command.words
            if word and word not in names and meant(word, self.asking is ANSWER) is command
        ]

    # keys and lines

    def press(self, key: str) -> None:
        """Do what a key does; a key that does nothing changes nothing."""
        command = next((command for command in COMMANDS if key in command.keys), None)
        if command and command.asks and self._is_open(command):
            self.asking = command
            self._tell("note", "")
        elif command:
            self._perform(command, "")

    def enter(self, text: str) -> None:
        """Take what has been typed at the question; where it is bad input, the question stays."""
        command = self.asking
        if command is ANSWER and self.panel and not text.strip():
            self.cancel()
        elif command is ANSWER:
            self.command(text)
        elif command:
            self.asking = None
            self._perform(command, text.strip())
            if self.said.kind == "error":
                self.asking = command

    def cancel(self) -> None:
        """Leave the question; where a panel is open over one that asks for a value, close that."""
        if self.asking is ANSWER and self.panel:
            self.panel = ""
        else:
            self.asking = None
        self._tell("note", "")

    def command(self, line: str) -> None:
        """Do what a line says: a word and what it takes, `why dL/dw11`, or the answer to a question."""
        word, _, rest = line.strip().partition(" ")
        if word.startswith("/") and len(word) > 1:
            word, rest = "/", line.strip()[1:]
        found = meant(word, self.asking is ANSWER)
        if self._is_answer(found, line.strip()):
            self._perform(ANSWER, line)
        elif not found:
            self._fail(f"unknown command {shortened(word)}: ? lists the commands")
        elif rest and not found.takes:
            self._fail(f"{word} stands alone, not with {shortened(rest)}")
        else:
            self._perform(found, rest.strip())

    def _is_answer(self, found: Command | None, line: str) -> bool:
        """Whether a line answers what is asked, which may begin like a command: `w * x + b`, but not `w z1`."""
        if self.asking is not ANSWER or not found:
            return self.asking is ANSWER
        return line.partition(" ")[0] in self.trace.of(self.cursor.step) or not line or goes_on(found, line)

    def _is_open(self, command: Command) -> bool:
        """Whether something can be done now."""
        return command.predicts or not self.quiz

    def _asked(self) -> Quiz:
        """The quiz, at the row that it asks for. Raises SpecError."""
        if not self.quiz:
            raise SpecError("nothing is asked", None, "--predict asks")
        if self.asking is not ANSWER:
            raise SpecError("nothing is asked here", None, "n goes on to what is")
        return self.quiz

    def _perform(self, command: Command, argument: str) -> None:
        self._tell("note", "")
        try:
            if not self._is_open(command):
                raise SpecError("not while values are asked for", None, ANSWER_FIRST)
            command.act(self, argument)
        except InternalError:
            raise  # nothing that is shown could be trusted any more
        except BptraceError as problem:
            self._fail(one_line(problem))

    def _tell(self, kind: str, text: str) -> None:
        self.said = Said(kind, text)

    def _fail(self, text: str) -> None:
        self.failed = True
        self._tell("error", text)

    # moving

    def go(self, cursor: Cursor) -> None:
        """Go there; while values are asked for, no further than the one that is."""
        self.panel, self.searching = "", False
        if cursor.place > self.hidden:
            cursor = cursor.to(self.hidden)
            self._tell("note", "what follows is shown when this is answered")
        self.asking = ANSWER if cursor.place == self.hidden else None
        self.cursor = cursor

    def next(self) -> None:
        """Go on by a unit; from the last one, to the summary."""
        ends = self.is_at_end and self.panel != SUMMARY
        self._go_on(self.cursor.next(), AT_END)
        if ends:
            self.summarize()

    @property
    def is_at_end(self) -> bool:
        """Whether the last row is among those that are shown, its value told."""
        return min(self.end, self.hidden) == self.trace.count

    def summarize(self) -> None:
        """Show what all comes to."""
        if self.hidden < self.trace.count:
            raise SpecError("it would tell values that are still asked for", None, ANSWER_FIRST)
        self.open(SUMMARY)

    def _go_on(self, cursor: Cursor, otherwise: str) -> None:
        if cursor == self.cursor:
            self._tell("note", otherwise)
        self.go(cursor)

    def first(self) -> None:
        """Go to the beginning."""
        self._go_on(self.cursor.first(), "this is the beginning")

    def last(self) -> None:
        """Go to the end."""
        self._go_on(self.cursor.last(), AT_END)

    def next_match(self) -> None:
        """Go on by a unit; while a search is on, to the next match."""
        if self.searching:
            self.search("")
        else:
            self.next()

    def back(self) -> None:
        """Go back by a unit."""
        self._go_on(self.cursor.back(), "this is the beginning")

    def jump(self, text: str) -> None:
        """Go to the step of that number, or to the row of that name."""
        if not text.isdecimal():
            self.go(self.cursor.to(self._named(text)))
        elif len(text) < 9 and 1 <= int(text) <= len(self.trace.steps):
            self.go(self.cursor.jump(int(text)))
        else:
            raise SpecError(f"there are steps 1 to {len(self.trace.steps)}, not {shortened(text)}")

    def _named(self, name: str) -> int:
        if not name:
            raise SpecError("a name is missing", None, f"g 5 or g {row_example(self.trace)}")
        return place_of(self.trace, Source("name", name))

    def search(self, text: str, *, backward: bool = False) -> None:
        """Go to the next row that has the text in its name; without one, to the next that the last search matches."""
        sought = text or self.sought
        if not sought:
            raise SpecError("nothing to search for", None, f"a part of a name, as in /{row_example(self.trace)}")
        found = self.cursor.search(sought, backward=backward)
        if not found:
            raise SpecError(
                f"no quantity has {shortened(sought)} in its name", None, f"names are as in {row_example(self.trace)}"
            )
        if found.place > self.hidden:
            raise SpecError(f"the next one with {shortened(sought)} in its name is still to come", None, ANSWER_FIRST)
        only = found.place == self.cursor.marked
        self.go(found)
        self.sought, self.searching = sought, True
        self._tell("note", f"/{sought}: " + ("the only match" if only else "n is the next match, N the one before"))

    def move(self, rows: int) -> None:
        """Mark a row so much further down; in a panel, scroll by so much."""
        if self.panel:
            self.top = max(0, self.top + rows)
        else:
            self.cursor = self.cursor.moved(rows)

    # what is shown, and how

    def switch_unit(self) -> None:
        """By row, or by step."""
        self.cursor = self.cursor.counted("step" if self.cursor.by == "row" else "row")

    def switch_columns(self) -> None:
        """Rules with numbers, with names too, with names only."""
        self.columns = COLUMNS[(COLUMNS.index(self.columns) + 1) % len(COLUMNS)]

    def switch_numbers(self) -> None:
        """Fractions, or decimals where they end."""
        self._show(self.other, self.shown)
        self._tell("note", "decimals where they end" if self.trace.decimal else "fractions")

    def _show(self, shown: Showing, other: Showing) -> None:
        self.cursor, self.shown, self.other = self.cursor.over(shown.trace), shown, other
        if self.quiz:
            self.quiz.trace = shown.trace

    def why(self, name: str) -> None:
        """Show where the marked row's value comes from, or another's."""
        place = self._named(name) if name else self._last_told()
        if place >= self.hidden:
            raise SpecError("its value is still asked for", None, ANSWER_FIRST)
        self.reasons = reasons(self.trace, place, PATHS)
        self.of_sample = self.trace.step_at(place).sample
        self.open(WHY)

    def look_at(self, name: str) -> None:
        """Show a given with all its elements; without a name all givens."""
        sample = self.trace.step_at(self.cursor.marked).sample
        self.looked_at = given_called(self.network, name, sample) if name else None
        self.open(GIVENS)

    def _last_told(self) -> int:
        """The marked row; where that is the one whose value is asked for, the last that was answered, if one was."""
        marked = self.cursor.marked
        return marked - 1 if marked == self.hidden > self.opening else marked

    def open(self, panel: str) -> None:
        """Show a panel."""
        self.panel, self.top = panel, 0

    def what_if(self, setting: str) -> None:
        """Work the network out anew with another value for a given; without a setting, as at the start."""
        network = assigned(self.network, [setting]) if setting else self.original
        trace = self.work_out(network).with_numbers(self.trace.decimal)
        shown = Showing(trace, (self.shown.base or self.trace) if setting else None, self.shown.brief)
        shown.make_ready()
        self._show(shown, shown.in_other_numbers())
        self.network = network
        self.supposed = self.supposed.then(setting)
        self._tell("note", self._told_change())
        if trace.problem:
            self._fail(f"{self.said.text}; {one_line(trace.problem)}")

    def _told_change(self) -> str:
        if not self.shown.base:
            return "as at the start"
        changed = self.shown.changed()
        differ = "differs" if changed == 1 else "differ"
        return f"what if {self.supposed}: {changed:,} of {self.trace.count:,} rows {differ}"

    def write(self, path: str) -> None:
        """Write the rows so far to a file, none that is still asked for."""
        if not path:
            raise SpecError("a file name is missing", None, "e register.md")
        end = min(self.end, self.hidden)
        if not end:
            raise SpecError("no row is shown yet", None, "n shows the first")
        so_far = self.trace.until(end)
        self.export(so_far, path)
        self._tell("note", f"wrote {extent(so_far)} to {shortened_path(path)}")

    # answers, and leaving

    def answer(self, text: str) -> None:
        """Take an answer to what is asked."""
        self._replied(self._asked().answer(text))

    def hint(self) -> None:
        """Give the next hint to what is asked."""
        self._replied(self._asked().hint())

    def skip(self) -> None:
        """Tell what is asked, and go on."""
        self._replied(self._asked().skip())

    def _replied(self, reply: Reply) -> None:
        self.panel = ""
        self._tell(reply.kind, reply.text)
        self.failed = self.failed or not reply.read
        self.cursor = self.cursor.to(self.hidden)
        self.asking = ANSWER if self.hidden < self.trace.count else None
        if not self.asking:
            self.open(SCORE)

    def score(self) -> list[str]:
        """How the answers were; nothing where none were asked for."""
        return self.quiz.score() if self.quiz else []

    def leave(self) -> None:
        """Close what is open; where nothing is, end."""
        if self.panel:
            self.panel = ""
        elif self.searching:
            self.searching = False
        else:
            self.done = True
