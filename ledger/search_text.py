"""How texts are searched: folded to one way of writing, and found by pairs of adjacent characters. Pure.

A text holds a query if every word of the query stands somewhere in it, whole. Full and half width, upper and lower case
are alike (NFKC, case folding), and spaces count for nothing within a text. Pairs are what an index is asked by: they
need no dictionary of Chinese words, and a word of two characters is one of them. An index says who may hold a word;
whoever asks it then looks for the word itself.

    folded("ＡＢ （建筑）")  → "ab(建筑)"
    grams("ab(建筑)")        → "ab b（ ） （建 建筑 筑）"
    wanted(["建筑业", "("])  → 建筑, 筑业, and whatever begins with （
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from string import punctuation

from ledger.errors import Invalid

LONGEST_QUERY = 100
"""Characters of a query."""

BETWEEN = "\n"
"""What stands between several texts of one row; no word has it, so that none is found across two texts."""

_INVISIBLE = ("Cc", "Cf", "Cs")

# Databases take ASCII punctuation for what separates words. In pairs it is written in full width, as no folded text is.
_IN_PAIRS = {ord(each): ord(each) + 0xFEE0 for each in punctuation}


def folded(text: str) -> str:
    """Return a text as it is searched, without spaces and invisible characters."""
    alike = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    if alike.isalnum():  # so it has none of them
        return alike
    return "".join(each for each in alike if not each.isspace() and unicodedata.category(each) not in _INVISIBLE)


def searchable(texts: Iterable[str]) -> str:
    """Return several texts of one row as they are searched."""
    return BETWEEN.join(map(folded, texts))


def grams(text: str) -> str:
    """Return the pairs of a searchable text, and the last character of each of its parts, by a space apart."""
    parts = text.translate(_IN_PAIRS).split(BETWEEN)
    return " ".join(sorted({part[place : place + 2] for part in parts for place in range(len(part))}))


def words(query: str) -> tuple[str, ...]:
    """Return the words of a query, folded; none where it is blank. Raises Invalid("search_too_long")."""
    if len(query) > LONGEST_QUERY:
        raise Invalid("search_too_long", field="text", limit=LONGEST_QUERY)
    return tuple(dict.fromkeys(filter(None, map(folded, query.split()))))


def holds(query: str, *texts: str) -> bool:
    """Tell whether every word of a query stands in one of some texts; raises Invalid("search_too_long")."""
    asked = words(query)
    return not asked or all(word in searchable(texts) for word in asked)


def wanted(asked: Sequence[str]) -> Mapping[str, bool]:
    """Return what an index is asked for, all of it: pairs, which are whole, and characters with which one begins.

    The value tells whether it is whole.
    """
    written = [word.translate(_IN_PAIRS) for word in asked]
    pairs = {word[place : place + 2]: True for word in written for place in range(len(word) - 1)}
    return {**pairs, **{word: False for word in written if len(word) == 1}}
