// Paints the dots beside the page, which stays quick however many there are.

import { Dots } from "./dots.js";

let dots = null;
let style = null;
let canvas = null;
let pen = null;
let image = null;

const answers = {
  load({ bytes, meta }) {
    dots = new Dots(new Uint8Array(bytes), meta);
    return {};
  },
  style({ by, filter, rest, colours }) {
    style = colours;
    return { counts: dots.colour(by, filter, rest) };
  },
  colours({ colours }) {
    style = colours;
    return {};
  },
  paint({ camera }) {
    const { width, height } = camera;
    if (canvas?.width !== width || canvas.height !== height) {
      canvas = new OffscreenCanvas(width, height);
      pen = canvas.getContext("2d");
      image = pen.createImageData(width, height);
    }
    dots.paint(new Uint32Array(image.data.buffer), camera, style);
    pen.putImageData(image, 0, 0);
    return { bitmap: canvas.transferToImageBitmap() };
  },
  pick({ x, y, near }) {
    const dot = dots.pick(x, y, near);
    return dot < 0 ? { dot } : { dot, x: dots.x[dot], y: dots.y[dot], size: dots.made[dot] >> dots.bits, relation: dots.made[dot] & ((1 << dots.bits) - 1) };
  },
  within({ box, most }) {
    const found = dots.within(...box, most);
    return { dots: found, x: found.map((i) => dots.x[i]), y: found.map((i) => dots.y[i]), size: found.map((i) => dots.made[i] >> dots.bits) };
  },
};

onmessage = ({ data }) => {
  try {
    const answer = answers[data.what](data);
    postMessage({ number: data.number, answer }, answer.bitmap ? [answer.bitmap] : []);
  } catch (error) {
    postMessage({ number: data.number, error: error.message });
  }
};
