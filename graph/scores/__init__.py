"""How much others build on a model: PageRank, descendants, the roll-up to authors.

One module per score, or per group of scores that one computation gives: it names its stage as
`STAGE` and returns its values from `columns`. `graph/schema/scores.py` declares which module
computes which score; `pipeline` runs them all and writes what they return.
"""
