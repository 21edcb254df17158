// The network page: joins the scene, the camera, the painter and the panel, and keeps the address.
// The page holds no data: it is read here, and the table is read when it is shown.

import * as address from "./address.js";
import { Camera } from "./camera.js";
import { collapse, expand } from "./expand.js";
import { Find } from "./find.js";
import { within } from "./lasso.js";
import { Legend } from "./legend.js";
import { Painter } from "./painter.js";
import { make, Panel } from "./panel.js";
import { png, save, svg } from "./picture.js";
import { build, describe, neighbour } from "./scene.js";
import { tabs } from "./tabs.js";

const page = document.getElementById("network-page");
const { source } = page.dataset;
const reading = page.querySelector(".reading");
const form = page.querySelector("form.controls");

tabs(page, matchMedia("(max-width: 767px)").matches || !source ? "table" : "drawing");
form?.addEventListener("change", () => form.requestSubmit());
if (source) read();

async function read() {
  try {
    const answer = await (globalThis.networkAnswer ?? fetch(source));
    delete globalThis.networkAnswer;
    const body = await answer.json();
    if (!answer.ok) throw new Error(body.error.message);
    reading.hidden = true;
    draw(body.data);
  } catch (error) {
    delete globalThis.networkAnswer;
    reading.textContent = `The network could not be read. ${error.message}`;
    const again = make("button", { type: "button", className: "button" }, "Try again");
    again.addEventListener("click", read, { once: true });
    reading.append(again);
  }
}

function draw(data) {
  const scene = build(data);
  const [base, overlay] = page.querySelectorAll("canvas");
  const stage = base.parentElement;
  const live = page.querySelector(".live");
  const ways = page.querySelector("select.colour-by");
  const camera = new Camera(overlay, () => {
    painter.moved();
    clearTimeout(camera.noted);
    camera.noted = setTimeout(noteFrame, 300);
  });
  const painter = new Painter(base, overlay, camera, scene, { layout: data.query.layout, way: address.read().way, avatars: page.dataset.avatars });
  const panel = new Panel(page.querySelector(".side"), data, page.dataset, { choose, grow, shrink, path, pick, family: (item) => select([item, ...below(item)]) });
  const legend = new Legend(page.querySelector(".groups"), painter, (hidden) => {
    legend.show(hidden);
    address.write({ hide: hidden }, true);
  });
  const find = new Find(page.querySelector("form.inside"), { scene, search: page.dataset.search, found: (items) => painter.find(items), go: walk });
  const places = new Map(scene.items.map((item) => [item, [item.x, item.y]]));
  let cursor = scene.starts[0];
  let untouched = true;
  let drawn = false;
  let from = null;
  let circling = false;

  function fit(glide = true) {
    untouched = true;
    const frame = camera.frameOf(painter.shown);
    if (glide) camera.glide(...frame);
    else camera.set(...frame);
  }

  function noteFrame() {
    address.write({ at: untouched ? null : [Math.round(camera.x), Math.round(camera.y), camera.k.toPrecision(3)].join(",") }, false);
  }

  function say(text) {
    live.textContent = text;
  }

  function choose(item, remember = true) {
    if (item && from && item !== from && item.kind === "model") return go(from, item);
    select(item ? [item] : [], remember);
  }

  function select(items, remember = true) {
    const shown = items.filter((i) => !i.hidden);
    const one = shown.length === 1 ? shown[0] : null;
    cursor = one ?? cursor;
    painter.several = one ? [] : shown;
    painter.mark({ selected: one, cursor });
    panel.show(shown);
    page.classList.toggle("chosen", shown.length > 0);
    if (one) camera.reveal(one);
    else if (shown.length) say(`${shown.length.toLocaleString("en")} selected.`);
    if (remember) address.write({ sel: shown.map((i) => i.key) }, true);
  }

  // One more is selected, or no longer.
  function also(item) {
    const { marked, several } = painter;
    const now = marked.selected ? [marked.selected] : several;
    if (item) select(now.includes(item) ? now.filter((i) => i !== item) : [...now, item]);
  }

  // Into the tray, which all pages share.
  function pick(items) {
    document.dispatchEvent(new CustomEvent("pick", { detail: items.map((i) => i.id) }));
  }

  function circle(on) {
    circling = on;
    page.querySelector("[data-act=lasso]").setAttribute("aria-pressed", String(on));
    stage.classList.toggle("choosing", on);
    if (on) say("Draw a shape around what to select. By keys: X selects what the cursor is on, A all below it.");
  }

  function walk(item) {
    if (!item) return;
    cursor = item;
    painter.mark({ cursor });
    camera.reveal(item);
    say(describe(item, data));
  }

  // Path: from the model chosen now to the one chosen next.
  function path(item) {
    from = item?.kind === "model" ? item : null;
    stage.classList.toggle("choosing", Boolean(from));
    say(from ? `Choose the model to which the way from ${from.id} leads. Escape cancels.` : "");
    overlay.focus();
  }

  function go(one, other) {
    location.href = `${page.dataset.graph}?path=${encodeURIComponent(`${one.id}..${other.id}`)}`;
  }

  async function grow(bubble, count, remember = true) {
    try {
      const added = await expand(scene, data, page.dataset.children, bubble, count);
      say(`${added.toLocaleString("en")} more are drawn.`);
      legend.show(legend.hidden);
      if (remember) {
        choose(bubble.hidden ? bubble.via : bubble, false);
        noteGrown();
        camera.reveal(bubble.added.at(-1)?.child ?? bubble);
      }
    } catch {
      say("They could not be read.");
    }
  }

  function shrink(bubble) {
    collapse(scene, bubble);
    legend.show(legend.hidden);
    choose(bubble, false);
    noteGrown();
  }

  function noteGrown() {
    address.write({ x: scene.items.filter((i) => i.added?.length).map((i) => `${i.key}~${i.added.length}`) }, true);
  }

  function move(item, dx, dy) {
    untouched = false;
    for (const one of [item, ...below(item)]) {
      one.x += dx;
      one.y += dy;
    }
    item.pinned = true;
    painter.moved(true, true);
  }

  function notePins() {
    address.write({ pin: scene.items.filter((i) => i.pinned).map((i) => `${i.key}~${Math.round(i.x)}~${Math.round(i.y)}`) }, true);
  }

  function unpin() {
    for (const [item, [x, y]] of places) Object.assign(item, { x, y, pinned: false });
  }

  async function restore() {
    const asked = address.read();
    painter.way = ways.value = [...ways.options].some((o) => o.value === asked.way) ? asked.way : "relation";
    for (const item of scene.items.filter((i) => i.added?.length)) collapse(scene, item);
    unpin();
    for (const [key, x, y] of asked.pins) {
      const item = scene.byKey.get(key);
      if (item) move(item, x - item.x, y - item.y);
    }
    legend.show([]);
    legend.show(asked.hidden);
    for (const [key, count] of asked.expanded) {
      const bubble = scene.byKey.get(key);
      if (bubble?.role === "rest") await grow(bubble, Math.min(1000, Number(count) || 50), false);
    }
    select(asked.selected.map((key) => scene.byKey.get(key)).filter(Boolean), false);
    if (asked.frame) {
      untouched = false;
      camera.set(...asked.frame);
    }
  }

  const keys = {
    ArrowLeft: () => walk(neighbour(scene, cursor, "left")),
    ArrowRight: () => walk(neighbour(scene, cursor, "right")),
    ArrowUp: () => walk(neighbour(scene, cursor, "up")),
    ArrowDown: () => walk(neighbour(scene, cursor, "down")),
    Home: () => walk(scene.starts[0]),
    Enter: () => choose(cursor),
    " ": () => (cursor.role === "rest" && cursor.what === "model" ? grow(cursor) : choose(cursor)),
    x: () => also(cursor),
    a: () => select([cursor, ...below(cursor)]),
    Escape: () => (from ? path(null) : circling ? circle(false) : choose(null)),
    "+": () => camera.zoom(1.5),
    "=": () => camera.zoom(1.5),
    "-": () => camera.zoom(1 / 1.5),
    0: () => fit(),
    f: () => find.open(),
    p: () => path(cursor),
    l: () => {
      if (!form) return;
      form.elements.layout.value = data.query.layout === "radial" ? "layered" : "radial";
      form.requestSubmit();
    },
    t: () => page.querySelector('[data-tab="table"]').click(),
  };
  overlay.addEventListener("keydown", (event) => {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const act = key === "f" && (event.ctrlKey || event.metaKey) ? keys.f : event.ctrlKey || event.metaKey || event.altKey ? null : keys[key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    painter.cursorShown = true;
    act();
    painter.ask();
  });
  overlay.addEventListener("focus", () => {
    painter.cursorShown = overlay.matches(":focus-visible");
    if (!from) walk(cursor);
  });
  overlay.addEventListener("blur", () => {
    painter.cursorShown = false;
    painter.ask();
  });
  camera.listen({
    pick: (point, reach) => painter.pick(point, reach),
    tap: (point, event) => {
      painter.cursorShown = false;
      if (event.shiftKey) also(painter.pick(point));
      else choose(painter.pick(point));
    },
    circles: (event) => circling || event.shiftKey,
    circled: (shape, closed) => {
      painter.shape = closed ? null : shape;
      painter.mark({ hover: null });
      if (!closed) return;
      circle(false);
      select(within(shape, painter.shown));
    },
    hover: (point) => {
      const hover = point && painter.pick(point);
      if (hover === painter.marked.hover) return;
      painter.mark({ hover });
      overlay.classList.toggle("over", Boolean(hover));
    },
    drag: move,
    dropped: (item) => {
      move(item, Math.round(item.x) - item.x, Math.round(item.y) - item.y);
      notePins();
    },
  });
  const buttons = {
    in: () => camera.zoom(1.5),
    out: () => camera.zoom(1 / 1.5),
    fit: () => fit(),
    full: () => (document.fullscreenElement ? document.exitFullscreen() : stage.parentElement.requestFullscreen()),
    unpin: () => {
      unpin();
      notePins();
      fit();
    },
    lasso: () => circle(!circling),
  };
  for (const button of page.querySelectorAll("[data-act]")) {
    button.hidden = button.dataset.act === "full" && !document.fullscreenEnabled;
    button.addEventListener("click", () => buttons[button.dataset.act]());
  }
  const name = document.title.split(" · ")[0];
  const pictures = { png, svg };
  for (const button of page.querySelectorAll("[data-picture]")) {
    const kind = button.dataset.picture;
    button.hidden = false;
    button.addEventListener("click", async () => save(await pictures[kind](painter, `${name} · ${page.dataset.state}`), `graph.${kind}`));
  }
  ways.addEventListener("change", () => {
    painter.way = ways.value;
    painter.changed();
    legend.show([]);
    address.write({ color: ways.value === "relation" ? null : ways.value, hide: [] }, true);
  });
  for (const event of ["wheel", "pointerdown", "keydown"]) {
    overlay.addEventListener(event, () => (untouched = false), { capture: true, passive: true });
  }
  new ResizeObserver(([entry]) => {
    const { width, height } = entry.contentRect;
    if (!width || !height) return;
    painter.resize(width, height);
    if (untouched) camera.set(...camera.frameOf(painter.shown));
    painter.moved(false);
    if (drawn) return;
    drawn = true;
    painter.paint();
    performance.mark("network-drawn");
    document.documentElement.dataset.drawn = Math.round(performance.now());
  }).observe(stage);
  const repaint = () => {
    painter.readTheme();
    legend.show(legend.hidden);
  };
  new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  addEventListener("popstate", restore);
  restore();
  page.network = { camera, painter, scene };
}

function below(item) {
  const found = [...item.inner];
  for (const one of found) found.push(...one.inner);
  return found;
}
