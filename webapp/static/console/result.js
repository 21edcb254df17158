// What a query returned, as a table, a drawing, the network of its models, or JSON.

const MOST_SHOWN = 500;
const MOST_STARTS = 50;
const said = document.getElementById("said");
const took = document.getElementById("took");
const place = document.getElementById("shown");
const choices = document.querySelector("#result .chips");

export function shown(answer, query, urls) {
  const { graph, model } = urls;
  choices.replaceChildren();
  took.textContent = "";
  if (answer.error) return refused(answer.error, query);
  const { columns, rows, cut, models, plan, graph: drawn, elapsed_ms: elapsed } = answer.data;
  took.textContent = `in ${Math.round(elapsed).toLocaleString("en")} ms`;
  if (plan !== null) {
    said.textContent = "Plan";
    return place.replaceChildren(block(plan));
  }
  const why = { rows: ", the most there are here: narrow it to see the rest", bytes: ", as many as 5 MB hold: return less of each" }[cut] ?? "";
  said.textContent = `${rows.length.toLocaleString("en")} ${rows.length === 1 ? "row" : "rows"}${why}`;
  const ways = { Table: () => table(columns, rows, model) };
  if (drawn) ways.Graph = () => draw(drawn, urls);
  if (models.length) ways.Network = () => network(models, graph);
  ways.JSON = () => [block(JSON.stringify({ columns, rows }, null, 1))];
  for (const [name, show] of Object.entries(ways)) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "button", textContent: name });
    button.addEventListener("click", async () => {
      for (const other of choices.children) other.setAttribute("aria-pressed", String(other === button));
      const made = await show();
      if (button.isConnected && button.ariaPressed === "true") place.replaceChildren(...made);
    });
    choices.append(button);
  }
  choices.firstElementChild.click();
}

// The painter of networks is read when a graph is first looked at.
async function draw(data, urls) {
  try {
    return (await import("./drawing.js")).drawing(data, urls);
  } catch {
    return [element("p", "", "The drawing could not be read; try again.")];
  }
}

function refused({ message, hint, line, column }, query) {
  said.textContent = line ? `Line ${line}, column ${column}` : "Not answered";
  const box = element("div", "refused stack tight");
  box.append(element("p", "fault", message), element("p", "small", hint ?? ""));
  if (line) box.append(block(`${query.split("\n")[line - 1]}\n${" ".repeat(column - 1)}^`));
  place.replaceChildren(box);
}

function table(columns, rows, model) {
  const box = element("div", "scroll");
  Object.assign(box, { tabIndex: 0, role: "group", ariaLabel: "Result, scrolls" });
  const grid = element("table");
  const head = grid.createTHead().insertRow();
  for (const [at, name] of columns.entries()) {
    const cell = element("th", typeof rows[0]?.[at] === "number" ? "num" : "", name);
    cell.scope = "col";
    head.append(cell);
  }
  const body = grid.createTBody();
  for (const row of rows.slice(0, MOST_SHOWN)) {
    const line = body.insertRow();
    for (const value of row) fill(line.insertCell(), value, model);
  }
  box.append(grid);
  const more = rows.length - MOST_SHOWN;
  return more > 0 ? [box, element("p", "small muted", `The first ${MOST_SHOWN} are shown; JSON has ${more.toLocaleString("en")} more.`)] : [box];
}

function fill(cell, value, model) {
  if (value === null) cell.append(element("span", "none", "null"));
  else if (typeof value === "number") {
    cell.className = "num";
    cell.textContent = value.toLocaleString("en", { maximumFractionDigits: 6 });
  } else if (value.labels?.includes("Model") && value.id) {
    const link = element("a", "id", value.id);
    link.href = model + value.id.split("/").map(encodeURIComponent).join("/");
    cell.append(link);
  } else cell.textContent = typeof value === "string" ? value : short(JSON.stringify(value));
}

const short = (text) => (text.length > 400 ? `${text.slice(0, 400)} …` : text);

function network(models, graph) {
  const starts = models.slice(0, MOST_STARTS);
  const words = `The result has ${models.length.toLocaleString("en")} ${models.length === 1 ? "model" : "models"}${starts.length < models.length ? `; the network starts from the first ${MOST_STARTS}` : ""}.`;
  const query = new URLSearchParams(starts.map((id) => ["m", id]));
  const line = element("p");
  for (const [label, more] of [["Open the network of these models", "&up=0&down=1&n=0"], ["with their bases and derivatives", ""]]) {
    const link = element("a", "button", label);
    link.href = `${graph}?${query}${more}`;
    line.append(link, " ");
  }
  return [element("p", "", words), line];
}

function block(text) {
  const made = element("pre", "", text);
  made.tabIndex = 0;
  return made;
}

function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.textContent = text;
  return made;
}
