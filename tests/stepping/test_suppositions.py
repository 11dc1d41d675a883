"""The last setting of each name is in force."""

from __future__ import annotations

import pytest

from bptrace.stepping.suppositions import SUPPOSED, Suppositions


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ([], ""),
        (["w=1", "w = 2"], "w = 2"),
        (["w=1", "b=2", "w=3"], "b=2, w=3"),
        (["w=1", "", "b=2"], "b=2"),
        (["w=1", ""], ""),
    ],
)
def test_the_newest_setting_of_a_name_stands_last(settings: list[str], text: str) -> None:
    supposed = Suppositions()
    for setting in settings:
        supposed = supposed.then(setting)
    assert str(supposed) == text
    assert bool(supposed) == bool(text)


def test_many_are_cut() -> None:
    assert len(str(Suppositions([f"w{number}=1" for number in range(99)]))) <= SUPPOSED
