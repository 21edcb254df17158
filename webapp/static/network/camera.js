// Where the drawing is looked at from: pan, zoom, fit, by pointer, wheel, pinch and buttons.

const LEAST = 0.02;
const MOST = 8;
const EASE_MS = 160;

export class Camera {
  constructor(canvas, changed, { least = LEAST, most = MOST } = {}) {
    Object.assign(this, { canvas, least, most });
    this.changed = changed;
    this.x = this.y = 0;
    this.k = 1;
    this.width = this.height = 1;
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
  }

  toScreen(item) {
    return [(item.x - this.x) * this.k + this.width / 2, (item.y - this.y) * this.k + this.height / 2];
  }

  // Sizes change more slowly than distances, so that models come apart when looked at closely.
  size(radius) {
    return Math.max(2.2, radius * this.k ** 0.75);
  }

  set(x, y, k) {
    this.x = x;
    this.y = y;
    this.k = Math.min(this.most, Math.max(this.least, k));
    this.changed();
  }

  glide(x, y, k) {
    cancelAnimationFrame(this.frame);
    if (this.calm.matches) return this.set(x, y, k);
    const from = [this.x, this.y, this.k];
    const began = performance.now();
    const step = (now) => {
      const t = Math.min(1, Math.max(0, (now - began) / EASE_MS));
      const e = 1 - (1 - t) ** 3;
      this.set(from[0] + (x - from[0]) * e, from[1] + (y - from[1]) * e, from[2] * (k / from[2]) ** e);
      if (t < 1) this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }

  zoom(factor) {
    this.glide(this.x, this.y, Math.min(this.most, Math.max(this.least, this.k * factor)));
  }

  zoomAt(factor, px, py) {
    const k = Math.min(this.most, Math.max(this.least, this.k * factor));
    const dx = px - this.width / 2;
    const dy = py - this.height / 2;
    this.set(this.x + dx / this.k - dx / k, this.y + dy / this.k - dy / k, k);
  }

  // The whole picture, with room for labels; a handful of models is not blown up.
  frameOf(items) {
    let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
    for (const { x, y, r } of items) {
      left = Math.min(left, x - r);
      right = Math.max(right, x + r);
      top = Math.min(top, y - r);
      bottom = Math.max(bottom, y + r);
    }
    const side = Math.min(120, this.width * 0.12);
    const k = Math.min(
      (this.width - 2 * side) / Math.max(right - left, 1),
      (this.height - 72) / Math.max(bottom - top, 1),
      2.2,
    );
    return [(left + right) / 2, (top + bottom) / 2, k];
  }

  // Move just enough that the item is well inside.
  reveal(item) {
    const margin = Math.min(80, this.width / 4, this.height / 4);
    const [px, py] = this.toScreen(item);
    const dx = px - Math.min(this.width - margin, Math.max(margin, px));
    const dy = py - Math.min(this.height - margin, Math.max(margin, py));
    if (dx || dy) this.glide(this.x + dx / this.k, this.y + dy / this.k, this.k);
  }

  // Taps, drags of what lies under the pointer, shapes drawn around things, pans, pinches and the wheel.
  listen({ pick, tap, hover, drag, dropped, circles = () => false, circled }) {
    const { canvas } = this;
    const fingers = new Map();
    let travelled = 0;
    let held = null;
    let shape = null;
    const at = (event) => {
      const box = canvas.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    canvas.addEventListener("pointerdown", (event) => {
      cancelAnimationFrame(this.frame);
      canvas.setPointerCapture(event.pointerId);
      if (!fingers.size) travelled = 0;
      fingers.set(event.pointerId, at(event));
      if (shape) circled(null);
      shape = fingers.size === 1 && circles(event) ? [at(event)] : null;
      held = fingers.size === 1 && !shape ? pick(at(event), event.pointerType === "touch" ? 8 : 2) : null;
    });
    canvas.addEventListener("pointermove", (event) => {
      const now = at(event);
      const before = fingers.get(event.pointerId);
      if (!before) return hover(now);
      fingers.set(event.pointerId, now);
      travelled += Math.hypot(now[0] - before[0], now[1] - before[1]);
      if (travelled < 4) return;
      const [dx, dy] = [(now[0] - before[0]) / this.k, (now[1] - before[1]) / this.k];
      if (held) return drag(held, dx, dy);
      if (shape) {
        shape.push(now);
        return circled(shape, false);
      }
      if (fingers.size === 1) this.set(this.x - dx, this.y - dy, this.k);
      else {
        const other = [...fingers].find(([id]) => id !== event.pointerId)[1];
        const reach = (p) => Math.hypot(p[0] - other[0], p[1] - other[1]);
        this.zoomAt(reach(now) / Math.max(1, reach(before)), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
      }
    });
    canvas.addEventListener("pointerup", (event) => {
      const tapped = fingers.size === 1 && travelled < 4;
      fingers.delete(event.pointerId);
      if (tapped) tap(at(event), event);
      else if (held) dropped(held);
      else if (shape) circled(shape, true);
      held = shape = null;
    });
    canvas.addEventListener("pointercancel", (event) => {
      fingers.delete(event.pointerId);
      if (shape) circled(null);
      held = shape = null;
    });
    canvas.addEventListener("pointerleave", () => hover(null));
    canvas.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        cancelAnimationFrame(this.frame);
        const lines = event.deltaMode === 1 ? 16 : 1;
        this.zoomAt(Math.exp(-event.deltaY * lines * 0.0016), ...at(event));
      },
      { passive: false },
    );
  }
}
