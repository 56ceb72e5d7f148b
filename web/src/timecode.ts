// Time in the page, with integers only: frames and samples are whole numbers, a rate is a fraction. Mirrors the
// package's timebase module, and a test holds the two together. Seconds exist at the media element alone.

export interface Rate {
  readonly num: number;
  readonly den: number;
  readonly drop_frame: boolean;
}

export const SAMPLE_RATE = 48000;

/** Whole quotient, towards minus infinity; exact, for no fraction is ever formed. */
export function floorDiv(a: number, b: number): number {
  const rest = a % b;
  return (a - rest) / b - (rest !== 0 && rest < 0 !== b < 0 ? 1 : 0);
}

/** a/b to the nearest whole number, halves towards plus infinity. `b` > 0. */
export function divHalfUp(a: number, b: number): number {
  return floorDiv(2 * a + b, 2 * b);
}

/** Frames a timecode second is labelled with: 24 for 23.976, 30 for 29.97. */
export function nominal(rate: Rate): number {
  return divHalfUp(rate.num, rate.den);
}

/** First sample of a frame counted from the timeline's first. Exact up to 24 hours at 120 fps. */
export function frameToSample(frame: number, rate: Rate): number {
  return divHalfUp(frame * rate.den * SAMPLE_RATE, rate.num);
}

/** The frame in which a sample is heard. */
export function sampleToFrame(sample: number, rate: Rate): number {
  let frame = floorDiv(sample * rate.num, rate.den * SAMPLE_RATE);
  // The first sample of a frame is rounded, so the plain quotient may be one too low.
  while (frameToSample(frame + 1, rate) <= sample) frame += 1;
  return frame;
}

function pad(value: number, width = 2): string {
  return String(value).padStart(width, "0");
}

/** SMPTE label of an absolute frame count; `;` before the frames when dropping (ST 12-1). */
export function timecode(frame: number, rate: Rate): string {
  const fps = nominal(rate);
  let count = Math.abs(frame);
  if (rate.drop_frame) {
    const dropped = floorDiv(fps, 15);
    const perMinute = 60 * fps - dropped;
    const perTen = 600 * fps - 9 * dropped;
    const tens = floorDiv(count, perTen);
    const rest = count % perTen;
    count += 9 * dropped * tens;
    if (rest >= 60 * fps) count += dropped * (1 + floorDiv(rest - 60 * fps, perMinute));
  }
  const seconds = floorDiv(count, fps);
  const width = Math.max(2, String(fps - 1).length);
  const clock = [floorDiv(seconds, 3600), floorDiv(seconds, 60) % 60, seconds % 60].map((part) => pad(part)).join(":");
  return `${frame < 0 ? "-" : ""}${clock}${rate.drop_frame ? ";" : ":"}${pad(count % fps, width)}`;
}

/** Absolute frame count of an SMPTE label, or null where it is none or drop-frame leaves it out. */
export function parseTimecode(text: string, rate: Rate): number | null {
  const match = /^\s*(-?)(\d{1,3}):(\d{2}):(\d{2})[:;.,](\d{2,3})\s*$/.exec(text);
  if (!match) return null;
  const [hours, minutes, seconds, frames] = match.slice(2).map(Number) as [number, number, number, number];
  const fps = nominal(rate);
  if (minutes > 59 || seconds > 59 || frames >= fps) return null;
  let count = ((hours * 60 + minutes) * 60 + seconds) * fps + frames;
  if (rate.drop_frame) {
    const dropped = floorDiv(fps, 15);
    if (minutes % 10 && seconds === 0 && frames < dropped) return null;
    const total = hours * 60 + minutes;
    count -= dropped * (total - floorDiv(total, 10));
  }
  return match[1] ? -count : count;
}

/** Where a media element stands when `frame` is shown: a millisecond into it, for elements round and frames do not. */
export function frameToMediaSeconds(frame: number, rate: Rate): number {
  return (frame * rate.den) / rate.num + 0.001;
}

/** The frame a media element shows. */
export function mediaSecondsToFrame(seconds: number, rate: Rate): number {
  return Math.max(0, Math.floor((seconds * rate.num) / rate.den + 1e-6));
}

/** Short length for people: seconds with one decimal, computed from samples. */
export function shortLength(samples: number): string {
  const tenths = divHalfUp(samples * 10, SAMPLE_RATE);
  return `${floorDiv(tenths, 10)}.${tenths % 10} s`;
}
