"""Plain data: from a file, to JSON and back, compared, found in its text."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bptrace import SpecError
from bptrace.errors import Source
from bptrace.spec.json_text import (
    SIZE_LIMIT,
    Again,
    JsonPath,
    Odd,
    Plain,
    Twice,
    difference,
    of_node,
    place,
    read,
    written,
)
from bptrace.spec.yaml_text import compose
from tests.strategies import examples

TEXTS = st.text(st.characters(codec=None))
DATA = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**16), 10**16) | TEXTS,
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(TEXTS, parts, max_size=4),
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a: 1", {"a": "1"}),
        ("a: [0.10, 1/3, ~, yes]", {"a": ["0.10", "1/3", "~", "yes"]}),
        ("a: &x [1]\nb: *x", {"a": ["1"], "b": ["1"]}),
        ("a: |\n  one\n  two\n", {"a": "one\ntwo\n"}),
        ("a: !!str 2", {"a": "2"}),
    ],
)
def test_a_file_is_plain_with_every_scalar_as_its_text(text: str, found: Plain) -> None:
    assert of_node(compose(Source("a", text))) == found


@given(DATA)
@examples(100)
def test_what_is_written_reads_back(data: Plain) -> None:
    text = written(data)
    assert "\n" not in text
    assert read(Source("a", text)) == data


@given(st.dictionaries(st.text(max_size=20), st.text()))
@examples(100)
def test_json_is_yaml_with_the_same_texts(data: Plain) -> None:
    assert of_node(compose(Source("a", written(data)))) == data


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0.5", Odd("0.5")),
        ("NaN", Odd("NaN")),
        ("9" * 30, Odd("9" * 30)),
        ('{"a": 1, "a": 2}', Twice([("a", 1), ("a", 2)])),
    ],
)
def test_what_a_document_never_has_is_told_apart(text: str, found: Plain) -> None:
    data = read(Source("a", text))
    assert (type(data), data) == (type(found), found)


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("", "not JSON: Expecting value", 1, 1),
        ("{\n 'a': 1}", "not JSON: Expecting property name enclosed in double quotes", 2, 2),
        ("[1] 2", "not JSON: Extra data", 1, 5),
        ('["\\"", "[[", ]', "not JSON: Expecting value", 1, 14),
        ("[" * 1_000_000, "nested more than 50 deep", 1, 1),
        ('{"a":' * 1_000_000, "nested more than 50 deep", 1, 1),
    ],
    ids=["empty", "quotes", "extra", "comma", "lists", "objects"],
)
def test_a_text_that_cannot_be_read(text: str, message: str, line: int, column: int) -> None:
    with pytest.raises(SpecError) as caught:
        read(Source("a", text))
    assert (caught.value.message, caught.value.line, caught.value.column) == (message, line, column)


def test_brackets_in_texts_are_no_depth() -> None:
    data: Plain = ["[" * 1_000 + '"', {"{\\" * 1_000: "[{" * 1_000_000}, "\\"] * 3
    assert read(Source("a", written(data))) == data
    data = []
    for _ in range(49):
        data = [data]
    assert read(Source("a", written(data))) == data


def test_a_text_that_is_too_large() -> None:
    with pytest.raises(SpecError, match="a is larger than 50 MB"):
        read(Source("a", " " * (SIZE_LIMIT + 1)))


@pytest.mark.parametrize(
    ("wanted", "found", "path", "message"),
    [
        (1, 2, (), "2 where 1 belongs"),
        (1, True, (), "true where 1 belongs"),
        ("1", Odd("1"), (), "1 where '1' belongs"),
        (None, [], (), "a list where null belongs"),
        ({}, [], (), "a list where an object belongs"),
        ({"a": 1}, {}, (), "missing field 'a'"),
        ({"a": 1}, {"a": 1, "b": 1}, ("b",), "unknown field 'b'"),
        ({"a": [1, {"b": "x"}]}, {"a": [1, {"b": "y"}]}, ("a", 1, "b"), "'y' where 'x' belongs"),
        ([1, 2], [1], (), "1 items where 2 belong"),
        ({"a": 1}, Twice([("b", 1), ("a", 1), ("a", 1), ("b", 2)]), ("a",), "this name is given twice"),
    ],
)
def test_the_first_difference(wanted: Plain, found: Plain, path: JsonPath, message: str) -> None:
    problem = difference(wanted, found)
    assert problem is not None
    assert (problem.path, problem.message) == (path, message)


@given(DATA)
@examples(50)
def test_nothing_differs_from_itself(data: Plain) -> None:
    assert difference(data, read(Source("a", written(data)))) is None


@pytest.mark.parametrize(
    ("path", "at"),
    [
        ((), "{"),
        (("a",), "[ 1"),
        (("a", 0), "1"),
        (("a", 1), "{ "),
        (("a", 1, 'k"'), '"found"'),
        (("b",), "2"),
        (("a", 7), "[ 1"),
        (("c",), "{"),
        (("b", "c"), "2"),
        (("d", Again("a")), '"\\u0061": 2'),
    ],
)
def test_a_place_in_a_text(path: JsonPath, at: str) -> None:
    text = ' {"a" : [ 1 , { "k\\"": "found" }, {}, []],\n "b":2, "d": {"a": 1, "c": 1, "\\u0061": 2, "a": 3}}'
    assert text[place(text, path) :].startswith(at)


@given(DATA, st.sampled_from([None, 0, 2]), st.booleans())
@examples(50)
def test_every_place_is_found(data: Plain, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(data, indent=indent, ensure_ascii=ascii_only)
    for path, value in everything(data):
        assert json.JSONDecoder().raw_decode(text, place(text, path))[0] == value


def everything(data: Plain, path: JsonPath = ()) -> list[tuple[JsonPath, Plain]]:
    parts = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [(path, data), *(found for key, part in parts for found in everything(part, (*path, key)))]


def test_yaml_reads_the_document_of_a_network() -> None:
    assert yaml.safe_load(written({"a": ["1", "\x7f\x85\u2028\ufeff😀"]})) == {"a": ["1", "\x7f\x85\u2028\ufeff😀"]}
