"""Parameters of pages, API routes and reports: declared as a model, read and refused in one place.

    class ModelsParameters(Parameters):
        sort: Annotated[str, OneOf("influence", "likes")] = "influence"
        limit: Whole = Field(50, ge=25, le=100, description="Most models on a page.")

    ModelsParameters.read({"limit": "30"}).limit  # 30

What a field accepts is said once, by its type and bounds. Parsing, the words of a refusal and the
rows of the documentation and the OpenAPI description follow from it.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from functools import cache
from typing import Annotated, Any, Self, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    StringConstraints,
    ValidationError,
    create_model,
)
from pydantic_core import CoreSchema, core_schema

from graph.errors import ParameterError
from graph.times import read_time

LONGEST = 300
"""Most characters of a text; an id of the Hub has 97 at most."""
SHOWN = 60
"""Most characters of a refused value that are repeated."""
_POSITION = "a position in this list, as an earlier page of it named it"
TRUE, FALSE = ("true", "yes", "1"), ("false", "no", "0")


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("control characters")
    return text


def _whole(raw: object) -> object:
    if isinstance(raw, str) and re.fullmatch(r"[+-]?[0-9]{1,19}", raw.strip(), re.ASCII):
        raw = int(raw.strip())
    if isinstance(raw, bool) or not isinstance(raw, int) or abs(raw) >= 2**63:
        raise ValueError("not a whole number")
    return raw


def _flag(raw: object) -> bool:
    word = str(raw).strip().lower()
    if word not in TRUE + FALSE:
        raise ValueError("neither true nor false")
    return word in TRUE


def _texts(raw: object) -> object:
    return [item for item in raw.split(",") if item.strip()] if isinstance(raw, str) else raw


def _moment(raw: object) -> datetime:
    if isinstance(raw, date):
        raw = raw if isinstance(raw, datetime) else datetime.combine(raw, time())
        raw = raw.isoformat()
    return read_time(raw if isinstance(raw, str) else "")


class OneOf:
    """Marks a text as one of a closed set: `Annotated[str, OneOf("asc", "desc")]`."""

    def __init__(self, *choices: str) -> None:
        self.choices = choices

    def __get_pydantic_core_schema__(self, _: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        """As pydantic asks for it."""
        return core_schema.no_info_before_validator_function(
            lambda raw: raw.strip() if isinstance(raw, str) else raw,
            core_schema.literal_schema(list(self.choices)),
        )


Printable = Annotated[
    str, StringConstraints(strip_whitespace=True, strict=True), AfterValidator(_printable)
]
"""Text without surrounding blanks and control characters, of any length."""
Text = Annotated[Printable, StringConstraints(max_length=LONGEST)]
Whole = Annotated[int, BeforeValidator(_whole)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Texts = Annotated[list[Text], BeforeValidator(_texts), Field(max_length=1_000)]
"""A list, or text with commas."""
Moment = Annotated[datetime, BeforeValidator(_moment)]
"""A date is the moment at which it begins; a time without a zone is in UTC."""
Ids = Annotated[list[Text], BeforeValidator(lambda raw: [raw] if isinstance(raw, str) else raw)]
"""Texts that are given by repeating the parameter; none is cut at commas."""
Position = Annotated[Printable, StringConstraints(max_length=3_000), Field(title=_POSITION)]
"""A cursor as text; the list that it belongs to reads it with `Cursor.read`."""


class Parameters(BaseModel):
    """What a page, a route or a report accepts: one field per parameter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def read(cls, raw: Mapping[str, object]) -> Self:
        """Check values, typed or text, or raise `ParameterError`; empty text is not given."""
        known = properties(cls)
        given = {
            name: value
            for name, value in raw.items()
            if name not in known
            or (value is not None and not (isinstance(value, str) and not value.strip()))
        }
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            raise _refusal(cls, error) from None

    @classmethod
    def from_query(cls, query: Mapping[str, Sequence[str]]) -> Self:
        """Check a query string; of a repeated parameter the first counts, unless it is a list."""
        lists = {name for name, schema in properties(cls).items() if schema.get("type") == "array"}
        given: dict[str, object] = {}
        for name, values in query.items():
            filled = [value for value in values if value.strip()]
            if filled or name not in lists:
                given[name] = filled if name in lists and len(filled) > 1 else (filled or [""])[0]
        return cls.read(given)


def declared(
    name: str, fields: Mapping[str, tuple[object, object]], base: type[Parameters] = Parameters
) -> type[Parameters]:
    """A model whose fields, each a type and a default or `Field`, are only known at run time."""
    made: Any = create_model(name, __base__=base, **dict(fields))  # type: ignore[call-overload]
    return cast("type[Parameters]", made)


@cache
def properties(model: type[Parameters]) -> dict[str, dict[str, Any]]:
    """The JSON Schema of each parameter; of one that may be left out, that of its values."""
    found = model.model_json_schema(by_alias=True).get("properties", {})
    return {name: _flat(schema) for name, schema in found.items()}


def accepted(schema: Mapping[str, Any]) -> str:
    """What a parameter accepts, in words, by its entry in `properties`."""
    low, high = schema.get("minimum"), schema.get("maximum")
    within = "" if low is None else f" from {low:,.12g} to {high:,.12g}"
    match schema:
        case {"enum": choices}:
            words = f"one of {', '.join(choices)}"
        case {"const": choice}:
            words = str(choice)
        case {"title": title} if title == _POSITION:
            words = _POSITION
        case {"format": "date-time"}:
            words = "a date or time, such as 2025-05-01 or 2025-05-01T12:00Z"
        case {"type": "array", "items": {"enum": choices}}:
            words = f"{', '.join(choices)}, separated by commas"
        case {"type": "array"}:
            words = f"at most {schema.get('maxItems', 0):,} texts"
        case {"type": "string"}:
            words = f"text of at most {schema.get('maxLength', LONGEST):,} printable characters"
        case {"type": kind}:
            names = {"integer": "a whole number", "number": "a number", "boolean": "true or false"}
            words = names[kind] + within
        case _:
            words = "anything"
    return words


def _flat(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A field's schema with bounds as JSON Schema names them, without the option of null."""
    options = [option for option in schema.get("anyOf", ()) if option.get("type") != "null"]
    flat = {key: value for key, value in schema.items() if key != "anyOf"}
    flat |= options[0] if options else {}
    names = {"ge": "minimum", "le": "maximum"}
    return {names.get(key, key): value for key, value in flat.items()}


def _refusal(model: type[Parameters], error: ValidationError) -> ParameterError:
    first = error.errors(include_url=False, include_context=False)[0]
    name = str(first["loc"][0])
    known = properties(model)
    if first["type"] == "extra_forbidden":
        names = ", ".join(sorted(known)) or "none"
        return ParameterError(name, f"Unknown parameter `{name[:SHOWN]}`.", f"Known: {names}.")
    value = repr(first["input"])
    shown = value if len(value) <= SHOWN else f"{value[: SHOWN - 1]}…"
    hint = f"Accepted: {accepted(known[name])}."
    return ParameterError(name, f"`{name}` cannot be {shown}.", hint)
