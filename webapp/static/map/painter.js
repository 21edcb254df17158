// Joins the worker that paints the dots with the canvas that shows them. A picture that is on its
// way never holds the page up: until it is here the last one is moved and stretched.

export class Painter {
  constructor(canvas, camera, worker) {
    Object.assign(this, { canvas, camera, worker, asked: new Map(), number: 0 });
    this.pen = canvas.getContext("2d");
    this.worker.onmessage = ({ data: { number, answer, error } }) => {
      const { resolve, reject } = this.asked.get(number);
      this.asked.delete(number);
      if (error) reject(new Error(error));
      else resolve(answer);
    };
    this.worker.onerror = () => this.asked.forEach(({ reject }) => reject(new Error("It cannot be drawn here.")));
  }

  ask(what, message = {}, transfer = []) {
    return new Promise((resolve, reject) => {
      this.number += 1;
      this.asked.set(this.number, { resolve, reject });
      this.worker.postMessage({ what, number: this.number, ...message }, transfer);
    });
  }

  async load(bytes, meta) {
    await this.ask("load", { bytes, meta }, [bytes]);
    this.unit = meta.steps / 2 / meta.radius;
    this.radius = meta.radius;
  }

  resize(width, height) {
    this.sharp = Math.min(2, devicePixelRatio || 1);
    this.canvas.width = Math.round(width * this.sharp);
    this.canvas.height = Math.round(height * this.sharp);
    this.show();
  }

  // In steps, as the worker counts.
  toSteps({ x, y }) {
    return { x: (x + this.radius) * this.unit, y: (y + this.radius) * this.unit };
  }

  toUnits(x, y) {
    return { x: x / this.unit - this.radius, y: y / this.unit - this.radius };
  }

  // Has the dots painted as they are looked at now; false while a picture is on its way.
  async paint() {
    if (this.busy || !this.unit) return false;
    this.busy = true;
    const { x, y, k } = this.camera;
    const { width, height } = this.canvas;
    try {
      const seen = { x, y, k, width, height };
      const { bitmap } = await this.ask("paint", { camera: { ...this.toSteps({ x, y }), scale: (k * this.sharp) / this.unit, width, height } });
      this.seen?.bitmap.close();
      this.seen = { ...seen, bitmap };
      this.frames = (this.frames ?? 0) + 1;
    } finally {
      this.busy = false;
    }
    return true;
  }

  get isSharp() {
    const { seen, camera, canvas } = this;
    return Boolean(seen) && !this.stale && seen.x === camera.x && seen.y === camera.y && seen.k === camera.k && seen.width === canvas.width && seen.height === canvas.height;
  }

  // The last picture, where it belongs now.
  show() {
    const { pen, canvas, camera, seen } = this;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, canvas.width, canvas.height);
    if (!seen) return;
    const stretch = camera.k / seen.k;
    const shift = (at, now) => (at - now) * camera.k * this.sharp;
    pen.imageSmoothingEnabled = stretch !== 1;
    pen.setTransform(stretch, 0, 0, stretch, canvas.width / 2 + shift(seen.x, camera.x), canvas.height / 2 + shift(seen.y, camera.y));
    pen.drawImage(seen.bitmap, -seen.width / 2, -seen.height / 2);
  }
}
