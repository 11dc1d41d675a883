"""Mathematics in the letters of a picture: names slanted, and what is raised and lowered smaller than the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bptrace.engine.symbols import GREEK, Symbol
from bptrace.typeset.glyphs import Enclosed, Glyph, Glyphs, Letters
from bptrace.typeset.unicode import Unicode, bare

MINUS, PRIME = "\N{MINUS SIGN}", "\N{PRIME}"


class Lettering(Unicode):
    """Mathematics in one line, of which some letters are slanted, raised or lowered.

    >>> [(letters.text, letters.level) for letters in Lettering().symbol(Symbol("z", below=("1",))).items]
    [('z', 0), ('1', -1)]
    """

    def symbol(self, symbol: Symbol, note: str = "") -> Glyphs:
        """The letter with its accent, what is above it, what is below it, its primes; a word beside it."""
        letters = list(self._letters(symbol, 0))
        letters += [Letters(note, -1)] if note else []
        return Glyphs.of(*letters, raised=letters[-1].level > 0)

    def _letters(self, symbol: Symbol, level: int) -> Iterator[Letters]:
        if symbol.verbatim:
            yield Letters(self._symbol(symbol), level)
            return
        yield Letters(self._base(symbol), level, slanted=True)
        if symbol.above:
            yield Letters(symbol.above, level + 1)
        for letters in self._below_it(symbol.below, level - 1):
            yield letters._replace(below=bool(symbol.above))
        if symbol.primes:
            yield Letters(PRIME * symbol.primes, level)

    def _below_it(self, parts: Sequence[str | Symbol], level: int) -> Iterator[Letters]:
        """Subscripts, with a comma where one could be taken for the end of the one before it."""
        before = ""
        for part in parts:
            if _runs_into(before, part):
                yield Letters(",", level)
            before = part if isinstance(part, str) else part.base
            yield from self._letters(part, level) if isinstance(part, Symbol) else [_script(part, level)]

    def letter(self, text: str) -> Glyphs:
        """The letter, slanted."""
        return Glyphs.of(Letters(text, slanted=True))

    def noted(self, derivative: Glyphs, word: str) -> Glyphs:
        """A derivative with a word below it."""
        return self.row([derivative, Glyphs.of(Letters(word, -1))])

    def power(self, base: Glyphs, exponent: Glyphs) -> Glyphs:
        """What can be raised is; a base that ends raised already is bracketed."""
        below = self.brackets(base) if base.raised else base
        plain = _plain(exponent)
        if plain is None:
            return self.row([below, Glyphs.of("^"), exponent])
        return self.row([below, Glyphs.of(*[item._replace(level=item.level + 1) for item in plain], raised=True)])

    def transposed(self, inner: Glyphs) -> Glyphs:
        """A raised T."""
        return self.row([inner, Glyphs.of(Letters("T", 1), raised=True)])

    def total(self, body: Glyphs, letter: str = "", along: str = "") -> Glyphs:
        """A sum sign; the letter that it runs over stands below it."""
        below = [_script(letter or along, -1)] if letter or along else []
        return self.joined([Glyphs.of(self.sigma, *below), body], "beside")


def _script(part: str, level: int) -> Letters:
    """A subscript: a letter is slanted, a number or a word is not."""
    return Letters(GREEK.get(part, part), level, slanted=len(part) == 1 and part.isalpha())


def _runs_into(before: str, part: str | Symbol) -> bool:
    """Whether a subscript could be taken for the end of the one before it."""
    return bool(before) and (len(before) > 1 or not isinstance(part, str) or len(part) > 1)


def _plain(exponent: Glyphs) -> list[Letters] | None:
    """The letters of an exponent without brackets, where it is a name, a number or a few of both."""
    item = exponent.items[0]
    if isinstance(item, Enclosed) and len(exponent.items) == 1:
        return [Letters(bare(exponent))] if item.inner.number else None
    return [_lettered(item) for item in exponent.items] if all(map(_is_plain, exponent.items)) else None


def _is_plain(item: Glyph) -> bool:
    return isinstance(item, Letters | str)


def _lettered(item: Glyph) -> Letters:
    return item if isinstance(item, Letters) else Letters(str(item))
