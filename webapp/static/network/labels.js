// Which names are written first, on which side of their shape, and what they may not cover.

// Boxes that are taken, in a coarse grid.
export class Boxes {
  cells = new Map();

  *around(left, top, right, bottom) {
    for (let x = Math.floor(left / 64); x <= Math.floor(right / 64); x++) {
      for (let y = Math.floor(top / 64); y <= Math.floor(bottom / 64); y++) yield x * 4096 + y;
    }
  }

  add(...box) {
    for (const cell of this.around(...box)) {
      if (!this.cells.has(cell)) this.cells.set(cell, []);
      this.cells.get(cell).push(box);
    }
  }

  hits(left, top, right, bottom) {
    for (const cell of this.around(left, top, right, bottom)) {
      for (const [l, t, r, b] of this.cells.get(cell) ?? []) {
        if (l < right && r > left && t < bottom && b > top) return true;
      }
    }
    return false;
  }
}

export function weight(item) {
  if (item.role === "start") return 1e9;
  if (item.role === "base") return 1e6 + item.r;
  if (item.role === "rest") return 1e5 + item.count;
  return item.r * 4 + item.inner.length - item.at * 1e-4;
}

export function sides(item, hub) {
  if (item.role === "start") return ["below", "above", "right", "left"];
  if (!item.via) return ["right"];
  const dx = item.x - item.via.x;
  const steep = Math.abs(item.y - item.via.y) > 3 * Math.abs(dx);
  const first = dx >= 0 ? "right" : "left";
  const outer = item.y < item.via.y ? "above" : "below";
  if (hub) return [first, "above", "below", first === "right" ? "left" : "right"];
  return steep ? [outer, first] : [first];
}

export function clip(text) {
  return text.length > 30 ? `${text.slice(0, 28)}…` : text;
}
