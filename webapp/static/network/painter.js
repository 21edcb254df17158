// Draws a scene on two canvases: the network below, what is pointed at above it.
// Everything of one relation goes into one path, so that 2,000 models stay smooth without a GPU.

import { outline } from "./glyphs.js";
import { Boxes, clip, sides, weight } from "./labels.js";
import { CORNERS, DASH, DOUBLE, RELATIONS, WORDS } from "./relations.js";

const SHARPEN_MS = 120;
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif';

export class Painter {
  constructor(base, overlay, camera, scene, layout) {
    this.canvases = [base, overlay];
    this.below = base.getContext("2d");
    this.above = overlay.getContext("2d");
    this.camera = camera;
    this.scene = scene;
    this.curved = layout === "layered";
    this.marked = { hover: null, cursor: null, selected: null };
    this.widths = new Map();
    this.ratio = Math.min(2, devicePixelRatio || 1);
    this.groups = [...RELATIONS, "cut"].map((name) => [name, scene.links.filter((l) => (l.cut ? "cut" : l.relation) === name)]);
    this.byWeight = [...scene.items].sort((a, b) => weight(b) - weight(a));
    this.readTheme();
  }

  readTheme() {
    const style = getComputedStyle(document.documentElement);
    const token = (name) => style.getPropertyValue(`--${name}`).trim();
    this.colour = Object.fromEntries(
      ["surface", "text", "muted", "accent", "line", "control", ...RELATIONS].map((n) => [n, token(n)]),
    );
  }

  resize(width, height) {
    this.camera.width = width;
    this.camera.height = height;
    this.moved(false);
  }

  // Ask for a new picture; while the camera moves a plain one, a sharp one when it rests.
  moved(moving = true) {
    this.moving = moving;
    clearTimeout(this.rest);
    if (moving) this.rest = setTimeout(() => this.moved(false), SHARPEN_MS);
    this.stale = true;
    this.ask();
  }

  mark(changes) {
    Object.assign(this.marked, changes);
    this.ask();
  }

  ask() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.paint();
    });
  }

  paint() {
    const ratio = this.moving ? 1 : this.ratio;
    const { width, height } = this.camera;
    if (this.stale) {
      for (const canvas of this.canvases) {
        if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
          canvas.width = Math.round(width * ratio);
          canvas.height = Math.round(height * ratio);
        }
      }
      this.clear(this.below, ratio);
      this.network(this.below);
      this.stale = false;
    }
    const marked = Object.values(this.marked).some(Boolean);
    if (marked || this.covered) {
      this.clear(this.above, ratio);
      this.highlights(this.above);
      this.covered = marked;
    }
  }

  clear(pen, ratio) {
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, this.camera.width, this.camera.height);
  }

  network(pen) {
    const { scene, camera } = this;
    for (const item of scene.items) {
      [item.px, item.py] = camera.toScreen(item);
      item.pr = camera.size(item.r);
      item.seen = item.px > -60 && item.px < camera.width + 60 && item.py > -60 && item.py < camera.height + 60;
    }
    const many = scene.links.length > 2000;
    pen.globalAlpha = many ? 0.4 : 0.6;
    for (const [relation, links] of this.groups) this.lines(pen, relation, links, this.moving ? 1 : 1.25);
    this.stems(pen);
    pen.globalAlpha = 1;
    this.shapes(pen, scene.items.filter((i) => i.seen));
    this.labels(pen);
  }

  // Links of one relation in its line style, with arrows that point at the base.
  lines(pen, relation, links, width) {
    if (!links.length) return;
    pen.strokeStyle = pen.fillStyle = this.colour[relation] ?? this.colour.muted;
    pen.lineCap = "butt";
    const plain = this.moving;
    const shape = new Path2D();
    const arrows = new Path2D();
    for (const link of links) {
      if (link.child.seen || link.base.seen) this.line(shape, arrows, link, plain);
    }
    pen.lineWidth = DOUBLE[relation] && !plain ? width * 2.6 : width;
    pen.setLineDash(plain ? [] : relation === "cut" ? [3, 5] : DASH[relation]);
    pen.stroke(shape);
    if (DOUBLE[relation] && !plain) {
      pen.save();
      pen.globalAlpha = 1;
      pen.strokeStyle = this.colour.surface;
      pen.lineWidth = width;
      pen.stroke(shape);
      pen.restore();
    }
    pen.setLineDash([]);
    if (!plain) pen.fill(arrows);
  }

  line(shape, arrows, { child, base, tree }, plain) {
    if (child === base) {
      shape.moveTo(child.px, child.py - child.pr);
      shape.arc(child.px, child.py - child.pr - 9, 9, Math.PI / 2, Math.PI * 2.5);
      return;
    }
    const dx = base.px - child.px;
    const dy = base.py - child.py;
    const length = Math.hypot(dx, dy) || 1;
    shape.moveTo(child.px, child.py);
    let [mx, my, turn] = [child.px + dx * 0.55, child.py + dy * 0.55, Math.atan2(dy, dx)];
    if (this.curved && !plain) {
      const half = dx / 2;
      shape.bezierCurveTo(child.px + half, child.py, base.px - half, base.py, base.px, base.py);
      [mx, my, turn] = [child.px + dx * 0.248, child.py + dy * 0.104, Math.atan2(dy * 0.96, dx * 1.14)];
    } else if (!tree && !plain) {
      const bend = 0.18;
      const [cx, cy] = [child.px + dx / 2 - dy * bend, child.py + dy / 2 + dx * bend];
      shape.quadraticCurveTo(cx, cy, base.px, base.py);
      [mx, my] = [(child.px + 2 * cx + base.px) / 4, (child.py + 2 * cy + base.py) / 4];
    } else shape.lineTo(base.px, base.py);
    if (plain || length < child.pr + base.pr + 18) return;
    const size = Math.min(5, 2.5 + length / 60, this.curved ? 10 * this.camera.k : 5);
    const [ux, uy] = [Math.cos(turn) * size, Math.sin(turn) * size];
    arrows.moveTo(mx + ux, my + uy);
    arrows.lineTo(mx - ux - uy * 0.8, my - uy + ux * 0.8);
    arrows.lineTo(mx - ux + uy * 0.8, my - uy - ux * 0.8);
    arrows.closePath();
  }

  // From a model to the bubble that stands for the rest of its children.
  stems(pen, among = null) {
    pen.lineWidth = 1;
    for (const relation of RELATIONS) {
      const shape = new Path2D();
      for (const item of this.scene.items) {
        if (item.role !== "rest" || item.relation !== relation || !item.seen) continue;
        if (among && !among.has(item)) continue;
        const half = (item.px - item.via.px) / 2;
        shape.moveTo(item.via.px, item.via.py);
        if (this.curved && !this.moving) {
          shape.bezierCurveTo(item.via.px + half, item.via.py, item.px - half, item.py, item.px, item.py);
        } else shape.lineTo(item.px, item.py);
      }
      pen.strokeStyle = this.colour[relation];
      pen.stroke(shape);
    }
  }

  shapes(pen, items) {
    const { colour } = this;
    const models = items.filter((i) => i.role !== "rest");
    const fills = new Map();
    for (const item of models) {
      const key = item.role === "start" || !item.relation ? "text" : item.relation;
      if (!fills.has(key)) fills.set(key, { full: new Path2D(), hollow: new Path2D() });
      const path = item.known ? fills.get(key).full : fills.get(key).hollow;
      if (this.moving && item.pr < 5) path.rect(item.px - item.pr, item.py - item.pr, item.pr * 2, item.pr * 2);
      else outline(path, item, item.pr);
    }
    pen.lineWidth = 1.5;
    for (const [key, { full, hollow }] of fills) {
      pen.fillStyle = colour[key];
      pen.fill(full);
      if (!this.moving) {
        pen.strokeStyle = colour.surface;
        pen.stroke(full);
      }
      pen.fillStyle = colour.surface;
      pen.fill(hollow);
      pen.strokeStyle = colour[key];
      pen.setLineDash(this.moving ? [] : [3, 2]);
      pen.stroke(hollow);
      pen.setLineDash([]);
    }
    for (const item of models) {
      if (item.role === "start") this.ring(pen, item, colour.accent, Math.min(2, item.pr / 4), Math.min(3, item.pr / 3));
      if (item.gone) this.cross(pen, item);
      if (item.pr >= 12 && item.known && !this.moving) this.letter(pen, item);
    }
    for (const relation of RELATIONS) {
      const bubbles = new Path2D();
      for (const item of items) {
        if (item.role !== "rest" || item.relation !== relation) continue;
        bubbles.moveTo(item.px + item.pr, item.py);
        bubbles.arc(item.px, item.py, item.pr, 0, Math.PI * 2);
      }
      pen.fillStyle = colour.surface;
      pen.fill(bubbles);
      pen.globalAlpha = 0.2;
      pen.fillStyle = colour[relation];
      pen.fill(bubbles);
      pen.globalAlpha = 1;
      pen.strokeStyle = colour[relation];
      pen.lineWidth = 1.25;
      pen.stroke(bubbles);
    }
  }

  ring(pen, item, colour, width, gap) {
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.beginPath();
    pen.arc(item.px, item.py, item.pr * (item.role === "rest" || !CORNERS[item.relation]?.length ? 1 : 1.12) + gap, 0, Math.PI * 2);
    pen.stroke();
  }

  cross(pen, { px, py, pr }) {
    pen.strokeStyle = this.colour.text;
    pen.lineWidth = 1.5;
    pen.beginPath();
    pen.moveTo(px - pr, py - pr);
    pen.lineTo(px + pr, py + pr);
    pen.moveTo(px + pr, py - pr);
    pen.lineTo(px - pr, py + pr);
    pen.stroke();
  }

  letter(pen, item) {
    pen.fillStyle = this.colour.surface;
    pen.font = `600 ${Math.min(28, Math.round(item.pr * 0.95))}px ${FONT}`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText([...item.id][0].toUpperCase(), item.px, item.py + 1);
  }

  // The weightiest first; a name that would cover another, or a large shape, is left out.
  labels(pen) {
    const { width, height } = this.camera;
    const taken = new Boxes();
    const small = new Boxes();
    for (const item of this.scene.items) {
      if (!item.seen) continue;
      (item.pr >= 8 ? taken : small).add(item.px - item.pr, item.py - item.pr, item.px + item.pr, item.py + item.pr);
    }
    const most = this.moving ? 60 : 400;
    let written = 0;
    for (const item of this.byWeight) {
      if (written >= most) break;
      if (!item.seen || item.px < 0 || item.px > width || item.py < 0 || item.py > height) continue;
      if (this.label(pen, item, taken, small)) written++;
    }
  }

  label(pen, item, taken, small) {
    if (item.role === "rest" && item.pr >= 10) return this.count(pen, item);
    const start = item.role === "start";
    const only = start && this.scene.starts.length === 1;
    const hub = start || item.inner.length > 2;
    const size = only ? 14 : 12;
    const text = only ? item.id : clip(item.name);
    pen.font = `${start ? "700" : hub || item.role === "rest" ? "600" : "400"} ${size}px ${FONT}`;
    const long = this.measure(pen, text);
    for (const side of sides(item, hub)) {
      const gap = item.pr + (start ? 6 : 4);
      const [x, y] =
        side === "right" ? [item.px + gap, item.py]
        : side === "left" ? [item.px - gap - long, item.py]
        : [item.px - long / 2, item.py + (side === "below" ? gap + size / 2 : -gap - size / 2)];
      if (!only && (x < 2 || x + long > this.camera.width - 2)) continue;
      const box = [x - 1, y - size / 2 - 1, x + long + 1, y + size / 2 + 1];
      if (!only && (taken.hits(...box) || (!hub && small?.hits(...box)))) continue;
      taken.add(...box);
      pen.textAlign = "left";
      pen.textBaseline = "middle";
      pen.lineJoin = "round";
      pen.lineWidth = 4;
      pen.strokeStyle = this.colour.surface;
      if (!this.moving) pen.strokeText(text, x, y);
      pen.fillStyle = item.role === "rest" ? this.colour[item.relation] : this.colour.text;
      pen.fillText(text, x, y);
      return true;
    }
    return false;
  }

  // The count inside its bubble, as large as fits.
  count(pen, item) {
    pen.font = `650 12px ${FONT}`;
    const size = Math.min(item.pr * 0.8, (12 * (item.pr * 2 - 4)) / this.measure(pen, item.name), 18);
    pen.font = `650 ${size}px ${FONT}`;
    pen.fillStyle = this.colour.text;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(item.name, item.px, item.py + 0.5);
    return true;
  }

  measure(pen, text) {
    const key = pen.font.slice(0, 6) + text;
    if (!this.widths.has(key)) this.widths.set(key, pen.measureText(text).width);
    return this.widths.get(key);
  }

  // The line of descent through what is pointed at, and rings round it, the cursor, the selection.
  highlights(pen) {
    const { hover, cursor, selected } = this.marked;
    const focus = hover ?? selected;
    this.canvases[0].classList.toggle("faded", Boolean(focus));
    if (focus) {
      const near = new Set(focus.links);
      const line = new Set();
      for (let item = focus; item.via; item = item.via) {
        for (const l of item.links) if (l.child === item.via || l.base === item.via) line.add(l);
      }
      const ends = new Set([focus]);
      for (let item = focus.via; item; item = item.via) ends.add(item);
      for (const { child, base } of [...near, ...line]) ends.add(child).add(base);
      for (const item of focus.inner) if (item.role === "rest") ends.add(item);
      this.stems(pen, ends);
      for (const relation of RELATIONS) {
        const of = (links) => [...links].filter((l) => l.relation === relation);
        this.lines(pen, relation, of(near), 1.4);
        this.lines(pen, relation, of(line), 2.4);
      }
      const shown = [...ends].filter((i) => i.seen);
      this.shapes(pen, shown);
      const taken = new Boxes();
      const small = new Boxes();
      for (const i of shown) (i.pr >= 8 ? taken : small).add(i.px - i.pr, i.py - i.pr, i.px + i.pr, i.py + i.pr);
      if (focus.role === "rest" && focus.pr >= 10) this.count(pen, focus);
      this.tag(pen, focus, taken);
      for (const item of this.byWeight) if (item !== focus && ends.has(item) && item.seen) this.label(pen, item, taken, small);
    }
    if (selected) this.ring(pen, selected, this.colour.accent, 3, 3);
    if (cursor && this.cursorShown) {
      this.ring(pen, cursor, this.colour.surface, 5, 5);
      this.ring(pen, cursor, this.colour.accent, 2, 5);
      if (cursor !== focus) this.tag(pen, cursor, new Boxes());
    }
  }

  // The full name on a plate.
  tag(pen, item, taken) {
    const text = item.role === "rest" ? `${item.name} ${WORDS[item.relation][item.count === 1 ? 0 : 1]}` : item.id;
    pen.font = `600 13px ${FONT}`;
    const long = pen.measureText(text).width;
    const { width } = this.camera;
    const x = Math.max(4, Math.min(width - long - 18, item.px - long / 2 - 7));
    const above = item.role !== "start" && item.py - item.pr - 36 > 0;
    const y = above ? item.py - item.pr - 36 : item.py + item.pr + 10;
    pen.fillStyle = this.colour.text;
    pen.beginPath();
    pen.roundRect(x, y, long + 14, 25, 6);
    pen.fill();
    pen.fillStyle = this.colour.surface;
    pen.textAlign = "left";
    pen.textBaseline = "middle";
    pen.fillText(text, x + 7, y + 13);
    taken.add(x, y, x + long + 14, y + 25);
  }

  // What lies under a point of the canvas: the nearest item within reach of a finger.
  pick([x, y]) {
    let best = null;
    let least = Infinity;
    for (const item of this.scene.items) {
      const distance = Math.hypot(item.px - x, item.py - y) - item.pr;
      if (distance < 8 && distance < least) [best, least] = [item, distance];
    }
    return best;
  }
}
