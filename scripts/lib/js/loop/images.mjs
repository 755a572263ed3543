// The sample of handwritten digits in `zk-circuits/model/images.bin`, and how a terminal shows one.
import { readFileSync } from 'node:fs';

const PIXELS = 64;
const file = new URL('../../../../zk-circuits/model/images.bin', import.meta.url);

/** The images, each `{ pixels, label }`: 64 pixels of 0..16 and the digit they show. */
export const images = (() => {
  const bytes = readFileSync(file);
  const list = [];
  for (let at = 0; at + PIXELS < bytes.length; at += PIXELS + 1) {
    list.push({ pixels: bytes.subarray(at, at + PIXELS), label: bytes[at + PIXELS] });
  }
  return list;
})();

/** `count` chunks of four images, beginning with image `first`. */
export const chunks = (first, count) =>
  Array.from({ length: count }, (_, chunk) =>
    Array.from({ length: 4 }, (_, i) => images[(first + chunk * 4 + i) % images.length]),
  );

const shades = [' ', '░', '▒', '▓', '█'];

/** An image as four lines of eight characters; each character is two pixels, one above the other. */
export const picture = (pixels) =>
  Array.from({ length: 4 }, (_, row) =>
    Array.from({ length: 8 }, (_, column) => {
      const mean = (pixels[row * 16 + column] + pixels[row * 16 + 8 + column]) / 2;
      return shades[Math.min(4, Math.round(mean / 4))];
    }).join(''),
  );
