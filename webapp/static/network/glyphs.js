// The shape of a model, by how it was made, as part of a path.

import { CORNERS } from "./relations.js";

export function outline(path, { px, py, relation }, r) {
  const corners = CORNERS[relation] ?? [];
  corners.forEach(([x, y], i) => (i ? path.lineTo(px + r * x, py + r * y) : path.moveTo(px + r * x, py + r * y)));
  if (corners.length) return path.closePath();
  path.moveTo(px + r, py);
  path.arc(px, py, r, 0, Math.PI * 2);
}
