// The dots of the map: read from the file, coloured, painted into pixels and found again.
// Coordinates are whole steps from one edge of the map to the other.

const BLOCK = 2048;
export const HIDDEN = 0;
export const FADED = 1;
export const FIRST = 2; // tint of code 0
const SMALL_PX = 0.5; // a dot of a smaller radius is one pixel
const ENOUGH = 3; // dots painted for each pixel that they cover
const DOT = 0.42; // radius of a dot, where the next one is 1 away

export class Dots {
  constructor(bytes, { models, radius, steps, radii, relation_bits: bits, columns }) {
    this.count = models;
    this.unit = steps / 2 / radius; // steps of a unit
    this.bits = bits;
    this.x = summed(bytes, 0, models);
    this.y = summed(bytes, 2 * models, models);
    columns.forEach(({ name }, at) => (this[name] = bytes.subarray((4 + at) * models, (5 + at) * models)));
    this.radii = radii.map((r) => Math.max(r, DOT) * this.unit);
    this.reach = this.radii.at(-1);
    this.tint = new Uint8Array(models);
    this.measure();
  }

  // The box of each block of dots that follow each other, its largest radius, its hubs.
  measure() {
    const { x, y, made, count, bits } = this;
    this.blocks = [];
    const hubs = [];
    for (let from = 0; from < count; from += BLOCK) {
      const to = Math.min(count, from + BLOCK);
      let [left, right, top, bottom, size] = [65535, 0, 65535, 0, 0];
      const first = hubs.length;
      for (let i = from; i < to; i++) {
        if (x[i] < left) left = x[i];
        if (x[i] > right) right = x[i];
        if (y[i] < top) top = y[i];
        if (y[i] > bottom) bottom = y[i];
        if (made[i] >> bits === 0) continue;
        hubs.push(i);
        if (made[i] >> bits > size) size = made[i] >> bits;
      }
      const reach = this.radii[size];
      this.blocks.push({ from, to, left: left - reach, right: right + reach, top: top - reach, bottom: bottom + reach, first, last: hubs.length });
    }
    this.hubs = Uint32Array.from(hubs);
  }

  // Tints what a filter lets through by the codes of a column; returns how many that are, by code
  // of their continent. A filter has a list of 0 and 1 by code for each column that it looks at.
  colour(by, filter, rest) {
    const { made, task, month, continent, tint, count, bits } = this;
    const low = (1 << bits) - 1;
    const relations = by === "relation";
    const column = relations ? made : this[by];
    const counts = new Uint32Array(256);
    const [byMade, byTask, byMonth] = [filter.made, filter.task, filter.month];
    for (let i = 0; i < count; i++) {
      const relation = made[i] & low;
      if (byMade[relation] & byTask[task[i]] & byMonth[month[i]]) {
        counts[continent[i]]++;
        // In the colours of relations a model without a base is a root, or loose if nothing hangs on it.
        const code = relations ? relation + (relation === 4 && made[i] >> bits === 0 ? 1 : 0) : column[i];
        tint[i] = code > 253 ? 255 : code + FIRST;
      } else tint[i] = rest;
    }
    return counts;
  }

  // Paints what lies within width × height pixels around a place; `scale` is pixels of a step.
  paint(pixels, { x: atX, y: atY, scale, width, height }, colours) {
    pixels.fill(0);
    const { x, y, made, tint, bits, hubs } = this;
    const [left, top] = [atX - width / 2 / scale, atY - height / 2 / scale];
    const [right, bottom] = [left + width / scale, top + height / scale];
    const radii = this.radii.map((r) => r * scale);
    const tiny = radii[0] < SMALL_PX;
    const stride = Math.max(1, Math.floor(1 / (this.unit * scale) ** 2 / ENOUGH));
    const one = (i) => {
      if (tint[i] !== HIDDEN) disc(pixels, width, height, (x[i] - left) * scale, (y[i] - top) * scale, radii[made[i] >> bits], colours[tint[i]]);
    };
    for (const block of this.blocks) {
      if (block.right < left || block.left > right || block.bottom < top || block.top > bottom) continue;
      if (!tiny) {
        for (let i = block.from; i < block.to; i++) one(i);
        continue;
      }
      const inside = block.left > left && block.right < right && block.top > top && block.bottom < bottom;
      for (let i = block.from; i < block.to; i += stride) {
        const t = tint[i];
        if (t === HIDDEN) continue;
        const px = ((x[i] - left) * scale) | 0;
        const py = ((y[i] - top) * scale) | 0;
        if (inside || (px >= 0 && px < width && py >= 0 && py < height)) pixels[py * width + px] = colours[t];
      }
    }
    if (!tiny) return;
    for (const block of this.blocks) {
      if (block.right < left || block.left > right || block.bottom < top || block.top > bottom) continue;
      for (let at = block.first; at < block.last; at++) {
        if (radii[made[hubs[at]] >> bits] >= SMALL_PX) one(hubs[at]);
      }
    }
  }

  // The dot at a place, or one that is near.
  pick(atX, atY, near) {
    const { x, y, made, bits, tint } = this;
    let [best, least] = [-1, Infinity];
    for (const block of this.blocks) {
      if (atX < block.left - near || atX > block.right + near || atY < block.top - near || atY > block.bottom + near) continue;
      for (let i = block.from; i < block.to; i++) {
        if (tint[i] === HIDDEN) continue;
        const away = Math.hypot(x[i] - atX, y[i] - atY) - this.radii[made[i] >> bits];
        if (away < least) [best, least] = [i, away];
      }
    }
    return least <= near ? best : -1;
  }

  // The dots of a box, unless they are more than that many.
  within(left, top, right, bottom, most) {
    const found = [];
    for (const block of this.blocks) {
      if (block.right < left || block.left > right || block.bottom < top || block.top > bottom) continue;
      for (let i = block.from; i < block.to; i++) {
        if (this.tint[i] <= FADED || this.x[i] < left || this.x[i] > right || this.y[i] < top || this.y[i] > bottom) continue;
        if (found.length === most) return [];
        found.push(i);
      }
    }
    return found;
  }
}

// Differences in zigzag, low bytes before high ones, summed up.
function summed(bytes, from, count) {
  const values = new Uint16Array(count);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const zigzag = bytes[from + i] | (bytes[from + count + i] << 8);
    sum += (zigzag >>> 1) ^ -(zigzag & 1);
    values[i] = sum;
  }
  return values;
}

// A disc with a smooth edge; where two meet, the pixel that is fuller wins.
function disc(pixels, width, height, x, y, r, colour) {
  const rgb = colour & 0xffffff;
  const most = colour >>> 24;
  const [inner, outer] = [r > 0.5 ? (r - 0.5) ** 2 : 0, (r + 0.5) ** 2];
  const top = Math.max(0, Math.floor(y - r - 0.5));
  const bottom = Math.min(height - 1, Math.ceil(y + r + 0.5));
  for (let row = top; row <= bottom; row++) {
    const dy = (row + 0.5 - y) ** 2;
    if (dy >= outer) continue;
    const half = Math.sqrt(outer - dy);
    const left = Math.max(0, Math.floor(x - half));
    const right = Math.min(width - 1, Math.ceil(x + half));
    for (let column = left, at = row * width + left; column <= right; column++, at++) {
      const square = dy + (column + 0.5 - x) ** 2;
      if (square <= inner) pixels[at] = colour;
      else if (square < outer) {
        const alpha = Math.min(most, (r + 0.5 - Math.sqrt(square)) * most) | 0;
        if (alpha > pixels[at] >>> 24) pixels[at] = rgb | (alpha << 24);
      }
    }
  }
}
