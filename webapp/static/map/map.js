// The map: joins the painter, the names, the panel, the filters and the keys, and keeps the address.

import { write } from "../network/address.js";
import { Camera } from "../network/camera.js";
import { bridges, kin, Labels, ring } from "./labels.js";
import { Names } from "./names.js";
import { Painter } from "./painter.js";
import { Palette } from "./palette.js";
import { count, facts, legend, make } from "./panel.js";
import { Months } from "./time.js";

const LEAST_NAMED_PX = 24; // pixels of a unit from which dots have names
const MOST_NAMED = 120;
const WALKED = 50;
const STILL_MS = 140;
const NEAR_PX = 6;

const page = document.getElementById("map-page");
const meta = JSON.parse(document.getElementById("map-facts").textContent);
const part = (selector) => page.querySelector(selector);
const [base, overlay] = page.querySelectorAll(".stage canvas");
const stage = part(".stage");
const form = part("form.controls");
const side = part(".side .chosen");
const tip = part(".tip");
const live = part(".live");
const mini = part(".mini");

const palette = new Palette(meta.columns);
const names = new Names(page.dataset);
const labels = new Labels();
const camera = new Camera(overlay, moved, { least: 0.8 / meta.radius, most: 120 });
const painter = new Painter(base, camera, mapWorker);
const words = meta.columns.find((column) => column.name === "month").words;
const months = new Months(part(".time"), form, words.slice(1), filter);
const state = { continents: [], islands: { id: [], x: [], y: [], radius: [], dot: [], models: [] }, named: [], place: null, island: null, untouched: true, started: false };
let wanted = false;
let still = 0;

function moved() {
  clearTimeout(still);
  still = setTimeout(settled, STILL_MS);
  tip.hidden = true;
  ask();
}

function ask() {
  if (wanted) return;
  wanted = true;
  requestAnimationFrame(() => {
    wanted = false;
    draw();
  });
}

function draw() {
  painter.show();
  frameSeen();
  const pen = overlay.getContext("2d");
  pen.setTransform(painter.sharp, 0, 0, painter.sharp, 0, 0);
  pen.clearRect(0, 0, camera.width, camera.height);
  if (state.bridges) bridges(pen, camera, palette, state.bridges);
  if (state.place) kin(pen, camera, palette, state.place);
  if (painter.seen) labels.write(pen, camera, palette, state);
  if (state.island) ring(pen, camera.toScreen(state.island), state.island.radius * camera.k, palette);
  if (painter.isSharp) return;
  painter.stale = false;
  painter.paint().then((done) => done && shown(), failed);
}

function shown() {
  ask();
  if (document.documentElement.dataset.drawn) return;
  document.documentElement.dataset.drawn = Math.round(performance.now());
  stage.classList.add("drawn");
}

function failed(error) {
  part(".reading").textContent = `The map could not be drawn. ${error.message}`;
}

function frame() {
  return [camera.x.toFixed(1), camera.y.toFixed(1), camera.k.toPrecision(3)];
}

// Once nothing moves any more: the address, and names of dots that are large enough.
async function settled() {
  if (!painter.unit) return;
  write({ at: state.untouched ? null : frame().join(",") }, false);
  bridge();
  if (camera.k < LEAST_NAMED_PX) {
    state.named = [];
    return ask();
  }
  const [w, h] = halves();
  const from = painter.toSteps({ x: camera.x - w, y: camera.y - h });
  const to = painter.toSteps({ x: camera.x + w, y: camera.y + h });
  const found = await painter.ask("within", { box: [from.x, from.y, to.x, to.y], most: MOST_NAMED });
  const ids = await names.of(found.dots);
  state.named = found.dots.map((dot, at) => ({ id: ids[at], size: found.size[at], reach: Math.max(0.42, meta.radii[found.size[at]]), ...painter.toUnits(found.x[at], found.y[at]) }));
  state.named = state.named.filter((one) => one.id).sort((a, b) => b.size - a.size);
  ask();
}

// What is seen: half of its width and height.
function halves() {
  return [camera.width / 2 / camera.k, camera.height / 2 / camera.k];
}

// Merges between the families in view, as many as the server gives.
let bridged = 0;
async function bridge() {
  bridged += 1;
  const mine = bridged;
  const [w, h] = halves();
  const found = form.elements.bridges.checked ? await names.bridges([camera.x - w, camera.y - h, camera.x + w, camera.y + h].map((one) => one.toFixed(1))) : null;
  if (mine !== bridged) return;
  state.bridges = found;
  part(".tick output").textContent = found ? `${found.x.length < found.total ? `${found.x.length} of ` : ""}${found.total.toLocaleString("en")}` : "";
  ask();
}

// The mini-map: a frame around what is seen, once that is only a part.
function frameSeen() {
  const [w, h] = halves();
  mini.hidden = Math.min(w, h) > meta.radius * 0.8;
  const at = (place) => `${50 + (place / meta.radius) * 50}%`;
  Object.assign(mini.lastElementChild.style, { left: at(camera.x - w), right: at(-camera.x - w), top: at(camera.y - h), bottom: at(-camera.y - h) });
}

// What the form asks for, as the painter reads it.
function chosen() {
  const given = new FormData(form);
  const column = (name) => meta.columns.find((one) => one.name === name).words;
  const codes = (name, test) => Uint8Array.from({ length: 256 }, (_, code) => Number(test(column(name)[code], code)));
  const rel = given.getAll("rel");
  const [task, from, to] = ["task", "from", "to"].map((name) => given.get(name));
  return {
    by: given.get("color") ?? "relation",
    rest: given.has("hide") ? 0 : 1,
    filter: {
      made: codes("made", (word) => rel.length === 0 || rel.includes(word)),
      task: codes("task", (word) => !task || word === task),
      month: codes("month", (word, code) => (!from && !to) || (code > 0 && code < words.length && word >= from && word <= (to || "9999"))),
    },
    address: { task: task || null, rel: rel.length < column("made").length ? rel : [], from: from || null, to: to || null, color: given.get("color") === "relation" ? null : given.get("color"), hide: given.has("hide") ? "true" : null, bridges: given.has("bridges") ? "true" : null },
  };
}

async function filter(remember = true) {
  const asked = chosen();
  write(asked.address, remember);
  if (!painter.unit) return;
  legend(part(".legend-list"), palette.groups(asked.by));
  const { counts } = await painter.ask("style", { ...asked, address: null, colours: palette.numbers(asked.by) });
  const total = counts.reduce((sum, one) => sum + one, 0);
  part(".shown").textContent = total === meta.models ? `all ${count(total, "model")}` : `${total.toLocaleString("en")} of ${count(meta.models, "model")}`;
  for (const cell of page.querySelectorAll("[data-code]")) cell.textContent = counts[cell.dataset.code].toLocaleString("en");
  const column = meta.columns.find((one) => one.name === "continent").words;
  state.continents = meta.continents.map((one) => ({ ...one, label: `${one.task === column[0] ? "task " : ""}${one.task} ${counts[column.indexOf(one.task)].toLocaleString("en")}` }));
  painter.stale = true;
  ask();
}

async function choose(question, { fly = true, remember = true } = {}) {
  state.island = null;
  const { place, error } = question ? await names.place(question) : { place: null };
  if (error) return say(error);
  state.place = place;
  page.classList.toggle("is-chosen", Boolean(place));
  if (place) facts(side, place, page.dataset, (id) => choose({ m: id }));
  if (place && fly) {
    state.untouched = false;
    camera.glide(place.model.x, place.model.y, Math.max(camera.k, Math.min(12, camera.width / 60)));
  }
  if (place) say(`${place.model.id}. ${place.ancestors.length ? `Made from ${place.ancestors[0].id}. ` : ""}${count(place.children_total, "model")} hang on it.`);
  if (remember) write({ focus: place?.model.id ?? null }, true);
  ask();
}

function say(text) {
  live.textContent = text;
}

function fit(glide = true) {
  state.untouched = true;
  const k = (Math.min(camera.width, camera.height) / 2 / meta.radius) * 0.97;
  if (glide) camera.glide(0, 0, k);
  else camera.set(0, 0, k);
}

async function pick([px, py]) {
  if (!painter.unit) return { dot: -1 };
  const place = { x: (px - camera.width / 2) / camera.k + camera.x, y: (py - camera.height / 2) / camera.k + camera.y };
  return painter.ask("pick", { ...painter.toSteps(place), near: (NEAR_PX / camera.k) * painter.unit });
}

let hovered = 0;
async function hover(point) {
  hovered += 1;
  const mine = hovered;
  const found = point ? await pick(point) : { dot: -1 };
  const [id] = found.dot < 0 ? [] : await names.of([found.dot]);
  if (mine !== hovered) return;
  overlay.classList.toggle("over", Boolean(id));
  tip.hidden = !id;
  if (!id) return;
  tip.textContent = id;
  const left = Math.min(point[0] + 14, camera.width - tip.offsetWidth - 4);
  tip.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, point[1] - 30)}px)`;
}

// The largest islands in view, one after the other; false after the last.
function walk(step) {
  const { islands } = state;
  const inView = [];
  for (let at = 0; at < islands.id.length && inView.length < WALKED; at++) {
    const [x, y] = camera.toScreen({ x: islands.x[at], y: islands.y[at] });
    if (x >= 0 && y >= 0 && x <= camera.width && y <= camera.height) inView.push(at);
  }
  const next = state.island ? inView.indexOf(state.island.at) + step : step > 0 ? 0 : -1;
  if (next < 0 || next >= inView.length) {
    state.island = null;
    ask();
    return false;
  }
  const at = inView[next];
  state.island = { at, id: islands.id[at], x: islands.x[at], y: islands.y[at], radius: islands.radius[at] };
  say(`${islands.id[at]}, a family of ${count(islands.models[at], "model")}.`);
  ask();
  return true;
}

// A Tab from before the islands are known waits for them, instead of leaving the map.
function walkOnceKnown(step) {
  if (state.started) return walk(step);
  started.then(() => walk(step));
  return true;
}

function pan(x, y) {
  const step = Math.min(camera.width, camera.height) / 5 / camera.k;
  camera.glide(camera.x + x * step, camera.y + y * step, camera.k);
}

const keys = {
  ArrowLeft: () => pan(-1, 0),
  ArrowRight: () => pan(1, 0),
  ArrowUp: () => pan(0, -1),
  ArrowDown: () => pan(0, 1),
  "+": () => camera.zoom(1.5),
  "=": () => camera.zoom(1.5),
  "-": () => camera.zoom(1 / 1.5),
  0: () => fit(),
  Enter: () => state.island && choose({ m: state.island.id }),
  Escape: () => choose(null),
};
overlay.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const walked = event.key === "Tab" && walkOnceKnown(event.shiftKey ? -1 : 1);
  if (!keys[event.key] && !walked) return;
  event.preventDefault();
  event.stopPropagation();
  state.untouched &&= event.key === "Tab" || event.key === "0";
  keys[event.key]?.();
});
for (const event of ["wheel", "pointerdown"]) overlay.addEventListener(event, () => (state.untouched = false), { capture: true, passive: true });
camera.listen({
  pick: () => null,
  tap: async (point) => {
    const { dot } = await pick(point);
    choose(dot < 0 ? null : { dot }, { fly: false });
  },
  hover,
});
overlay.addEventListener("dblclick", () => {
  if (state.place) location.href = `${page.dataset.graph}?m=${encodeURIComponent(state.place.model.id)}`;
});
const acts = { in: () => camera.zoom(1.5), out: () => camera.zoom(1 / 1.5), fit: () => fit(), clear: () => choose(null) };
for (const button of page.querySelectorAll("[data-act]")) button.addEventListener("click", () => acts[button.dataset.act]());

form.addEventListener("change", () => {
  months.read();
  filter();
  bridge();
});
form.addEventListener("submit", (event) => event.preventDefault());
part("form.inside").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = event.target.elements.m.value.trim();
  if (text) choose({ m: text });
});
names.suggest(part("form.inside input"), part("form.inside datalist"), make);

function tabs() {
  for (const tab of page.querySelectorAll("[data-tab]")) {
    const on = `#${tab.dataset.tab}` === (location.hash === "#list" ? "#list" : "#drawing");
    tab.toggleAttribute("aria-current", on);
    document.getElementById(tab.dataset.tab).hidden = !on;
  }
}

function restore() {
  const query = new URL(location).searchParams;
  for (const name of ["task", "from", "to"]) form.elements[name].value = query.get(name) ?? "";
  form.elements.color.value = query.get("color") ?? "relation";
  for (const name of ["hide", "bridges"]) form.elements[name].checked = query.get(name) === "true";
  const rel = query.getAll("rel").flatMap((text) => text.split(","));
  for (const box of form.querySelectorAll("[name=rel]")) box.checked = !rel.length || rel.includes(box.value);
  months.read();
  filter(false);
  const [x, y, k] = (query.get("at") ?? "").split(",").map(Number);
  if (Number.isFinite(x) && Number.isFinite(y) && k > 0) {
    state.untouched = false;
    camera.set(x, y, k);
  } else fit(false);
  const focus = query.get("focus");
  choose(focus ? { m: focus } : null, { fly: state.untouched, remember: false });
}

new ResizeObserver(([{ contentRect: { width, height } }]) => {
  if (!width || !height) return;
  Object.assign(camera, { width, height });
  painter.resize(width, height);
  Object.assign(overlay, { width: base.width, height: base.height });
  if (state.untouched) fit(false);
  else moved();
}).observe(stage);
const repaint = async () => {
  palette.read();
  const { by } = chosen();
  legend(part(".legend-list"), palette.groups(by));
  if (painter.unit) await painter.ask("colours", { colours: palette.numbers(by) });
  painter.stale = true;
  ask();
};
new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
addEventListener("hashchange", tabs);
addEventListener("popstate", restore);
page.classList.add("tabbed");
tabs();
page.map = { camera, painter, state, frame };
async function start() {
  const islands = names.islands();
  await painter.load(await mapDots, meta);
  clearTimeout(still); // what was there to see before is not to be noted
  restore();
  state.islands = await islands;
  ask();
}
const started = start().catch(failed).finally(() => (state.started = true));
