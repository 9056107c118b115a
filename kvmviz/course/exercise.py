"""A question as a few core controls of ipywidgets: answer, check, hints one at a time, the answer to open.

>>> shown = ask("01-traces-v1")
>>> shown
ask('01-traces-v1')
>>> Exercise(shown.question, save=False).answer("1").right
True

Where no widgets run, the question is shown with its hints and answer folded up.
"""

from html import escape
from typing import Any, Final

import ipywidgets

from kvmviz.course import answers
from kvmviz.course.marking import Mark, Question, mark, solution
from kvmviz.course.questions import question
from kvmviz.draw.standin import put_stand_in
from kvmviz.errors import KvmvizError

LABEL: Final = {"prediction": "Predict", "exercise": "Exercise"}
_STYLE: Final = (
    # The lines of a choice are as many as its words need in a narrow notebook, and as high as a finger that presses.
    ".kvmviz-ask .widget-radio-box label{height:auto;min-height:24px;line-height:1.35;white-space:normal;"
    "display:flex;align-items:center;gap:6px;margin:2px 0}"
    ".kvmviz-ask .widget-radio-box input{flex:none;order:-1;margin:0}"
    ".kvmviz-ask .widget-radio-box{height:auto;min-width:0}.kvmviz-ask .widget-radio{height:auto;max-width:100%}"
    "@media (pointer:coarse){.kvmviz-ask{--jp-widgets-inline-height:44px}"
    ".kvmviz-ask .widget-radio-box label,.kvmviz-ask .jp-Collapse-header{min-height:44px}}"
)
BUTTON: Final = {"prediction": "That is my prediction", "exercise": "Check"}


def _html(text: str, strong: bool = False) -> str:
    """Return text as HTML; words in backquotes become code."""
    parts = escape(text).split("`")
    body = "".join(f"<code>{part}</code>" if i % 2 else part for i, part in enumerate(parts))
    return f"<p style='margin:2px 0;line-height:1.45;max-width:46em'>{f'<b>{body}</b>' if strong else body}</p>"


def _log(asked: Question) -> str:
    """Return the question's log as it stands in a terminal, or nothing."""
    return f"<pre style='font-size:12px;line-height:1.3;overflow:auto'>{escape(asked.log)}</pre>" if asked.log else ""


class Exercise:
    """The controls of one question, in `box`; `answer` does what a click on the button does."""

    def __init__(self, asked: Question, save: bool = True) -> None:
        self.question = asked
        self._save = save
        self._hints = 0
        self.control = self._control()
        self.button = ipywidgets.Button(description=BUTTON[asked.kind], layout={"width": "auto"})
        self.button.on_click(lambda _: self._clicked())
        self.hint = ipywidgets.Button(description="A hint", layout={"width": "auto"})
        self.hint.on_click(lambda _: self.next_hint())
        self.said = ipywidgets.HTML()
        self.hinted = ipywidgets.HTML()
        self.opened = ipywidgets.Accordion(
            [ipywidgets.HTML(_html(solution(asked)))], titles=["Open the answer"], layout={"max_width": "46em"}
        )
        self.box = ipywidgets.VBox(self._rows(), layout={"padding": "4px 0 8px 0"}).add_class("kvmviz-ask")

    def _control(self) -> Any:
        asked = self.question
        if asked.choices:
            return ipywidgets.RadioButtons(options=asked.choices, value=None, layout={"width": "auto"})
        return ipywidgets.Text(placeholder="a whole number", layout={"width": "12em"})

    def _rows(self) -> list[Any]:
        asked = self.question
        words = _html(f"{LABEL[asked.kind]}: {asked.text}", strong=True)
        head = ipywidgets.HTML(f"<style>{_STYLE}</style>{words}{_log(asked)}")
        pressed = [self.button, self.hint] if asked.hints else [self.button]
        buttons = ipywidgets.HBox(pressed, layout={"flex_flow": "row wrap"})
        prediction = asked.kind == "prediction"
        return [head, self.control, buttons, self.hinted, self.said, *([] if prediction else [self.opened])]

    def _clicked(self) -> None:
        if self.control.value in (None, ""):
            self.said.value = _html("Choose or write an answer first.")
            return
        self.answer(str(self.control.value))

    def answer(self, given: str) -> Mark | None:
        """Mark an answer, show and save it; None if it was no answer, which is said."""
        try:
            result = mark(self.question, given)
        except KvmvizError as error:
            self.said.value = _html(str(error))
            return None
        if self.question.kind == "prediction":
            self.button.disabled = self.control.disabled = True
        sign = "\u2713" if result.right else "\u2717"
        self.said.value = _html(f"{sign} {result.text}{self._saved(given, result.right)}")
        return result

    def _saved(self, given: str, right: bool) -> str:
        return answers.saved(self.question, given.strip(), right) if self._save else ""

    def next_hint(self) -> str:
        """Show one hint more; return what is shown."""
        self._hints = min(self._hints + 1, len(self.question.hints))
        self.hint.disabled = self._hints == len(self.question.hints)
        self.hinted.value = "".join(_html(f"Hint: {text}") for text in self.question.hints[: self._hints])
        return str(self.hinted.value)

    def __repr__(self) -> str:
        return f"ask({self.question.key!r})"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Return the controls, and the question with folded answer for where no widgets run."""
        data = self.box._repr_mimebundle_(**kwargs)
        if data is None:
            return None
        put_stand_in(still(self.question))
        return {**data, "text/plain": repr(self), "text/html": still(self.question)}


def still(asked: Question) -> str:
    """Return the question as HTML without controls: choices, hints and answer, the last two folded up."""
    choices = "".join(f"<li>{_html(choice)}</li>" for choice in asked.choices)
    hints = "".join(_folded(f"Hint {n}", hint) for n, hint in enumerate(asked.hints, 1))
    listed = f"<ul>{choices}</ul>" if choices else ""
    answer = _folded("Answer", solution(asked))
    return f"<div>{_html(f'{LABEL[asked.kind]}: {asked.text}', strong=True)}{_log(asked)}{listed}{hints}{answer}</div>"


def _folded(title: str, text: str) -> str:
    return f"<details><summary>{title}</summary>{_html(text)}</details>"


def ask(key: str) -> Exercise:
    """Show the question of this key; raise KvmvizError if there is none."""
    return Exercise(question(key))
