"""What the what-ifs so far say: the last setting of each name."""

from __future__ import annotations

from bptrace.errors import cut

SUPPOSED = 60
"""How many characters of them are shown."""


class Suppositions(tuple[str, ...]):
    """Settings that are in force, one a name, the newest last.

    >>> print(Suppositions(["w=1"]).then("b=2").then("w=3"))
    b=2, w=3
    """

    __slots__ = ()

    def then(self, setting: str) -> Suppositions:
        """With one more; without a setting none."""
        name = _name(setting)
        return Suppositions([*(kept for kept in self if _name(kept) != name), setting]) if setting else Suppositions()

    def __str__(self) -> str:
        return cut(", ".join(self), SUPPOSED)


def _name(setting: str) -> str:
    return setting.partition("=")[0].strip()
