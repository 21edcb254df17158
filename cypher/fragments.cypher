// Pieces of Cypher that several reports share. Where a report says `held(r, $as_of)`, the text below
// stands in what is run, shown and pasted, with the names put in.

// away(thing, time): whether it was away for a while at a time. `away` holds from, to, from, to, …: a
// time falls into a gap where an odd number of them has passed.
size([t IN coalesce(thing.away, []) WHERE t <= time]) % 2 = 1;

// was(thing, began, time): whether what began to be there at `began` was there at a time.
began <= time AND coalesce(thing.gone_since > time, true)
  AND NOT away(thing, time);

// held(link, time): whether a relationship was there at a time; null means now.
CASE WHEN time IS NULL THEN link.gone_since IS NULL
  ELSE was(link, link.since, time) END;

// kept(link, time): whether lineage leads over a relationship at a time, null for now: it was there,
// and scores do not leave it out.
held(link, time) AND link.cut IS NULL;

// is_root(model, time, layers): whether a model heads the family of what was made from it at a time,
// null for now: it is not gone, and lineage of the layers asked for leads nowhere from it.
CASE WHEN time IS NULL THEN model.gone_since IS NULL
  ELSE coalesce(model.gone_since > time, true) AND NOT away(model, time) END
  AND NOT EXISTS {
    (model)-[up:FINETUNE|ADAPTER|MERGE|QUANTIZE|CARD_NAMES|TAG_NAMES]->()
    WHERE kept(up, time) AND in_layers(up, layers)
  };

// existed(model, time): whether a model was on the Hub at a time; null means now.
CASE WHEN time IS NULL THEN model.gone_since IS NULL
  ELSE was(model, model.appeared_at, time) END;

// here(model): whether a model is on the Hub now: a record describes it, and it is not gone.
model.known AND model.gone_since IS NULL;

// live(link, child): whether a relationship counts now: it holds, and its child is there.
link.gone_since IS NULL AND child.gone_since IS NULL;

// owns(link, model): whether it is its account's now, or was when the model vanished.
(link.gone_since IS NULL OR link.gone_since = model.gone_since);

// counts(link, child, time): whether a relationship counts at a time, null for now: it was there,
// and so was its child, with which it ends. Whether its base was there does not matter.
held(link, time) AND existed(child, time);

// undated(model, time): whether a model may have been on the Hub at a time before it was first seen
// there, as nothing says since when it is.
model.created_at IS NULL AND NOT coalesce(model.appeared_at <= time, false) AND NOT EXISTS {
  MATCH (change:Change)-[:CONCERNS]->(model)
  WHERE change.kind = 'appeared' AND change.at = model.appeared_at
};

// before_dates(model): whether its date of creation, the oldest that the Hub gives, stands for any time
// up to it.
model.created_at < datetime('2022-03-02T23:29:05Z');

// seen(change, start, end): whether a change was seen from `start` on and before `end`; null means
// without limit.
change.at >= coalesce(start, datetime('0001-01-01T00:00Z'))
  AND change.at < coalesce(end, datetime('9999-12-31T00:00Z'));

// relation_of(link): the Hub's word for a lineage relationship; declared where it is not known.
CASE type(link) WHEN 'QUANTIZE' THEN 'quantized' WHEN 'CARD_NAMES' THEN 'declared'
  WHEN 'TAG_NAMES' THEN 'declared' ELSE toLower(type(link)) END;

// in_layers(link, layers): whether a relationship is of the layers of lineage asked for: `resolved`
// by the Hub, `declared` by cards and tags, or `all`.
(layers = 'all' OR (layers = 'declared') = declares(link));

// declares(link): whether a card or tags only declare it.
(link:CARD_NAMES|TAG_NAMES);

// told_once(links): of the relationships between two models those that the Hub resolved, else one.
CASE WHEN all(each IN links WHERE declares(each)) THEN links[..1]
  ELSE [each IN links WHERE NOT declares(each)] END;

// licence_of(model): what its card says of its licence: all of several, `other` by its name or link;
// null where it says nothing.
reduce(text = '', name IN coalesce(model.licenses, [model.license]) |
  text + CASE text WHEN '' THEN '' ELSE ', ' END + CASE name
    WHEN 'other' THEN coalesce(model.license_name, model.license_link, name) ELSE name END);

// relicensed(child, base): whether the licences of two models differ: not only in case, nor in the name
// that is given to the same text.
toLower(licence_of(child)) <> toLower(licence_of(base))
  AND NOT coalesce(child.license_link CONTAINS '://'
    AND child.license = 'other' AND base.license = 'other'
    AND child.license_link = base.license_link, false);

// links_by_relation(link): how many of the relationships there are of each relation.
count(CASE type(link) WHEN 'FINETUNE' THEN 1 END) AS finetune,
count(CASE type(link) WHEN 'ADAPTER' THEN 1 END) AS adapter,
count(CASE type(link) WHEN 'MERGE' THEN 1 END) AS merge,
count(CASE type(link) WHEN 'QUANTIZE' THEN 1 END) AS quantized;

// precedence(link): which relation says more of a model that has several, the least first.
CASE type(link) WHEN 'MERGE' THEN 0 WHEN 'QUANTIZE' THEN 1 WHEN 'ADAPTER' THEN 2 ELSE 3 END;

// models_by_relation(kind): how many models are of each relation.
count(CASE kind WHEN 'FINETUNE' THEN 1 END) AS finetune,
count(CASE kind WHEN 'ADAPTER' THEN 1 END) AS adapter,
count(CASE kind WHEN 'MERGE' THEN 1 END) AS merge,
count(CASE kind WHEN 'QUANTIZE' THEN 1 END) AS quantized;

// known_sum(number): the sum of a number over rows; null where it is known in none of them.
CASE WHEN count(number) > 0 THEN sum(number) END;

// is_gguf(model): whether its downloads are counted on GGUF files, each by itself.
(model.id_folded ENDS WITH 'gguf' OR coalesce(model.library = 'gguf'
  OR model.parameters_source = 'gguf' OR 'gguf' IN model.tags, false));

// links_by_verdict(link): how many of the relationships have each verdict on licences.
count(CASE link.licence_verdict WHEN 'same' THEN 1 END) AS same,
count(CASE link.licence_verdict WHEN 'compatible' THEN 1 END) AS compatible,
count(CASE link.licence_verdict WHEN 'more_restrictive' THEN 1 END) AS more_restrictive,
count(CASE link.licence_verdict WHEN 'relaxed' THEN 1 END) AS relaxed,
count(CASE link.licence_verdict WHEN 'undecidable' THEN 1 END) AS undecidable,
count(CASE link.licence_verdict WHEN 'undeclared_child' THEN 1 END) AS undeclared;

// share_of_decided(some): a share of the relationships whose licences can be compared.
CASE WHEN same + compatible + more_restrictive + relaxed > 0
  THEN toFloat(some) / (same + compatible + more_restrictive + relaxed) END;
