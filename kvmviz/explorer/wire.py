"""What travels to the browser, whichever way: by a widget's traits or inside a page.

The front end puts a view together from these (`static/view.js`); `static/types.js`
has the same shapes under the same names, and a test holds them against each other.
Where a table refers to another it holds numbers.
"""

from typing import NotRequired, TypedDict

Lines = list[tuple[int | None, int | None, bool]]


class CodePair(TypedDict):
    """Two functions of one name, aligned; `c` says of a side that ran C its file and first line."""

    name: str
    file: str
    a: list[str]
    b: list[str]
    lines: Lines
    c: NotRequired[dict[str, list[str | int]]]


Element = tuple[str, str, str]
"""A page, or what is drawn between pages: its name, its kind, and the table, page or region that it is of."""


class Skeleton(TypedDict):
    """The picture of a tree before any event, and what does not change while it is shown.

    `shelves`, `members` and `whole` are of folded groups: the picture below, the
    pages that the bar counts, all pages.  `times` and `allbut` are of large trees:
    how many pages stand behind a name, and what `fail` says if all fail but one.
    `faults` has, for each page whose reclaim may fail, the scenario's name of it.
    `starts` are said before the first step: of a key that stays, of pages that fail, of no fault.
    """

    key: str
    defs: str
    svg: str
    shelves: dict[str, str]
    members: dict[str, list[str]]
    whole: dict[str, list[str]]
    pages: list[Element]
    faults: dict[str, str]
    starts: list[str]
    times: NotRequired[dict[str, int]]
    allbut: NotRequired[dict[str, str]]


class ShownState(TypedDict):
    """A state of a page: its word and sign, what it means, whose the page is, and who will free it."""

    word: str
    glyph: str
    meaning: str
    owner: str
    who: str


class CauseTable(TypedDict):
    """Of the causes of a kept HKID the one that `hkid=assigned` stands for, and those that need a vCPU."""

    assigned: str
    needing: list[str]


class Common(TypedDict):
    """What is the same in every view: functions, with every two of a name aligned, and words.

    `key` tells one from another; `lines` holds aligned lines by the numbers of the functions;
    `firsts` says for each kind of element in which state it is before the first step.
    """

    key: str
    functions: list[list[object]]
    lines: dict[str, list[list[int]]]
    labels: dict[str, str]
    cases: list[tuple[str, str, tuple[str, str]]]
    causes: CauseTable
    table: dict[str, ShownState]
    phrases: dict[str, str]
    firsts: dict[str, str]


class Tables(TypedDict):
    """Runs, taken apart; `at` says for each scenario what the revisions do with it, as a number of `behaviours`.

    A behaviour is a run for each revision; a run has a segment for each phase, and
    its outcome; a segment is chunks, a chunk atoms.  `aligned` holds for each two
    revisions and each phase the alignment of each behaviour, 0 where all rows are the same.
    """

    revisions: list[str]
    at: list[int]
    behaviours: list[list[int]]
    runs: list[list[int]]
    outcomes: list[list[int]]
    aligned: dict[str, list[list[int]]]
    alignments: list[str]
    segments: list[list[int]]
    chunks: list[list[int]]
    atoms: list[list[object]]
    strings: list[str]
    elements: list[Element]
    states: list[str]
    places: list[tuple[str, str, int, int]]
    chains: list[list[int]]
    absent: dict[str, dict[str, str]]


class Carried(Tables):
    """The same, with what each control offers, and the scenarios that stand alone.

    Of each its line, its words, the pages that fail, and the key of its picture.
    """

    single: list[tuple[str, dict[str, str], list[str], str]]
    choices: dict[str, list[str]]


class Wanted(TypedDict, total=False):
    """What the browser asks a widget for: a view, and which of the parts that it needs are there."""

    id: str
    scenario: str
    revisions: list[str]
    skeleton: str
    common: str


class Answer(Carried):
    """What a widget sends: one scenario under its revisions, and which question of the browser that answers.

    `skeleton` and `common` are the keys of those that belong to it; `rows` how many steps there are.
    """

    scenario: str
    rows: int
    skeleton: str
    common: str
    answer: str
    problem: str


class Page(Carried):
    """What a page carries: the combinations of its trees, and scenarios that stand alone.

    `sayable` has for each key of a link a pattern of the words that are sure to be taken elsewhere.
    """

    first: str
    trees: dict[str, list[str]]
    dimensions: dict[str, tuple[str, ...]]
    family: dict[str, tuple[str, ...]]
    layouts: dict[str, Skeleton]
    sayable: dict[str, str]
    common: Common
