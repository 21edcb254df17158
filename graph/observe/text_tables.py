"""Tables in text (CSV): recognise one, and give the one command that makes a dump of it."""

import codecs
import csv
import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

_NAME = re.compile(r"[^\W_]?[\w .-]{0,60}")
"""A name of a column; tools that number rows leave that one's empty."""
_ALONE = frozenset({"id", "model_id", "modelid"})
"""The only columns that make a table without any other."""
_SEPARATOR_LINE = re.compile(r'"?sep=(?P<separator>[^\r\n"]{1,2})"?(?:\r\n?|\n)', re.IGNORECASE)
"""The first line of what is meant for Excel; it is no row."""
_SEPARATORS = ",;\t|"
_NULLS = ("", "NULL", "null", "None", "NaN", "nan", "NA", "N/A")
_PLAIN_PATH = re.compile(r"[\w ./-]+\.[\w]+")
"""A path that a shell and SQL take as it is."""


def command_for_table(path: Path, start: bytes) -> str | None:
    """How a table becomes a dump, its lists of tags included; None for what is no table.

    Args:
        path: the file.
        start: its first bytes.
    """
    encoding = _encoding(start)
    text = start.decode(encoding, "replace").removeprefix("\ufeff")
    line = _SEPARATOR_LINE.match(text)
    columns = _heading(text[line.end() :] if line else text)
    if not columns:
        return None
    name = str(path) if _PLAIN_PATH.fullmatch(str(path)) else "FILE.csv"
    made = Path(name).with_suffix(".parquet")
    first = ""
    if line or encoding != "utf-8":
        rows = f"pathlib.Path('{name}').read_text('{encoding}', 'replace')"
        rows += ".partition('\\n')[2]" if line else ""
        name = str(Path(name).with_suffix(".utf-8.csv"))
        first = f"import pathlib; pathlib.Path('{name}').write_text({rows}, 'utf-8'); "
    kept = "*"
    if any(column.strip().lower() == "tags" for column in columns):
        bare = "translate(tags, '[]' || chr(34) || chr(39), '')"
        kept = f"* REPLACE ([trim(x) FOR x IN string_split({bare}, ',')] AS tags)"
    table = f"read_csv('{name}', nullstr=[{', '.join(map(repr, _NULLS))}])"
    sql = f"COPY (SELECT {kept} FROM {table}) TO '{made}'"  # noqa: S608
    python = f"{first}import duckdb; duckdb.sql('''{sql} ''')"
    return f'Turn it into one: {shlex.quote(sys.executable)} -c "{python}", and read {made}.'


def _encoding(start: bytes) -> str:
    """The encoding of a text: UTF-8, UTF-16 as Windows writes it, or the one of Western Europe."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if start[1:400:2].count(0) > len(start[:400]) // 3:
        return "utf-16-le"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _heading(text: str) -> Sequence[str]:
    """The names of the columns; none where the text begins otherwise than tables do."""
    if text.lstrip().startswith(("{", "[")):
        return ()
    line = re.split(r"[\r\n]", text, maxsplit=1)[0]
    separator = max(_SEPARATORS, key=line.count)
    try:
        names = next(csv.reader(text.splitlines(keepends=True), delimiter=separator), [])
    except csv.Error:
        return ()
    names = [" ".join(name.split()) for name in names]
    is_heading = len(names) > 1 and len({*names}) == len(names) and all(map(_NAME.fullmatch, names))
    return names if is_heading or (len(names) == 1 and names[0].lower() in _ALONE) else ()
