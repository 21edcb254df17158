// Names: the weightiest first, on a free side of their shape, never over a shape or another name,
// and no more than a share of the picture.

import { Boxes } from "./boxes.js";
import { FONT } from "./shapes.js";

const SHARE = 0.14;
const MOST_MOVING = 60;
const LEAST_PX = 8;

export function weight(item) {
  if (item.role === "start") return 1e9;
  if (item.role === "base") return 1e6 + item.r;
  if (item.role === "rest") return 1e5 + item.count;
  return item.r * 4 + item.inner.length - (item.at ?? 0) * 1e-4;
}

function sides(item, hub) {
  if (item.role === "start") return ["below", "above", "right", "left"];
  if (!item.via) return ["right"];
  const dx = item.x - item.via.x;
  const steep = Math.abs(item.y - item.via.y) > 3 * Math.abs(dx);
  const first = dx >= 0 ? "right" : "left";
  const outer = item.y < item.via.y ? "above" : "below";
  if (hub) return [first, "above", "below", first === "right" ? "left" : "right"];
  return steep ? [outer, first] : [first];
}

function clip(text) {
  return text.length > 34 ? `${text.slice(0, 32)}…` : text;
}

export class Labels {
  widths = new Map();
  placed = [];

  // Places names anew; `items` are in the order of their weight.
  place(pen, look, items, { taken = null, room = Infinity } = {}) {
    const boxes = taken ?? new Boxes();
    if (!taken) for (const item of items) if (item.seen) boxes.addShape(item);
    this.placed = [];
    let left = room * SHARE;
    for (const item of items) {
      if (left <= 0) break;
      if (!item.seen || item.px < 0 || item.px > look.width || item.py < 0 || item.py > look.height) continue;
      const label = (item.role === "rest" && this.count(pen, item)) || this.find(pen, look, item, boxes);
      if (!label) continue;
      this.placed.push(label);
      left -= label.area;
    }
  }

  find(pen, look, item, boxes) {
    const start = item.role === "start";
    const hub = start || item.inner.length > 2;
    const size = start ? 13 : 12;
    const font = `${start ? "700" : hub || item.role === "rest" ? "600" : "400"} ${size}px ${FONT}`;
    const text = clip(item.name);
    pen.font = font;
    const long = this.measure(pen, text);
    for (const side of sides(item, hub)) {
      const gap = item.pr + (start ? 6 : 4);
      const [dx, dy] =
        side === "right" ? [gap, 0]
        : side === "left" ? [-gap - long, 0]
        : [-long / 2, side === "below" ? gap + size / 2 : -gap - size / 2];
      const [x, y] = [item.px + dx, item.py + dy];
      if (x < 2 || x + long > look.width - 2) continue;
      const box = [x - 1, y - size / 2 - 1, x + long + 1, y + size / 2 + 1];
      if (boxes.hits(...box)) continue;
      boxes.add(...box);
      return { item, text, font, dx, dy, area: (long + 2) * (size + 2), colour: item.role === "rest" ? item.relation : "text" };
    }
    return null;
  }

  // The count inside its bubble, as large as fits, if it can be read.
  count(pen, item) {
    pen.font = `650 12px ${FONT}`;
    const size = Math.min(item.pr * 0.8, (12 * (item.pr * 2 - 4)) / this.measure(pen, item.name), 18);
    if (size < LEAST_PX) return null;
    return { item, text: item.name, font: `650 ${size}px ${FONT}`, dx: 0, dy: 0.5, area: 0, colour: "text", inside: true };
  }

  // Writes what was placed last; while moving only the weightiest, where they were.
  write(pen, look) {
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    pen.lineWidth = 4;
    pen.strokeStyle = look.tokens.surface;
    const some = look.moving ? this.placed.slice(0, MOST_MOVING) : this.placed;
    for (const { item, text, font, dx, dy, colour, inside } of some) {
      if (!item.seen) continue;
      pen.font = font;
      pen.textAlign = inside ? "center" : "left";
      if (!look.moving && !inside) pen.strokeText(text, item.px + dx, item.py + dy);
      pen.fillStyle = look.tokens[colour];
      pen.fillText(text, item.px + dx, item.py + dy);
    }
  }

  measure(pen, text) {
    const key = pen.font.slice(0, 6) + text;
    if (!this.widths.has(key)) this.widths.set(key, pen.measureText(text).width);
    return this.widths.get(key);
  }
}
