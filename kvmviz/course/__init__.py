"""What the course's notebooks use: questions that mark themselves, sentences and tables written from the model.

>>> from kvmviz.course import mark, question
>>> mark(question("01-traces-v1"), "1").right
True

`ask` shows a question; what a class answered is saved beside the notebook, on
this machine alone, and `class_results` sums it up.
"""

from kvmviz.course.answers import class_results as class_results
from kvmviz.course.exercise import ask as ask
from kvmviz.course.marking import mark as mark
from kvmviz.course.patches import counterexamples as counterexamples
from kvmviz.course.patches import mark_patch as mark_patch
from kvmviz.course.prose import in_c as in_c
from kvmviz.course.prose import kernel_log as kernel_log
from kvmviz.course.prose import outcomes as outcomes
from kvmviz.course.prose import say as say
from kvmviz.course.prose import source_diff as source_diff
from kvmviz.course.prose import source_of as source_of
from kvmviz.course.prose import table as table
from kvmviz.course.questions import question as question
from kvmviz.course.race import design_source as design_source
from kvmviz.course.race import mark_race as mark_race
from kvmviz.course.readers_copy import original as original
from kvmviz.course.reports import checked as checked
from kvmviz.course.reports import orders as orders
from kvmviz.course.reports import unreported as unreported
from kvmviz.course.reports import verdicts as verdicts
from kvmviz.course.stills import picture as picture
from kvmviz.course.td import LiveTd as LiveTd
from kvmviz.course.warning_macros import macros as macros
from kvmviz.course.whole import whole_answers as whole_answers
from kvmviz.course.words import glossary as glossary

__all__ = [
    "LiveTd", "ask", "checked", "class_results", "counterexamples", "design_source", "glossary", "in_c", "kernel_log",
    "macros", "mark", "mark_patch", "mark_race", "orders", "original", "outcomes", "picture", "question", "say",
    "source_diff", "source_of", "table", "unreported", "verdicts", "whole_answers",
]  # fmt: skip
