// title: What the network shows of each model
// question: What are these models, and how many children has each by relation?
// tags: explorer, network
// draw: table
// listed: no
// parameter ids (list of strings) = ["google/gemma-7b"]: Ids of the models.
// parameter as_of (datetime): The lineage as it was then; nothing: as it is now. Facts and scores
//   are those of now in either case.
// column id (string): The model's id.
// column task (string): The Hub's pipeline tag.
// column license (string): Licence as stated on the card.
// column parameters (integer, count): Number of parameters.
// column created_at (datetime): When the repository was created.
// column downloads (integer, count): Downloads of the last 30 days.
// column likes (integer, count): Likes.
// column known (boolean): False for a base that other models name and no record describes.
// column gone_since (datetime): Since when it is no longer on the Hub.
// column influence_rank (integer): Rank by influence; empty without a derivative.
// column effective_descendants (float, models): What its descendants count.
// column descendants (integer, models): Distinct models made from it, directly or over others.
// column finetune (integer, models): Fine-tunes of it.
// column adapter (integer, models): Adapters for it.
// column merge (integer, models): Merges with it.
// column quantized (integer, models): Quantizations of it.

UNWIND $ids AS id
MATCH (model:Model {id: id})
RETURN model.id AS id, model.task AS task, model.license AS license,
  model.parameters AS parameters, model.created_at AS created_at,
  model.downloads AS downloads, model.likes AS likes,
  model.known AS known, model.gone_since AS gone_since,
  model.influence_rank AS influence_rank,
  model.effective_descendants AS effective_descendants, model.descendants AS descendants,
  COUNT { (model)<-[r:FINETUNE]-(:Model)
    WHERE held(r, $as_of) } AS finetune,
  COUNT { (model)<-[r:ADAPTER]-(:Model)
    WHERE held(r, $as_of) } AS adapter,
  COUNT { (model)<-[r:MERGE]-(:Model)
    WHERE held(r, $as_of) } AS merge,
  COUNT { (model)<-[r:QUANTIZE]-(:Model)
    WHERE held(r, $as_of) } AS quantized;
