"""Licences: the table, what cards declare, verdicts on pairs, terms over all ancestors."""

from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph.errors import ConfigurationError
from graph.schema import FINETUNE
from graph.scores.licences.card import Card, CardState, Declared, read_card
from graph.scores.licences.effective import COLUMNS, Terms, joined_terms, proof
from graph.scores.licences.storing import batches
from graph.scores.licences.table import Licence, LicenceTable, plain_link, plain_name
from graph.scores.licences.verdict import Compared, Verdict, judge, name_asked, name_flag
from graph.settings import Settings

TABLE = LicenceTable.read(Settings())
TERMS = Terms(TABLE)
HEADER = ",".join(Licence.model_fields)
CELLS = dict.fromkeys(Licence.model_fields, "unknown") | {
    "id": "ours-1.0", "in_hub_list": "license_name", "spdx_id": "", "spdx_exact": "",
    "aliases": "", "successors": "", "policy_contains": "", "evidence": "text",
}  # fmt: skip

NVIDIA = "http://nvidia.com/en-us/agreements/enterprise-software/nvidia-open-model-license"
NVIDIA_2024 = (
    "https://developer.download.nvidia.com/licenses/"
    "nvidia-open-model-license-agreement-june-2024.pdf"
)


def card(text: str) -> Card:
    """A card: `id id … name=… link=… made=…`; `-` for one that was not read."""
    options = dict(word.split("=", 1) for word in text.split() if "=" in word)
    made = options.get("made")
    return Card(
        tuple(word for word in text.split() if "=" not in word and word != "-"),
        options.get("name", ""),
        options.get("link", ""),
        "-" not in text.split(),
        date.fromisoformat(made) if made else None,
        "lab/child",
    )


def read(text: str) -> Declared:
    return read_card(card(text), TABLE)


def verdict(child: str, base: str) -> Compared:
    return judge(read(child), read(base), TABLE)


def own(path: Path, *rows: dict[str, str], header: str = HEADER) -> Settings:
    lines = [header, *(",".join({**CELLS, **row}.values()) for row in rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return Settings(licences_file=path)


def test_every_row_says_how_it_is_known() -> None:
    assert len(TABLE.rows) == 96
    for row in TABLE.rows.values():
        assert row.source != "unknown"
        unread = {getattr(row, name) for name in COLUMNS} == {"unknown"}
        assert unread <= (row.evidence in ("unread", "none", "family")), row.id


@pytest.mark.parametrize("name", ["the odd one", "X", "<b>", "\N{SNOWMAN}"])
def test_of_any_text_that_is_no_row_nothing_is_known(name: str) -> None:
    blank = Licence(id="none-such").model_dump(exclude={"id"})
    assert TABLE.row(name).model_dump(exclude={"id"}) == blank
    assert TABLE.row("MIT") is TABLE.row("mit")


def test_the_schema_lists_every_verdict() -> None:
    assert FINETUNE.find("licence_verdict").values == tuple(Verdict)


def test_a_file_of_ones_own_adds_and_replaces(tmp_path: Path) -> None:
    rows = (
        {"aliases": "House-Licence https://ours.example/licence"},
        {"id": "gemma", "commercial_use": "nc", "aliases": "gemma-terms-of-use<2026-01-01"},
    )
    table = LicenceTable.read(own(tmp_path / "own.csv", *rows))
    assert len(table.rows) == len(TABLE.rows) + 1
    assert table.row("gemma").commercial_use == "nc"
    named = card("other name=house_licence")
    assert read_card(named, table).ids == {"ours-1.0"}
    assert read_card(replace(named, name="", link="http://ours.example/licence/"), table).ids == {
        "ours-1.0"
    }
    dated = card("other name=gemma-terms-of-use made=2026-01-01")
    assert read_card(dated, table).ids == {"other"}


@pytest.mark.parametrize(("rows", "says"), [
    ([{"commercial_use": "sure"}], "line 2: commercial_use is 'sure'"),
    ([{}, {"id": "x", "share_alike": ""}], "line 3: share_alike is ''"),
    ([{"id": "Not An Id"}], "line 2: id is 'Not An Id'"),
    ([{}, {}], "line 3: ours-1.0 is there twice"),
    ([{"successors": "mit nothing"}], "line 2: successors: there is no nothing"),
    ([{"aliases": "llama4"}], "llama4 means"),
    ([{"aliases": "a<2025-13-01"}], "line 2: aliases is 'a<2025-13-01'"),
    ([{"aliases": "a>=2026-01-01<2025-01-01"}], "ends before it begins"),
    ([{"source": "a,b"}], "line 2 has more cells than line 1"),
    ([{"source": '"a'}], "cannot be used"),
])  # fmt: skip
def test_a_broken_file_is_said(tmp_path: Path, rows: list[dict[str, str]], says: str) -> None:
    with pytest.raises(ConfigurationError, match="HUBGRAPH_LICENCES_FILE") as raised:
        LicenceTable.read(own(tmp_path / "own.csv", *rows))
    assert says in str(raised.value)


@pytest.mark.parametrize(("text", "says"), [
    (b"", "lacks the column"),
    (b"id,colour\n", "unknown column 'colour'"),
    (HEADER.encode() + b"\nmit\n", "line 2 has fewer cells"),
    (HEADER.encode() + b"\n\xff\n", "cannot be used"),
])  # fmt: skip
def test_what_is_no_table_is_said(tmp_path: Path, text: bytes, says: str) -> None:
    path = tmp_path / "own.csv"
    path.write_bytes(text)
    with pytest.raises(ConfigurationError, match="HUBGRAPH_LICENCES_FILE") as raised:
        LicenceTable.read(Settings(licences_file=path))
    assert says in str(raised.value)
    with pytest.raises(ConfigurationError, match="No such file"):
        LicenceTable.read(Settings(licences_file=tmp_path / "missing.csv"))


@pytest.mark.parametrize(("text", "ids", "flags"), [
    ("mit", "mit", ()),
    ("mit apache-2.0", "mit apache-2.0", ()),
    ("other", "other", ()),
    ("other name=llama4", "llama4", ()),
    ("other name=Gemma_Terms_of_Use", "gemma", ()),
    ("other link=https://ai.google.dev/gemma/terms", "gemma", ()),
    ("other name=ours", "other", ()),
    ("nobody-knows-1.0", "nobody-knows-1.0", ()),
    ("mit name=deepseek", "mit deepseek", ("C1",)),
    ("mit name=mit", "mit", ()),
    ("mit name=ours", "mit", ()),
    ("name=intel-research-use-license", "intel-research", ("C2",)),
    ("name=ours", "other", ("C2",)),
    ("unknown name=unknown", "unknown", ()),
    ("other name=nvidia-open-model-license made=2024-06-14", "nvidia-open-model-license-2024", ()),
    ("other name=nvidia-open-model-license made=2025-04-28", "nvidia-open-model-license", ()),
    ("other name=nvidia-open-model-license", "other", ()),
    (f"other link={NVIDIA} made=2025-04-28", "nvidia-open-model-license", ()),
    (f"other link={NVIDIA} made=2025-04-27", "nvidia-open-model-license-2024", ()),
    (f"other link={NVIDIA}", "other", ()),
    (f"other link={NVIDIA_2024}", "nvidia-open-model-license-2024", ()),
    (f"other name=nvidia-open-model-license link={NVIDIA_2024} made=2024-06-14",
     "nvidia-open-model-license-2024", ()),
    ("other link=https://huggingface.co/THUDM/CogVideoX-5b/blob/main/LICENSE",
     "cogvideox-license", ()),
    ("other link=https://huggingface.co/THUDM/CogVideoX-2b/blob/main/LICENSE", "other", ()),
])  # fmt: skip
def test_what_a_card_declares(text: str, ids: str, flags: tuple[str, ...]) -> None:
    found = read(text)
    assert (found.state, set(found.ids), found.flags) == (CardState.DECLARED, {*ids.split()}, flags)


def test_three_states_are_never_the_same() -> None:
    assert read("").state is read("link=LICENSE").state is CardState.UNDECLARED
    assert read("-").state is CardState.UNREAD
    assert read("mit -").state is CardState.DECLARED


@pytest.mark.parametrize(("one", "other"), [
    ("https://huggingface.co/Lab/Child/blob/main/LICENSE", "./LICENSE"),
    ("http://www.huggingface.co/lab/child/resolve/v2/license", "LICENSE"),
    ("https://lab.example/terms/", "http://www.lab.example/terms"),
])  # fmt: skip
def test_links_to_one_text_are_alike(one: str, other: str) -> None:
    assert plain_link(one, "lab/child") == plain_link(other, "lab/child")
    assert plain_name(" My_Licence (v1) ") == "my-licence-v1"


@pytest.mark.parametrize(("child", "base", "expected", "rules"), [
    ("-", "mit", "not_crawled", "X1"),
    ("-", "-", "not_crawled", "X1 X2"),
    ("", "-", "not_crawled", "X2"),
    ("openrail", "", "undeclared_base", "D2"),
    ("", "", "undeclared_base", "D3"),
    ("", "gemma", "undeclared_child", "D1"),
    ("mit", "mit", "same", "S1"),
    ("mit apache-2.0", "apache-2.0 mit", "same", "S1"),
    ("nobody-knows-1.0", "nobody-knows-1.0", "same", "S1"),
    ("other name=stabilityai-ai-community", "other name=stabilityai-ai-community", "same", "S2"),
    ("other name=llama4", "llama4", "same", "S2"),
    ("other name=exaone", "other name=exaone", "same", "S3"),
    ("other name=ours", "other name=Ours", "same", "S3"),
    ("other link=https://a.example/l", "other link=http://a.example/l/", "same", "S4"),
    ("apache-2.0", "other", "undecidable", "U2-base"),
    ("other", "apache-2.0", "undecidable", "U2-child"),
    ("other", "other", "undecidable", "U2-child U2-base"),
    ("unknown", "apache-2.0", "undecidable", "U1"),
    ("unknown", "unknown", "undecidable", "U1"),
    ("apache-2.0", "mit name=deepseek", "undecidable", "U3"),
    ("mit apache-2.0", "bsd-3-clause", "compatible", "P1"),
    ("creativeml-openrail-m", "openrail++", "compatible", "P1"),
    ("bigscience-openrail-m", "openrail++", "more_restrictive", "M-USE"),
    ("openrail++", "bigscience-openrail-m", "relaxed", "R-USE"),
    ("apache-2.0", "llama2", "relaxed", "R-THR R-USE"),
    ("mit", "gemma", "relaxed", "R-USE"),
    ("cc-by-nc-4.0", "gemma", "relaxed", "R-USE M-COM"),
    ("cc-by-nc-4.0", "qwen", "more_restrictive", "M-COM"),
    ("mit", "openrail++", "relaxed", "R-USE"),
    ("mit", "other name=stabilityai-ai-community", "relaxed", "R-COM R-THR R-USE"),
    ("apache-2.0", "other name=stable-video-diffusion-community", "relaxed", "R-COM R-USE R-SA"),
    ("cc-by-sa-4.0", "llama2", "relaxed", "R-THR R-USE M-SA"),
    ("cc-by-sa-4.0", "cc-by-sa-3.0", "compatible", "P1"),
    ("cc-by-sa-3.0", "cc-by-sa-4.0", "relaxed", "R-SA"),
    ("apache-2.0", "mpl-2.0", "undecidable", "U-SA"),
    ("llama3.2", "llama2", "undecidable", "U-USE"),
    ("llama2", "apache-2.0", "more_restrictive", "M-THR M-USE"),
    ("cc-by-nc-nd-4.0", "apache-2.0", "more_restrictive", "M-COM M-DER"),
    ("apache-2.0", "cc-by-nd-4.0", "relaxed", "R-DER"),
    ("mit", "other name=nvidia-open-model-license made=2025-05-01", "undecidable", "U-USE"),
    ("apache-2.0", "nobody-knows-1.0", "undecidable", "U-COM U-DER U-THR U-USE U-SA"),
])  # fmt: skip
def test_verdicts(child: str, base: str, expected: str, rules: str) -> None:
    found = verdict(child, base)
    assert (found.verdict, " ".join(found.rules)) == (expected, rules)


def test_flags() -> None:
    assert verdict("cc-by-nc-4.0", "gemma").flags == ("mixed",)
    assert verdict("apache-2.0", "cc-by-nd-4.0").flags == ("ND1",)
    assert verdict("name=ours", "mit name=deepseek").flags == ("C1", "C2")
    assert [cell.base for cell in verdict("apache-2.0", "llama2").cells] == [
        "700M MAU at release date", "llama2-aup",
    ]  # fmt: skip


@pytest.mark.parametrize(("model", "flag"), [
    ("a/Llama-4-x", 1), ("a/llama4", 1), ("a/meta-llama-Llama-4-Scout", 2), ("llama/mine", 3),
])  # fmt: skip
def test_names_that_a_licence_asks_for(model: str, flag: int) -> None:
    assert name_flag(model, name_asked(read("llama4"), TABLE)) == flag
    assert name_asked(read("llama4 mit"), TABLE) == name_asked(read("mit"), TABLE) == ""


VALUES = {
    "commercial_use": ("allowed", "threshold", "nc"),
    "derivatives_allowed": ("yes", "no"),
    "share_alike": ("none", "weak", "same", "terms_follow"),
    "use_policy": ("none", "p", "q", "p-and-more"),
    "use_policy_passed_on": ("no", "by_copy", "explicit"),
    "user_threshold": ("none", "few", "many"),
}


OPEN = {name: values[0] for name, values in VALUES.items()}


@st.composite
def completed(draw: st.DrawFn, id_: str) -> tuple[Licence, Licence]:
    """A row with unread cells, and the same with something in them."""
    full = {name: draw(st.sampled_from(values)) for name, values in VALUES.items()}
    unread = draw(st.sets(st.sampled_from(sorted(VALUES))))
    return (
        Licence(id=id_, **{**full, **dict.fromkeys(unread, "unknown")}),
        Licence(id=id_, **full),
    )


@example(
    (Licence(id="child", **{**OPEN, "commercial_use": "unknown", "user_threshold": "few"}),
     Licence(id="child", **{**OPEN, "commercial_use": "nc", "user_threshold": "few"})),
    (Licence(id="base", **OPEN), Licence(id="base", **OPEN)),
)  # fmt: skip
@given(completed("child"), completed("base"))
def test_no_verdict_depends_on_a_cell_that_was_not_read(
    child: tuple[Licence, Licence], base: tuple[Licence, Licence]
) -> None:
    more = Licence(id="more", use_policy="p-and-more", policy_contains=frozenset({"p"}))
    rules = []
    for rows in zip(child, base, strict=True):
        table = LicenceTable({row.id: row for row in (*rows, more)})
        one, other = (Declared(CardState.DECLARED, frozenset({row.id})) for row in rows)
        found = judge(one, other, table)
        rules.append((found.verdict, {r for r in found.rules if r[:2] in ("R-", "M-")}))
    (partly, sure), (wholly, all_) = rules
    assert sure <= all_
    if partly is not Verdict.UNDECIDABLE:
        assert partly is wholly


LICENCES = ("mit", "gemma", "llama2", "cc-by-nc-4.0", "cc-by-nd-4.0", "agpl-3.0", "cc-by-sa-4.0",
            "mpl-2.0", "mit name=deepseek", "other", "qwen", "llama4", "", "-", "mit cc-by-nc-4.0",
            "nobody-knows-1.0", "other name=stabilityai-ai-community")  # fmt: skip


@st.composite
def lineages(draw: st.DrawFn) -> tuple[list[int], list[tuple[int, int]]]:
    """What models ask, and relationships between them, in circles too."""
    asked = draw(st.lists(st.sampled_from(LICENCES), min_size=1, max_size=9))
    place = st.integers(0, len(asked) - 1)
    links = draw(st.lists(st.tuples(place, place), max_size=14))
    return [TERMS.of(read(text)) for text in asked], links


def joined(bits: list[int], links: list[tuple[int, int]]) -> list[int]:
    child, base = np.array(links, dtype=np.int64).reshape(-1, 2).T
    return [TERMS.unpacked(row) for row in joined_terms(TERMS.packed(bits), child, base)]


def above(model: int, links: list[tuple[int, int]]) -> set[int]:
    """A model and all its ancestors, one relationship at a time."""
    found = {model}
    while more := {base for child, base in links if child in found} - found:
        found |= more
    return found


@given(lineages(), st.randoms(use_true_random=False))
def test_terms_are_those_of_all_ancestors(
    lineage: tuple[list[int], list[tuple[int, int]]], random: st.DataObject
) -> None:
    bits, links = lineage
    found = joined(bits, links)
    for model, reached in enumerate(found):
        expected = 0
        for ancestor in above(model, links):
            expected |= bits[ancestor]
        assert reached == expected
    assert joined(found, links) == found
    order = list(range(len(bits)))
    random.shuffle(order)  # type: ignore[attr-defined]
    place = {model: i for i, model in enumerate(order)}
    moved = joined([bits[m] for m in order], [(place[c], place[b]) for c, b in links[::-1]])
    assert [moved[place[m]] for m in range(len(bits))] == found
    if links:
        fewer = joined(bits, links[1:])
        assert all(less & ~more == 0 for less, more in zip(fewer, found, strict=True))


@given(lineages())
def test_every_proof_is_a_way_to_a_nearest_carrier(
    lineage: tuple[list[int], list[tuple[int, int]]],
) -> None:
    bits, links = lineage
    names = [f"m{i}" for i in range(len(bits))]
    bases = {name: [f"m{b}" for c, b in links if c == i] for i, name in enumerate(names)}
    for model, reached in enumerate(joined(bits, links)):
        for item in TERMS.asked(reached):
            carriers = {names[i] for i, own in enumerate(bits) if own & TERMS.bit(item)}
            way = proof(names[model], bases, carriers)
            assert way[0] == names[model]
            assert way[-1] in carriers
            assert not carriers & {*way[:-1]}
            assert all(b in bases[c] for c, b in pairwise(way))
            assert len(way) == len(set(way)) <= 1 + _steps(model, links, carriers, names)


def _steps(model: int, links: list[tuple[int, int]], carriers: set[str], names: list[str]) -> int:
    """Steps to the nearest carrier, front by front."""
    front, steps = {model}, 0
    while not {names[i] for i in front} & carriers:
        front, steps = {b for c, b in links if c in front}, steps + 1
    return steps


def test_doubt_says_at_least_and_a_known_limit_ends_it() -> None:
    def said(*texts: str) -> tuple[list[str], list[str]]:
        bits = 0
        for text in texts:
            bits |= TERMS.of(read(text))
        return TERMS.words(bits), TERMS.doubts(bits)

    assert said("mit", "gemma") == (["use-policy"], [])
    assert said("")[1] == said("-")[1] == said("other")[1] == list(COLUMNS)
    words, doubts = said("", "cc-by-nc-nd-4.0")
    assert words == ["non-commercial", "no-derivatives"]
    assert not {"commercial_use", "derivatives_allowed"} & {*doubts}
    words, doubts = said("mit cc-by-nc-4.0")
    assert (words, "commercial_use" in doubts) == ([], True)
    assert said("other name=stabilityai-ai-community", "cc-by-nc-4.0")[0][0] == "non-commercial"
    assert said("mpl-2.0") == ([], ["share_alike"])
    assert said("agpl-3.0") == (["share-alike", "network-copyleft"], [])


def test_a_long_chain_and_a_large_family_are_quick() -> None:
    size = 200_000
    own_bits = TERMS.packed([TERMS.of(read("gemma"))] + [TERMS.of(read("mit"))] * (size - 1))
    reached = joined_terms(own_bits, np.arange(1, size), np.arange(1, size) // 2)
    assert "use-policy" in TERMS.words(TERMS.unpacked(reached[-1]))
    chain = joined_terms(own_bits[:2000], np.arange(1, 2000), np.arange(1999))
    assert "use-policy" in TERMS.words(TERMS.unpacked(chain[-1]))


@given(st.lists(st.lists(st.integers(), max_size=9), max_size=9), st.integers(1, 7))
def test_changes_are_written_in_batches_whole_and_in_order(
    changes: list[list[int]], size: int
) -> None:
    told: list[tuple[list[int], list[object]]]
    told = [(numbers, [place]) for place, numbers in enumerate(changes)]
    written = list(batches(told, size))
    sizes = [sum(len(numbers) for numbers, _ in rows) for rows in written]
    assert sizes[:-1] == [size] * len(sizes[:-1])
    flat = [(n, value) for rows in written for numbers, (value,) in rows for n in numbers]
    assert flat == [(n, place) for place, numbers in enumerate(changes) for n in numbers]
