"""Cypher as text: fragments written out, parameters written as literals."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from graph import schema
from graph.answers.cypher_text import expanded, fragments, inlined, literal, only_code


def test_a_fragment_stands_for_the_whole_condition() -> None:
    assert expanded("WHERE held(r, $as_of) RETURN r") == (
        "WHERE CASE WHEN $as_of IS NULL THEN r.gone_since IS NULL\n"
        "        ELSE r.since <= $as_of AND coalesce(r.gone_since > $as_of, true)\n"
        "               AND NOT size([t IN coalesce(r.away, []) WHERE t <= $as_of]) % 2 = 1 END "
        "RETURN r"
    )


def test_fragments_are_left_alone_in_strings_and_comments() -> None:
    text = "RETURN 'held(r, $as_of)', `held(r, t)` // held(r, $as_of)\n/* held(r, t) */"
    assert expanded(text) == text


def test_a_fragment_takes_as_many_arguments_as_it_names() -> None:
    with pytest.raises(ValueError, match="argument"):
        expanded("WHERE held(r)")


def test_no_fragment_uses_another_that_is_not_there() -> None:
    for fragment in fragments().values():
        assert not {f"{name}(" for name in fragments()} & set(expanded(fragment.text).split())


def test_the_word_of_a_relation_is_that_of_the_schema() -> None:
    text = expanded("relation_of(r)")
    for kind, relation in schema.RELATION_OF_TYPE.items():
        assert f"'{kind}' THEN '{relation}'" in text or kind.lower() == relation


@pytest.mark.parametrize(("value", "text"), [
    (None, "null"), (True, "true"), (7, "7"), (-7, "(-7)"), (-0.0, "(-0.0)"), (1e300, "1e+300"),
    ('say "no" \\ \n', r'"say \"no\" \\ \n"'), ("a\x00b", r'"a\u0000b"'),
    ("日本語's", '"日本語\'s"'),
    (
        datetime(2025, 5, 1, tzinfo=timezone(timedelta(hours=2))),
        "datetime('2025-04-30T22:00:00Z')",
    ),
    (datetime(2025, 5, 1, tzinfo=UTC), "datetime('2025-05-01T00:00:00Z')"),
    (date(2025, 5, 1), "date('2025-05-01')"), (["a", None, [1]], '["a", null, [1]]'),
    ({"a`b": 1}, "{`a``b`: 1}"),
])  # fmt: skip
def test_literals(value: object, text: str) -> None:
    assert literal(value) == text


def test_a_value_without_a_literal_is_refused() -> None:
    with pytest.raises(TypeError, match="object"):
        literal(object())


def test_parameters_are_put_in_where_they_are_code() -> None:
    text = "RETURN $a AS a, '$a' AS b, -$a AS c, $ab AS d // $a"
    values = {"a": -1, "ab": "$a"}
    assert inlined(text, values) == "RETURN (-1) AS a, '$a' AS b, -(-1) AS c, \"$a\" AS d // $a"
    assert "$" not in only_code(inlined(text, values))
    with pytest.raises(KeyError):
        inlined("RETURN $missing", {})
