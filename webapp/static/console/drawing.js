// The graph that a query returned, drawn as networks are; all text from it stays text.

import { Camera } from "../network/camera.js";
import { Painter } from "../network/painter.js";
import { make } from "../network/panel.js";
import { build, neighbour } from "../network/scene.js";

const HELP = "Arrows walk from node to node, Home goes to the first, Enter selects, plus and minus zoom, 0 shows all.";
const ZOOMS = { in: ["+", "Zoom in"], out: ["−", "Zoom out"], fit: ["0", "Show all"] };

export function drawing(data, urls) {
  const { nodes, edges, left_out: left } = data;
  const many = (n, one) => `${n.toLocaleString("en")} ${one}${n === 1 ? "" : "s"}`;
  const counts = `${many(nodes.id.length, "node")}, ${many(edges.s.length, "relationship")}`;
  const missing = [left.nodes ? many(left.nodes, "node") : "", left.links ? many(left.links, "relationship") : ""].filter(Boolean).join(" and ");
  const words = missing ? `${counts}; ${missing} more of the result are not drawn: narrow it to see them.` : `${counts}.`;
  const base = make("canvas", { ariaHidden: "true" });
  const overlay = make("canvas", { tabIndex: 0, role: "application", ariaRoleDescription: "network", ariaLabel: `Drawing of ${counts}. ${HELP}` });
  const live = make("p", { className: "live hidden", role: "status" });
  const zoom = make("div", { className: "zoom", role: "group", ariaLabel: "View of the drawing" });
  const stage = make("div", { className: "stage" }, base, overlay, live, zoom);
  const side = make("aside", { className: "side", ariaLabel: "Selection" });
  const scene = build(data);
  const camera = new Camera(overlay, () => painter.moved());
  const painter = new Painter(base, overlay, camera, scene, { layout: "radial", way: "relation", avatars: urls.avatars });
  let cursor = scene.starts[0];
  let untouched = true;
  let drawn = false;

  const fit = () => camera.glide(...camera.frameOf(painter.shown));
  const links = (item) => item.links.map((l) => [l.child === item, l.relation, (l.child === item ? l.base : l.child)]);
  const said = (item) => `${item.id}, ${nodes.label[item.at]}, ${many(item.links.length, "relationship")}`;

  function walk(item) {
    if (!item) return;
    cursor = item;
    painter.mark({ cursor });
    camera.reveal(item);
    live.textContent = said(item);
  }

  function choose(item) {
    if (item) cursor = item;
    painter.mark({ selected: item, cursor });
    show(item);
  }

  function show(item) {
    if (!item) return side.replaceChildren(make("p", { className: "muted" }, words), make("p", { className: "small muted" }, `Select a node for its facts. ${HELP}`));
    const place = { model: urls.model, author: urls.author }[item.kind];
    const name = place ? make("a", { className: "id", href: place + item.id.split("/").map(encodeURIComponent).join("/") }, item.id) : make("span", { className: "id" }, item.id);
    const facts = make("dl", { className: "facts" });
    for (const [key, value] of Object.entries(nodes.facts[item.at])) facts.append(make("div", {}, make("dt", {}, key), make("dd", {}, typeof value === "number" ? value.toLocaleString("en") : String(value))));
    const list = make("ul", { className: "plain next" });
    for (const [from, type, other] of links(item).slice(0, 30)) {
      const button = make("button", { type: "button", className: "link" }, other.id);
      button.addEventListener("click", () => choose(other));
      list.append(make("li", {}, make("span", { className: "muted" }, `${from ? "→" : "←"} ${type}`), button));
    }
    const rest = item.links.length - 30;
    side.replaceChildren(make("h2", {}, name), make("p", { className: "kind" }, nodes.label[item.at]), facts, list, rest > 0 ? make("p", { className: "small muted" }, `and ${rest.toLocaleString("en")} more`) : "");
  }

  const acts = { in: () => camera.zoom(1.5), out: () => camera.zoom(1 / 1.5), fit };
  for (const [act, [sign, label]] of Object.entries(ZOOMS)) {
    const button = make("button", { type: "button", ariaLabel: label, title: label }, sign);
    button.addEventListener("click", acts[act]);
    zoom.append(button);
  }
  const keys = {
    ArrowLeft: () => walk(neighbour(scene, cursor, "left")),
    ArrowRight: () => walk(neighbour(scene, cursor, "right")),
    ArrowUp: () => walk(neighbour(scene, cursor, "up")),
    ArrowDown: () => walk(neighbour(scene, cursor, "down")),
    Home: () => walk(scene.starts[0]),
    Enter: () => choose(cursor),
    Escape: () => choose(null),
    "+": acts.in, "=": acts.in, "-": acts.out, 0: fit,
  };
  overlay.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    painter.cursorShown = true;
    keys[event.key]();
    painter.ask();
  });
  overlay.addEventListener("focus", () => {
    painter.cursorShown = overlay.matches(":focus-visible");
    walk(cursor);
  });
  overlay.addEventListener("blur", () => {
    painter.cursorShown = false;
    painter.ask();
  });
  camera.listen({
    pick: (point, reach) => painter.pick(point, reach),
    tap: (point) => choose(painter.pick(point)),
    hover: (point) => {
      const hover = point && painter.pick(point);
      painter.mark({ hover });
      overlay.classList.toggle("over", Boolean(hover));
    },
    drag: (item, dx, dy) => {
      item.x += dx;
      item.y += dy;
      painter.moved(true, true);
    },
    dropped: () => painter.moved(false),
  });
  for (const event of ["wheel", "pointerdown", "keydown"]) overlay.addEventListener(event, () => (untouched = false), { capture: true, passive: true });
  new ResizeObserver(([{ contentRect: { width, height } }]) => {
    if (!width || !height) return;
    painter.resize(width, height);
    if (untouched) camera.set(...camera.frameOf(painter.shown));
    painter.moved(false);
    if (drawn) return;
    drawn = true;
    stage.dataset.drawn = scene.models;
  }).observe(stage);
  const repaint = () => {
    painter.readTheme();
    painter.changed();
  };
  new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  show(null);
  return [make("div", { className: "canvas-row" }, stage, side)];
}
