// A pen that draws as a canvas does and writes SVG: only what the painter uses.

const n = (value) => Math.round(value * 10) / 10;

export class SvgPath {
  d = "";

  moveTo(x, y) {
    this.d += `M${n(x)} ${n(y)}`;
  }

  lineTo(x, y) {
    this.d += `L${n(x)} ${n(y)}`;
  }

  quadraticCurveTo(...p) {
    this.d += `Q${p.map(n).join(" ")}`;
  }

  bezierCurveTo(...p) {
    this.d += `C${p.map(n).join(" ")}`;
  }

  rect(x, y, w, h) {
    this.d += `M${n(x)} ${n(y)}h${n(w)}v${n(h)}h${n(-w)}z`;
  }

  roundRect(x, y, w, h) {
    this.rect(x, y, w, h);
  }

  // Only ever a whole circle.
  arc(x, y, r) {
    this.d += `M${n(x + r)} ${n(y)}a${n(r)} ${n(r)} 0 1 1 ${n(-2 * r)} 0a${n(r)} ${n(r)} 0 1 1 ${n(2 * r)} 0`;
  }
}

export class SvgPen {
  globalAlpha = 1;
  lineWidth = 1;
  parts = [];
  dash = [];

  constructor(width, height, measuring) {
    Object.assign(this, { width, height, measuring });
    this.beginPath();
  }

  beginPath() {
    this.own = new SvgPath();
    for (const name of ["moveTo", "lineTo", "arc", "roundRect"]) this[name] = (...p) => this.own[name](...p);
  }

  save() {}
  restore() {}

  setLineDash(dash) {
    this.dash = dash;
  }

  measureText(text) {
    this.measuring.font = this.font;
    return this.measuring.measureText(text);
  }

  fill(path = this.own) {
    if (path.d) this.parts.push(`<path d="${path.d}" fill="${this.fillStyle}"${this.alpha()}/>`);
  }

  stroke(path = this.own) {
    if (!path.d) return;
    const dash = this.dash.length ? ` stroke-dasharray="${this.dash.join(" ")}"` : "";
    this.parts.push(`<path d="${path.d}" fill="none" stroke="${this.strokeStyle}" stroke-width="${n(this.lineWidth)}"${dash}${this.alpha()}/>`);
  }

  fillRect(x, y, w, h) {
    this.parts.push(`<path d="M${n(x)} ${n(y)}h${n(w)}v${n(h)}h${n(-w)}z" fill="${this.fillStyle}"/>`);
  }

  strokeText(text, x, y) {
    this.write(text, x, y, `fill="none" stroke="${this.strokeStyle}" stroke-width="${n(this.lineWidth)}" stroke-linejoin="round"`);
  }

  fillText(text, x, y) {
    this.write(text, x, y, `fill="${this.fillStyle}"`);
  }

  write(text, x, y, paint) {
    const [, weight, size] = /(?:(\d+) )?([\d.]+)px/.exec(this.font);
    const anchor = this.textAlign === "center" ? "middle" : "start";
    this.parts.push(`<text x="${n(x)}" y="${n(y)}" font-size="${n(Number(size))}" font-weight="${weight ?? 400}" text-anchor="${anchor}" dominant-baseline="central" ${paint}>${escaped(text)}</text>`);
  }

  alpha() {
    return this.globalAlpha < 1 ? ` opacity="${this.globalAlpha}"` : "";
  }

  text() {
    return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${n(this.width)} ${n(this.height)}" width="${n(this.width)}" height="${n(this.height)}" font-family="system-ui, sans-serif">${this.parts.join("\n")}</svg>\n`;
  }
}

function escaped(text) {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`).replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd]/g, (c) => (/[\ud800-\udfff]/.test(c) ? c : "\ufffd"));
}
