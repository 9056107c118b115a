"""When exactly something happens: the shortest description of a set of scenarios by their words.

>>> totals = {("a", "x"): 2, ("a", "y"): 2, ("b", "x"): 2, ("b", "y"): 2}
>>> conditions(totals, {("a", "x"): 2, ("a", "y"): 2}, ("key", "other"))
({'key': ('a',)},)
>>> conditions(totals, {("a", "x"): 1}, ("key", "other")) is None
True

Found, not given: a word or a combination of words belongs to the description only
if *every* scenario of the space that has it is in the set, and together they reach
all of it.  So the description holds both ways in that space; None says that these
words cannot tell the set apart.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations

from kvmviz.check.facts import KEYS, Signature

Term = dict[str, tuple[str, ...]]
"""For some keys the words that are meant; all of them have to apply."""


def conditions(
    totals: Mapping[Signature, int], hits: Mapping[Signature, int], keys: Sequence[str] = KEYS
) -> tuple[Term, ...] | None:
    """Return the terms of which one applies exactly where `hits` counts; None if there are no such terms."""
    left = {known for known, count in hits.items() if count}
    if any(hits[known] < totals[known] for known in left):
        return None
    found: list[dict[int, str]] = []
    for size in range(len(keys) + 1):
        for places in combinations(range(len(keys)), size):
            if not left:
                break
            for words in _pure(totals, hits, places):
                term = dict(zip(places, words, strict=True))
                reached = {known for known in left if _applies(term, known)}
                if reached:
                    found.append(term)
                    left -= reached
    return _merged(found, keys)


def _pure(totals: Mapping[Signature, int], hits: Mapping[Signature, int], places: Sequence[int]) -> list[Signature]:
    """Return the combinations of words at these places that occur in hits only, the most frequent first."""
    whole, hit = Counter[Signature](), Counter[Signature]()
    for known, count in totals.items():
        part = tuple(known[place] for place in places)
        whole[part] += count
        hit[part] += hits.get(known, 0)
    return sorted((part for part in whole if whole[part] == hit[part]), key=lambda part: (-whole[part], part))


def _applies(term: Mapping[int, str], known: Signature) -> bool:
    return all(known[place] == word for place, word in term.items())


def _merged(found: list[dict[int, str]], keys: Sequence[str]) -> tuple[Term, ...]:
    """Join terms that differ in one key alone."""
    terms: list[Term] = [{keys[place]: (word,) for place, word in term.items()} for term in found]
    joined = True
    while joined:
        joined = False
        for a, b in combinations(terms, 2):
            apart = [key for key in a if a[key] != b.get(key)]
            if a.keys() == b.keys() and len(apart) == 1:
                a[apart[0]] = tuple(sorted({*a[apart[0]], *b[apart[0]]}))
                terms.remove(b)
                joined = True
                break
    return tuple(terms)


def words(terms: Sequence[Term], totals: Mapping[Signature, int], keys: Sequence[str] = KEYS) -> list[str]:
    """Return each term as a line: `key=word or word`, or `key!=word` where all words but one are meant.

    >>> totals = {("released", "first"): 1, ("a", "first"): 1, ("b", "first"): 1}
    >>> words([{"hkid": ("a", "b"), "boot": ("first",)}], totals, ("hkid", "boot"))
    ['hkid!=released boot=first']
    """
    every = {key: {known[place] for known in totals} for place, key in enumerate(keys)}
    return [" ".join(_word(key, term[key], every[key]) for key in keys if key in term) or "always" for term in terms]


def _word(key: str, chosen: tuple[str, ...], every: set[str]) -> str:
    others = every - set(chosen)
    if len(chosen) > 1 and len(others) == 1:
        return f"{key}!={min(others)}"
    return f"{key}={' or '.join(sorted(chosen, key=lambda word: (len(word), word)))}"
