// What every page gains from scripts: theme, keys, copying, typeahead. Nothing depends on it.

const root = document.documentElement;

// Theme
const themeButton = document.querySelector("button.theme");
if (themeButton) {
  themeButton.hidden = false;
  themeButton.addEventListener("click", () => {
    const theme = root.dataset.theme === "dark" ? "light" : "dark";
    root.dataset.theme = theme;
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // Storage may be switched off; the choice then holds for this page.
    }
    document.dispatchEvent(new CustomEvent("themechange", { detail: theme }));
  });
}

// Copying
for (const button of document.querySelectorAll("button.copy")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  const label = button.textContent;
  button.addEventListener("click", async () => {
    const text = button.dataset.text ?? document.getElementById(button.dataset.copy).textContent;
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = label), 1500);
  });
}

// Keys
const { home } = document.body.dataset;
const places = { h: "", l: "models", n: "graph", m: "map", w: "changes", r: "reports", c: "coverage", a: "about" };
let going = 0;
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, select, textarea, [contenteditable], [role=application]")) return;
  if (event.key === "/") {
    const field = document.querySelector("input.q");
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.select();
  } else if (event.key === "g") {
    going = Date.now();
  } else if (Date.now() - going < 1500 && event.key in places) {
    going = 0;
    const link = document.querySelector(`a[href="${home}${places[event.key]}"]`);
    if (link) link.click();
  }
});

// Typeahead: a combobox whose options the server ranks
const WAIT_MS = 80;
for (const field of document.querySelectorAll("input[data-suggest]")) typeahead(field);

function typeahead(field) {
  const list = document.createElement("ul");
  list.className = "options";
  list.id = `${field.id}-options`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  field.after(list);
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("aria-expanded", "false");

  let chosen = -1;
  let timer = 0;
  let asking = null;

  const close = () => {
    list.hidden = true;
    chosen = -1;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };

  const choose = (index) => {
    const options = [...list.children];
    chosen = (index + options.length) % options.length;
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
    field.setAttribute("aria-activedescendant", options[chosen].id);
    options[chosen].scrollIntoView({ block: "nearest" });
  };

  const take = (option, network) => {
    if (!field.dataset.fill) return open(option, network);
    field.value = option.dataset.id;
    close();
  };

  const ask = async () => {
    const q = field.value.trim();
    asking?.abort();
    if (q.length < 2) return close();
    asking = new AbortController();
    try {
      const answer = await fetch(`${field.dataset.suggest}?q=${encodeURIComponent(q)}`, {
        signal: asking.signal,
      });
      if (!answer.ok) return close();
      const found = (await answer.json()).data.suggestions;
      const { fill } = field.dataset;
      show(fill ? found.filter((item) => item.type === fill) : found, q);
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  };

  const show = (suggestions, q) => {
    list.replaceChildren(...suggestions.map((item, at) => option(item, q, `${list.id}-${at}`)));
    chosen = -1;
    list.hidden = suggestions.length === 0;
    field.setAttribute("aria-expanded", String(!list.hidden));
    field.removeAttribute("aria-activedescendant");
  };

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });
  field.addEventListener("keydown", (event) => {
    if (list.hidden) {
      if (event.key === "ArrowDown") ask();
      return;
    }
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen < 0 ? -1 : chosen - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && chosen >= 0) take(list.children[chosen], event.ctrlKey);
    else return;
    event.preventDefault();
  });
  field.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const option = event.target.closest("li");
    if (option) take(option, event.ctrlKey);
  });
}

function open(option, network) {
  const { address, model } = option.dataset;
  location.href = network && model ? `${home}graph?m=${encodeURIComponent(model)}` : address;
}

function option(item, q, id) {
  const row = document.createElement("li");
  row.id = id;
  row.setAttribute("role", "option");
  row.setAttribute("aria-selected", "false");
  row.dataset.address = item.html;
  row.dataset.id = item.id;
  if (item.type === "model") row.dataset.model = item.id;
  const what = document.createElement("span");
  what.className = "what";
  what.append(...marked(item.id, q));
  const notes = [item.type === "model" ? "" : item.type];
  if (item.alias) notes.unshift(`formerly ${item.alias}`);
  if (item.relation) notes.unshift(item.relation);
  if (item.rank) notes.push(`#${item.rank.toLocaleString("en")}`);
  const how = document.createElement("span");
  how.className = "how";
  how.textContent = notes.filter(Boolean).join(" · ");
  row.append(what, how);
  return row;
}

function* marked(text, q) {
  const at = text.toLowerCase().indexOf(q.toLowerCase());
  if (at < 0) return yield text;
  const mark = document.createElement("mark");
  mark.textContent = text.slice(at, at + q.length);
  yield text.slice(0, at);
  yield mark;
  yield text.slice(at + q.length);
}
