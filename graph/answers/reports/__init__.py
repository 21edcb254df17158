"""Reports: every read of the graph that a person may want, as a named Cypher file with a header."""

from graph.answers.reports.frame import dataframe
from graph.answers.reports.kept import answer, keep
from graph.answers.reports.parser import HeaderError, parse
from graph.answers.reports.registry import CYPHER, catalogue, find, kept, run
from graph.answers.reports.report import Column, Draw, Kind, Parameter, Report

__all__ = [
    "CYPHER",
    "Column",
    "Draw",
    "HeaderError",
    "Kind",
    "Parameter",
    "Report",
    "answer",
    "catalogue",
    "dataframe",
    "find",
    "keep",
    "kept",
    "parse",
    "run",
]
