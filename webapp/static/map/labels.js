// What is written and drawn over the dots: names, the chosen model with its kin, the cursor.

import { Boxes } from "../network/boxes.js";

const FONT = "system-ui, sans-serif";
const MOST = 140;
const LEAST_ISLAND_PX = 13;
const LEAST_CONTINENT_PX = 26;

export class Labels {
  widths = new Map();

  // Names of continents, then of islands and dots, the largest first, none over another.
  write(pen, camera, palette, { continents, islands, named }) {
    const boxes = new Boxes();
    let left = MOST;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    const put = (text, x, y, weight, size, colour) => {
      pen.font = `${weight} ${size}px ${FONT}`;
      const half = this.measure(pen, text) / 2;
      const box = [x - half - 2, y - size / 2 - 2, x + half + 2, y + size / 2 + 2];
      if (box[0] < 2 || box[2] > camera.width - 2 || box[1] < 2 || box[3] > camera.height - 2 || boxes.hits(...box)) return false;
      boxes.add(...box);
      pen.strokeStyle = palette.tokens.surface;
      pen.lineWidth = 4;
      pen.strokeText(text, x, y);
      pen.fillStyle = colour;
      pen.fillText(text, x, y);
      left--;
      return true;
    };
    for (const one of continents) {
      const reach = one.radius * camera.k;
      const [x, y] = camera.toScreen(one);
      if (reach < LEAST_CONTINENT_PX || reach > camera.width) continue;
      if (x < 0 || x > camera.width || y + reach < 40 || y - reach > camera.height) continue;
      put(one.label, x, Math.max(18, y - reach + 4), 650, reach > 120 ? 15 : 13, palette.tokens.text);
    }
    for (let at = 0; at < islands.id.length && left > 0; at++) {
      const reach = islands.radius[at] * camera.k;
      if (reach < LEAST_ISLAND_PX) continue;
      const [x, y] = camera.toScreen({ x: islands.x[at], y: islands.y[at] });
      if (x < -reach || y < -reach || x > camera.width + reach || y > camera.height + reach || reach > camera.width) continue;
      const name = islands.id[at].split("/").at(-1);
      put(clip(name), x, y - reach - 7, 400, 12, palette.tokens.text);
    }
    for (const one of named) {
      if (left <= 0) break;
      const [x, y] = camera.toScreen(one);
      const reach = one.reach * camera.k; // a large disc has its name inside
      put(clip(one.id.split("/").at(-1)), x, reach > 60 ? y : y + reach + 9, 400, 12, palette.tokens.text);
    }
  }

  measure(pen, text) {
    const key = pen.font.slice(0, 8) + text;
    if (!this.widths.has(key)) this.widths.set(key, pen.measureText(text).width);
    return this.widths.get(key);
  }
}

// Lines from a model to what it was made from and to what was made of it, and a ring around it.
export function kin(pen, camera, palette, place) {
  const at = camera.toScreen(place.model);
  const { x, y, relation } = place.children;
  pen.lineWidth = 1;
  pen.globalAlpha = 0.6;
  for (let child = 0; child < x.length; child++) {
    line(pen, camera.toScreen({ x: x[child], y: y[child] }), at, palette.relation(relation[child]));
  }
  pen.globalAlpha = 1;
  pen.lineWidth = 2;
  let from = at;
  for (const one of place.ancestors) {
    const to = camera.toScreen(one);
    line(pen, from, to, palette.tokens.accent);
    ring(pen, to, Math.max(6, camera.k * 0.5), palette);
    from = to;
  }
  ring(pen, at, Math.max(8, camera.k * 0.5 + 3), palette);
}

// Merges and their bases in other families.
export function bridges(pen, camera, palette, { x, y, base_x: toX, base_y: toY }) {
  pen.lineWidth = 1.5;
  pen.globalAlpha = 0.5;
  for (let at = 0; at < x.length; at++) line(pen, camera.toScreen({ x: x[at], y: y[at] }), camera.toScreen({ x: toX[at], y: toY[at] }), palette.tokens.merge);
  pen.globalAlpha = 1;
}

export function ring(pen, [x, y], radius, palette) {
  for (const [width, colour] of [[5, palette.tokens.surface], [2.5, palette.tokens.accent]]) {
    pen.beginPath();
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    pen.lineWidth = width;
    pen.strokeStyle = colour;
    pen.stroke();
  }
}

function line(pen, [x, y], [toX, toY], colour) {
  pen.beginPath();
  pen.moveTo(x, y);
  pen.lineTo(toX, toY);
  pen.strokeStyle = colour;
  pen.stroke();
}

function clip(text) {
  return text.length > 28 ? `${text.slice(0, 27)}…` : text;
}
