// Drawing, table and Cypher as tabs; the table is a page of its own, read when it is first shown.

export function tabs(page, first) {
  const list = page.querySelectorAll("[data-tab]");
  const place = document.getElementById("table");
  const show = (name, remember) => {
    for (const tab of list) {
      const on = tab.dataset.tab === name;
      tab.toggleAttribute("aria-current", on);
      document.getElementById(tab.dataset.tab).hidden = !on;
    }
    page.dataset.shown = name;
    if (name === "table") fill(place);
    if (remember) history.replaceState(null, "", `#${name}`);
  };
  const named = () => [...list].find((tab) => `#${tab.dataset.tab}` === location.hash)?.dataset.tab;
  for (const tab of list) {
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      show(tab.dataset.tab, true);
    });
  }
  place.addEventListener("click", (event) => {
    const link = event.target.closest("a.drawing, a[rel=next], a[rel=prev]");
    if (!link) return;
    event.preventDefault();
    if (link.rel) return fill(place, link.href);
    show("drawing", true);
    document.querySelector("#drawing [tabindex]")?.focus();
  });
  addEventListener("hashchange", () => named() && show(named(), false));
  page.classList.add("tabbed");
  show(named() ?? first, false);
}

async function fill(place, address) {
  if (!address && place.dataset.read) return;
  place.dataset.read = "yes";
  const told = place.querySelector(".pager span, p");
  try {
    const answer = await fetch(address ?? place.dataset.address);
    if (!answer.ok) throw new Error(answer.status);
    const read = new DOMParser().parseFromString(await answer.text(), "text/html");
    place.replaceChildren(...read.getElementById("table").childNodes);
    if (address) place.querySelector("[tabindex]").focus();
  } catch {
    delete place.dataset.read;
    told.textContent = "The table could not be read; try again.";
  }
}
