// A shape drawn around things selects them.

// The items whose middle lies in a shape, given as points on the screen.
export function within(shape, items) {
  return items.filter(({ px, py }) => {
    let inside = false;
    shape.forEach(([x, y], i) => {
      const [left, top] = shape.at(i - 1);
      if (y > py !== top > py && px < ((left - x) * (py - y)) / (top - y) + x) inside = !inside;
    });
    return inside;
  });
}

export function strokeShape(pen, { tokens }, shape) {
  pen.beginPath();
  for (const [x, y] of shape) pen.lineTo(x, y);
  pen.closePath();
  pen.globalAlpha = 0.12;
  pen.fillStyle = pen.strokeStyle = tokens.accent;
  pen.fill();
  pen.globalAlpha = 1;
  pen.lineWidth = 1.5;
  pen.setLineDash([5, 4]);
  pen.stroke();
  pen.setLineDash([]);
}
