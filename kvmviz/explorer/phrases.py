"""Sentences of a view that depend on what two runs come to: templates, filled in by the front end.

>>> PHRASES["fates"].format(page="TDR", end="it leaks")
'TDR: it leaks.'
"""

from kvmviz.draw.narration import DONE, ROW, side_words

_QUIZ = {
    "now": "it is freed at once",
    "rcu": "it is freed from the RCU callback",
    "leak": "it leaks",
    "unlike": "not the same on both sides",
    "becomes": "KVM is about to ask for {page} back. What becomes of it?",
    "in": "in {revision} {end}",
    "fates": "{page}: {end}.",
    "prints": "{site} is about to see a failure. Who prints a trace?",
    "yes": "yes",
    "no": "no",
    "both": "both sides",
    "only": "only {revision}",
    "neither": "neither",
    "answer": "Answer: {right}. {text}",
    "forgets": "Who forgets the page, so that nobody frees it by mistake?",
    "mmu": "generic MMU code",
    "tdx": "KVM's TDX code",
    "cut": "{revision}: {end}",
}
"""Predict mode: what is asked before a step, the answers to choose from, and the truth."""

_ROW = {f"row-{name}": said for name, said in ROW.items()}
_DONE = {f"done-{name}": said for name, said in DONE.items()}

PHRASES: dict[str, str] = {**_QUIZ, **_ROW, **_DONE, "who-waits": side_words(None)[0], "waits": side_words(None)[1]}
"""By name, what the front end fills in."""
