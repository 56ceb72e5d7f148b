"use strict";
/** Takes the text of a SubRip or WebVTT file; gives its events in milliseconds. */

const TIMES = /^\s*(?:(\d+):)?(\d{1,2}):(\d{2})[,.](\d{1,3})\s*-->\s*(?:(\d+):)?(\d{1,2}):(\d{2})[,.](\d{1,3})/;

/**
 * @param {string} text
 * @returns {{ startMs: number, endMs: number, text: string }[]} events that have words, as they stand in the file
 * @throws {Error} where the text holds no event at all
 */
function parse(text) {
  const events = [];
  for (const block of text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n").split(/\n\s*\n/)) {
    const lines = block.split("\n");
    const at = lines.findIndex((line) => TIMES.test(line));
    if (at < 0) continue;
    const [startMs, endMs] = milliseconds(lines[at]);
    const words = plain(lines.slice(at + 1));
    if (words) events.push({ startMs, endMs, text: words });
  }
  if (!events.length) throw new Error("There is no subtitle in this file. It must be an .srt or .vtt file.");
  return events;
}

/** @param {string} line @returns {number[]} */
function milliseconds(line) {
  const [, ...parts] = TIMES.exec(line) ?? [];
  return [parts.slice(0, 4), parts.slice(4)].map(([hours, minutes, seconds, fraction]) => {
    const whole = (Number(hours ?? 0) * 60 + Number(minutes)) * 60 + Number(seconds);
    return whole * 1000 + Number(fraction.padEnd(3, "0"));
  });
}

/** Marks of italics, colours and places are for the eye only. @param {string[]} lines */
function plain(lines) {
  const bare = lines.map((line) => line.replace(/<[^>]*>/g, "").replace(/\{\\[^}]*\}/g, "").trim());
  return bare.filter(Boolean).join("\n");
}

module.exports = { parse };
