// The console: sends what is in the editor, and shows what comes back as text, never as HTML.

import { shown } from "./result.js";

const MOST_PAST = 50;
const form = document.getElementById("ask");
const editor = document.getElementById("query");
const fields = document.getElementById("parameters");
const stop = document.getElementById("stop");
const run = form.querySelector("button[type=submit]");
const result = document.getElementById("result");
const given = new Map(Object.entries(JSON.parse(fields.dataset.given)));
let asking = null;

// Parameters: a field for each $name outside of quotes and comments
const NOT_CODE = /'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`[^`]*`|\/\/[^\n]*|\/\*[^]*?\*\//g;
const names = () => [...new Set([...editor.value.replace(NOT_CODE, " ").matchAll(/\$(\w+)/g)].map((m) => m[1]))];

function drawFields() {
  for (const field of fields.querySelectorAll("input")) given.set(field.name, field.value);
  const wanted = names();
  if ([...fields.querySelectorAll("input")].map((f) => f.name).join() === wanted.join()) return;
  fields.replaceChildren(
    ...wanted.map((name) => {
      const label = document.createElement("label");
      const field = document.createElement("input");
      Object.assign(field, { name, value: given.get(name) ?? "", spellcheck: false, placeholder: "null" });
      label.append(`$${name}`, field);
      return label;
    }),
  );
}

// JSON where it is JSON, else text; an empty field is null
function value(text) {
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function parameters() {
  drawFields();
  return Object.fromEntries(names().map((name) => [name, value(given.get(name) ?? "")]));
}

function address() {
  const query = new URLSearchParams({ q: editor.value });
  for (const name of names()) if (given.get(name)) query.set(`p.${name}`, given.get(name));
  return `${location.pathname}?${query}`;
}

async function send(plan) {
  asking?.abort();
  const mine = (asking = new AbortController());
  remember();
  history.replaceState(null, "", address());
  editor.removeAttribute("aria-invalid");
  stop.hidden = false;
  result.hidden = false;
  document.getElementById("said").textContent = plan ? "Planning …" : "Running …";
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ query: editor.value, params: parameters(), plan }),
      signal: mine.signal,
    });
    const found = await answer.json();
    shown(found, editor.value, form.dataset);
    if (found.error?.line) point(found.error);
  } catch (error) {
    if (asking !== mine) return;
    const message = error.name === "AbortError" ? "Cancelled: the server ends it when its time is up." : "The app does not answer.";
    shown({ error: { message, hint: "" } }, editor.value, form.dataset);
  } finally {
    if (asking === mine) {
      stop.hidden = true;
      asking = null;
    }
  }
}

function point({ line, column }) {
  const before = editor.value.split("\n").slice(0, line - 1).join("\n");
  const at = before.length + (line > 1 ? 1 : 0) + column - 1;
  editor.setAttribute("aria-invalid", "true");
  editor.focus();
  editor.setSelectionRange(at, Math.min(at + 1, editor.value.length));
}

// History: the queries of this browser, the newest first
let past = [];
try {
  past = JSON.parse(localStorage.getItem("queries") ?? "[]").filter((text) => typeof text === "string");
} catch {
  past = [];
}
let place = -1;

function remember() {
  past = [editor.value, ...past.filter((text) => text !== editor.value)].slice(0, MOST_PAST);
  place = 0;
  try {
    localStorage.setItem("queries", JSON.stringify(past));
  } catch {
    // Storage may be switched off; the history then lasts as long as the page.
  }
  drawPast();
}

function drawPast() {
  const box = document.getElementById("past");
  const list = box.querySelector("select");
  box.hidden = past.length === 0;
  list.replaceChildren(list.firstElementChild);
  past.forEach((text, at) => list.append(new Option(text.replace(/\s+/g, " ").slice(0, 80), at)));
}

function write(text) {
  editor.value = text;
  drawFields();
  editor.focus();
}

function turn(by) {
  const next = Math.min(Math.max(place + by, 0), past.length - 1);
  if (past[next] === undefined) return;
  place = next;
  write(past[next]);
}

// What is written, chosen and pressed
for (const button of [run, document.getElementById("plan"), document.getElementById("share")]) button.hidden = false;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!run.disabled) send(false);
});
document.getElementById("plan").addEventListener("click", () => send(true));
stop.addEventListener("click", () => asking?.abort());
document.getElementById("share").addEventListener("click", async (event) => {
  drawFields();
  history.replaceState(null, "", address());
  await navigator.clipboard?.writeText(location.href);
  event.target.textContent = "Copied";
  setTimeout(() => (event.target.textContent = "Copy link"), 1500);
});
editor.addEventListener("input", drawFields);
form.addEventListener("keydown", (event) => {
  if (event.ctrlKey && event.key === "Enter") form.requestSubmit();
  else if (event.ctrlKey && event.key === ".") asking?.abort();
  else if (event.altKey && event.key === "ArrowUp") turn(1);
  else if (event.altKey && event.key === "ArrowDown") turn(-1);
  else return;
  event.preventDefault();
});
document.querySelector("#past select").addEventListener("change", (event) => {
  if (event.target.value) write(past[Number(event.target.value)]);
  event.target.value = "";
});
document.getElementById("examples").addEventListener("change", (event) => {
  if (event.target.value) location.href = event.target.value;
});
for (const button of document.querySelectorAll("button.insert"))
  button.addEventListener("click", (event) => {
    event.preventDefault();
    editor.setRangeText(button.dataset.text, editor.selectionStart, editor.selectionEnd, "end");
    drawFields();
    editor.focus();
  });
drawFields();
drawPast();
