"""Reports: every read of the graph that a person may want, as a named Cypher file with a header."""

from graph.answers.reports.frame import dataframe
from graph.answers.reports.parser import HeaderError, parse
from graph.answers.reports.registry import catalogue, find_report, run
from graph.answers.reports.report import Column, Draw, Kind, Parameter, Report
