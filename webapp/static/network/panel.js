// The side panel: facts of what is selected. Text from the Hub only ever becomes text.

import { SELECTED } from "./address.js";
import { RELATIONS, WORDS } from "./relations.js";
import { counted, short } from "./scene.js";

export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export class Panel {
  constructor(root, data, urls, acts) {
    Object.assign(this, { root, data, urls, acts });
    this.empty = [...root.childNodes];
  }

  // One of them has its facts, several what they add up to.
  show(items) {
    this.asked?.abort();
    const [item] = items;
    if (!item) return this.root.replaceChildren(...this.empty);
    this.root.replaceChildren(...(items.length > 1 ? this.several(items) : item.role === "rest" ? this.rest(item) : item.kind === "author" ? this.author(item) : this.model(item)));
    this.root.scrollTop = 0;
  }

  address(id) {
    return this.urls.model + id.split("/").map(encodeURIComponent).join("/");
  }

  network(id) {
    return `${this.urls.graph}?m=${encodeURIComponent(id)}`;
  }

  model(item) {
    const { nodes } = this.data;
    const value = (name) => nodes[name][item.at];
    const number = (name) => {
      const n = value(name);
      return n === null || n === undefined ? null : make("span", { title: n.toLocaleString("en"), className: this.shade(name, n) }, short(n));
    };
    const facts = [
      ["Influence", item.rank ? `rank ${item.rank.toLocaleString("en")}` : null],
      ["Effective descendants", number("effective_descendants")],
      ["Descendants in all", number("descendants")],
      ["Downloads, 30 days", number("downloads")],
      ["Likes", number("likes")],
      ["Parameters", number("parameters")],
      ["Task", value("task")],
      ["Licence", value("license")],
      ["Created", value("created_at")],
    ];
    const left = value("bases_left_out");
    return [
      this.heading(item.id, this.kind(item)),
      item.known ? null : note("No record describes this model; others name it as their base."),
      item.gone ? note("It is no longer on the Hub.") : null,
      item.suspected ? note("A crawl did not see it: perhaps it is gone; one look is no proof.") : null,
      left ? note(`${left} ${left === 1 ? "base of it is" : "bases of it are"} not drawn.`) : null,
      this.children(item),
      this.facts(facts),
      make(
        "p",
        { className: "actions" },
        make("a", { className: "button primary", href: this.network(item.id) }, "Focus here"),
        make("a", { className: "button", href: this.address(item.id) }, "Model page"),
        this.button("Path to…", () => this.acts.path(item)),
        item.inner.length ? this.button("Select all below", () => this.acts.family(item)) : null,
        this.button("Add to the tray", () => this.acts.pick([item])),
        make("a", { className: "button", href: `https://huggingface.co/${item.id.split("/").map(encodeURIComponent).join("/")}`, rel: "noreferrer" }, "Hub ↗"),
      ),
    ].filter(Boolean);
  }

  // Fifths of the models that are drawn, shaded from light to dark.
  shade(name, number) {
    this.ranked ??= {};
    this.ranked[name] ??= this.data.nodes[name].filter((n) => n !== null).sort((a, b) => a - b);
    const all = this.ranked[name];
    const below = all.findIndex((n) => n >= number);
    return all.length < 5 ? "" : `shade shade-${Math.min(4, Math.floor((5 * below) / all.length))}`;
  }

  button(words, act) {
    const button = make("button", { type: "button", className: "button" }, words);
    button.addEventListener("click", act);
    return button;
  }

  author(item) {
    const { nodes } = this.data;
    const kind = item.accountKind === "user" ? "person" : item.accountKind;
    const own = nodes.own[item.at];
    const links = item.links.map((link) => {
      const other = link.child === item ? link.base : link.child;
      const go = make("button", { type: "button", className: "link" }, other.id);
      go.addEventListener("click", () => this.acts.choose(other));
      const via = link.through ? ` via ${link.through} ${link.through === 1 ? "account" : "accounts"}` : "";
      return { link, row: make("li", {}, make("span", {}, link.child === item ? "from " : "by ", go, via), make("span", { className: "num" }, link.count.toLocaleString("en"))) };
    });
    links.sort((a, b) => b.link.count - a.link.count);
    return [
      this.heading(item.id, [kind ?? "account of unknown kind"]),
      make("p", {}, `${item.models.toLocaleString("en")} ${item.models === 1 ? "model" : "models"} in this network. `, item.rank ? `Rank ${item.rank.toLocaleString("en")} of authors by influence.` : ""),
      own ? note(`${own.toLocaleString("en")} ${own === 1 ? "derivation is" : "derivations are"} from models of its own.`) : null,
      make("p", { className: "actions" }, make("a", { className: "button primary", href: this.urls.author + encodeURIComponent(item.id) }, "Author page")),
      make("h3", {}, "Derivations"),
      make("ol", { className: "plain next" }, ...links.slice(0, 50).map(({ row }) => row)),
      links.length > 50 ? note(`The 50 with most of ${links.length.toLocaleString("en")}.`) : null,
    ].filter(Boolean);
  }

  several(items) {
    const models = items.filter((i) => i.kind === "model").sort((a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity));
    const accounts = items.filter((i) => i.kind === "author");
    const bubbles = items.filter((i) => i.role === "rest");
    const [first, most] = [models.slice(0, SELECTED), `of the first ${SELECTED}`];
    const all = models.length <= SELECTED;
    const query = new URLSearchParams(first.map((i) => ["m", i.id]));
    const inside = new Set(items);
    const links = new Set(items.flatMap((i) => i.links.filter((l) => inside.has(l.child) && inside.has(l.base)))).size;
    const made = [...RELATIONS, null].map((r) => [r, models.filter((i) => i.relation === r).length]).filter(([, n]) => n);
    const counted = (n, one) => `${n.toLocaleString("en")} ${one}${n === 1 ? "" : "s"}`;
    const title = [[models, "model"], [accounts, "account"], [bubbles, "bubble"]].filter(([some]) => some.length).map(([some, one]) => counted(some.length, one));
    return [
      this.heading(title.join(", "), ["selected"], ""),
      made.length ? make("table", { className: "children" }, make("tbody", {}, ...made.map(([r, n]) => make("tr", {}, make("th", { scope: "row" }, r ? glyph(r) : "", r ? ` ${WORDS[r][n === 1 ? 0 : 1]}` : "no base known"), make("td", { className: "num" }, n.toLocaleString("en")))))) : null,
      this.facts([
        ["Authors", models.length ? new Set(models.map((i) => i.owner).filter(Boolean)).size.toLocaleString("en") : null],
        ["Links among them", links.toLocaleString("en")],
        ...["downloads", "likes"].map((name) => [name === "likes" ? "Likes" : "Downloads, 30 days", this.sum(name, models)]),
        ["Not drawn, in bubbles", bubbles.length ? bubbles.reduce((sum, i) => sum + i.count, 0).toLocaleString("en") : null],
        ["Models of the accounts", accounts.length ? accounts.reduce((sum, i) => sum + i.models, 0).toLocaleString("en") : null],
      ]),
      make(
        "p",
        { className: "actions" },
        models.length ? make("a", { className: "button primary", href: `${this.urls.graph}?${query}` }, `Network ${all ? "of these" : most}`) : null,
        models.length > 1 && models.length <= 6 ? make("a", { className: "button", href: `${this.urls.compare}?${query}` }, "Compare") : null,
        models.length ? this.button(`Add ${all ? "them" : `the first ${SELECTED}`} to the tray`, () => this.acts.pick(first)) : null,
        this.button("Clear", () => this.acts.choose(null)),
      ),
      items.length > SELECTED ? note(`The address keeps ${SELECTED} of what is selected.`) : null,
      make("ol", { className: "plain next" }, ...[...first, ...accounts.slice(0, SELECTED)].map((i) => this.row(i))),
      all ? null : note(`The ${SELECTED} first by influence.`),
    ].filter(Boolean);
  }

  // Of those of which it is known; how many it is not known of is said.
  sum(name, models) {
    const known = models.map((i) => this.data.nodes[name][i.at]).filter((n) => n !== null && n !== undefined);
    const unknown = models.length - known.length;
    if (!known.length) return models.length ? "not stated" : null;
    const total = known.reduce((sum, n) => sum + n, 0);
    return make("span", { title: total.toLocaleString("en") }, short(total), unknown ? `, not stated of ${unknown.toLocaleString("en")}` : "");
  }

  row(item) {
    const go = make("button", { type: "button", className: "link" }, item.id);
    go.addEventListener("click", () => this.acts.choose(item));
    const figure = item.kind === "author" ? item.models.toLocaleString("en") : item.rank ? `rank ${item.rank.toLocaleString("en")}` : "";
    return make("li", {}, go, make("span", { className: "num muted" }, figure));
  }

  facts(rows) {
    return make("dl", { className: "facts" }, ...rows.filter(([, v]) => v).map(([name, v]) => make("div", {}, make("dt", {}, name), make("dd", {}, v))));
  }

  heading(title, kind, className = "id") {
    return make("header", {}, make("p", { className: "kind" }, ...kind), make("h2", { className }, title));
  }

  kind(item) {
    if (!item.relation) return ["no base known"];
    const links = item.links.filter((l) => l.child === item);
    const parts = [glyph(item.relation), ` ${WORDS[item.relation][0]}`];
    links.forEach((link, i) => {
      const go = make("button", { type: "button", className: "link" }, link.base.id);
      go.addEventListener("click", () => this.acts.choose(link.base));
      parts.push(i ? " and " : " of ", go);
      if (link.verdict && link.verdict !== "not_crawled") parts.push(` (licence: ${link.verdict.replaceAll("_", " ")})`);
    });
    return parts;
  }

  children(item) {
    const rows = RELATIONS.filter((r) => this.data.nodes.children[r][item.at]).map((r) => {
      const count = this.data.nodes.children[r][item.at];
      const drawn = item.links.filter((l) => l.base === item && l.relation === r).length;
      return make(
        "tr",
        {},
        make("th", { scope: "row" }, glyph(r), ` ${WORDS[r][1]}`),
        make("td", { className: "num" }, count.toLocaleString("en")),
        make("td", { className: "num muted" }, `${drawn.toLocaleString("en")} drawn`),
      );
    });
    return rows.length ? make("table", { className: "children" }, make("tbody", {}, ...rows)) : note("Nobody builds on it.");
  }

  rest(item) {
    const { via, relation, count } = item;
    const title = `+${count.toLocaleString("en")} ${counted(item)}`;
    const more = make("a", { className: "button", href: this.more() }, "Draw more of all");
    if (item.what === "account") return [this.heading(title, [`beyond ${via.id}, not drawn`]), make("p", { className: "actions" }, more)];
    const list = make("ol", { className: "plain next" });
    const status = make("p", { className: "muted small", role: "status" }, "Reading the next ones…");
    this.fetchNext(item, list, status);
    const grow = this.button(`Draw ${Math.min(50, count)} here`, () => this.acts.grow(item));
    grow.classList.add("primary");
    return [
      this.heading(title, [glyph(relation), ` of ${via.id}, not drawn`]),
      make(
        "p",
        { className: "actions" },
        grow,
        item.added?.length ? this.button(`Take ${item.added.length.toLocaleString("en")} back`, () => this.acts.shrink(item)) : null,
        more,
        make("a", { className: "button", href: `${this.address(via.id)}?relation=${relation}#derivatives` }, `All ${WORDS[relation][1]}`),
      ),
      status,
      list,
    ];
  }

  more() {
    const query = new URLSearchParams(location.search);
    for (const name of ["sel", "x", "at", "pin"]) query.delete(name);
    query.set("n", Math.min(1000, this.data.query.children * 3));
    return `${this.urls.graph}?${query}`;
  }

  async fetchNext(item, list, status) {
    this.asked = new AbortController();
    const query = new URLSearchParams({ m: item.via.id, relation: item.relation, skip: this.drawn(item).length });
    if (this.data.query.as_of) query.set("as_of", this.data.query.as_of);
    try {
      const answer = await fetch(`${this.urls.children}?${query}`, { signal: this.asked.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const drawn = new Set(this.drawn(item));
      const rows = (await answer.json()).data.models.filter((row) => !drawn.has(row.id)).slice(0, 50);
      list.append(...rows.map((row) => this.next(row)));
      status.textContent = rows.length < item.count ? `The next ${rows.length} of ${item.count.toLocaleString("en")}, by influence, then downloads:` : "All of them:";
    } catch (error) {
      if (error.name !== "AbortError") status.textContent = "They could not be read; the model page lists them all.";
    }
  }

  drawn(item) {
    return item.via.links.filter((l) => l.base === item.via && l.relation === item.relation).map((l) => l.child.id);
  }

  next(row) {
    const figure = row.downloads === null ? "" : `${short(row.downloads)} ↓`;
    return make(
      "li",
      {},
      make("a", { className: "id", href: this.address(row.id) }, row.id),
      make("span", { className: "num muted", title: "downloads, 30 days" }, figure),
    );
  }
}

function note(text) {
  return make("p", { className: "muted small" }, text);
}

function glyph(relation) {
  const shape = document.getElementById(`glyph-${relation}`);
  return shape ? shape.content.firstElementChild.cloneNode(true) : "";
}
