// The leaderboard without reloading: filters apply as they are ticked, and rows have keys.

const WAIT_MS = 150;
const FIND_FROM = 12;
const drawer = document.querySelector(".drawer");
const panel = document.getElementById("filters");
const wide = matchMedia("(min-width: 1200px)");
const here = () => location.pathname + location.search;
let asking = null;
let shown = here();

const fit = () => (drawer.open = wide.matches);
wide.addEventListener("change", fit);
fit();
addFinders(panel);
document.documentElement.classList.add("applies");

panel.addEventListener("change", () => go(wanted(panel, new URLSearchParams(location.search))));
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form !== panel && !form.closest("#results")) return;
  if (new URL(form.action).pathname !== location.pathname) return;
  event.preventDefault();
  go(form === panel ? wanted(panel, new URLSearchParams(location.search)) : wanted(form));
});
document.addEventListener("change", (event) => {
  if (event.target.matches("#results select")) event.target.form.requestSubmit();
});
addEventListener("popstate", () => {
  if (here() !== shown) location.reload(); // the skip link only goes to a place on the page
});

// What a form asks for, without what is empty or as by default. The panel keeps the rest of the address.
function wanted(form, address) {
  const asked = new URLSearchParams();
  const own = new Set([...form.elements].filter((e) => e.type !== "hidden").map((e) => e.name));
  for (const gone of ["after", "before", "start"]) address?.delete(gone);
  for (const [name, value] of address ?? []) if (value && !own.has(name)) asked.append(name, value);
  for (const field of form.elements) {
    if (!field.name || (address && field.type === "hidden")) continue;
    if (field.type === "checkbox" && !field.checked) continue;
    const value = field.value.trim();
    if (value && value !== field.dataset.default) asked.append(field.name, value);
  }
  return asked;
}

async function go(asked) {
  const address = location.pathname + (asked.size ? `?${asked}` : "");
  asking?.abort();
  asking = new AbortController();
  const old = document.getElementById("results");
  const timer = setTimeout(() => old.classList.add("loading"), WAIT_MS);
  try {
    const answer = await fetch(address, { signal: asking.signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const results = page.getElementById("results");
    if (!answer.ok || !results) return location.assign(address);
    show(page, results, address);
  } catch (error) {
    if (error.name !== "AbortError") location.assign(address);
  } finally {
    clearTimeout(timer);
  }
}

function show(page, results, address) {
  const focused = document.activeElement?.closest("#results") ? document.activeElement.name : "";
  const said = results.querySelector("#announced").textContent;
  history.pushState(null, "", address);
  shown = here();
  document.title = page.title;
  const old = document.getElementById("results");
  const live = old.querySelector("#announced");
  results.querySelector("#announced").replaceWith(live); // the same element, so that it is read out
  old.replaceWith(results);
  live.textContent = said;
  if (focused) results.querySelector(`[name="${CSS.escape(focused)}"]:not([type=hidden])`)?.focus();
  drawer.querySelector("summary").replaceWith(page.querySelector(".drawer > summary"));
  document.querySelector("footer.end").replaceWith(page.querySelector("footer.end"));
  const typed = panel.querySelector('input[name="author"]:not([type=checkbox])');
  if (typed.value) typed.closest("fieldset").replaceWith(page.querySelector('#filters input[name="author"]').closest("fieldset"));
  const ticked = panel.contains(document.activeElement) ? document.activeElement : null;
  panel.querySelector(".counted").replaceWith(page.querySelector("#filters .counted"));
  for (const facet of panel.querySelectorAll("[data-facet]")) renew(facet, page.querySelector(`#filters [data-facet="${facet.dataset.facet}"]`));
  if (ticked) panel.querySelector(`[name="${CSS.escape(ticked.name)}"][value="${CSS.escape(ticked.value)}"]`)?.focus();
  document.dispatchEvent(new Event("rowschange"));
}

// A facet with new numbers; what was open and typed stays.
function renew(facet, fresh) {
  const all = [...fresh.querySelectorAll("details")];
  for (const open of facet.querySelectorAll("details[open]")) {
    const twin = all.find((one) => one.className === open.className && (open.matches(".others") || one.firstChild.textContent === open.firstChild.textContent));
    if (twin) twin.open = true;
  }
  addFinders(fresh);
  const [typed, field] = [facet, fresh].map((one) => one.querySelector("input[type=search]"));
  if (typed?.value && field) {
    field.value = typed.value;
    field.dispatchEvent(new Event("input"));
  }
  facet.replaceWith(fresh);
}

// Long facets have a field that finds a value.
function addFinders(within) {
  for (const others of within.querySelectorAll(".others")) {
    const labels = [...others.querySelectorAll("label")];
    if (labels.length < FIND_FROM) continue;
    const field = document.createElement("input");
    field.type = "search";
    field.placeholder = "Find";
    field.setAttribute("aria-label", `Find a ${others.closest("fieldset").querySelector("legend").textContent.toLowerCase()}`);
    field.addEventListener("change", (event) => event.stopPropagation());
    field.addEventListener("input", () => {
      const text = field.value.trim().toLowerCase();
      for (const label of labels) label.hidden = !label.textContent.toLowerCase().includes(text);
      for (const group of others.querySelectorAll(".group")) {
        const found = group.querySelector("label:not([hidden])") !== null;
        group.hidden = !found;
        if (text) group.open = found;
      }
    });
    others.querySelector("summary").after(field);
  }
}

// Keys: j and k go through the rows, x selects, v shows the network, o the Hub.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input:not(.pick), select, textarea")) return;
  const rows = [...document.querySelectorAll("#results tbody tr")];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  if (event.key === "j" || event.key === "k") {
    const next = rows[Math.min(Math.max(at + (event.key === "j" ? 1 : -1), 0), rows.length - 1)];
    next?.querySelector("a.id").focus();
  } else if (at >= 0 && event.key === "x") rows[at].querySelector(".pick").click();
  else if (at >= 0 && event.key === "v") rows[at].querySelector(".open a").click();
  else if (at >= 0 && event.key === "o") rows[at].querySelector(".open a[rel]").click();
});
