// The drawing as a file: the painter draws it again, with a pen for PNG or one for SVG.

import { FONT } from "./shapes.js";
import { SvgPath, SvgPen } from "./svg.js";

export function svg(painter, title) {
  const pen = new SvgPen(painter.camera.width, painter.camera.height, painter.below);
  draw(painter, pen, title, { path: () => new SvgPath(), tiles: { draw: (to, item) => letter(to, item) } });
  return new Blob([pen.text()], { type: "image/svg+xml" });
}

export function png(painter, title) {
  const canvas = document.createElement("canvas");
  canvas.width = painter.camera.width * 2;
  canvas.height = painter.camera.height * 2;
  const pen = canvas.getContext("2d");
  pen.scale(2, 2);
  draw(painter, pen, title, {});
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

function draw(painter, pen, title, changes) {
  const look = painter.look({ moving: false, ...changes });
  pen.fillStyle = look.tokens.surface;
  pen.fillRect(0, 0, look.width, look.height);
  painter.network(pen, look);
  pen.font = `12px ${FONT}`;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  pen.fillStyle = look.tokens.surface;
  pen.fillRect(0, look.height - 28, pen.measureText(title).width + 24, 28);
  pen.fillStyle = look.tokens.muted;
  pen.fillText(title, 12, look.height - 14);
  painter.moved(false);
}

function letter(pen, item) {
  pen.font = `600 ${Math.round(item.pr * 0.9)}px ${FONT}`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillStyle = "#fff";
  pen.fillText([...item.owner].find((c) => /[\p{L}\p{N}]/u.test(c))?.toUpperCase() ?? "?", item.px, item.py + 1);
}

export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
