// The shape of each relation, as part of a path; a circle where there is none.

export const GLYPH = {
  adapter(path, x, y, r) {
    path.rect(x - r * 0.89, y - r * 0.89, r * 1.78, r * 1.78);
  },
  merge(path, x, y, r) {
    polygon(path, [[x, y - r * 1.25], [x + r * 1.25, y], [x, y + r * 1.25], [x - r * 1.25, y]]);
  },
  quantized(path, x, y, r) {
    polygon(path, [[x, y - r * 1.25], [x + r * 1.2, y + r * 0.9], [x - r * 1.2, y + r * 0.9]]);
  },
};

export function outline(path, item, r) {
  const draw = GLYPH[item.relation];
  if (draw) return draw(path, item.px, item.py, r);
  path.moveTo(item.px + r, item.py);
  path.arc(item.px, item.py, r, 0, Math.PI * 2);
}

function polygon(path, points) {
  points.forEach(([x, y], i) => (i ? path.lineTo(x, y) : path.moveTo(x, y)));
  path.closePath();
}
