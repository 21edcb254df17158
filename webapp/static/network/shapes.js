// Models, authors and bubbles: shapes of one colour go into one path.

import { CORNERS, RELATIONS } from "./relations.js";

export const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif';
const TILE = 12;
const EDGED = 3; // smaller ones would vanish behind their edges
const MOST_TILES = 150;

export function outline(path, { px, py, relation }, r) {
  const corners = CORNERS[relation] ?? [];
  // Closed by a line: closing thousands of shapes in one path takes a second.
  for (let i = 0; i <= corners.length && corners.length; i++) {
    const [x, y] = corners[i % corners.length];
    if (i) path.lineTo(px + r * x, py + r * y);
    else path.moveTo(px + r * x, py + r * y);
  }
  if (corners.length) return;
  path.moveTo(px + r, py);
  path.arc(px, py, r, 0, Math.PI * 2);
}

export function fillShapes(pen, look, items) {
  const { tokens, colouring } = look;
  const models = items.filter((i) => i.role !== "rest");
  const fills = new Map();
  for (const item of models) {
    const key = colouring.of(item);
    if (!fills.has(key)) fills.set(key, { full: look.path(), hollow: look.path(), edged: look.path() });
    const path = item.known ? fills.get(key).full : fills.get(key).hollow;
    if (look.moving && item.pr < 7) path.rect(item.px - item.pr, item.py - item.pr, item.pr * 2, item.pr * 2);
    else {
      outline(path, item, item.pr);
      if (item.known && item.pr >= EDGED && !look.moving) outline(fills.get(key).edged, item, item.pr);
    }
  }
  pen.lineWidth = 1.5;
  for (const [key, { full, hollow, edged }] of fills) {
    const colour = colouring.colour(key, look);
    pen.fillStyle = colour;
    pen.fill(full);
    if (!look.moving) {
      pen.strokeStyle = key === "?" ? tokens.control : tokens.surface;
      pen.stroke(edged);
    }
    pen.fillStyle = tokens.surface;
    pen.fill(hollow);
    pen.strokeStyle = colour;
    pen.setLineDash(look.moving ? [] : [3, 2]);
    pen.stroke(hollow);
    pen.setLineDash([]);
  }
  let tiles = 0;
  for (const item of models) {
    if (item.role === "start") ring(pen, item, tokens.accent, Math.min(2, item.pr / 4), Math.min(3, item.pr / 3));
    if (item.pinned && !look.moving) ring(pen, item, tokens.muted, 1, 2);
    if (item.pr >= TILE && item.known && item.owner && !look.moving && tiles++ < MOST_TILES) look.tiles.draw(pen, item);
    if (item.gone) cross(pen, look, item);
  }
  bubbles(pen, look, items.filter((i) => i.role === "rest"));
}

function bubbles(pen, look, items) {
  for (const relation of RELATIONS) {
    const shape = look.path();
    for (const item of items) {
      if (item.relation !== relation) continue;
      shape.moveTo(item.px + item.pr, item.py);
      shape.arc(item.px, item.py, item.pr, 0, Math.PI * 2);
    }
    pen.fillStyle = look.tokens.surface;
    pen.fill(shape);
    pen.globalAlpha = 0.2;
    pen.fillStyle = look.tokens[relation];
    pen.fill(shape);
    pen.globalAlpha = 1;
    pen.strokeStyle = look.tokens[relation];
    pen.lineWidth = 1.25;
    pen.stroke(shape);
  }
}

export function ring(pen, item, colour, width, gap) {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.beginPath();
  pen.arc(item.px, item.py, item.pr * (item.role === "rest" || !CORNERS[item.relation]?.length ? 1 : 1.12) + gap, 0, Math.PI * 2);
  pen.stroke();
}

function cross(pen, look, { px, py, pr }) {
  pen.strokeStyle = look.tokens.text;
  pen.lineWidth = 1.5;
  pen.beginPath();
  pen.moveTo(px - pr, py - pr);
  pen.lineTo(px + pr, py + pr);
  pen.moveTo(px + pr, py - pr);
  pen.lineTo(px - pr, py + pr);
  pen.stroke();
}

// The pictures of authors: read once from the app itself, never from another host.
export class Tiles {
  constructor(address, loaded) {
    Object.assign(this, { address, loaded, images: new Map() });
  }

  draw(pen, item) {
    let image = this.images.get(item.owner);
    if (!image) {
      image = new Image();
      image.addEventListener("load", this.loaded);
      image.src = `${this.address}${encodeURIComponent(item.owner)}`;
      this.images.set(item.owner, image);
    }
    if (!image.complete || !image.naturalWidth) return;
    const half = item.pr * 0.62;
    pen.save();
    pen.beginPath();
    pen.arc(item.px, item.py, half, 0, Math.PI * 2);
    pen.clip();
    pen.drawImage(image, item.px - half, item.py - half, half * 2, half * 2);
    pen.restore();
  }
}
