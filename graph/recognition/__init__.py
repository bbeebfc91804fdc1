"""What counts for what: pure and exact, as docs/recognition.md says. No await, no driver, no I/O.

``evaluate`` answers a question; ``candidates`` lists what a plan may choose among; ``compiled`` makes the
index of a rule book, which all take in its place and which may be kept; ``accepted_for`` and
``equivalents`` ask a rule book the other way round (R22); ``pathways`` lists chains of steps into a
programme (R23); ``compare_answers`` tells two answers apart (R24); ``blocked`` says what past applications
take away; ``lint`` what is odd about the rules. ``EVALUATOR`` is the number of these readings of
docs/recognition.md: it changes with them.
"""

from typing import Final

from graph.recognition.blocking import blocked
from graph.recognition.candidates import candidates
from graph.recognition.comparing import compare_answers
from graph.recognition.entries import Entry
from graph.recognition.evaluation import evaluate
from graph.recognition.index import Index, compiled
from graph.recognition.linting import lint
from graph.recognition.pathways import pathways
from graph.recognition.results import QuestionError
from graph.recognition.reverse import accepted_for, equivalents, sets_of

EVALUATOR: Final = 1

__all__ = [
    "EVALUATOR",
    "Entry",
    "Index",
    "QuestionError",
    "accepted_for",
    "blocked",
    "candidates",
    "compare_answers",
    "compiled",
    "equivalents",
    "evaluate",
    "lint",
    "pathways",
    "sets_of",
]
