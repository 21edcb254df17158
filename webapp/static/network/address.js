// What is looked at, in the address: so that a link and the Back button show the same again.

const MOST = 20; // of each
export const SELECTED = 50;

export function read() {
  const query = new URL(location).searchParams;
  const numbers = (query.get("at") ?? "").split(",").map(Number);
  return {
    selected: query.getAll("sel"),
    way: query.get("color") ?? "relation",
    hidden: query.getAll("hide"),
    pins: query.getAll("pin").map((text) => parts(text, 2)).filter(([, x, y]) => Number.isFinite(Number(x)) && Number.isFinite(Number(y))),
    expanded: query.getAll("x").map((text) => parts(text, 1)),
    frame: numbers.length === 3 && numbers.every(Number.isFinite) ? numbers : null,
  };
}

// A key may hold any character, so what follows it is cut off from the end.
function parts(text, count) {
  const found = text.split("~");
  return [found.slice(0, -count).join("~"), ...found.slice(-count)];
}

export function write(changes, remember) {
  const address = new URL(location);
  const query = address.searchParams;
  for (const [name, value] of Object.entries(changes)) {
    query.delete(name);
    for (const one of Array.isArray(value) ? value.slice(0, name === "sel" ? SELECTED : MOST) : value ? [value] : []) query.append(name, one);
  }
  if (address.href === location.href) return;
  if (remember) history.pushState(null, "", address);
  else history.replaceState(null, "", address);
}
