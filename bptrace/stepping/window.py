"""The whole terminal as the stepper's window: keys in, frames out."""

from __future__ import annotations

import asyncio
import errno
import gc
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import TypeAlias

from prompt_toolkit.application import Application
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.input import Input, create_input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import (
    BufferControl,
    ConditionalContainer,
    FormattedTextControl,
    HSplit,
    Layout,
    UIContent,
    UIControl,
    Window,
)
from prompt_toolkit.layout.mouse_handlers import MouseHandlers
from prompt_toolkit.layout.processors import BeforeInput
from prompt_toolkit.layout.screen import Char, WritePosition
from prompt_toolkit.layout.screen import Screen as Cells
from prompt_toolkit.output import Output
from prompt_toolkit.styles import Style
from prompt_toolkit.utils import suspend_to_background_supported

from bptrace.errors import printable
from bptrace.stepping.commands import ANSWER, COMMANDS
from bptrace.stepping.frame import LOW, footer, frame, question
from bptrace.stepping.panels import Text
from bptrace.stepping.signals import interruptible, signals_to_end
from bptrace.stepping.stepper import Stepper

Left: TypeAlias = "BaseException | signal.Signals | None"
"""How the window was left: by a problem, by a signal, or at will."""

STYLES = {
    "title": "bold",
    "done": "ansicyan",
    "to-come": "dim",
    "border": "dim",
    "header": "dim",
    "dim": "dim",
    "gutter": "bold ansicyan",
    "quantity": "ansicyan",
    "newest": "bold",
    "changed": "ansiyellow",
    "marked": "reverse",
    "more": "",
    "reads": "",
    "note": "ansiyellow",
    "step": "bold",
    "key": "bold",
    "question": "bold",
    "said-error": "ansired",
    "said-right": "ansigreen",
    "said-hint": "ansiyellow",
    "said-told": "ansiyellow",
    "said-unread": "ansiyellow",
    "said-nearly": "ansiyellow",
    "said-note": "dim",
}
HANGUP: signal.Signals | None = getattr(signal, "SIGHUP", None)
"""What tells a program that its terminal is closed, where the system has it."""
ESCAPE_SECONDS = 0.05
"""How long after Esc the rest of another key's sequence is waited for."""
KEPT = ("error", "unread", "nearly")
"""Kinds of a reply after which what was typed stays, to be corrected."""
YOUNG, SELDOM = 2_000, 1_000_000
FRAMES = 50
"""So many frames are drawn between two looks for what is left over of them."""
LONGEST_PASTE = 4_000
WAITING = "\x1b7\x1b[{};1H\x1b[2K\x1b[0;2mworking …\x1b[0m\x1b8"
"""The cursor is kept where the renderer knows it to be."""


def open_window(stepper: Stepper) -> None:
    """Step through the register on the terminal until it is left; the screen is as it was before, then.

    Raises KeyboardInterrupt after Ctrl-C, and whatever goes wrong inside. Where the terminal is closed the process
    ends by SIGHUP; with KeyboardInterrupt where that is ignored, or unknown.
    """
    screen = FullScreen(stepper, create_input(always_prefer_tty=True))
    left = screen.run()
    if isinstance(left, signal.Signals):
        signal.raise_signal(left)
    elif left:
        raise left
    if screen.closed:
        raise KeyboardInterrupt


class FullScreen:
    """The application: a frame, and a line below it while something is asked."""

    def __init__(self, stepper: Stepper, source: Input | None = None, target: Output | None = None) -> None:
        self.stepper = stepper
        self.left: Left = None
        self.asking = Condition(lambda: stepper.asking is not None)
        self.buffer = Buffer(multiline=False)
        self.waited = False
        self.closed = False
        self.picture = _Picture(stepper, self)
        before = BeforeInput(self.question, style="class:question")
        self.line = BufferControl(self.buffer, input_processors=[before])
        below = ConditionalContainer(Window(self.line, height=1), self.asking)
        words = Window(FormattedTextControl(self.words), height=1)
        last = ConditionalContainer(words, Condition(self.has_words))
        self.application: Application[Left] = Application(
            Layout(HSplit([self.picture, below, last])),
            style=Style.from_dict(STYLES),
            include_default_pygments_style=False,
            key_bindings=self.bindings(),
            full_screen=True,
            erase_when_done=True,
            enable_page_navigation_bindings=False,
            input=source,
            output=target,
        )
        self.application.ttimeoutlen = self.application.timeoutlen = ESCAPE_SECONDS
        self.leftovers = _Leftovers(stepper)
        self.application.after_render += self.leftovers.drawn

    def question(self) -> str:
        """What stands before what is typed."""
        return question(self.stepper, self.application.output.get_size().columns)

    def words(self) -> FormattedText:
        """What stands below the question for a value."""
        return FormattedText(footer(self.stepper, self.application.output.get_size().columns))

    def has_words(self) -> bool:
        """Whether there is a question for a value, and room below it."""
        return self.stepper.asking is ANSWER and self.application.output.get_size().rows >= LOW

    def run(self) -> Left:
        """Run until it is left, and say how."""
        with self.leftovers.kept_few():
            try:
                return self.application.run(self.prepare, set_exception_handler=False)
            except (EOFError, OSError) as problem:
                if isinstance(problem, OSError) and problem.errno != errno.EIO:
                    raise
                self.closed = True
        return self.left if isinstance(self.left, signal.Signals) else HANGUP

    def prepare(self) -> None:
        """What goes wrong in the loop ends it, and so does a signal to end; both restore the screen."""
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: self.leave(context.get("exception") or RuntimeError(context)))
        with suppress(NotImplementedError, RuntimeError, ValueError):  # another system, or another thread
            for number in signals_to_end():
                loop.add_signal_handler(number, self.leave, number)
        self.follow()

    def leave(self, how: Left) -> None:
        """End; the first reason counts."""
        how = KeyboardInterrupt() if how is signal.SIGINT else how
        if self.application.is_running and not self.application.is_done:
            self.left = how
            self.application.exit(result=how)

    def act(self, action: Callable[[], None]) -> None:
        """Do something with the stepper, and show what it comes to."""
        try:
            with interruptible(self.application.input.fileno(), self.leave, self.tell_of_waiting):
                action()
        except (Exception, KeyboardInterrupt) as problem:
            self.leave(problem)
        else:
            self.follow()
        if self.waited:
            self.application.renderer.erase(leave_alternate_screen=False)
            self.waited = False

    def tell_of_waiting(self) -> None:
        """Write over the last line, past the renderer: what is being worked out may be in no state to be drawn."""
        self.waited = True
        output = self.application.output
        output.write_raw(WAITING.format(output.get_size().rows))
        output.flush()

    def follow(self) -> None:
        """Keys go where something is asked, or to the stepper."""
        if self.stepper.done:
            self.leave(None)
        self.application.layout.focus(self.line if self.stepper.asking else self.picture)

    def enter(self) -> None:
        """Give what was typed to the stepper."""
        self.stepper.enter(self.buffer.text)
        if self.stepper.said.kind not in KEPT:
            self.buffer.reset()

    def cancel(self) -> None:
        """Leave the question."""
        self.stepper.cancel()
        self.buffer.reset()

    def bindings(self) -> KeyBindings:
        """The keys: the stepper's, those of the line, and those of every terminal."""
        found = KeyBindings()
        for key in (key for command in COMMANDS for key in command.keys):
            found.add(key, filter=~self.asking)(self.pressing(key))
        for key in ("up", "down", "pageup", "pagedown"):
            found.add(key, filter=self.asking)(self.looking(key))
        found.add("c-j", filter=~self.asking)(self.pressing("enter"))
        found.add("enter", filter=self.asking)(lambda event: self.act(self.enter))
        found.add("escape", filter=self.asking)(lambda event: self.act(self.cancel))
        found.add("escape", Keys.Any, filter=~self.asking)(lambda event: None)
        found.add(Keys.BracketedPaste, filter=self.asking)(self.paste)
        found.add("c-c")(lambda event: self.leave(KeyboardInterrupt()))
        found.add(Keys.SIGINT)(lambda event: self.leave(KeyboardInterrupt()))
        if hasattr(signal, "SIGQUIT"):
            found.add("c-\\")(lambda event: self.leave(signal.SIGQUIT))
        found.add("c-l")(lambda event: event.app.renderer.clear())
        found.add("c-z", filter=Condition(suspend_to_background_supported))(
            lambda event: event.app.suspend_to_background()
        )
        return found

    def pressing(self, key: str) -> Callable[[KeyPressEvent], None]:
        """What a key does."""
        return lambda event: self.act(lambda: self.stepper.press(key))

    def looking(self, key: str) -> Callable[[KeyPressEvent], None]:
        """What a key does while something is asked: what has been said of it, a hint say, stays."""

        def look() -> None:
            said = self.stepper.said
            self.stepper.press(key)
            self.stepper.said = said

        return lambda event: self.act(look)

    def paste(self, event: KeyPressEvent) -> None:
        """Take what is pasted as one line."""
        lines = event.data[:LONGEST_PASTE].rstrip("\r\n").splitlines()
        self.buffer.insert_text(printable(" ".join(lines)))


class _Leftovers:
    """What frames leave behind and only the collector finds, since it refers to itself.

    Looking through the whole register for it would hold up a keypress. So the collector looks at young things of its
    own accord; at all that has come since the register, between two keypresses; and at the register when another
    takes its place, which takes longer by itself. Without that, the slowest keypress of 10,000 rows takes 3.6 times
    as long.
    """

    def __init__(self, stepper: Stepper) -> None:
        self.stepper = stepper
        self.network = stepper.network
        self.frames = 0

    @contextmanager
    def kept_few(self) -> Iterator[None]:
        """While the window is open they do not add up."""
        before = gc.get_threshold()
        gc.freeze()
        gc.set_threshold(YOUNG, 10, SELDOM)
        try:
            yield
        finally:
            gc.set_threshold(*before)
            gc.unfreeze()

    def drawn(self, _: object) -> None:
        """A frame is on the terminal, and the next key is waited for."""
        self.frames += 1
        if self.stepper.network is not self.network:
            self.network = self.stepper.network
            gc.unfreeze()
            gc.collect()
            gc.freeze()
        elif self.frames % FRAMES == 0:
            gc.collect()


class _Focus(UIControl):
    """What has the keys while nothing is asked."""

    def is_focusable(self) -> bool:
        return True

    def create_content(self, width: int, height: int) -> UIContent:
        return UIContent()


class _Picture(Window):
    """The frame, made anew each time that it is drawn."""

    def __init__(self, stepper: Stepper, screen: FullScreen) -> None:
        super().__init__(_Focus())
        self.stepper = stepper
        self.screen = screen

    def write_to_screen(
        self,
        screen: Cells,
        mouse_handlers: MouseHandlers,
        write_position: WritePosition,
        parent_style: str,
        erase_bg: bool,
        z_index: int | None,
    ) -> None:
        """Draw the frame."""
        screen.visible_windows_to_write_positions[self] = write_position
        lines = self.lines(write_position.width, write_position.height)
        for y, line in enumerate(lines[: write_position.height], write_position.ypos):
            _fill(screen.data_buffer[y], line, write_position.xpos)
        screen.height = max(screen.height, write_position.ypos + write_position.height)

    def lines(self, columns: int, rows: int) -> list[Text]:
        """The frame's lines; none where something goes wrong, which ends it all."""
        try:
            with interruptible(self.screen.application.input.fileno(), self.screen.leave):
                made = frame(self.stepper, columns, rows)
        except (Exception, KeyboardInterrupt) as problem:
            self.screen.leave(problem)
            return []
        self.stepper.top = made.top
        return made.lines


def _fill(row: dict[int, Char], line: Text, x: int) -> None:
    """Write a line into a row of cells, every part of it as one wide character.

    Most of a keypress goes into comparing cells with those of the frame before, and into writing them one by one.
    """
    for style, text in line:
        if cell := _char(text, style):
            row[x] = cell
            x += cell.width
            row.setdefault(x - 1, END)


@lru_cache(maxsize=4_000)
def _char(text: str, style: str) -> Char | None:
    cell = Char(text, style)
    return cell if cell.width else None


END = Char("", "")
"""It fills the last cell of a wide character: how far a row goes is told by its last cell."""
