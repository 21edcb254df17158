"""Exports: the whole graph as record files, from which it comes back.

`pages` reads the graph, `described` and `past` make the records of a node, and `writing` puts them
into the order in which they must be loaded.
"""
