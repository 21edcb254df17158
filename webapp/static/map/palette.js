// What colours stand for, and which: for the painter as numbers, for the legend as CSS.

import { RELATIONS, WORDS } from "../network/relations.js";
import { DARK, LIGHT } from "../network/shades.js";
import { FADED, FIRST } from "./dots.js";

const MOST = 10;
const RAMP = { light: ["#c9d8ee", "#083c87"], dark: ["#2a3f5f", "#d3e6ff"] };
const LOOSE = { light: "#b3bcc9", dark: "#465266" };
const GONE = { light: "#e3e7ee", dark: "#1d2531" };

export class Palette {
  constructor(columns) {
    this.columns = new Map(columns.map((column) => [column.name, column]));
    this.read();
  }

  // The theme's colours, as the page has them.
  read() {
    const style = getComputedStyle(document.documentElement);
    const token = (name) => style.getPropertyValue(`--${name}`).trim();
    this.tokens = Object.fromEntries([...RELATIONS, "text", "muted", "surface", "accent", "line", "control"].map((name) => [name, token(name)]));
    this.theme = document.documentElement.dataset.theme === "dark" ? "dark" : "light";
  }

  relation(code) {
    return code < RELATIONS.length ? this.tokens[RELATIONS[code]] : this.tokens.text;
  }

  // Groups of a way to colour: each with the codes that are in it.
  groups(by) {
    const loose = LOOSE[this.theme];
    if (by === "relation") {
      const own = RELATIONS.map((name, code) => ({ words: WORDS[name][1], colour: this.tokens[name], codes: [code] }));
      return [...own, { words: "no base, others build on it", colour: this.tokens.text, codes: [4] }, { words: "no base, nothing builds on it", colour: loose, codes: [5] }];
    }
    const { words, models } = this.columns.get(by);
    const known = words.map((_, code) => code).slice(1);
    const unknown = { words: words[0], colour: loose, codes: [0] };
    if (by === "month") {
      const [first, last] = RAMP[this.theme];
      return [unknown, ...known.map((code) => ({ words: words[code], colour: mixed(first, last, code / known.length), codes: [code] }))];
    }
    known.sort((a, b) => models[b] - models[a]);
    const colours = this.theme === "dark" ? DARK : LIGHT;
    while (known.length && !models[known.at(-1)]) known.pop();
    const own = known.slice(0, MOST).map((code, at) => ({ words: words[code], colour: colours[at], codes: [code] }));
    const others = known.slice(MOST);
    if (others.length) own.push({ words: `${others.length} others`, colour: this.tokens.control, codes: others });
    return [...own, unknown];
  }

  // Colours by tint, as the painter writes them.
  numbers(by) {
    const found = new Uint32Array(256);
    found[FADED] = number(GONE[this.theme]);
    for (const { colour, codes } of this.groups(by)) {
      for (const code of codes) found[Math.min(255, code + FIRST)] = number(colour);
    }
    return found;
  }
}

function channels(colour) {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
}

function number(colour) {
  const [red, green, blue] = channels(colour);
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

function mixed(first, last, share) {
  const end = channels(last);
  return `#${channels(first).map((value, at) => Math.round(value + (end[at] - value) * share).toString(16).padStart(2, "0")).join("")}`;
}
