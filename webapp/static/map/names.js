// What the server knows of dots: names, places, suggestions.

export class Names {
  constructor(addresses) {
    this.addresses = addresses;
    this.known = new Map();
  }

  // Ids of some dots, in their order; null where none is known.
  async of(dots) {
    const missing = dots.filter((dot) => !this.known.has(dot));
    if (missing.length) {
      const body = await this.read(`${this.addresses.names}?dots=${missing.join(",")}`);
      body.data?.ids.forEach((id, at) => this.known.set(missing[at], id));
    }
    return dots.map((dot) => this.known.get(dot) ?? null);
  }

  // Where a model is, by `m` or `dot`, or why that is not known.
  async place(question) {
    const body = await this.read(`${this.addresses.place}?${new URLSearchParams(question)}`);
    return body.error ? { error: body.error.message } : { place: body.data };
  }

  // The families by columns, the largest first; none where the server does not say.
  async islands() {
    const body = await this.read(this.addresses.islands);
    return body.data ?? { id: [], x: [], y: [], radius: [], dot: [], models: [] };
  }

  // Merges between families in a box; null where the server does not say.
  async bridges(box) {
    return (await this.read(`${this.addresses.bridges}?box=${box}`)).data ?? null;
  }

  // Fills a list of what a text may become.
  suggest(field, list, make) {
    let asked = 0;
    field.addEventListener("input", async () => {
      asked += 1;
      const mine = asked;
      const body = await this.read(`${this.addresses.suggest}?q=${encodeURIComponent(field.value)}`);
      if (mine !== asked || !body.data) return;
      const models = body.data.suggestions.filter(({ type }) => type === "model");
      list.replaceChildren(...models.map(({ id }) => make("option", { value: id })));
    });
  }

  async read(address) {
    try {
      return await (await fetch(address)).json();
    } catch {
      return { error: { message: "The server does not answer." } };
    }
  }
}
