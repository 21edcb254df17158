"""Read a name: one reading for each of its tokens, then what they say together."""

import re
from collections.abc import Iterator, Sequence

from graph.names.families import NamedFamily, architecture, usual_size
from graph.names.parts import NameParts, NameToken, Says
from graph.names.pieces import RANDOM, Piece, pieces
from graph.names.sizes import active_parameters, total_parameters
from graph.names.vocabulary import KnownWord, Vocabulary, vocabulary
from graph.observe import ids

LONGEST_NAME = 256
"""Longer texts are no names; those on the Hub have at most 96 characters."""
_MOST_JOINED = 6
_SHORT = 3
_AMBIGUOUS = frozenset(("it", "pt"))
"""Codes of languages that mostly mean a tuning."""
_CLEAR_CODES = re.compile("en|de|fr|es|zh|ja|ko|ru|ar|tr|pl|nl|sv|uk|hu|fa|vi|th")
"""Codes of languages that seldom mean anything else; others need a neighbour that is one, too."""
_ABOUT_LANGUAGES = re.compile(
    "(?<![a-z])(?:stt|tts|asr|wmt|nmt|opus|trans|whisper|wav2vec)(?![a-z])"
)
_INSIDE = re.compile("mixtral|mistral|llama|qwen|gemma|roberta|electra|wav2vec2|whisper")
"""Families that a longer word names as well, such as `qwenslerp`."""
_NOTHING: Sequence[str | None] = (None,)
_NOT_BITS = re.compile("[a-z_-]+")
_CONTEXT = re.compile("(?:1|2|4|8|16|32|64|65|100|128|131|200|256|262|512)k|1m")
_DATE = re.compile(
    "(?:20[12][0-9])?(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])|2[3-6](?:0[1-9]|1[0-2])"
)
_Read = tuple[NameToken, KnownWord | None, Piece]


def read_name(model_id: str) -> NameParts:
    """What the name of a model says; it never fails, whatever the text is."""
    name = ids.name(model_id)
    if len(name) > LONGEST_NAME:
        too_long = NameToken(name, Says.UNREAD, "")
        return _parts(model_id, "", [(too_long, None, Piece("other", "", 0, 0))])
    found = pieces(name)
    read = list(_tokens(name, found, vocabulary()))
    if "random" in [piece.kind for piece in found]:
        name = RANDOM.sub(lambda found: " " * len(found[0]), name)
    if not name.isascii():  # of some letters, the small one is two
        name = name.encode("ascii", "replace").decode()
    return _parts(model_id, name.lower(), read)


def _tokens(name: str, found: Sequence[Piece], known: Vocabulary) -> Iterator[_Read]:
    """Each piece in exactly one token."""
    at, family = 0, None
    while at < len(found):
        end, word = _longest(name, found, at, known)
        if found[at].text in _AMBIGUOUS and _is_language(name, found, at, known):
            end, word = at + 1, known.languages[found[at].text]
        if word is None and (version := _version(name, found, at, family)):
            end, meaning = version
            says = Says.VERSION
        elif word is None:
            says, meaning = _lone(name, found, at, known)
        else:
            says, meaning = word.says, word.meaning
        first, last = found[at], found[end - 1]
        text = name[first.start : last.end]
        yield NameToken(text, says, meaning), word, first
        is_whole = first.text in known.beginnings  # of `qwenslerp3`, 3 is no version
        family = word if word and is_whole and word.says is Says.FAMILY else None
        at = end


def _longest(
    name: str, found: Sequence[Piece], at: int, known: Vocabulary
) -> tuple[int, KnownWord | None]:
    """The end of the longest word that begins at a piece, and the word."""
    kind, text, start, _ = found[at]
    if text not in known.beginnings:
        is_long = kind == "word" and len(text) > _SHORT
        inside = _INSIDE.search(text) if is_long else None
        return at + 1, known.words[inside[0]] if inside else None
    joined, best, word = "", at + 1, None
    for end in range(at, min(at + _MOST_JOINED, len(found))):
        piece = found[end]
        if joined and piece.start > found[end - 1].end:
            joined += "-"
        joined += piece.text
        if joined not in known.beginnings:
            break
        match = known.words.get(joined)
        if match and (len(joined) > _SHORT or _stands_alone(name, start, piece.end, joined)):
            best, word = end + 1, match
    if word is None and len(text) > _SHORT and (inside := _INSIDE.search(text)):
        word = known.words[inside[0]]
    return best, word


def _stands_alone(name: str, start: int, end: int, text: str) -> bool:
    """Whether no letter is next to a short word; one that ends with a digit ends there."""
    before, after = name[start - 1 : start] if start else "", name[end : end + 1]
    if name[start:end].isupper() and len(text) == _SHORT:
        return not before.isupper()
    return not (before.isalnum() or after.isalpha() or (text[-1].isdigit() and after.isdigit()))


def _version(
    name: str, found: Sequence[Piece], at: int, family: KnownWord | None
) -> tuple[int, str] | None:
    """A number right after the family that it is a version of, or a version by itself."""
    piece = found[at]
    if piece.kind == "version":
        return at + 1, piece.text.lstrip("v")
    if piece.kind != "number" or len(piece.text) > 4:
        return None
    if name[piece.end : piece.end + 1].islower():
        return None
    if family is None:
        return (at + 1, piece.text) if piece.text.count(".") == 1 else None
    if at + 1 < len(found) and found[at + 1].kind == "number":
        both = f"{piece.text}.{found[at + 1].text}"
        if len(both) == 3 and both[0] != "0" and found[at + 1].start == piece.end + 1:
            return at + 2, both
    return (at + 1, piece.text) if "." in piece.text or len(piece.text) == 1 else None


def _lone(name: str, found: Sequence[Piece], at: int, known: Vocabulary) -> tuple[Says, str]:
    """What a piece says that is no known word."""
    kind, text, _, _ = found[at]
    says, meaning = Says.UNREAD, ""
    if kind == "random":
        says = Says.RANDOM
    elif kind == "bits":
        says, meaning = Says.BITS, _NOT_BITS.sub(" ", text).split()[0]
    elif kind == "active":
        says, meaning = Says.ACTIVE, text[1:]
    elif kind == "size" and _CONTEXT.fullmatch(text):
        says, meaning = Says.CONTEXT, text
    elif kind == "size" and text[-1] not in "kt":
        says, meaning = Says.SIZE, text
    elif kind == "number" and _DATE.fullmatch(text):
        says, meaning = Says.DATE, text
    elif text in known.languages and _is_language(name, found, at, known):
        says, meaning = Says.LANGUAGE, text
    return says, meaning


def _is_language(name: str, found: Sequence[Piece], at: int, known: Vocabulary) -> bool:
    piece = found[at]
    if (
        not _stands_alone(name, piece.start, piece.end, piece.text)
        or name[piece.end : piece.end + 1].isdigit()
    ):
        return False
    if _CLEAR_CODES.fullmatch(piece.text) or _ABOUT_LANGUAGES.search(name.lower()):
        return True
    beside = (found[at - 1].text if at else "", found[at + 1].text if at + 1 < len(found) else "")
    return any(text in known.languages for text in beside)


def _parts(model_id: str, name: str, read: Sequence[_Read]) -> NameParts:
    said: dict[Says, list[str]] = {}
    stated, active, named, form = [], [], [], None
    for place, (token, word, piece) in enumerate(read):
        says = token.says
        if says in said:
            said[says].append(token.meaning)
        else:
            said[says] = [token.meaning]
        if says is Says.SIZE:
            stated.append(piece)
        elif says is Says.ACTIVE:
            active.append(piece)
        elif word and says is Says.FAMILY:
            named.append(NamedFamily(word, _version_after(read, place)))
        elif word and says is Says.FORMAT and (form is None or form.bits):
            form = word  # the format of files rather than that of the numbers in them
    bits = said[Says.BITS][0] if Says.BITS in said else form and form.bits
    exact = usual_size(named, name, stated, active) if named and (stated or active) else None
    return NameParts(
        id=model_id,
        author=ids.owner(model_id),
        architecture=architecture(named, name, stated, active) if named or stated else None,
        family=said.get(Says.FAMILY, _NOTHING)[0],
        version=said.get(Says.VERSION, _NOTHING)[0],
        parameters=exact or total_parameters(name, stated),
        active_parameters=active_parameters(active),
        format=form.meaning if form else None,
        bits=_number(bits) if bits else None,
        tuning=_each(said.get(Says.TUNING)),
        datasets=_each(said.get(Says.DATASET)),
        languages=_each(said.get(Says.LANGUAGE)),
        tokens=tuple([token for token, _, _ in read]),
    )


def _each(meanings: list[str] | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(meanings)) if meanings else ()


def _version_after(read: Sequence[_Read], place: int) -> str:
    """The version right after a family, or an empty text."""
    after = read[place + 1][0] if place + 1 < len(read) else None
    return after.meaning if after and after.says is Says.VERSION else ""


def _number(bits: str | int) -> float:
    number = float(bits)
    return int(number) if number.is_integer() else number
