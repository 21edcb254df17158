"""Charts as numbers: where each mark stands, in percent of the frame; `charts.html` draws them.

Every function here is pure and quick. Text never scales with a drawing, so it stays readable on a
phone; what is unknown has no mark, and what is left out is counted.
"""
