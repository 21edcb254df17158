// The network page: joins the scene, the camera, the painter and the panel, and keeps the address.
// The page is complete without it; only the drawing needs scripts.

import { Camera } from "./camera.js";
import { Painter } from "./painter.js";
import { make, Panel } from "./panel.js";
import { build, describe, neighbour } from "./scene.js";

const page = document.getElementById("network-page");
const source = page.dataset.source;
const status = page.querySelector(".reading");
const narrow = matchMedia("(max-width: 767px)");

tabs();
controls();
if (source) read();

async function read() {
  try {
    const answer = await fetch(source);
    if (!answer.ok) throw new Error((await answer.json()).error.message);
    const { data } = await answer.json();
    status.hidden = true;
    draw(data);
  } catch (error) {
    status.textContent = `The network could not be read. ${error.message}`;
    const again = make("button", { type: "button", className: "button" }, "Try again");
    again.addEventListener("click", read, { once: true });
    status.append(" ", again);
  }
}

function draw(data) {
  const scene = build(data);
  const [base, overlay] = page.querySelectorAll("canvas");
  const stage = base.parentElement;
  const live = page.querySelector(".live");
  const camera = new Camera(overlay, () => painter.moved());
  const painter = new Painter(base, overlay, camera, scene, data.query.layout);
  const panel = new Panel(page.querySelector(".side"), data, page.dataset, choose);
  let cursor = scene.starts[0];
  let untouched = true;
  let drawn = false;

  function fit(glide = true) {
    untouched = true;
    const frame = camera.frameOf(scene.items);
    if (glide) camera.glide(...frame);
    else camera.set(...frame);
  }

  function choose(item, remember = true) {
    if (item) cursor = item;
    painter.mark({ selected: item, cursor });
    panel.show(item);
    page.classList.toggle("chosen", Boolean(item));
    if (item) camera.reveal(item);
    if (!remember) return;
    const address = new URL(location);
    if (item) address.searchParams.set("sel", item.key);
    else address.searchParams.delete("sel");
    if (address.href !== location.href) history.pushState(null, "", address);
  }

  function chosenByAddress() {
    const item = scene.byKey.get(new URL(location).searchParams.get("sel"));
    choose(item ?? null, false);
  }

  function walk(item) {
    if (!item) return;
    cursor = item;
    painter.mark({ cursor });
    camera.reveal(item);
    live.textContent = describe(item, data);
  }

  const keys = {
    ArrowLeft: () => walk(neighbour(scene, cursor, "left")),
    ArrowRight: () => walk(neighbour(scene, cursor, "right")),
    ArrowUp: () => walk(neighbour(scene, cursor, "up")),
    ArrowDown: () => walk(neighbour(scene, cursor, "down")),
    Home: () => walk(scene.starts[0]),
    Enter: () => choose(cursor),
    " ": () => choose(cursor),
    Escape: () => choose(null),
    "+": () => camera.zoom(1.5),
    "=": () => camera.zoom(1.5),
    "-": () => camera.zoom(1 / 1.5),
    0: () => fit(),
    t: () => page.querySelector('[data-tab="table"]').click(),
  };
  overlay.addEventListener("keydown", (event) => {
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    painter.cursorShown = true;
    act();
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
  camera.listen(
    (point) => {
      painter.cursorShown = false;
      choose(painter.pick(point));
    },
    (point) => {
      const hover = point && painter.pick(point);
      if (hover === painter.marked.hover) return;
      painter.mark({ hover });
      overlay.classList.toggle("over", Boolean(hover));
    },
  );
  const buttons = { in: () => camera.zoom(1.5), out: () => camera.zoom(1 / 1.5), fit: () => fit() };
  for (const button of page.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => buttons[button.dataset.zoom]());
  }
  for (const event of ["wheel", "pointerdown", "keydown"]) {
    overlay.addEventListener(event, () => (untouched = false), { capture: true, passive: true });
  }
  new ResizeObserver(([entry]) => {
    const { width, height } = entry.contentRect;
    if (!width || !height) return;
    painter.resize(width, height);
    if (untouched) camera.set(...camera.frameOf(scene.items));
    painter.moved(false);
    if (drawn) return;
    drawn = true;
    painter.paint();
    performance.mark("network-drawn");
    document.documentElement.dataset.drawn = Math.round(performance.now());
  }).observe(stage);
  const repaint = () => {
    painter.readTheme();
    painter.moved(false);
  };
  new MutationObserver(repaint).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  addEventListener("popstate", chosenByAddress);
  chosenByAddress();
  page.network = { camera, painter, scene };
}

function tabs() {
  const list = page.querySelectorAll("[data-tab]");
  const show = (name, remember) => {
    for (const tab of list) {
      const on = tab.dataset.tab === name;
      tab.toggleAttribute("aria-current", on);
      document.getElementById(tab.dataset.tab).hidden = !on;
    }
    page.dataset.shown = name;
    if (name === "table") table();
    if (remember) history.replaceState(null, "", `#${name}`);
  };
  const named = () => [...list].find((tab) => `#${tab.dataset.tab}` === location.hash)?.dataset.tab;
  for (const tab of list) {
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      show(tab.dataset.tab, true);
    });
  }
  document.getElementById("table").addEventListener("click", (event) => {
    const link = event.target.closest("a.drawing, a[rel]");
    if (!link) return;
    event.preventDefault();
    if (link.rel) return table(link.href);
    show("drawing", true);
    document.querySelector("#drawing [tabindex]")?.focus();
  });
  addEventListener("hashchange", () => named() && show(named(), false));
  page.classList.add("tabbed");
  show(named() ?? (narrow.matches || !source ? "table" : "drawing"), false);
}

// The table is a page of its own, of which the part with the rows is shown here.
async function table(address) {
  const place = document.getElementById("table");
  if (!address && place.dataset.read) return;
  place.dataset.read = "yes";
  const told = place.querySelector(".pager span, p");
  try {
    const answer = await fetch(address ?? place.dataset.address);
    if (!answer.ok) throw new Error(answer.status);
    const read = new DOMParser().parseFromString(await answer.text(), "text/html");
    place.replaceChildren(...read.getElementById("table").childNodes);
    if (address) place.querySelector("[tabindex]").focus();
  } catch {
    delete place.dataset.read;
    told.textContent = "The table could not be read; try again.";
  }
}

function controls() {
  const form = page.querySelector("form.controls");
  form?.addEventListener("change", () => form.requestSubmit());
}
