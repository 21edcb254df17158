// Search within the drawing: what fits stays bright, Enter goes from one to the next.

import { make } from "./panel.js";

export class Find {
  constructor(form, { scene, search, found, go }) {
    Object.assign(this, { form, scene, search, found, go, matches: [], at: -1 });
    this.field = form.querySelector("input");
    this.said = form.querySelector("[role=status]");
    this.field.addEventListener("input", () => this.look());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.next(1);
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.end();
      else if (event.key === "Enter" && event.shiftKey) this.next(-1);
      else return;
      event.preventDefault();
    });
  }

  open() {
    this.field.focus();
    this.field.select();
  }

  look() {
    const text = this.field.value.trim().toLowerCase();
    this.matches = text ? this.scene.items.filter((i) => i.id?.toLowerCase().includes(text) && !i.hidden) : [];
    this.at = -1;
    this.found(text ? this.matches : null);
    const count = this.matches.length;
    this.said.replaceChildren(!text ? "" : count ? `${count.toLocaleString("en")} found` : "Not in this network. ");
    if (text && !count) this.said.append(make("a", { href: `${this.search}?q=${encodeURIComponent(text)}` }, "Search the whole graph"));
  }

  next(step) {
    if (!this.matches.length) return;
    this.at = (this.at + step + this.matches.length) % this.matches.length;
    this.said.textContent = `${(this.at + 1).toLocaleString("en")} of ${this.matches.length.toLocaleString("en")}`;
    this.go(this.matches[this.at]);
  }

  end() {
    this.field.value = "";
    this.look();
    document.querySelector(".stage canvas[tabindex]").focus();
  }
}
