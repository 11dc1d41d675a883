"""Mutations of a text: of its tokens, its lines, the structure of its YAML, and its bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import TypeAlias

Mutation: TypeAlias = Callable[[Random, str], str]

TOKEN = re.compile(r"[^\W\d]\w*|\d+\.?\d*(?:[eE][-+]?\d+)?|\s+|.")
NAME = re.compile(r"[^\W\d]\w*")
NUMBER = re.compile(r"\d+\.?\d*(?:[eE][-+]?\d+)?")
OPS = ("+", "-", "*", "/", "@", "^", "**", ".T", "(", ")", "[", "]", ",", "->", "·", "×", "−", "²", "⁻¹", "½", "ᵀ", "√")
WORDS = (
    *("exp(x)", "log(x)", "sqrt(x)", "relu(", "softmax(x)", "sum(", "max(", "min(", "abs(", "norm(", "nll(", "pi", "e"),
    *("cross_entropy(x, 1)", "reshape(x, 2, 2)", "conv2d(", "layer_norm(", "gelu(", "h[1]", "x[0]", "x[-1]", "w[1,2]"),
    *(
        "x1",
        "dL/dw",
        "ReLU'(z1)",
        "w_new",
        "for",
        "lambda",
        "import",
        "if",
        "L",
        "{t}",
        "{t-1}",
        "{t^9}",
        "{}",
        "{t/0}",
    ),
)
ODD_NUMBERS = (
    *(
        "0",
        "-0",
        "1e9999",
        "1e-9999",
        "-inf",
        "inf",
        "nan",
        "1/0",
        "0/0",
        "1/3/7",
        "1e",
        "1_000",
        "0x1F",
        "1e1e1",
        ".5.",
    ),
    *("9" * 400, "1e100000", "1e999999", "2^1000000", "10^10^10", "2^2^2^2^2", "(1/3)^5000", "0.1^3000", "1:30", "012"),
    *(
        "0.3333333333333333333333333333",
        "1000000",
        "-1000000",
        "2147483648",
        "1/18446744073709551616",
        "true",
        "null",
        "~",
    ),
)
LOOK_ALIKES = (
    "а",
    "е",
    "ｗ",
    "１",
    "٣",
    "〇",
    "ℯ",
    "w\u034f",
    "w\u3164",
    "\u202ew",
    "ﬁ",
    "İ",
    "ſ",
    "x\u0301",
    "\U0001d431",
    "—",
    "’",
)
CODE = (
    "__import__('os').system('touch pwned')", "$(touch pwned)", "`touch pwned`", "{{7*7}}", "%n%s",
    "'; touch pwned; '", "().__class__.__bases__[0].__subclasses__()", "open('pwned','w')", "\\input{/etc/passwd}",
    "\\write18{touch pwned}", "=cmd|'/c calc'!A0", "<script>alert(1)</script>", "\x1b]0;pwned\x07", "\x1b[2J",
    "\x9b31m", "\x00", "\x7f", "\r", "\u2028",
)  # fmt: skip
TAGS = (
    "&a ", "*a", "*b ", "!!python/object/apply:os.system ", "!!float ", "!!binary ", "!!set ", "!x ", "<<: *a", "? ",
    "- ", "| ", ">- ", "%YAML 9.9\n", "---\n", "...\n", "# ", "\t", '"', "'", "[", "{", "]", "}", ": ", "@", "`",
    "&a [*a]",
)  # fmt: skip
SECTIONS = (
    *("title", "input", "inputs", "weights", "weight", "target", "targets", "forward", "loss", "update", "gradients"),
    *(
        "samples",
        "reduce",
        "order",
        "names",
        "index",
        "layers",
        "functions",
        "repeat",
        "ignore",
        "foo",
        "LOSS",
        "<<",
        "y",
    ),
)
EXTRA = (
    "gradients: [weights, input, target]", "gradients: []", "order: file", "order: x", "reduce: sum",
    "ignore: [unread]", "ignore: all", "index: n", "index: {w: [i, j]}", "names: {w: W_0}",
    "names: {L: '\\mathcal{L}'}", "title: 1", "title: [a]", "update: {rule: adam, lr: 1}",
    "update: {lr: 1/10, round: 1/1000}", "update: {lr: -1}", "update: {rule: sgd, lr: 0}",
    "update: {rule: rmsprop, momentum: 1, weight_decay: 1e9}", "update: {rule: adam, lr: 1, beta1: 1, eps: 0}",
    "update: {lr: 1e-3, clip_norm: 0}", "update: {lr: 1, clip_value: 0}", "samples: []", "samples: 3",
    "samples: [{}]", "samples: ../secret.csv", "samples: /etc/passwd", "samples: .", "samples: table.csv",
    "samples: no.csv", "functions: {f: s -> s}", "functions: {f: 's -> f(s)'}", "functions: {relu: s -> s}",
    "functions: {g: '-> 1'}", "functions: {f: 's, s -> s', g: s -> exp(exp(exp(s)))}",
    "repeat: {for: t in 1..3, 'k{t}': 1}", "repeat: {for: t in 1..999999999, 'k{t}': 1}",
    "repeat: [{for: i in 1..99, 'k{i}': 'k{i-1}*2'}]", "layers: []", "layers: [{weights: [[1]]}]", "layers: 2",
    "weights: {}", "input: {q: []}", "input: {q: [[1],[2,3]]}", "target: [1]", "input: {q: [[[[1]]]]}",
    "weights: {W: &a [1, *a]}", "weights: &a {b: *a}", "forward: {g: g(x)}", "input: {L: 1}",
)  # fmt: skip
BYTES = (
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\r\n",
    b"\r",
    b"\xed\xa0\x80",
    b"\xc0\xaf",
    b"\x1b[31m",
    b"\xf4\x90\x80\x80",
    b"\x85",
)
DEEP = (10, 60, 120, 300, 1000, 3000, 20_000)
MANY = (2, 5, 30, 200, 3000)
LARGEST = 300_000
"""What a mutation makes longer than so many characters is left as it was."""


def _spot(rng: Random, text: str) -> int:
    return rng.randint(0, len(text))


def _put(rng: Random, text: str, word: str) -> str:
    at = _spot(rng, text)
    return text[:at] + word + text[at:]


def _replace(rng: Random, text: str, pattern: re.Pattern[str], words: Sequence[str]) -> str:
    """One match of a pattern becomes one of the words."""
    found = list(pattern.finditer(text))
    if not found:
        return text
    match = rng.choice(found)
    return text[: match.start()] + rng.choice(words) + text[match.end() :]


def odd_number(rng: Random, text: str) -> str:
    return _replace(rng, text, NUMBER, ODD_NUMBERS)


def other_number(rng: Random, text: str) -> str:
    return _replace(rng, text, NUMBER, ("0", "1", "-1", "2", "1/3", "0.5", "-2", "100", "1e-30"))


def other_name(rng: Random, text: str) -> str:
    return _replace(rng, text, NAME, NAME.findall(text) or [""])


def odd_name(rng: Random, text: str) -> str:
    return _replace(rng, text, NAME, (*LOOK_ALIKES, *CODE, *WORDS, *SECTIONS))


def renamed(rng: Random, text: str) -> str:
    """A name becomes another everywhere."""
    names = NAME.findall(text) or ["x"]
    new = rng.choice([*LOOK_ALIKES, *names, "L", "x1", "e", "pi", "lr", "mean_x", "w11", "n" * 300, "d", "dL"])
    return re.sub(rf"\b{re.escape(rng.choice(names))}\b", lambda match: new, text)


def token(rng: Random, text: str) -> str:
    """A token is dropped, doubled, swapped with another, or replaced."""
    tokens = TOKEN.findall(text) or [""]
    one, other = rng.randrange(len(tokens)), rng.randrange(len(tokens))
    replaced = [
        ("",),
        (tokens[one],) * 2,
        (tokens[other],),
        (rng.choice(OPS),),
        (rng.choice(WORDS),),
        (rng.choice(TAGS),),
    ]
    tokens[one : one + 1] = rng.choice(replaced)
    return "".join(tokens)


def put(rng: Random, text: str) -> str:
    """Something odd, anywhere."""
    words = rng.choice((OPS, WORDS, ODD_NUMBERS, LOOK_ALIKES, CODE, TAGS))
    return _put(rng, text, rng.choice(words))


def operator(rng: Random, text: str) -> str:
    return _replace(rng, text, re.compile(r"(?<=[\w)\] ])[-+*/@^](?=[ \w(])"), OPS)


def function(rng: Random, text: str) -> str:
    """A function becomes another, or something is wrapped in one."""
    from bptrace.ops.table import function_names

    name = rng.choice(function_names())
    if rng.random() < 0.5:
        return _replace(rng, text, re.compile(r"[a-z_]+(?=\()"), [name])
    return _replace(rng, text, re.compile(r"\b\w+\b(?=[ )*+^])"), [f"{name}(w)", f"{name}(x, x)", f"{name}(w*w, 2)"])


def deep(rng: Random, text: str) -> str:
    """Brackets, minus signs, powers or lists, far into one another."""
    times = rng.choice(DEEP)
    left, right = rng.choice(
        [("(", ")"), ("[", "]"), ("-", ""), ("exp(", ")"), ("{a: ", "}"), ("x^", ""), ("- ", ""), ("relu(", ")")]
    )
    return _replace(
        rng, text, re.compile(r"\b\w+\b"), [left * times + "x" + right * times, left * times, right * times]
    )


def long(rng: Random, text: str) -> str:
    """A token, a sum or a list with many parts."""
    word = rng.choice(TOKEN.findall(text) or ["x"])
    times = rng.choice(MANY)
    return _put(rng, text, rng.choice([word * times, " + ".join([word] * times), ", ".join([word] * times)]))


def section(rng: Random, text: str) -> str:
    """A section, or another key, is called otherwise."""
    return _replace(rng, text, re.compile(r"(?m)^\s*\w+(?=:)|(?<=\{)\w+(?=:)"), SECTIONS)


def extra(rng: Random, text: str) -> str:
    """One more section, perhaps the second of its name."""
    lines = text.splitlines(keepends=True)
    lines.insert(rng.choice([0, len(lines), rng.randint(0, len(lines))]), rng.choice(EXTRA) + "\n")
    return "".join(lines)


def line(rng: Random, text: str) -> str:
    """A line is dropped, doubled, moved, or indented."""
    lines = text.splitlines(keepends=True) or [""]
    chosen = lines.pop(rng.randrange(len(lines)))
    again = rng.choice([[], [chosen, chosen], [chosen], ["  " + chosen], ["\t" + chosen], [chosen.lstrip()]])
    at = rng.randint(0, len(lines))
    lines[at:at] = again
    return "".join(lines)


def cut(rng: Random, text: str) -> str:
    """The end, or a piece, is missing."""
    start, end = sorted((_spot(rng, text), _spot(rng, text)))
    return text[:start] + (text[end:] if rng.random() < 0.7 else "")


def repeated(rng: Random, text: str) -> str:
    """A piece stands there many times."""
    start = _spot(rng, text)
    end = min(len(text), start + rng.randint(1, 60))
    return text[:end] + text[start:end] * rng.choice(MANY) + text[end:]


MUTATIONS: tuple[Mutation, ...] = (
    *(odd_number, other_number, other_number, other_name, other_name, odd_name, renamed, token, token, token, put, put),
    *(operator, operator, function, function, function, deep, long, section, extra, extra, line, line, cut, repeated),
)


def spliced(rng: Random, text: str, other: str) -> str:
    """Lines of another text between those of one."""
    lines, more = text.splitlines(keepends=True), other.splitlines(keepends=True)
    start, end = sorted(rng.randint(0, len(more)) for _ in "se")
    at = rng.randint(0, len(lines))
    return "".join(lines[:at] + more[start:end] + lines[at + rng.randint(0, 2) :])


def mutated(rng: Random, text: str, most: int = 4) -> str:
    """The text after a few mutations."""
    for _ in range(rng.choice((1, 1, 2, rng.randint(1, most)))):
        new = rng.choice(MUTATIONS)(rng, text)
        text = new if len(new) <= LARGEST else text
    return text


def as_bytes(rng: Random, text: str) -> bytes:
    """The text in UTF-8, now and then with bytes that are none."""
    data = text.encode("utf-8", "surrogatepass")
    if rng.random() > 0.08:
        return data
    at = rng.randint(0, len(data))
    other = [data[:at] + rng.choice(BYTES) + data[at:], data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]]
    return rng.choice([*other, data[:at], rng.choice(BYTES) + data, text.encode("utf-16", "replace")])
