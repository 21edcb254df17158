// Beside the map: what colours mean, or the model that is chosen. Text from the Hub stays text.

import { WORDS } from "../network/relations.js";

export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  Object.assign(element, properties);
  element.append(...children.filter((child) => child !== null));
  return element;
}

export function count(number, one, many = `${one}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

// The groups of the colours; of many months only some.
export function legend(list, groups) {
  const step = groups.length > 16 ? Math.ceil(groups.length / 8) : 1;
  const shown = groups.filter((_, at) => at % step === 0 || at === groups.length - 1);
  list.replaceChildren(
    ...shown.map(({ words, colour }) => {
      const swatch = make("span", { className: "swatch" });
      swatch.style.backgroundColor = colour;
      return make("li", {}, swatch, words);
    }),
  );
}

// To which children lines are drawn; the server gives 200 at most.
function lines(number) {
  if (number === 1) return "A line leads to the one from which others were made in turn.";
  return `Lines lead to the ${number} ${number < 200 ? "" : "largest "}from which others were made in turn.`;
}

// A model, as its place on the map was answered.
export function facts(root, place, addresses, choose) {
  const { model, ancestors } = place;
  const made = model.relation ? `${WORDS[model.relation][0]} of ${ancestors[0].id}` : "no base known";
  const pair = (name, value) => (value === null ? [] : [make("div", {}, make("dt", {}, name), make("dd", {}, value))]);
  const steps = ancestors.map((one) => {
    const button = make("button", { type: "button", className: "link", textContent: one.id });
    button.addEventListener("click", () => choose(one.id));
    return make("li", {}, button);
  });
  const parts = [
    make("h2", {}, make("a", { href: addresses.model + model.id.split("/").map(encodeURIComponent).join("/"), className: "id", textContent: model.id })),
    make("p", { className: "kind" }, made),
    make(
      "dl",
      { className: "facts" },
      ...pair("Task", place.task ?? "not stated"),
      ...pair("Created", place.month ?? "not stated"),
      ...pair("Hang on it here", count(place.children_total, "model")),
    ),
    place.children.x.length ? make("p", { className: "small muted" }, lines(place.children.x.length)) : null,
    steps.length ? make("h3", {}, "Made from, step by step") : null,
    steps.length ? make("ol", { className: "plain next" }, ...steps) : null,
    make(
      "p",
      { className: "actions" },
      make("a", { className: "button primary", href: `${addresses.graph}?m=${encodeURIComponent(model.id)}`, textContent: "Network" }),
      make("a", { className: "button", href: addresses.model + model.id.split("/").map(encodeURIComponent).join("/"), textContent: "Model page" }),
    ),
  ];
  root.replaceChildren(...parts.filter(Boolean));
}
