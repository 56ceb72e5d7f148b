// Waveforms: asked for in tiles of whole powers of two, kept, and drawn on canvases. A film of two hours with 1,500
// lines needs a waveform in every visible block; a player instance per block would be too dear, so blocks are drawn
// here, and wavesurfer.js draws and plays the takes.
import { api, Refused } from "./api.ts";
import { mediaVersion, project } from "./state.ts";
import type { Peaks, Source } from "./api-types.ts";

const TILE = 1024;
const KEPT_TILES = 400;

/** Lowest and highest value (−128…127) of each point, one after the other. */
export interface Wave {
  min: Int8Array;
  max: Int8Array;
}

const tiles = new Map<string, Promise<Wave>>();

function wave(peaks: Peaks): Wave {
  return { min: Int8Array.from(peaks.min), max: Int8Array.from(peaks.max) };
}

function kept(key: string, make: () => Promise<Wave>): Promise<Wave> {
  const known = tiles.get(key);
  if (known) {
    tiles.delete(key);
    tiles.set(key, known);
    return known;
  }
  const made = make();
  tiles.set(key, made);
  made.catch((error: unknown) => {
    tiles.delete(key);
    if (error instanceof Refused && error.status === 409) askAgainSoon();
  });
  while (tiles.size > KEPT_TILES) tiles.delete(tiles.keys().next().value as string);
  return made;
}

let waiting = 0;

/** The original sound is taken out of the film when it is first asked for; until then the server answers 409. */
function askAgainSoon(): void {
  if (waiting) return;
  waiting = window.setTimeout(() => {
    waiting = 0;
    mediaVersion.value += 1;
  }, 2000);
}

/** Samples a point stands for: the largest power of two that still gives a point to every pixel; at least 32. */
export function samplesPerPoint(samplesPerPixel: number): number {
  return 2 ** Math.max(5, Math.floor(Math.log2(Math.max(32, samplesPerPixel))));
}

/** The wave of `[start, start + points·step)`, put together from tiles of the absolute grid. */
export async function range(
  source: Source,
  start: number,
  samples: number,
  step: number,
): Promise<Wave & { offset: number }> {
  const p = project.value?.id ?? "";
  const firstTile = Math.floor(start / step / TILE);
  const lastTile = Math.floor((start + samples - 1) / step / TILE);
  const found = await Promise.all(
    Array.from({ length: lastTile - firstTile + 1 }, (_, n) => {
      const from = (firstTile + n) * TILE * step;
      return kept(`${source}/${p}/${step}/${firstTile + n}`, async () =>
        wave(await api.peaks(p, source, TILE, from, from + TILE * step)),
      );
    }),
  );
  const min = new Int8Array(found.length * TILE);
  const max = new Int8Array(found.length * TILE);
  found.forEach((tile, n) => {
    min.set(tile.min.subarray(0, TILE), n * TILE);
    max.set(tile.max.subarray(0, TILE), n * TILE);
  });
  return { min, max, offset: start / step - firstTile * TILE };
}

/** The wave of a line's file, or of one of its takes. */
export function lineWave(id: string, key: string, points: number): Promise<Wave> {
  const p = project.value?.id ?? "";
  return kept(`line/${p}/${id}/${key}/${points}`, async () => wave(await api.linePeaks(p, id, points)));
}

export function forgetLineWaves(): void {
  for (const key of [...tiles.keys()]) if (key.startsWith("line/")) tiles.delete(key);
}

export interface Stroke {
  wave: Wave;
  /** First point, and how many points are spread over the canvas; both may be fractions. */
  from: number;
  points: number;
  colour: string;
}

/** Sizes the canvas for the screen and clears it; null where it has no area. */
export function prepare(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  const ratio = Math.min(window.devicePixelRatio || 1, 2, 4096 / Math.max(1, width));
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  const pen = canvas.getContext("2d");
  if (!pen || width < 1) return null;
  pen.setTransform(canvas.width / width, 0, 0, canvas.height / height, 0, 0);
  return pen;
}

/** Height of a level 0…128 in the picture: quiet speech shall be seen, so the scale is not quite linear. */
const SHOWN = Float32Array.from({ length: 129 }, (_, level) => (level / 128) ** 0.6);

/** Draws waves over each other, one column a pixel, each column the extremes of all its points. */
export function draw(canvas: HTMLCanvasElement, width: number, height: number, strokes: Stroke[]): void {
  const pen = prepare(canvas, width, height);
  if (!pen) return;
  const middle = height / 2;
  for (const { wave: shape, from, points, colour } of strokes) {
    pen.fillStyle = colour;
    pen.beginPath();
    const columns = Math.ceil(width);
    for (let x = 0; x < columns; x += 1) {
      const first = Math.max(0, Math.floor(from + (x / width) * points));
      const end = Math.min(shape.max.length, Math.max(first + 1, Math.ceil(from + ((x + 1) / width) * points)));
      let low = 0;
      let high = 0;
      for (let n = first; n < end; n += 1) {
        low = Math.min(low, shape.min[n] ?? 0);
        high = Math.max(high, shape.max[n] ?? 0);
      }
      if (low === 0 && high === 0) continue;
      const top = middle - SHOWN[high]! * middle;
      pen.rect(x, top, 1, Math.max(1, (SHOWN[high]! + SHOWN[-low]!) * middle));
    }
    pen.fill();
  }
}

const colours = new Map<string, string>();

/** A colour of the style sheet. */
export function colour(name: string): string {
  let value = colours.get(name);
  if (value === undefined) {
    value = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    colours.set(name, value);
  }
  return value;
}
