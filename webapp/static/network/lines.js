// Links: those of one relation go into one path, so that thousands stay smooth without a GPU.

import { DASH, DOUBLE, RELATIONS } from "./relations.js";

const MOST = 500;
const CROWDED = 1500; // so many lines of one kind are drawn without dashes and arrows

// How links are grouped: each group is one stroke in its style.
export function grouped(links) {
  const groups = new Map([...RELATIONS, "cut", "other"].flatMap((name) => [[name, []], [`${name}~through`, []]]));
  for (const link of links) {
    const style = link.cut ? "cut" : link.relation + (link.through || link.bridge ? "~through" : "");
    (groups.get(style) ?? groups.get("other")).push(link);
  }
  return groups;
}

export function strokeLinks(pen, look, style, links, width) {
  const seen = links.filter((l) => l.child.seen || l.base.seen);
  const crowded = seen.length > CROWDED;
  // One path of thousands of lines that meet takes ten times as long as a few of hundreds.
  const alpha = pen.globalAlpha;
  if (crowded) pen.globalAlpha = Math.min(alpha, 0.15);
  for (let at = 0; at < seen.length; at += MOST) strokeSome(pen, look, style, seen.slice(at, at + MOST), crowded ? 1 : width, crowded);
  pen.globalAlpha = alpha;
}

function strokeSome(pen, look, style, links, width, crowded) {
  const [relation, through] = style.split("~");
  const plain = look.moving || crowded;
  const double = DOUBLE[relation] && !plain && !through;
  pen.strokeStyle = pen.fillStyle = look.tokens[relation] ?? look.tokens.muted;
  pen.lineCap = "butt";
  const shape = look.path();
  const arrows = look.path();
  for (const link of links) line(shape, arrows, link, look, plain);
  pen.lineWidth = double ? width * 2.6 : width;
  pen.setLineDash(plain ? [] : through ? [1, 4] : relation === "cut" ? [3, 5] : (DASH[relation] ?? []));
  pen.stroke(shape);
  if (double) {
    const alpha = pen.globalAlpha;
    pen.globalAlpha = 1;
    pen.strokeStyle = look.tokens.surface;
    pen.lineWidth = width;
    pen.stroke(shape);
    pen.globalAlpha = alpha;
  }
  pen.setLineDash([]);
  if (!plain) pen.fill(arrows);
}

function line(shape, arrows, { child, base, tree }, look, plain) {
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
  if (look.curved && !plain) {
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
  const size = Math.min(5, 2.5 + length / 60, look.curved ? 10 * look.zoom : 5);
  const [ux, uy] = [Math.cos(turn) * size, Math.sin(turn) * size];
  arrows.moveTo(mx + ux, my + uy);
  arrows.lineTo(mx - ux - uy * 0.8, my - uy + ux * 0.8);
  arrows.lineTo(mx - ux + uy * 0.8, my - uy - ux * 0.8);
}

// From a model to the bubble that stands for the rest of its children.
export function strokeStems(pen, look, bubbles) {
  pen.lineWidth = 1;
  for (const relation of RELATIONS) {
    const shape = look.path();
    for (const item of bubbles) {
      if (item.relation !== relation) continue;
      const half = (item.px - item.via.px) / 2;
      shape.moveTo(item.via.px, item.via.py);
      if (look.curved && !look.moving) {
        shape.bezierCurveTo(item.via.px + half, item.via.py, item.px - half, item.py, item.px, item.py);
      } else shape.lineTo(item.px, item.py);
    }
    pen.strokeStyle = look.tokens[relation];
    pen.stroke(shape);
  }
}
