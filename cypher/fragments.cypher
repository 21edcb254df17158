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

// existed(model, time): whether a model was on the Hub at a time; null means now: the label Gone, which
// those with `gone_since` carry, is seen without reading a property.
CASE WHEN time IS NULL THEN NOT model:Gone
  ELSE was(model, model.appeared_at, time) END;

// here(model): whether a model is on the Hub now: a record describes it, and it is not gone.
model.known AND model.gone_since IS NULL;

// live(link, child): whether a relationship counts now: it holds, and its child is there.
link.gone_since IS NULL AND NOT child:Gone;

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
(toLower(model.id) ENDS WITH 'gguf' OR coalesce(model.library = 'gguf'
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

// month_of(model): the month (UTC) in which a model was created, as a number in the order of time: year
// and month, 0 before the Hub kept dates, 999999 without a date.
CASE WHEN model.created_at IS NULL THEN 999999 WHEN before_dates(model) THEN 0
  ELSE model.created_at.year * 100 + model.created_at.month END;

// month_named(number): what such a month is called.
CASE number WHEN 0 THEN 'before 2022-03-02' WHEN 999999 THEN 'no date'
  ELSE toString(number / 100) + '-' + right('0' + toString(number % 100), 2) END;

// in_a_row(texts): a list of texts as one.
reduce(row = '', text IN texts | row + CASE row WHEN '' THEN '' ELSE ', ' END + text);

// bases_of(model): ids of its bases: as its card spells them, else as the Hub resolves them.
coalesce(model.card_bases, COLLECT {
  MATCH (model)-[link:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(named)
  WHERE link.gone_since IS NULL
  RETURN DISTINCT named.id AS own_id ORDER BY own_id
});

// bases_in_yaml(bases): the line of a card's front matter that names just these bases; null where one
// of them is not an id, which might mean anything there.
CASE WHEN any(base IN bases WHERE NOT base =~ '[A-Za-z0-9._/-]+') THEN null
  WHEN bases = [] THEN 'base_model: # leave it out: no base is left'
  ELSE reduce(line = 'base_model: ', base IN bases | line + CASE WHEN line ENDS WITH '"' THEN ', '
    ELSE '[' END + '"' + base + '"') + ']' END;

// check_words(check): how serious a check is, and what it finds.
CASE check
  WHEN 'own-base' THEN ['error', 'Names itself as its base']
  WHEN 'circle' THEN ['error', 'Names a base that was made from it']
  WHEN 'base-not-an-id' THEN ['warning', 'Names a base by something that is not an id']
  WHEN 'unknown-base' THEN ['warning', 'Names a base without a record']
  WHEN 'gone-base' THEN ['warning', 'Names a base that is gone or disabled']
  WHEN 'no-relation' THEN ['warning', 'Names a base that the Hub does not link']
  WHEN 'format-copy' THEN ['warning', 'Declares a relation that its name contradicts']
  WHEN 'other-base' THEN ['warning', 'Names another base than its own name does']
  WHEN 'bases-without-merge' THEN ['warning', 'Names several bases and is no merge']
  WHEN 'base-and-its-base' THEN ['notice', 'Names a base and what that was made from']
  WHEN 'renamed-base' THEN ['notice', 'Names a base by a former name']
  WHEN 'base-in-other-case' THEN ['notice', 'Names a base in other upper and lower case']
  WHEN 'licence-without-name' THEN ['notice', 'Has the licence other, without a name']
  WHEN 'no-licence' THEN ['notice', 'States no licence']
END;

// defects(check, model): what is wrong in the cards of models on the Hub, or of the one that `model`
// is bound to: id of the `defect`, `found` model, `evidence`, and as `patch` the line of the card's
// front matter that would mend it. A comment in it says what only its author knows. Null as the check
// means all of them.
WITH 1 AS one WHERE coalesce(check, 'own-base') = 'own-base'
MATCH (model)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(base)
WHERE base = model AND r.gone_since IS NULL AND here(model)
WITH DISTINCT model, [id IN bases_of(model) WHERE toLower(id) <> model.id_folded] AS bases
RETURN 'own-base' AS defect, model AS found, 'names itself' AS evidence, bases_in_yaml(bases) AS patch
UNION ALL
WITH 1 AS one WHERE coalesce(check, 'circle') = 'circle'
MATCH (model)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE]->(base)
WHERE r.cut = 'cycle' AND r.gone_since IS NULL AND here(model)
WITH DISTINCT model, base ORDER BY base.id
WITH model, collect(base) AS circular
WITH model, circular, [base IN circular | base.id] AS ids,
     [id IN bases_of(model) WHERE NOT toLower(id) IN [base IN circular | base.id_folded]] AS bases
RETURN 'circle' AS defect, model AS found, 'names ' + in_a_row(ids) + ', made from it in turn' AS evidence,
       CASE WHEN all(base IN circular WHERE base.created_at >= model.created_at)
         THEN bases_in_yaml(bases)
         ELSE 'base_model: # both cannot be made from each other: one has to leave the other out'
       END AS patch
UNION ALL
WITH 1 AS one WHERE coalesce(check, 'unknown-base') = 'unknown-base'
MATCH (base:Model {known: false})
  <-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE|CARD_NAMES|TAG_NAMES]-(model:Model)
WHERE r.gone_since IS NULL AND here(model)
WITH DISTINCT model, base.id AS id ORDER BY id
WITH model, collect(id) AS ids
RETURN 'unknown-base' AS defect, model AS found,
       'names ' + in_a_row(ids) + ', of which there is no record' AS evidence,
       'base_model: # ids as they are on the Hub' AS patch
UNION ALL
WITH 1 AS one WHERE coalesce(check, 'gone-base') = 'gone-base'
MATCH (model)-[r:FINETUNE|ADAPTER|MERGE|QUANTIZE|CARD_NAMES|TAG_NAMES]->(base)
WHERE (base.gone_since IS NOT NULL OR base.disabled) AND r.gone_since IS NULL AND here(model)
WITH DISTINCT model, base ORDER BY base.id
WITH model, collect(base.id + CASE WHEN base.gone_since IS NULL THEN ' (disabled)'
       ELSE ' (gone)' END) AS ids
RETURN 'gone-base' AS defect, model AS found, 'names ' + in_a_row(ids) AS evidence,
       'base_model: # where these weights are now, if anywhere' AS patch
UNION ALL
WITH 1 AS one WHERE coalesce(check, 'renamed-base') IN ['renamed-base', 'base-in-other-case']
MATCH (model)-[r:CARD_NAMES|TAG_NAMES]->(base)
WHERE r.gone_since IS NULL AND here(model) AND here(base)
WITH DISTINCT model, base ORDER BY base.id
UNWIND coalesce(model.card_bases, model.tagged_bases, []) AS name
WITH model, base, name, CASE
       WHEN toLower(name) = base.id_folded AND name <> base.id THEN 'base-in-other-case'
       WHEN toLower(name) <> base.id_folded
         AND any(old IN base.aliases WHERE toLower(old) = toLower(name)) THEN 'renamed-base' END
     AS defect
WHERE coalesce(check, defect) = defect
WITH model, defect, collect([name, base.id]) AS pairs
WITH model, defect, [pair IN pairs | pair[0] + ' instead of ' + pair[1]] AS told,
     [name IN coalesce(model.card_bases, model.tagged_bases) |
       coalesce(head([pair IN pairs WHERE pair[0] = name | pair[1]]), name)] AS bases
RETURN defect, model AS found, 'names ' + in_a_row(told) AS evidence, bases_in_yaml(bases) AS patch
UNION ALL
WITH 1 AS one WHERE coalesce(check, 'base-not-an-id') = 'base-not-an-id'
MATCH (model:Model) WHERE model.unusable_bases IS NOT NULL AND here(model)
WITH model, model.unusable_bases AS texts, coalesce(model.card_bases, []) AS bases
RETURN 'base-not-an-id' AS defect, model AS found, 'names ' + in_a_row(texts) AS evidence,
       bases_in_yaml(bases) AS patch
UNION ALL
WITH 1 AS one
WHERE coalesce(check, 'format-copy') IN ['format-copy', 'base-and-its-base', 'other-base']
MATCH (model:Model) WHERE model.findings IS NOT NULL AND here(model)
UNWIND model.findings AS finding
WITH model, split(finding, ': ')[0] AS defect, split(finding, ' ') AS words, finding
WHERE coalesce(check, defect) = defect
  AND defect IN ['format-copy', 'base-and-its-base', 'other-base']
WITH model, defect, substring(finding, size(defect) + 2) AS evidence, CASE defect
       WHEN 'other-base' THEN [split(words[3], ',')[0]]
       ELSE [id IN bases_of(model) WHERE toLower(id) <> toLower(words[-1])] END AS bases
RETURN defect, model AS found, evidence, CASE defect WHEN 'format-copy'
         THEN 'base_model_relation: quantized' ELSE bases_in_yaml(bases) END AS patch
UNION ALL
WITH 1 AS one WHERE coalesce(check, 'bases-without-merge') = 'bases-without-merge'
MATCH (model)-[r:FINETUNE|ADAPTER|QUANTIZE]->(base)
WHERE base <> model AND r.gone_since IS NULL AND here(model)
WITH model, relation_of(r) AS relation, base.id AS id ORDER BY id
WITH model, relation, collect(id) AS ids
WHERE size(ids) > 1
  AND none(f IN coalesce(model.findings, []) WHERE f STARTS WITH 'base-and-its-base: ')
RETURN 'bases-without-merge' AS defect, model AS found, relation + ' of ' + in_a_row(ids) AS evidence,
       'base_model_relation: merge' AS patch
UNION ALL
WITH 1 AS one WHERE coalesce(check, 'no-relation') = 'no-relation'
MATCH (model)-[r:CARD_NAMES|TAG_NAMES]->(base)
WHERE r.gone_since IS NULL AND here(model) AND here(base) AND NOT EXISTS {
  (model)-[link:FINETUNE|ADAPTER|MERGE|QUANTIZE]->() WHERE link.gone_since IS NULL
}
WITH DISTINCT model, base.id AS id ORDER BY id
WITH model, collect(id) AS ids
RETURN 'no-relation' AS defect, model AS found,
       'names ' + in_a_row(ids) + ', and the Hub links none' AS evidence,
       'base_model_relation: # finetune, adapter, merge or quantized' AS patch
UNION ALL
WITH 1 AS one WHERE coalesce(check, 'licence-without-name') = 'licence-without-name'
MATCH (model:Model {license: 'other'})
WHERE model.license_name IS NULL AND 'license_name' IN model.absent AND here(model)
RETURN 'licence-without-name' AS defect, model AS found, 'other, without a name' AS evidence,
       'license_name: # what it is called, and license_link: where its text is' AS patch
UNION ALL
WITH 1 AS one WHERE coalesce(check, 'no-licence') = 'no-licence'
MATCH (model:Model)
WHERE model.license IS NULL AND 'license' IN model.absent AND here(model)
RETURN 'no-licence' AS defect, model AS found, 'its card says nothing of a licence' AS evidence,
       'license: # an id of the Hub, or other with license_name and license_link' AS patch;

// most_liked(model, wanted, fewest_likes, fewest_downloads, start, stop, smallest, largest, most): the
// most liked models of a task, or of all where it is null, with at least so many likes and downloads,
// created from `start` on and before `stop`, of so many parameters; null means without limit. Models
// whose likes are unknown are not among them.
WITH 1 AS one WHERE wanted IS NULL
MATCH (model:Model)
WHERE model.likes >= coalesce(fewest_likes, 0) AND model.id IS NOT NULL AND NOT model:Gone
  AND (fewest_downloads IS NULL OR model.downloads >= fewest_downloads)
  AND (start IS NULL OR model.created_at >= start) AND (stop IS NULL OR model.created_at < stop)
  AND (smallest IS NULL OR model.parameters >= smallest)
  AND (largest IS NULL OR model.parameters <= largest)
RETURN model ORDER BY model.likes DESC, model.id DESC LIMIT most
UNION ALL
WITH 1 AS one WHERE wanted IS NOT NULL
MATCH (model:Model {task: wanted})
WHERE model.likes >= coalesce(fewest_likes, 0) AND NOT model:Gone
  AND (fewest_downloads IS NULL OR model.downloads >= fewest_downloads)
  AND (start IS NULL OR model.created_at >= start) AND (stop IS NULL OR model.created_at < stop)
  AND (smallest IS NULL OR model.parameters >= smallest)
  AND (largest IS NULL OR model.parameters <= largest)
RETURN model ORDER BY model.likes DESC, model.id DESC LIMIT most;

// size_band(number): the fixed band of a number of parameters; null where it is unknown.
CASE WHEN number < 1000000000 THEN 'under 1B' WHEN number < 3000000000 THEN '1B to 3B'
  WHEN number < 9000000000 THEN '3B to 9B' WHEN number < 20000000000 THEN '9B to 20B'
  WHEN number < 40000000000 THEN '20B to 40B' WHEN number < 80000000000 THEN '40B to 80B'
  WHEN number IS NOT NULL THEN '80B and more' END;

// size_words(number): a number of parameters in short: 145 K, 7.2 B.
CASE WHEN number < 1000 THEN toString(number)
  WHEN number < 999500 THEN toString(toInteger(round(number / 1000.0))) + ' K'
  WHEN number < 999500000 THEN toString(toInteger(round(number / 1000000.0))) + ' M'
  WHEN number < 999950000000 THEN toString(round(number / 1000000000.0, 1)) + ' B'
  ELSE toString(round(number / 1000000000000.0, 1)) + ' T' END;

// cut_once_more(best, better, groups): of every number of places the best cuts into so many groups, as
// the sum of squares with the places before each cut, from the `best` cuts into one group less.
CALL (best, weight, sum, square, n) {
  UNWIND range(groups, n) AS j
  UNWIND range(groups - 1, j - 1) AS i
  WITH j, min([best[i][0] + square[j] - square[i]
    - (sum[j] - sum[i]) * (sum[j] - sum[i]) / (weight[j] - weight[i]), best[i][1] + [i]]) AS found
  ORDER BY j
  RETURN [at IN range(1, groups) | null] + collect(found) AS better
};
