"""What the latency benchmark says of what it measured."""

from bench.latency.metered import Row, Taken, replaced


def test_a_row_says_the_median_the_95th_percentile_and_the_worst() -> None:
    row = Row("page", 50, [Taken(f"model {ms}", float(ms)) for ms in range(1, 102)])
    assert (row.p50, row.p95) == (51, 96)
    assert row.worst.what == "model 101"


def test_defaults_that_name_what_a_graph_lacks_are_replaced() -> None:
    stand_ins = {"google/gemma-7b": "a/b"}
    assert replaced("google/gemma-7b", stand_ins) == "a/b"
    assert replaced(["google/gemma-7b", "other"], stand_ins) == ["a/b", "other"]
    assert replaced("influence", stand_ins) == "influence"
    assert replaced(20, stand_ins) == 20
    assert replaced(None, stand_ins) is None
