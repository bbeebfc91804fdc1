"""What counts for what: pure and exact, as docs/recognition.md says. No await, no driver, no I/O.

``evaluate`` answers a question; ``candidates`` lists what a plan may choose among; ``compiled`` makes the
index of a rule book, which both take in its place and which may be kept.
"""

from graph.recognition.candidates import candidates
from graph.recognition.evaluation import evaluate
from graph.recognition.index import Index, compiled
from graph.recognition.results import QuestionError

__all__ = ["Index", "QuestionError", "candidates", "compiled", "evaluate"]
