// The months that are shown: two sliders under a histogram, and playing them through.

const STEP_MS = 220;

export class Months {
  constructor(root, form, months, changed) {
    Object.assign(this, { root, form, months, changed });
    [this.first, this.last] = root.querySelectorAll("input[type=range]");
    this.said = root.querySelector("output");
    this.play = root.querySelector("button");
    for (const slider of [this.first, this.last]) slider.addEventListener("input", () => this.moved(slider));
    for (const slider of [this.first, this.last]) slider.addEventListener("change", () => this.write(true));
    this.play.addEventListener("click", () => (this.timer ? this.stop() : this.start()));
    this.read();
    root.hidden = months.length < 3;
  }

  // From the form, which the address fills.
  read() {
    const place = (name, otherwise) => Math.max(0, this.months.indexOf(this.form.elements[name].value || otherwise));
    this.first.value = place("from", this.months[0]);
    this.last.value = place("to", this.months.at(-1));
    this.say();
  }

  moved(slider) {
    const [from, to] = [Number(this.first.value), Number(this.last.value)];
    if (from > to) (slider === this.first ? this.last : this.first).value = slider.value;
    this.write(false);
  }

  write(remember) {
    const [from, to] = [Number(this.first.value), Number(this.last.value)];
    this.form.elements.from.value = from ? this.months[from] : "";
    this.form.elements.to.value = to < this.months.length - 1 ? this.months[to] : "";
    this.say();
    this.changed(remember);
  }

  say() {
    const [from, to] = [this.months[this.first.value], this.months[this.last.value]];
    this.said.textContent = from === to ? from : `${from} to ${to}`;
    for (const [slider, month] of [[this.first, from], [this.last, to]]) slider.setAttribute("aria-valuetext", month);
    for (const [at, bar] of [...this.root.querySelectorAll("rect")].entries()) bar.classList.toggle("out", at < this.first.value || at > this.last.value);
  }

  // Month by month up to the newest, from the first one that is shown.
  start() {
    if (Number(this.last.value) >= this.months.length - 1) this.last.value = this.first.value;
    this.play.textContent = "Pause";
    this.timer = setInterval(() => {
      this.last.value = Number(this.last.value) + 1;
      this.write(false);
      if (Number(this.last.value) >= this.months.length - 1) this.stop();
    }, STEP_MS);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.play.textContent = "Play";
    this.changed(true);
  }
}
