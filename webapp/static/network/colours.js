// By what shapes are coloured, and which groups that makes, with their counts.

import { RELATIONS, WORDS } from "./relations.js";
import { DARK, LIGHT } from "./shades.js";

const SHADES = { light: ["#a9c4ea", "#6f9fdd", "#3b7bd0", "#0b57c2", "#083c87"], dark: ["#2f4a72", "#3f6aa8", "#5a8fd6", "#7db4ff", "#c2dcff"] };
const SIZES = [[0, "under 100"], [100, "100 to 1k"], [1e3, "1k to 10k"], [1e4, "10k to 100k"], [1e5, "100k and more"]];
const VERDICTS = { same: 0, compatible: 2, more_restrictive: 3, relaxed: 1, undecidable: 4, not_crawled: null };
const UNKNOWN = "?";
const OTHER = "…";

// Each way: the group of an item, null where nothing is known.
const GROUPS = {
  relation: (item) => (item.kind === "other" ? OTHER : (item.tint ?? "none")),
  author: (item) => (item.kind === "author" ? item.accountKind : item.owner || null),
  task: (item) => item.task,
  licence: (item) => item.verdict ?? (item.via || item.links.some((l) => l.child === item) ? null : "none"),
  downloads: (item) => (item.downloads === null ? null : String(SIZES.findLastIndex(([least]) => item.downloads >= least))),
};

export function colouring(scene, way) {
  const group = GROUPS[way] ?? GROUPS.relation;
  const counts = new Map();
  for (const item of scene.items) {
    if (item.role !== "rest") counts.set(group(item), (counts.get(group(item)) ?? 0) + 1);
  }
  const known = [...counts.keys()].filter((key) => key !== null);
  known.sort(order(way, counts));
  const own = way === "author" || way === "task" ? known.slice(0, LIGHT.length) : known;
  const places = new Map(own.map((key, at) => [key, at]));
  const of = (item) => {
    const key = group(item);
    return key === null ? UNKNOWN : places.has(key) ? key : OTHER;
  };
  const groups = own.map((key) => ({ key, words: words(way, key), count: counts.get(key) }));
  const others = known.slice(own.length);
  if (others.length) groups.push({ key: OTHER, words: `${others.length.toLocaleString("en")} others`, count: others.reduce((sum, key) => sum + counts.get(key), 0) });
  if (counts.has(null)) groups.push({ key: UNKNOWN, words: "not stated", count: counts.get(null) });
  return { way, of, groups, colour: (key, tokens) => colour(way, key, places, tokens) };
}

function order(way, counts) {
  const ranks = { relation: [...RELATIONS, "none"], licence: [...Object.keys(VERDICTS), "none"], downloads: SIZES.map((_, at) => String(at)) }[way];
  if (ranks) return (a, b) => ranks.indexOf(a) - ranks.indexOf(b);
  return (a, b) => counts.get(b) - counts.get(a) || (a < b ? -1 : 1);
}

function words(way, key) {
  if (way === "relation") return key === "none" ? "no base known" : (WORDS[key]?.[1] ?? "others");
  if (way === "downloads") return SIZES[key][1];
  if (way === "licence") return key === "none" ? "no base known" : key.replaceAll("_", " ");
  return key;
}

function colour(way, key, places, { tokens, dark }) {
  const palette = dark ? DARK : LIGHT;
  if (key === UNKNOWN || key === OTHER) return key === OTHER ? tokens.control : tokens.line;
  if (key === "none") return tokens.text;
  if (way === "relation") return tokens[key];
  if (way === "downloads") return SHADES[dark ? "dark" : "light"][key];
  if (way === "licence") return VERDICTS[key] === null ? tokens.control : palette[VERDICTS[key]];
  return palette[places.get(key)];
}
