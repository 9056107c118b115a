"""The explorer as a Jupyter widget: state in typed traits, everything else computed or drawn elsewhere.

>>> explorer = Explorer(scenario="fail=L1@0x200")
>>> explorer
Explorer(scenario='tree=1x1x3 fail=L1@0x200', revisions=('before', 'v1'))
>>> explorer.scenario = "hkid=assigned"
>>> explorer.scenario
'tree=1x1x3 hkid=flushvp-not-done'

| trait       | meaning                                                                     |
|-------------|-----------------------------------------------------------------------------|
| `scenario`  | the scenario line; setting a wrong one raises TraitError with one sentence  |
| `revisions` | one or two revisions: names of `REVISIONS`, or classes of one's own         |
| `step`      | the lockstep step that is shown; 0 is before the first event                |
| `playing`   | whether it plays                                                            |
| `score`     | of predict mode: `{"asked": n, "right": m}`                                 |

Setting a trait moves the picture; moving the picture sets the trait.  A step
needs no word from Python; `step` follows when the reader rests.

What the reader chooses comes as a message of its own, with a number that the
answer repeats: `{"id": ..., "scenario": line, "revisions": names, "skeleton": key,
"common": key}`, the keys being those of the picture and of the functions that it has.
The answer is the next `_view`, whole, or the one before with a sentence in
`problem`; so what the browser shows always belongs together, whatever is lost.
"""

import json
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar

import anywidget
import traitlets

from kvmviz.draw.lockstep import Lockstep
from kvmviz.draw.standin import put_stand_in
from kvmviz.draw.still import link as link_to
from kvmviz.draw.still import still_svg, still_text
from kvmviz.errors import KvmvizError
from kvmviz.explorer.encode import Sources, answer_of
from kvmviz.explorer.joiner import join, styles
from kvmviz.explorer.payload import skeleton_of
from kvmviz.explorer.wire import Wanted
from kvmviz.record.runs import run_all, shown_tree
from kvmviz.revisions import Revision, revision
from kvmviz.scenario import Scenario
from kvmviz.scenario.link import Link

DEFAULT_SCENARIO = "tree=1x1x3 fail=L1@0x200"
"""What the explorer starts on, so that the first thing to see has a point."""

DEFAULT_REVISIONS = ("before", "v1")

Which = str | type[Revision]
T = TypeVar("T")


def _as_text(value: dict[str, Any], _widget: object) -> str:
    """Return JSON: to ipywidgets one text is quick to send, a tree of small lists is not."""
    return json.dumps(value, separators=(",", ":"))


class Explorer(anywidget.AnyWidget):
    """Two runs side by side, step by step; see the module for its traits.

    `scenario` may be a link, with `step=` and `revisions=` in it; an argument of
    its own goes before what the link says.
    """

    _esm = join()
    _css = styles()

    scenario = traitlets.Unicode(DEFAULT_SCENARIO).tag(sync=True)
    revisions = traitlets.Tuple(DEFAULT_REVISIONS)
    step = traitlets.Int(0).tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)
    score = traitlets.Dict({"asked": 0, "right": 0}).tag(sync=True)
    _view = traitlets.Dict().tag(sync=True, to_json=_as_text)
    _skeleton = traitlets.Dict().tag(sync=True)
    _common = traitlets.Dict().tag(sync=True, to_json=_as_text)
    _answering = False

    def __init__(
        self,
        scenario: str | Scenario = DEFAULT_SCENARIO,
        revisions: Iterable[Which] | None = None,
        **traits: Any,
    ) -> None:
        link = _or_trait_error(lambda: Link.parse(str(scenario)))
        chosen = (revisions,) if isinstance(revisions, str) else revisions or link.revisions or DEFAULT_REVISIONS
        self._sources = Sources()
        super().__init__(scenario=str(link.scenario), revisions=tuple(chosen), **traits)
        self._compute()
        self._clamp()
        self.on_msg(self._heard)
        if link.step is not None and "step" not in traits:
            self.step = link.step

    @traitlets.validate("scenario")
    def _valid_scenario(self, proposal: dict[str, Any]) -> str:
        return str(_or_trait_error(lambda: Scenario.parse(proposal["value"])))

    @traitlets.validate("revisions")
    def _valid_revisions(self, proposal: dict[str, Any]) -> tuple[Which, ...]:
        wanted = tuple(proposal["value"])
        if not 1 <= len(wanted) <= 2:
            raise traitlets.TraitError(f"The explorer shows one or two revisions, not {len(wanted)}.")
        for one in wanted:
            _or_trait_error(partial(revision, one))
        return wanted

    @traitlets.validate("step")
    def _valid_step(self, proposal: dict[str, Any]) -> int:
        rows: int = self._view.get("rows", 0)
        return max(0, min(rows, int(proposal["value"]))) if rows else max(0, int(proposal["value"]))

    @traitlets.observe("scenario", "revisions")
    def _changed(self, _change: object) -> None:
        if self._view and not self._answering:
            self._compute()
            self._clamp()

    def _heard(self, _widget: object, wanted: Wanted, _buffers: object) -> None:
        """Answer the browser in one update, with the view that it asks for or with a sentence."""
        if wanted.get("skeleton") != self._skeleton["key"]:
            self.send_state("_skeleton")  # an update was lost on its way to the browser
        if wanted.get("common") != self._common["key"]:
            self.send_state("_common")
        before = self.scenario, self.revisions
        with self.hold_sync():
            self._answering = True  # where it stands in another view, the browser says
            try:
                self.scenario = wanted.get("scenario", self.scenario)
                self.revisions = tuple(self._by_name(name) for name in wanted.get("revisions", self.revisions))
                self._compute(wanted.get("id", ""))
            except traitlets.TraitError as error:
                self.scenario, self.revisions = before
                self._view = {**self._view, "answer": wanted.get("id", ""), "problem": str(error)}
            finally:
                self._answering = False

    def _by_name(self, name: Which) -> Which:
        return next((one for one in self._own if one.name == name), name)

    @property
    def _own(self) -> list[type[Revision]]:
        known = [one for one in self.revisions if not isinstance(one, str)]
        self._seen = {**getattr(self, "_seen", {}), **{one.name: one for one in known}}
        return list(self._seen.values())

    @property
    def _lockstep(self) -> Lockstep:
        return Lockstep.of(self.revisions, self.scenario)

    def _compute(self, answer: str = "") -> None:
        """Run the scenario, and send what is not there: the picture's layout only if the tree is another one."""
        try:
            scenario, revisions = Scenario.parse(self.scenario), [revision(one) for one in self.revisions]
            tree = shown_tree(revisions, scenario)
            view = answer_of(run_all(revisions, scenario), tree, self._sources, [one.name for one in self._own])
        except KvmvizError as error:
            raise traitlets.TraitError(str(error)) from error
        with self.hold_sync():
            if self._skeleton.get("key") != view["skeleton"]:
                self._skeleton = dict(skeleton_of(scenario, tree))
            if self._common.get("key") != view["common"]:
                self._common = dict(self._sources.common())
            self._view = {**view, "answer": answer}

    def _clamp(self) -> None:
        self.step = min(self.step, self._view["rows"])

    def __repr__(self) -> str:
        names = tuple(one if isinstance(one, str) else one.name for one in self.revisions)
        return f"Explorer(scenario={self.scenario!r}, revisions={names!r})"

    def __str__(self) -> str:
        lockstep = self._lockstep
        return still_text(lockstep, min(self.step, len(lockstep)))

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Return the widget, and a picture and text for where no widgets run."""
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        if data is None:
            return bundle
        lockstep = self._lockstep
        step = min(self.step, len(lockstep))
        stills = {"text/plain": repr(self), "image/svg+xml": still_svg(lockstep, step)}
        put_stand_in(stills["image/svg+xml"])
        return {**data, **stills}, {**metadata, "kvmviz": {"link": link_to(lockstep, step)}}


def _or_trait_error(read: Callable[[], T]) -> T:
    try:
        return read()
    except KvmvizError as error:
        raise traitlets.TraitError(str(error)) from error
