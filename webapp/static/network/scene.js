// What is drawn, as objects: models, authors and bubbles ("+512") in one list, links between them,
// and who is whose neighbour for the keyboard. Built from the columns of /api/v1/graph.

import { RELATIONS, WORDS } from "./relations.js";

export function build(data) {
  const { nodes, edges, aggregates } = data;
  const scene = { items: [], links: [], byKey: new Map(), models: nodes.id.length };
  const names = new Map();
  for (const id of nodes.id) names.set(nameOf(id), (names.get(nameOf(id)) ?? 0) + 1);
  nodes.id.forEach((id, i) => {
    const value = (name) => nodes[name][i];
    const kind = value("kind");
    add(scene, {
      id, kind, at: i, key: kind === "author" ? `@${id}` : id,
      // Where names repeat, the owner tells them apart.
      name: kind === "author" || names.get(nameOf(id)) > 1 ? id : nameOf(id),
      owner: kind === "author" ? id : ownerOf(id),
      x: value("x"), y: value("y"), r: value("radius"),
      role: value("role"), relation: value("relation"),
      known: value("known"), gone: value("gone"), suspected: value("suspected"),
      rank: value("influence_rank"), task: value("task"), downloads: value("downloads"),
      accountKind: value("author_kind"), models: value("models"),
    });
  });
  aggregates.parent.forEach((parent, i) => {
    const via = scene.items[parent];
    add(scene, {
      key: `${via.key}~${aggregates.relation[i]}`, id: null, role: "rest", relation: aggregates.relation[i],
      what: via.kind === "author" || data.query.view === "authors" || data.query.view === "orgs" ? "account" : "model",
      x: aggregates.x[i], y: aggregates.y[i], r: aggregates.radius[i], via,
    });
    recount(scene.items.at(-1), aggregates.count[i]);
  });
  for (let i = 0; i < scene.models; i++) scene.items[i].via = nodes.via[i] === null ? null : scene.items[nodes.via[i]];
  for (const item of scene.items) item.via?.inner.push(item);
  edges.s.forEach((s, i) => {
    const of = (name) => edges[name][i];
    join(scene, scene.items[s], scene.items[of("t")], {
      relation: of("relation"), cut: of("cut"), verdict: of("verdict"), count: of("count"), through: of("through"),
    });
  });
  scene.starts = data.roots.map((i) => scene.items[i]);
  for (const item of scene.items) settle(item);
  return scene;
}

export function add(scene, item) {
  Object.assign(item, { inner: [], links: [], px: 0, py: 0, pr: 0, seen: false, hidden: false });
  scene.items.push(item);
  scene.byKey.set(item.key, item);
  return item;
}

export function join(scene, child, base, facts) {
  const link = { child, base, tree: child.via === base || base.via === child, ...facts };
  child.links.push(link);
  if (base !== child) base.links.push(link);
  scene.links.push(link);
  return link;
}

// What follows from its links: how it was made, and the verdict on its licence.
export function settle(item) {
  const made = item.links.filter((l) => l.child === item);
  const link = made.find((l) => l.base === item.via) ?? made[0];
  item.verdict = link?.verdict ?? null;
  item.tint = item.role === "start" ? null : item.kind === "author" ? (link ?? item.links[0])?.relation ?? null : item.relation;
}

export function recount(bubble, count) {
  bubble.count = count;
  bubble.name = `+${short(count)}`;
}

function nameOf(id) {
  return id.slice(id.indexOf("/") + 1);
}

function ownerOf(id) {
  return id.includes("/") ? id.slice(0, id.indexOf("/")) : "";
}

// Neighbours as the arrow keys see them: up is towards the bases, down towards what was made.
export function neighbour(scene, item, direction) {
  const bases = (of) => of.inner.filter((i) => i.role === "base" && !i.hidden);
  const made = (of) => of.inner.filter((i) => i.role !== "base" && !i.hidden);
  if (direction === "up") {
    if (item.via && item.role !== "base") return item.via;
    return around(bases(item), item)[0];
  }
  if (direction === "down") {
    return item.role === "base" ? item.via : around(made(item), item)[0];
  }
  let row;
  if (!item.via) row = scene.starts;
  else if (item.role === "base" || item.via.role === "base") {
    const child = item.role === "base" ? item.via : item.via.via;
    row = around(bases(child), child).flatMap((base) => [base, ...around(made(base), base)]);
  } else row = around(made(item.via), item.via);
  const step = direction === "right" ? 1 : -1;
  return row[(row.indexOf(item) + step + row.length) % row.length];
}

function around(items, centre) {
  const turn = (i) => (Math.atan2(i.y - centre.y, i.x - centre.x) + Math.PI * 1.5) % (2 * Math.PI);
  return [...items].sort((a, b) => turn(a) - turn(b));
}

export function short(number) {
  if (Math.abs(number) < 10000) return number.toLocaleString("en");
  for (const [size, unit] of [[1e9, "B"], [1e6, "M"], [1e3, "k"]]) {
    if (number >= size * 0.9995) return Number((number / size).toPrecision(3)) + unit;
  }
  return String(number);
}

// What a bubble counts: relations of models, or accounts.
export function counted(item) {
  const one = item.count === 1 ? 0 : 1;
  return item.what === "account" ? ["account", "accounts"][one] : WORDS[item.relation][one];
}

export function describe(item, data) {
  if (item.role === "rest") return `${item.count.toLocaleString("en")} more ${counted(item)} of ${item.via.id}`;
  const parts = [item.id];
  if (item.kind === "author") parts.push(`${item.models.toLocaleString("en")} ${item.models === 1 ? "model" : "models"} in this network`);
  else if (item.relation) parts.push(`${WORDS[item.relation][0]}${item.role === "child" ? ` of ${item.via.id}` : ""}`);
  else parts.push("no base known");
  const children = data.nodes.children;
  const counts = RELATIONS.filter((r) => children[r][item.at]).map(
    (r) => `${children[r][item.at].toLocaleString("en")} ${WORDS[r][children[r][item.at] === 1 ? 0 : 1]}`,
  );
  parts.push(counts.length ? counts.join(", ") : "no children");
  if (item.rank) parts.push(`rank ${item.rank.toLocaleString("en")} by influence`);
  return parts.join("; ");
}
