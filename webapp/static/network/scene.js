// What is drawn, as objects: models and bubbles ("+512") in one list, links between them, and who
// is whose neighbour for the keyboard. Built once from the columns of /api/v1/graph.

import { RELATIONS, WORDS } from "./relations.js";

export function build(data) {
  const { nodes, edges, aggregates } = data;
  const items = nodes.id.map((id, i) => ({
    id,
    key: id,
    name: id.slice(id.indexOf("/") + 1),
    x: nodes.x[i],
    y: nodes.y[i],
    r: nodes.radius[i],
    role: nodes.role[i],
    relation: nodes.relation[i],
    known: nodes.known[i],
    gone: nodes.gone[i],
    suspected: nodes.suspected[i],
    at: i,
    rank: nodes.influence_rank[i],
    inner: [],
    links: [],
  }));
  const models = items.length;
  aggregates.parent.forEach((parent, i) => {
    items.push({
      id: null,
      key: `${nodes.id[parent]}~${aggregates.relation[i]}`,
      name: `+${short(aggregates.count[i])}`,
      x: aggregates.x[i],
      y: aggregates.y[i],
      r: aggregates.radius[i],
      role: "rest",
      relation: aggregates.relation[i],
      count: aggregates.count[i],
      inner: [],
      links: [],
      via: items[parent],
    });
  });
  for (let i = 0; i < models; i++) {
    items[i].via = nodes.via[i] === null ? null : items[nodes.via[i]];
  }
  for (const item of items) item.via?.inner.push(item);
  const links = edges.s.map((s, i) => {
    const link = {
      child: items[s],
      base: items[edges.t[i]],
      relation: edges.relation[i],
      cut: edges.cut[i],
    };
    link.tree = link.child.via === link.base || link.base.via === link.child;
    link.child.links.push(link);
    if (link.base !== link.child) link.base.links.push(link);
    return link;
  });
  const starts = data.roots.map((i) => items[i]);
  return { items, links, starts, models, byKey: new Map(items.map((item) => [item.key, item])) };
}

// Neighbours as the arrow keys see them: up is towards the bases, down towards what was made.
export function neighbour(scene, item, direction) {
  const bases = (of) => of.inner.filter((i) => i.role === "base");
  const made = (of) => of.inner.filter((i) => i.role !== "base");
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

export function describe(item, data) {
  if (item.role === "rest") {
    return `${item.count.toLocaleString("en")} more ${WORDS[item.relation][item.count === 1 ? 0 : 1]} of ${item.via.id}`;
  }
  const { children } = data.nodes;
  const parts = [item.id];
  if (item.relation) parts.push(`${WORDS[item.relation][0]}${item.role === "child" ? ` of ${item.via.id}` : ""}`);
  else parts.push("no base");
  const counts = RELATIONS.filter((r) => children[r][item.at]).map(
    (r) => `${children[r][item.at].toLocaleString("en")} ${WORDS[r][children[r][item.at] === 1 ? 0 : 1]}`,
  );
  parts.push(counts.length ? counts.join(", ") : "no children");
  if (item.rank) parts.push(`rank ${item.rank.toLocaleString("en")} by influence`);
  return parts.join("; ");
}
