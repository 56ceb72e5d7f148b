"use strict";
/**
 * Premiere's ticks and frames, exactly. A second has 254 016 000 000 ticks, so that every frame of every usual rate and
 * every sample at 48 kHz is a whole number of them; more than nine hours of ticks do not fit into a double, hence BigInt.
 */

const TICKS_PER_SECOND = 254016000000n;
const TICKS_PER_MS = TICKS_PER_SECOND / 1000n;

/**
 * @param {string} timebase ticks per frame as the host says it
 * @returns {bigint}
 */
function ticksPerFrame(timebase) {
  if (!/^[1-9]\d*$/.test(timebase)) throw new Error(`Premiere says a frame has ${timebase} ticks, which is no number`);
  return BigInt(timebase);
}

/** @param {bigint} a @param {bigint} b @returns {bigint} */
function commonDivisor(a, b) {
  return b === 0n ? a : commonDivisor(b, a % b);
}

/**
 * Frames per second as the server writes it: "24000/1001", "25/1".
 * @param {bigint} perFrame
 * @returns {string}
 */
function rateOf(perFrame) {
  const shared = commonDivisor(TICKS_PER_SECOND, perFrame);
  return `${TICKS_PER_SECOND / shared}/${perFrame / shared}`;
}

/**
 * @param {string} one @param {string} other
 * @returns {boolean} are "25" and "25/1", or "30000/1001" twice, the same rate?
 */
function sameRate(one, other) {
  const [a, b] = [one, other].map((text) => text.split("/").map(BigInt));
  return a[0] * (b[1] ?? 1n) === b[0] * (a[1] ?? 1n);
}

/**
 * Ticks of a frame's start, as the host takes them: a string of digits.
 * @param {number} frame whole, 0 or above
 * @param {bigint} perFrame
 */
function frameToTicks(frame, perFrame) {
  if (!Number.isSafeInteger(frame) || frame < 0) throw new Error(`${frame} is not a frame: frames are whole, from 0`);
  return String(BigInt(frame) * perFrame);
}

/**
 * Nearest frame, halves upwards, before the start too.
 * @param {bigint} ticks
 * @param {bigint} perFrame
 */
function nearestFrame(ticks, perFrame) {
  return Number(floorDivided(2n * ticks + perFrame, 2n * perFrame));
}

/** Quotient towards minus infinity; BigInt's own goes towards zero. @param {bigint} a @param {bigint} b above 0 */
function floorDivided(a, b) {
  return a / b - (a % b < 0n ? 1n : 0n);
}

/**
 * The frame that is running at `ticks`, and how many ticks of it have passed.
 * @param {bigint} ticks 0 or above
 * @param {bigint} perFrame
 */
function frameAt(ticks, perFrame) {
  return { frame: Number(ticks / perFrame), beyond: ticks % perFrame };
}

/** @param {number} milliseconds whole */
function msToTicks(milliseconds) {
  return BigInt(milliseconds) * TICKS_PER_MS;
}

/** @param {number} milliseconds whole @param {bigint} perFrame */
function msToFrame(milliseconds, perFrame) {
  return nearestFrame(msToTicks(milliseconds), perFrame);
}

/**
 * Ticks of seconds that were written as a decimal number, to the microsecond.
 * @param {number} seconds 0 or above
 */
function secondsToTicks(seconds) {
  return (BigInt(Math.round(seconds * 1e6)) * TICKS_PER_SECOND) / 1000000n;
}

/** Frames a timecode second is labelled with: 24 for 23.976, 30 for 29.97. @param {bigint} perFrame */
function nominalRate(perFrame) {
  return Number((TICKS_PER_SECOND + perFrame - 1n) / perFrame);
}

/**
 * Hours, minutes, seconds and frames of a frame's label. With dropped labels (SMPTE ST 12-1) two, or at 59.94 four, are
 * left out of every minute that is no multiple of ten.
 * @param {number} frame counted from 00:00:00:00
 * @param {bigint} perFrame
 * @param {boolean} dropFrame
 */
function labelOf(frame, perFrame, dropFrame) {
  const nominal = nominalRate(perFrame);
  const label = dropFrame ? frame + droppedBefore(frame, nominal) : frame;
  return [label / (nominal * 3600), (label / (nominal * 60)) % 60, (label / nominal) % 60, label % nominal].map(Math.floor);
}

/** @param {number} frame counted from 00:00:00:00 @param {bigint} perFrame @param {boolean} dropFrame */
function timecode(frame, perFrame, dropFrame) {
  const widths = [2, 2, 2, Math.max(2, String(nominalRate(perFrame) - 1).length)];
  const [h, m, s, f] = labelOf(frame, perFrame, dropFrame).map((value, at) => String(value).padStart(widths[at], "0"));
  return `${h}:${m}:${s}${dropFrame ? ";" : ":"}${f}`;
}

/**
 * Ticks of the clock time a label shows: 01:00:00:00 is an hour, although 23.976 needs 3603.6 s to get there. Subtitle
 * files that count from the timecode carry this time, not the true one.
 * @param {number} frame counted from 00:00:00:00
 * @param {bigint} perFrame
 * @param {boolean} dropFrame
 */
function labelTicks(frame, perFrame, dropFrame) {
  const [h, m, s, f] = labelOf(frame, perFrame, dropFrame).map(BigInt);
  return ((h * 60n + m) * 60n + s) * TICKS_PER_SECOND + (f * TICKS_PER_SECOND) / BigInt(nominalRate(perFrame));
}

/** @param {number} frame @param {number} nominal 30 or 60 */
function droppedBefore(frame, nominal) {
  const drop = nominal / 15;
  const minute = nominal * 60 - drop;
  const ten = minute * 10 + drop;
  const rest = frame % ten;
  const minutes = rest < nominal * 60 ? 0 : 1 + Math.floor((rest - nominal * 60) / minute);
  return drop * (9 * Math.floor(frame / ten) + minutes);
}

module.exports = {
  TICKS_PER_SECOND,
  ticksPerFrame,
  rateOf,
  sameRate,
  frameToTicks,
  nearestFrame,
  frameAt,
  msToTicks,
  msToFrame,
  secondsToTicks,
  timecode,
  labelTicks,
};
