// The groups that colours make, each with its count, to be hidden and shown.

import { make } from "./panel.js";

export class Legend {
  constructor(root, painter, changed) {
    Object.assign(this, { root, painter, changed, hidden: new Set() });
  }

  show(hidden) {
    const { painter } = this;
    this.hidden = new Set(hidden);
    const { items } = painter.scene;
    for (const item of items) if (item.role !== "rest") item.hidden = item.role !== "start" && this.hidden.has(painter.colouring.of(item));
    for (const item of items) if (item.role === "rest") item.hidden = item.count === 0 || item.via.hidden;
    painter.changed();
    const own = painter.way !== "relation";
    this.root.hidden = !own;
    this.root.replaceChildren(...(own ? painter.colouring.groups.map((group) => this.entry(group)) : []));
  }

  entry({ key, words, count }) {
    const on = !this.hidden.has(key);
    const dot = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const circle = document.createElementNS("http://www.w3.org/2000/svg", "circle");
    for (const [name, value] of Object.entries({ viewBox: "0 0 12 12", width: 12, height: 12, "aria-hidden": "true" })) dot.setAttribute(name, value);
    for (const [name, value] of Object.entries({ cx: 6, cy: 6, r: 5, fill: this.painter.colouring.colour(key, this.painter), stroke: key === "?" ? this.painter.tokens.control : "none" })) circle.setAttribute(name, value);
    dot.append(circle);
    const button = make("button", { type: "button", "aria-pressed": String(on), title: "Click to hide or show these; with Alt these alone." }, dot, ` ${words} `, make("b", {}, count.toLocaleString("en")));
    button.addEventListener("click", (event) => {
      const others = this.painter.colouring.groups.map((group) => group.key).filter((k) => k !== key);
      if (event.altKey) this.hidden = others.every((k) => this.hidden.has(k)) ? new Set() : new Set(others);
      else if (on) this.hidden.add(key);
      else this.hidden.delete(key);
      const place = [...this.root.children].indexOf(button);
      this.changed([...this.hidden]);
      this.root.children[place]?.focus();
    });
    return button;
  }
}
