// More children of a model, drawn where its bubble is, without moving anything else.

import { add, join, recount, settle } from "./scene.js";

const STEP = 50;
const APART = 11;
const GOLDEN = Math.PI * (3 - Math.sqrt(5));

export async function expand(scene, data, address, bubble, count = STEP) {
  const base = bubble.via;
  const drawn = new Set(base.links.filter((l) => l.base === base && l.relation === bubble.relation).map((l) => l.child.id));
  const query = new URLSearchParams({ m: base.id, relation: bubble.relation, skip: Math.min(1000, drawn.size + count - STEP) });
  if (data.query.as_of) query.set("as_of", data.query.as_of);
  const answer = await fetch(`${address}?${query}`);
  if (!answer.ok) throw new Error(String(answer.status));
  const rows = (await answer.json()).data.models.filter((row) => !drawn.has(row.id)).slice(0, count);
  const middle = clearing(scene, bubble, APART * Math.sqrt(rows.length + 1));
  bubble.added ??= [];
  rows.forEach((row, i) => {
    const known = scene.byKey.get(row.id);
    const item = known ?? grown(scene, data, row, bubble, spot(middle, i));
    bubble.added.push(join(scene, item, base, { relation: bubble.relation, cut: null, verdict: null, count: 1, through: 0 }));
    settle(item);
  });
  recount(bubble, bubble.count - rows.length);
  bubble.hidden = bubble.count === 0;
  return rows.length;
}

export function collapse(scene, bubble) {
  const links = new Set(bubble.added);
  const gone = new Set();
  for (const link of links) {
    link.base.links = link.base.links.filter((l) => l !== link);
    link.child.links = link.child.links.filter((l) => l !== link);
    if (link.child.grown) gone.add(link.child);
  }
  for (const item of gone) scene.byKey.delete(item.key);
  scene.links = scene.links.filter((l) => !links.has(l));
  scene.items = scene.items.filter((i) => !gone.has(i));
  bubble.via.inner = bubble.via.inner.filter((i) => !gone.has(i));
  recount(bubble, bubble.count + links.size);
  bubble.hidden = false;
  bubble.added = [];
}

// A model that was not in the columns is appended to them, so that the panel reads it like others.
function grown(scene, data, row, bubble, [x, y]) {
  const at = data.nodes.id.length;
  const effective = row.effective_descendants ?? 0;
  const values = { ...row, x, y, radius: 4 + 24 * Math.sqrt(Math.min(1, effective / data.scale)), role: "child", via: bubble.via.at,
    steps: null, relation: bubble.relation, bases_left_out: 0, kind: "model", models: 1, own: 0, author_kind: null };
  for (const [name, column] of Object.entries(data.nodes)) {
    if (name === "children") for (const [relation, counts] of Object.entries(column)) counts[at] = row.children[relation];
    else column[at] = values[name] ?? null;
  }
  const slash = row.id.indexOf("/");
  const item = add(scene, {
    id: row.id, key: row.id, kind: "model", at, grown: true, name: row.id.slice(slash + 1), owner: slash > 0 ? row.id.slice(0, slash) : "",
    x, y, r: values.radius, role: "child", relation: bubble.relation, known: row.known !== false, gone: row.gone, suspected: row.suspected,
    rank: row.influence_rank, task: row.task, downloads: row.downloads, models: 1, via: bubble.via,
  });
  bubble.via.inner.push(item);
  return item;
}

function spot([x, y], i) {
  const distance = APART * Math.sqrt(i + 0.5);
  return [x + distance * Math.cos(i * GOLDEN), y + distance * Math.sin(i * GOLDEN)];
}

// The nearest free place behind the bubble, seen from the model that it hangs on.
function clearing(scene, bubble, reach) {
  const { via } = bubble;
  const length = Math.hypot(bubble.x - via.x, bubble.y - via.y) || 1;
  const [ux, uy] = [(bubble.x - via.x) / length, (bubble.y - via.y) / length];
  for (let far = bubble.r + reach; ; far += 12) {
    const [x, y] = [bubble.x + ux * far, bubble.y + uy * far];
    if (far > 20000 || !scene.items.some((i) => Math.hypot(i.x - x, i.y - y) < reach + i.r + 6)) return [x, y];
  }
}

