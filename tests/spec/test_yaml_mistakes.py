"""Texts that are no YAML: each mistake in the words of who wrote it, at its own place."""

from __future__ import annotations

import pytest
from hypothesis import given

from bptrace import BptraceError
from tests.refusals import outcome, refuses
from tests.strategies import examples
from tests.texts import misprints

COLON = "a name is followed by ':', not by '='"
SPACE = "a space is missing after ':'"
BLOCK = "'|' at the start of a value begins a block of text in YAML"
LISTS, NAMES = "as in [1, 2] or [[1, 2], [3, 4]]", "as in {x: 1, y: 2}"
INDENTATION = "the indentation is wrong"
TEXT = "a text with ': ' in it is quoted"
OPEN_QUOTE = "this quote is not closed"
QUOTES = "quote all of the value or none of it; within '...' a quote is written twice: 'it''s'"
LINE = "a line is a name, ':' and a value: z: w*x + b"

test_a_line = refuses(
    [
        ("  z1 ¦= w@x\n  h: relu(z1)", COLON, "as in z1: w@x"),
        ("  z1: w@x\n  h ¦= relu(z1)", COLON, "as in h: relu(z1)"),
        ("  z1 ¦= w@x\n  h = relu(z1)\n\n  # out\n  y: h", COLON, "as in z1: w@x"),
        ("  z1: w@x\n  h ¦:= relu(z1)\n", "a name is followed by ':', not by ':='", "as in h: relu(z1)"),
        ("  z1 ¦<- w@x\n  h: relu(z1)", "a name is followed by ':', not by '<-'", "as in z1: w@x"),
        ("  z1¦:w@x\n  h: relu(z1)", SPACE, "as in z1: w@x"),
        ("  z1: w@x\n  h¦:relu(z1)", SPACE, "as in h: relu(z1)"),
        ("  z1: w@x\n  h¦:relu(z1)\n  y: h", SPACE, "as in h: relu(z1)"),
        ("  z1: w@x\n  ¦h relu(z1)\n  y: h", "a line without a ':'", LINE),
        ("  z1: w@x\n  h¦ [1, 2]\n  y: h", "a ':' is missing after 'h'", "as in h: ..."),
        ("  z1: w@x\n  ¦: h", "a name is missing before ':'", "as in z: w*x + b"),
        ("  z1: w@x\n  ¦// the unit\n  y: h", "a comment begins with '#', not with '//'", "as in # the unit"),
        ("  z1: w@x\n¦% the unit\n  y: h", "a comment begins with '#', not with '%'", "as in # the unit"),
        ("  z1: w@x\n   ¦h: relu(z1)", INDENTATION, "indent as line 2"),
        ("  z1: w@x\n    ¦h: relu(z1)", INDENTATION, "indent as line 2"),
        ("  z1: w@x\n ¦h: relu(z1)", INDENTATION, "indent as line 2 or line 1"),
        ("  z1: w@x\n  h: relu(z1)\n     ¦y: h", INDENTATION, "indent as line 3"),
        ("  z1: w@x\n¦\th: relu(z1)", "a tab cannot indent YAML", "use spaces"),
        ("¦\tz1: w@x", "a tab cannot indent YAML", "use spaces"),
        ("  z1: w@x\n  ¦\th: relu(z1)", "a tab cannot indent YAML", "use spaces"),
    ],
    before="forward:\n",
)
test_a_section = refuses(
    [
        ("loss ¦= x", COLON),
        ("input: {x: 1}\nloss ¦= x", COLON, "as in loss: x"),
        ("input: {x: 1}\nloss¦:x\n", SPACE, "as in loss: x"),
        ("forward¦\n  z: 1\nloss: z", "a ':' is missing after 'forward'", "as in forward: ..."),
        ("input¦ [1]\n  z: 1\nloss: z", "a ':' is missing after 'input'", "as in input: ..."),
        ("weights¦=\n  z: 1\nloss: z", COLON, "as in weights:"),
        ("weights:\n  w:\n    - [1]\n    ¦-[2]\n  b: 1", "a space is missing after '-'", "as in - [2]"),
        ("weights:\n  w:\n    - [1]\n   ¦- [2]\n  b: 1", INDENTATION, "indent as line 3 or line 2"),
        ("layers:\n- weights: [[1]]\n¦-bias: [1]", "a space is missing after '-'", "as in - bias"),
        ("loss: 1\n¦---\nloss: 2", "a second document begins here", "a file holds one network: leave out the '---'"),
        ("forward:\n  z: 1\n ¦loss: z", INDENTATION, "indent as line 2 or line 1"),
    ]
)
test_a_colon = refuses(
    [
        ("title: Homework 3¦: backprop\nloss: 1", TEXT, "quote the text: title: 'Homework 3: backprop'"),
        ("title: Homework¦: it's mine\nloss: 1", TEXT, "quote the text: title: 'Homework: it''s mine'"),
        ("loss: x + 1¦: y", TEXT, "quote the text: loss: 'x + 1: y'"),
        ("input: x¦: [1, 2]", "a second ':' in a line", "in braces: input: {x: [1, 2]}, or on a line of its own below"),
        ("input: x¦: 1}", "a second ':' in a line", "in braces: input: {x: 1}, or on a line of its own below"),
        ("update: lr¦: 0.1", "a second ':' in a line", "in braces: update: {lr: 0.1}, or on a line of its own below"),
    ]
)
test_a_bracket = refuses(
    [
        ("weights:\n  w: ¦[[1, 2], [3, 4]\n  b: [0, 0]", "'[' is open: ']' is missing", LISTS),
        ("weights:\n  b: ¦[0, 0\nloss: b", "'[' is open: ']' is missing", LISTS),
        ("weights:\n  w: [[1, 2], ¦[3, 4\n  b: [0, 0]", "'[' is open: ']' is missing", LISTS),
        ("input: ¦[1, 2\nloss: x", "'[' is open: ']' is missing", LISTS),
        ("input: ¦{x: 1\nloss: x", "'{' is open: '}' is missing", NAMES),
        ("input: ¦{x: [1, 2]\nweights:\n  w: 1", "'{' is open: '}' is missing", NAMES),
        ("input: ¦{x: 1,\nloss: x", "'{' is open: '}' is missing", NAMES),
        ("loss: 1\ninput: &a ¦{x: [1]", "'{' is open: '}' is missing", NAMES),
        ("¦{", "'{' is open: '}' is missing", NAMES),
        ("loss: ¦[", "'[' is open: ']' is missing", LISTS),
        ("input: {x: [1, 2¦}", "'}' where '[' at 1:12 is open", "']' closes it"),
        ("input: {x: [1, 2]¦]}", "']' where '{' at 1:8 is open", "'}' closes it"),
        ("input: {x: 1}¦}\nloss: x", "'}' closes nothing", "no '{' is open here"),
        ("weights:\n  b: [0, 0]¦]\n  c: 1", "']' closes nothing", "no '[' is open here"),
        ("{loss: 1}¦}", "'}' closes nothing", "no '{' is open here"),
        ("weights:\n  w: [[1, 2] ¦[3, 4]]", "a ',' is missing", LISTS),
        ("weights:\n  w: [[1, 2]\n      ¦[3, 4]]", "a ',' is missing", LISTS),
        ("input: {x: [1] ¦y: 2}", "a ',' is missing", NAMES),
        ("input: {x: [1, ¦, 2]}", "nothing stands before this ','", LISTS),
        ("input: {x¦:[1, 2]}", SPACE, NAMES),
        ("title: [draft] ¦a net\nloss: 1", "text after the closing ']'", "a text with brackets is quoted: '[a] b'"),
        ("title: {draft} ¦a net\nloss: 1", "text after the closing '}'", "a text with brackets is quoted: '[a] b'"),
    ]
)
test_a_sign_at_the_start = refuses(
    [
        ("¦|y-t|^2", BLOCK, "an absolute value is abs(y-t)^2"),
        ("¦|y - t|", BLOCK, "an absolute value is abs(y - t)"),
        ("¦|h", BLOCK, "quote it: '|h'"),
        ("{L: ¦|h|}", BLOCK),
        ("¦> 0", "'>' at the start of a value begins a block of text in YAML", "quote it: '> 0'"),
        ("¦>0", "'>' at the start of a value begins a block of text in YAML", "quote it: '>0'"),
        ("¦@x", "a value cannot begin with '@' in YAML", "quote it: '@x'"),
        ("¦`w*x`", "a value cannot begin with '`' in YAML", "quote it: '`w*x`'"),
        ("¦%x", "a value cannot begin with '%' in YAML", "quote it: '%x'"),
        ("¦, x", "a value cannot begin with ',' in YAML", "quote it: ', x'"),
        ("¦*w", "no anchor 'w' is set", "a text that begins with '*' is quoted: '*w'", "set it above: a: &w 2"),
        ("¦*w # b", "no anchor 'w' is set", "a text that begins with '*' is quoted: '*w'", "set it above: a: &w 2"),
        ("¦* w", "'*' at the start of a value is an alias in YAML", "a text that begins with it is quoted: '* w'"),
        ("¦*w + b\nreduce: 1", "'*' at the start of a value is an alias in YAML"),
        ("¦& w", "'&' at the start of a value is an anchor in YAML", "a text that begins with it is quoted: '& w'"),
        ("¦!<x", "'!' at the start of a value is a tag in YAML", "a text that begins with it is quoted: '!<x'"),
        ("{L: ¦*q}", "no anchor 'q' is set"),
        ("{L: ¦* q, M: 2}", "'*' at the start of a value is an alias in YAML",
         "a text that begins with it is quoted: '* q'"),
        ("{L: ¦*q * max(q, 1), M: 2}", "'*' at the start of a value is an alias in YAML",
         "a text that begins with it is quoted: '*q * max(q, 1)'"),
        ("¦- (y - t)", "'- ' begins an item of a list, on a line of its own",
         "a text or an equation that begins with it is quoted: '- (y - t)'"),
        ("¦? w", "a value cannot begin with '? ' in YAML", "quote it: '? w'"),
    ],
    before="loss: ",
)  # fmt: skip
ANOTHER_NAME = "give the second another name"
test_an_anchor = refuses(
    [
        ("weights:\n  w: &x 2\n  v: ¦&x 3", "the anchor 'x' is set twice, first at line 2", ANOTHER_NAME),
        ("weights:\n  w: !t &x\n    - 1\n  v: !t ¦&x\n    - 2\n", "the anchor 'x' is set twice, first at line 2"),
        ("weights: {w: &x 2, v: ¦&x 3}", "the anchor 'x' is set twice, first at line 1", ANOTHER_NAME),
        ("weights: {w: &x [2], v: ¦&x [3]}", "the anchor 'x' is set twice, first at line 1", ANOTHER_NAME),
        ("weights: {w: &x 2, v: [¦*y, *x]}", "no anchor 'y' is set",
         "a text that begins with '*' is quoted: '*y'", "set it above: a: &y 2"),
        ("weights:\n  w: &x 2\n  ¦*y : 2", "no anchor 'y' is set"),
    ]
)  # fmt: skip
LONG = "a name of 1,030 characters; before a ':' YAML has at most 1,024"
SHORTER = "choose a shorter name"
test_a_long_name = refuses(
    [
        (f"weights: {{¦{'w' * 1_030}: 2}}", LONG, SHORTER),
        (f"weights: {{a: 1, ¦'{'w' * 1_028}': 2}}", LONG, SHORTER),
        (f"weights: {{\n  ¦{'w' * 1_030}: 2}}", LONG, SHORTER),
        (f"weights:\n  ¦{'w' * 1_030}: 2", LONG, SHORTER),
        (f"weights:\n  a: 1\n  ¦{'w' * 1_030}: 2", LONG, SHORTER),
        (f"weights:\n  a: 1\n  ¦'{'w' * 1_028}':\n    - 2", LONG, SHORTER),
        (f"loss: 1\n{'w' * 400}¦{'w' * 630}", "a ':' is missing after 'wwwwwwwwwwwwwwwwwwww…wwwwwwwwww'"),
        (f"title: {'w' * 1_030}¦: b", TEXT),
        (f"{{loss: [{'1, ' * 400}1¦}}", "'}' where '[' at 1:8 is open"),
    ]
)
UNSEEN, DELETE = "what cannot be seen stands here: U+FEFF", "delete it: the text looks the same without it"
COMMA, TAG = "a line cannot begin with ','", "'!' at the start of a name is a tag in YAML"
test_the_start_of_a_line = refuses(
    [
        ("weights: {w: 2}\n¦\ufeffloss: w", UNSEEN, DELETE),
        ("forward:\n  y: 1\n¦\ufeff  z: 1\nloss: y", UNSEEN, DELETE),
        ("¦,loss: w", COMMA, "as in loss: w"),
        ("weights: {w: 2}\n¦,loss: w", COMMA, "as in loss: w"),
        ("forward:\n  ¦, z: 2\nloss: z", COMMA, "as in z: 2"),
        ("loss: 1\n¦,", COMMA, "delete it"),
        ("forward:\n  ¦!z: w\n  y: z", TAG, "as in z: w"),
        ("forward:\n  x: 1\n  ¦!z: w\n  y: z", TAG, "as in z: w"),
    ]
)
test_a_quote = refuses(
    [
        ("loss: ¦'x", OPEN_QUOTE, "close it, or leave it out"),
        ('title: t\nloss: ¦"x + y\nupdate: {lr: 1}\n', OPEN_QUOTE, "close it, or leave it out"),
        ("loss: ¦'x\ntitle: 'It is'\n", "this quote is not closed in its line", "the next one, at 2:8, ends the text"),
        ("title: 'It'¦s'\nloss: 1", "text after the closing quote", QUOTES),
        ('loss: "w@x" ¦+ b\ntitle: t', "text after the closing quote", QUOTES),
        ('title: "a¦\\sigma"', 'within "..." a backslash begins an escape', "in '...' it is a plain character"),
    ]
)


@pytest.mark.parametrize("name", ["x" * 1_000_000, "a" * 500_000 + "="])
def test_a_long_line_takes_bounded_work(name: str) -> None:
    problem = outcome(f"{name}\nloss: 1")
    assert isinstance(problem, BptraceError)
    assert len(str(problem)) < 1_000


@given(misprints())
@examples(200)
def test_any_misprint_has_a_place(text: str) -> None:
    """A character too many, too few or another: what it comes to, or a complaint at a place in the text."""
    problem = outcome(text)
    if isinstance(problem, BptraceError):
        assert (place := getattr(problem, "mark", None))
        assert place.source.text == text
        assert 0 <= place.offset <= len(text)
