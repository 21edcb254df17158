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

  addShape({ px, py, pr }) {
    this.add(px - pr, py - pr, px + pr, py + pr);
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
