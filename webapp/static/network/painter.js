// Draws a scene on two canvases: the network below, what is pointed at above it.

import { Boxes } from "./boxes.js";
import { colouring } from "./colours.js";
import { Labels, weight } from "./labels.js";
import { strokeShape } from "./lasso.js";
import { grouped, strokeLinks, strokeStems } from "./lines.js";
import { RELATIONS } from "./relations.js";
import { counted } from "./scene.js";
import { fillShapes, FONT, ring, Tiles } from "./shapes.js";

const SHARPEN_MS = 120;
const AGAIN_MS = 300;
const SPARED = 8;
const MANY = 2000;
const TOKENS = ["surface", "text", "muted", "accent", "line", "control", ...RELATIONS];

export class Painter {
  constructor(base, overlay, camera, scene, { layout, way, avatars }) {
    this.canvases = [base, overlay];
    this.below = base.getContext("2d");
    this.above = overlay.getContext("2d");
    this.camera = camera;
    this.scene = scene;
    this.marked = { hover: null, cursor: null, selected: null };
    this.found = null;
    this.several = []; // selected at once
    this.shape = null; // being drawn around things, as points on the screen
    this.labels = new Labels();
    this.ratio = Math.min(2, devicePixelRatio || 1);
    this.tiles = new Tiles(avatars, () => this.moved(false));
    this.curved = layout === "layered";
    this.way = way;
    this.readTheme();
    this.changed();
  }

  // After items or links came, went or were hidden.
  changed() {
    const { scene } = this;
    this.colouring = colouring(scene, this.way);
    this.shown = scene.items.filter((i) => !i.hidden);
    this.byWeight = [...this.shown].sort((a, b) => weight(b) - weight(a));
    this.bubbles = this.shown.filter((i) => i.role === "rest" && !i.via.hidden);
    this.groups = grouped([...scene.links.filter((l) => !l.child.hidden && !l.base.hidden), ...bridges(scene)]);
    this.moved(false);
  }

  readTheme() {
    const style = getComputedStyle(document.documentElement);
    this.tokens = Object.fromEntries(TOKENS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
    this.dark = style.colorScheme === "dark";
  }

  // How things look just now, for whoever draws a part of it.
  look(changes = {}) {
    const { tokens, dark, colouring: by, curved, tiles, camera } = this;
    const { width, height, k } = camera;
    return { tokens, dark, colouring: by, colour: by.colour, curved, tiles, width, height, zoom: k, moving: this.moving, path: () => new Path2D(), ...changes };
  }

  resize(width, height) {
    this.camera.width = width;
    this.camera.height = height;
    this.moved(false);
  }

  // Ask for a new picture; while the camera moves a plain one, a sharp one when it rests.
  moved(moving = true, changing = false) {
    this.moving = moving;
    this.changing = changing;
    clearTimeout(this.rest);
    if (moving) this.rest = setTimeout(() => this.moved(false), SHARPEN_MS);
    this.stale = true;
    this.ask();
  }

  mark(changes) {
    Object.assign(this.marked, changes);
    this.ask();
  }

  // Items that a search found; null: nobody searches.
  find(found) {
    this.found = found;
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
    if (this.stale && this.shifted()) return;
    if (this.stale) {
      for (const canvas of this.canvases) {
        if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
          canvas.width = Math.round(width * ratio);
          canvas.height = Math.round(height * ratio);
        }
      }
      this.clear(this.below, ratio);
      this.network(this.below, this.look());
      this.canvases[0].style.transform = "";
      const last = { x: this.camera.x, y: this.camera.y, k: this.camera.k, at: performance.now(), until: Infinity };
      this.last = last;
      requestAnimationFrame((now) => (last.until = now + Math.max(AGAIN_MS, SPARED * (now - last.at))));
      this.stale = false;
    }
    const marked = Boolean(this.found ?? this.shape) || this.several.length > 0 || Object.values(this.marked).some(Boolean);
    if (marked || this.covered) {
      this.clear(this.above, ratio);
      this.highlights(this.above, this.look());
      this.covered = marked;
    }
  }

  // A large network that only moved is shown as it was painted last, elsewhere and larger or smaller,
  // and painted anew now and then: the longer that takes, the less often.
  shifted() {
    const { last, camera, moving, shown, scene } = this;
    if (!moving || this.changing || !last || shown.length + scene.links.length < MANY || performance.now() > last.until) return false;
    const [x, y] = [(last.x - camera.x) * camera.k, (last.y - camera.y) * camera.k];
    this.canvases[0].style.transform = `translate(${x}px, ${y}px) scale(${camera.k / last.k})`;
    if (this.covered) this.clear(this.above, this.canvases[1].width / camera.width);
    return true;
  }

  clear(pen, ratio) {
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, this.camera.width, this.camera.height);
  }

  // The whole picture, with any pen that draws as a canvas does.
  network(pen, look, camera = this.camera) {
    for (const item of this.shown) {
      [item.px, item.py] = camera.toScreen(item);
      item.pr = camera.size(item.r);
      item.seen = item.px > -60 && item.px < look.width + 60 && item.py > -60 && item.py < look.height + 60;
    }
    pen.globalAlpha = this.scene.links.length > 2000 ? 0.4 : 0.6;
    for (const [style, links] of this.groups) strokeLinks(pen, look, style, links, look.moving ? 1 : 1.25);
    strokeStems(pen, look, this.bubbles.filter((i) => i.seen || i.via.seen));
    pen.globalAlpha = 1;
    fillShapes(pen, look, this.shown.filter((i) => i.seen));
    if (!look.moving) this.labels.place(pen, look, this.byWeight, { room: look.width * look.height });
    this.labels.write(pen, look);
  }

  // The line of descent through what is pointed at, what was found, and rings.
  highlights(pen, look) {
    const { hover, cursor, selected } = this.marked;
    const focus = hover ?? selected;
    this.canvases[0].classList.toggle("faded", Boolean(focus || this.found || this.several.length));
    this.showSome(pen, look, this.found ?? this.several);
    if (this.shape) strokeShape(pen, look, this.shape);
    if (focus && !focus.hidden) this.descent(pen, look, focus);
    if (selected && !selected.hidden) ring(pen, selected, look.tokens.accent, 3, 3);
    if (cursor && this.cursorShown) {
      ring(pen, cursor, look.tokens.surface, 5, 5);
      ring(pen, cursor, look.tokens.accent, 2, 5);
      if (cursor !== focus) this.tag(pen, look, cursor, new Boxes());
    }
  }

  showSome(pen, look, items) {
    const shown = items.filter((i) => i.seen && !i.hidden);
    fillShapes(pen, look, shown);
    for (const item of shown.slice(0, 500)) ring(pen, item, look.tokens.accent, 1.5, 3);
    const names = new Labels();
    names.place(pen, look, shown, { room: look.width * look.height });
    names.write(pen, look);
  }

  descent(pen, look, focus) {
    const near = new Set(focus.links);
    const line = new Set();
    const ends = new Set([focus]);
    for (let item = focus; item.via; item = item.via) {
      ends.add(item.via);
      for (const l of item.links) if (l.child === item.via || l.base === item.via) line.add(l);
    }
    for (const { child, base } of [...near, ...line]) ends.add(child).add(base);
    for (const item of focus.inner) if (item.role === "rest") ends.add(item);
    const drawn = [...ends].filter((i) => !i.hidden);
    strokeStems(pen, look, drawn.filter((i) => i.role === "rest"));
    for (const [links, width] of [[near, 1.4], [line, 2.4]]) {
      for (const [style, some] of grouped([...links].filter((l) => !l.child.hidden && !l.base.hidden))) strokeLinks(pen, look, style, some, width);
    }
    const shown = drawn.filter((i) => i.seen);
    fillShapes(pen, look, shown);
    const taken = new Boxes();
    for (const item of shown) taken.addShape(item);
    this.tag(pen, look, focus, taken);
    const names = new Labels();
    names.place(pen, look, this.byWeight.filter((i) => i !== focus && ends.has(i)), { taken });
    const count = focus.role === "rest" && names.count(pen, focus);
    if (count) names.placed.push(count);
    names.write(pen, look);
  }

  // The full name on a plate.
  tag(pen, look, item, taken) {
    const text = item.role === "rest" ? `${item.name} ${counted(item)}` : item.kind === "author" ? `${item.id}, ${item.models.toLocaleString("en")} ${item.models === 1 ? "model" : "models"}` : item.id;
    pen.font = `600 13px ${FONT}`;
    const long = pen.measureText(text).width;
    const x = Math.max(4, Math.min(look.width - long - 18, item.px - long / 2 - 7));
    const above = item.role !== "start" && item.py - item.pr - 36 > 0;
    const y = above ? item.py - item.pr - 36 : item.py + item.pr + 10;
    pen.fillStyle = look.tokens.text;
    pen.beginPath();
    pen.roundRect(x, y, long + 14, 25, 6);
    pen.fill();
    pen.fillStyle = look.tokens.surface;
    pen.textAlign = "left";
    pen.textBaseline = "middle";
    pen.fillText(text, x + 7, y + 13);
    taken.add(x, y, x + long + 14, y + 25);
  }

  // What lies under a point of the canvas: the nearest item within reach of a finger.
  pick([x, y], reach = 8) {
    let best = null;
    let least = Infinity;
    for (const item of this.shown) {
      const distance = Math.hypot(item.px - x, item.py - y) - item.pr;
      if (distance < reach && distance < least) [best, least] = [item, distance];
    }
    return best;
  }
}

// Where what an item hangs on is hidden, a dotted line to the nearest that is not.
function* bridges(scene) {
  for (const item of scene.items) {
    if (item.hidden || !item.via?.hidden || item.role === "rest") continue;
    let over = item.via;
    while (over?.hidden) over = over.via;
    if (!over) continue;
    const relation = item.links.find((l) => l.child === item)?.relation ?? item.tint ?? RELATIONS[0];
    yield item.role === "base" ? { child: over, base: item, relation, bridge: true, tree: true } : { child: item, base: over, relation, bridge: true, tree: true };
  }
}
