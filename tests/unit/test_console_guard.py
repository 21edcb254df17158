"""What the console's guard reads from a plan, without a database."""

import pytest

from graph.answers.console.asking import parameters_of
from graph.answers.console.guard import admit
from graph.errors import RefusedQueryError
from graph.store.plans import Operator, Plan


def _plan(*operators: tuple[str, str], kind: str = "r") -> Plan:
    return Plan(kind, tuple(Operator(*operator) for operator in operators), "")


def test_an_unknown_operator_is_refused_by_name() -> None:
    with pytest.raises(RefusedQueryError, match="BrandNewScan"):
        admit(_plan(("BrandNewScan", "")), "MATCH (n) RETURN n")
    with pytest.raises(RefusedQueryError, match="Only queries that read"):
        admit(_plan(("Projection", "1 AS a"), kind="rw"), "RETURN 1")


@pytest.mark.parametrize("details", [
    "(a)-[:X*]->(b)", "(a)-[:X*0..]->(b)", "(a)-[r:X*..2147483647]->()", "(a)-[:X*1..101]->(b)",
    "p = (a)<-[:A|B*2..]-(b) WHERE all(x IN relationships(p) WHERE x.y)", "(a) (...){1, } (b)",
])  # fmt: skip
def test_a_walk_without_a_bound_is_refused(details: str) -> None:
    with pytest.raises(RefusedQueryError, match="upper bound"):
        admit(_plan(("VarLengthExpand(All)", details)), "RETURN 1")


@pytest.mark.parametrize("details", [
    "(a)-[:X*..100]->(b)", "(a)-[:X*3..3]->(b)", "(a) (...){2, 7} (b)", "(a)-[`b*]`:X*..2]->()",
])  # fmt: skip
def test_a_walk_with_a_bound_is_not(details: str) -> None:
    admit(_plan(("VarLengthExpand(All)", details)), "RETURN 1")


@pytest.mark.parametrize("details", [
    "[x IN nodes(p) | x.id] AS ids", "any(x IN n.tags WHERE x STARTS WITH $autostring_0)",
    "[x IN labels(n) WHERE x <> $autostring_0] AS few", "`gds.version()` AS a", "n.gds AS a",
    "CASE\n  WHEN a.x = $autoint_0 THEN $autoint_1\n  ELSE $autoint_2\nEND AS b",
])  # fmt: skip
def test_expressions_that_end_are_allowed(details: str) -> None:
    admit(_plan(("Projection", details)), "RETURN 1")


@pytest.mark.parametrize("details", [
    "[x IN l WHERE x.likes > $autoint_0] AS few", "[x IN l | x.id] AS a", "n =~ $autostring_0",
    "all(x IN l WHERE x IN m)", "any(x IN l WHERE any(y IN x.z WHERE y.w))", "range(1, 2) AS a",
    ", ".join(f"any(x IN l WHERE x.y) AS a{number}" for number in range(11)),
    " + ".join(["s"] * 300) + " AS long",
])  # fmt: skip
def test_expressions_that_may_not_end_are_refused(details: str) -> None:
    with pytest.raises(RefusedQueryError):
        admit(_plan(("Projection", details)), "RETURN 1")


def test_a_place_is_never_in_quotes_or_comments() -> None:
    text = "// gds.a()\nRETURN 'gds.a()', `gds.a()`,\n  gds . a ()"
    with pytest.raises(RefusedQueryError) as refused:
        admit(_plan(("Projection", "gds.a() AS x")), text)
    assert (refused.value.line, refused.value.column) == (3, 3)


def test_parameters_are_found_outside_of_quotes() -> None:
    assert parameters_of("RETURN $a, '$b', \"$c\", `$d` // $e\n, $f, $a") == ["a", "f"]
