"""How long the graph takes to answer, question by question, whatever its size.

`python -m bench.latency` asks the server at HUBGRAPH_NEO4J_URI, or the local one, and writes
nothing there. All questions go through the project's own read door: those of the pages as the web
app asks them, the rest as report files.
"""
