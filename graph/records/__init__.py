"""Recognition records 认定存证: an answer with all it rests on, replayed without graph and network.

``posed`` puts a question into its one form, ``made`` makes its record, ``replayed`` gives it again and
refuses what was tampered with; ``stripped`` leaves the bare question. Pure: no driver, no I/O.
"""

from graph.records.making import Record, made
from graph.records.posing import Posed, answered, posed
from graph.records.refusals import RecordRefused
from graph.records.replaying import replayed
from graph.records.stripping import stripped

__all__ = ["Posed", "Record", "RecordRefused", "answered", "made", "posed", "replayed", "stripped"]
