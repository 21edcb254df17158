// Models ticked in any list collect in a bar at the foot, on all pages: for their network, or to compare.

const MOST = 50;
const KEY = "tray";
const bar = document.querySelector(".tray");

if (bar) {
  document.addEventListener("change", (event) => {
    if (event.target.matches("input.pick")) choose([event.target], event.target.checked);
  });
  document.addEventListener("click", (event) => {
    if (event.target.matches("input.pick") && event.shiftKey) range(event.target);
    if (event.target.matches("input.pick")) bar.last = event.target;
  });
  document.addEventListener("rowschange", show);
  document.addEventListener("pick", (event) => choose(event.detail.map((value) => ({ value })), true));
  addEventListener("storage", (event) => event.key === KEY && show());
  bar.querySelector(".clear").addEventListener("click", () => keep([]));
  bar.querySelector("ul").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) keep(held().filter((id) => id !== button.dataset.id));
  });
  show();
}

function held() {
  try {
    const found = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(found) ? found.filter((id) => typeof id === "string").slice(0, MOST) : [];
  } catch {
    return [];
  }
}

function keep(ids) {
  try {
    localStorage.setItem(KEY, JSON.stringify(ids));
  } catch {
    // Storage may be switched off; there is no tray then.
  }
  show();
}

function choose(boxes, on) {
  const ids = new Set(held());
  for (const box of boxes) on ? ids.add(box.value) : ids.delete(box.value);
  bar.querySelector(".full").hidden = ids.size <= MOST;
  keep([...ids].slice(0, MOST));
}

function range(box) {
  const boxes = [...document.querySelectorAll("input.pick")];
  const ends = [boxes.indexOf(bar.last), boxes.indexOf(box)].sort((a, b) => a - b);
  if (ends[0] >= 0) choose(boxes.slice(ends[0], ends[1] + 1), box.checked);
}

function show() {
  const ids = held();
  const chosen = new Set(ids);
  for (const box of document.querySelectorAll("input.pick")) {
    box.hidden = false;
    box.checked = chosen.has(box.value);
  }
  bar.hidden = ids.length === 0;
  document.body.classList.toggle("has-tray", ids.length > 0);
  bar.querySelector("[role=status]").textContent =
    ids.length === 1 ? "1 model selected" : `${ids.length} models selected`;
  if (ids.length < MOST) bar.querySelector(".full").hidden = true;
  bar.querySelector("ul").replaceChildren(...ids.map(entry));
  const query = new URLSearchParams(ids.map((id) => ["m", id]));
  for (const link of bar.querySelectorAll("a[data-path]")) {
    link.href = `${link.dataset.path}?${query}`;
    const most = Number(link.dataset.most ?? MOST);
    link.hidden = ids.length < Number(link.dataset.least ?? 1) || ids.length > most;
  }
}

function entry(id) {
  const row = document.createElement("li");
  const name = document.createElement("span");
  name.className = "id";
  name.textContent = id;
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.id = id;
  button.setAttribute("aria-label", `Remove ${id}`);
  button.textContent = "×";
  row.append(name, button);
  return row;
}
