"use strict";
/**
 * Takes a sequence; gives the lines to be spoken in frames. Premiere lets no plug-in read the words of captions, so they
 * come from markers, from the transcript, from a subtitle file, or from captions' times with the words of such a file.
 */

const time = require("./time.js");
const subtitles = require("./subtitles.js");

/** What every caption is called while the host hides its words. */
const HIDDEN_CAPTION = "SyntheticCaption";

/**
 * Markers with a length: the comment is the line and the name its character; without a comment the name is the line.
 * @param {Host} ppro
 * @param {HostSequence} sequence
 * @param {SequenceFacts} facts
 * @returns {Promise<Texts>}
 */
async function fromMarkers(ppro, sequence, facts) {
  const owner = await ppro.Markers.getMarkers(sequence);
  const segments = [];
  let without = 0;
  for (const marker of owner.getMarkers()) {
    const [name, comment] = [marker.getName().trim(), marker.getComments().trim()];
    const start = BigInt(marker.getStart().ticks);
    const length = BigInt(marker.getDuration().ticks);
    if (!name && !comment) continue;
    if (length <= 0n) without += 1;
    else segments.push(segment(facts, start, start + length, comment || name, comment ? name : ""));
  }
  /** @type {Notice[]} */
  const notices = without ? [{ code: "markers_without_length", values: { count: without } }] : [];
  return { source: "markers", segments: inOrder(segments), notices };
}

/**
 * @param {Host} ppro
 * @param {HostSequence} sequence
 * @param {SequenceFacts} facts
 * @returns {Promise<Texts>}
 */
async function fromTranscript(ppro, sequence, facts) {
  const whole = ppro.ClipProjectItem.cast(await sequence.getProjectItem());
  if (whole && ppro.Transcript.hasTranscript(whole)) {
    const found = spoken(await ppro.Transcript.exportToJSON(whole));
    if (found.length) {
      const segments = found.map((one) => segment(facts, one.start, one.end, one.text, one.speaker));
      return { source: "transcript", segments: inOrder(segments), notices: [] };
    }
  }
  return transcriptsOfClips(ppro, sequence, facts);
}

/**
 * Transcripts of the clips, carried through their in points to where they stand. A clip whose speed was changed is left
 * out and said.
 * @param {Host} ppro
 * @param {HostSequence} sequence
 * @param {SequenceFacts} facts
 * @returns {Promise<Texts>}
 */
async function transcriptsOfClips(ppro, sequence, facts) {
  /** @type {Map<string, Segment>} */
  const found = new Map();
  let retimed = 0;
  for (let index = 0; index < (await sequence.getAudioTrackCount()); index += 1) {
    const track = await sequence.getAudioTrack(index);
    for (const item of track.getTrackItems(ppro.Constants.TrackItemType.CLIP, false)) {
      const source = ppro.ClipProjectItem.cast(await item.getProjectItem());
      if (!source || !ppro.Transcript.hasTranscript(source)) continue;
      if ((await item.getSpeed()) !== 1 || (await item.isSpeedReversed())) retimed += 1;
      else for (const one of await heardIn(ppro, item, source, facts)) found.set(JSON.stringify(one), one);
    }
  }
  /** @type {Notice[]} */
  const notices = retimed ? [{ code: "transcript_retimed", values: { count: retimed } }] : [];
  return { source: "transcript", segments: inOrder([...found.values()]), notices };
}

/**
 * @param {Host} ppro
 * @param {HostTrackItem} item
 * @param {HostClipItem} source
 * @param {SequenceFacts} facts
 */
async function heardIn(ppro, item, source, facts) {
  const begin = BigInt((await item.getStartTime()).ticks);
  const end = BigInt((await item.getEndTime()).ticks);
  const into = BigInt((await item.getInPoint()).ticks);
  const heard = [];
  for (const one of spoken(await ppro.Transcript.exportToJSON(source))) {
    const start = begin + one.start - into;
    const stop = begin + one.end - into;
    if (stop <= begin || start >= end) continue;
    heard.push(segment(facts, start < begin ? begin : start, stop > end ? end : stop, one.text, one.speaker));
  }
  return heard;
}

/**
 * Sentences of a transcript in Adobe's format: segments of words, `eos` on the last word of a sentence.
 * @param {string} json
 * @returns {{ start: bigint, end: bigint, text: string, speaker: string }[]}
 */
function spoken(json) {
  const document = JSON.parse(json);
  const names = new Map((document.speakers ?? []).map((/** @type {any} */ one) => [one.id, one.name]));
  const sentences = [];
  for (const part of document.segments ?? []) {
    let words = [];
    for (const word of part.words ?? []) {
      words.push(word);
      if (word.eos) sentences.push(sentence(words, names.get(part.speaker)));
      if (word.eos) words = [];
    }
    if (words.length) sentences.push(sentence(words, names.get(part.speaker)));
  }
  return sentences.filter((one) => one.text);
}

/** @param {any[]} words @param {string | undefined} speaker */
function sentence(words, speaker) {
  const last = words[words.length - 1];
  const text = words.reduce((said, word) => said + (needsSpace(said, word) ? " " : "") + word.text, "");
  return {
    start: time.secondsToTicks(words[0].start),
    end: time.secondsToTicks(last.start + last.duration),
    text: text.trim(),
    speaker: speaker ?? "",
  };
}

/** Between two words, but not before punctuation nor between signs that are written without spaces. */
const JOINED = /[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]/;

/** @param {string} said @param {{ text: string, type?: string }} word */
function needsSpace(said, word) {
  if (!said || word.type === "punctuation") return false;
  return !(JOINED.test(said[said.length - 1]) && JOINED.test(word.text[0]));
}

/**
 * A subtitle file. Its times may count from the sequence's start or from its timecode.
 * @param {string} text
 * @param {SequenceFacts} facts
 * @returns {Texts}
 */
function fromSubtitles(text, facts) {
  const events = subtitles.parse(text);
  const origin = originOf(events, facts);
  const segments = events.map((event) => {
    const start = time.nearestFrame(time.msToTicks(event.startMs) - origin, facts.ticksPerFrame);
    const end = time.nearestFrame(time.msToTicks(event.endMs) - origin, facts.ticksPerFrame);
    return { text: event.text, start_frame: start, end_frame: Math.max(end, start + 1) };
  });
  /** @type {Notice[]} */
  const notices = origin ? [{ code: "subtitles_in_timecode", values: {} }] : [];
  return { source: "subtitles", segments: inOrder(segments), notices };
}

/**
 * Ticks to take off every time. Editors write the clock time of the timecode label, which at 23.976 without dropped
 * labels is 3.6 s an hour less than the true time; a file that only fits in true seconds is taken so. Where even the
 * first line stands more than a second before the start timecode, times count from the sequence's start. The package
 * decides the same way for `dubsync FILE` (`timeline/origin.py`).
 * @param {{ startMs: number, endMs: number }[]} events
 * @param {SequenceFacts} facts
 */
function originOf(events, facts) {
  if (facts.startFrame <= 0) return 0n;
  const first = time.msToTicks(Math.min(...events.map((event) => event.startMs)));
  const last = time.msToTicks(Math.max(...events.map((event) => event.endMs)));
  const label = time.labelTicks(facts.startFrame, facts.ticksPerFrame, facts.dropFrame);
  const elapsed = BigInt(facts.startFrame) * facts.ticksPerFrame;
  const length = BigInt(facts.frames) * facts.ticksPerFrame;
  const onlyElapsedFits = last - label > length && last - elapsed <= length && first >= elapsed;
  const origin = onlyElapsedFits ? elapsed : label;
  return first >= origin - time.TICKS_PER_SECOND ? origin : 0n;
}

/**
 * Captions: their own words where the host tells them, or those of a subtitle file that has as many lines.
 * @param {Host} ppro
 * @param {HostSequence} sequence
 * @param {SequenceFacts} facts
 * @param {Texts | null} words of the subtitle file beside it
 * @returns {Promise<Texts>}
 */
async function fromCaptions(ppro, sequence, facts, words) {
  const spans = await captionSpans(ppro, sequence);
  if (!spans.length) return words ?? { source: "captions", segments: [], notices: [] };
  if (spans.every((span) => span.name && span.name !== HIDDEN_CAPTION)) {
    const segments = spans.map((span) => segment(facts, span.start, span.end, span.name, ""));
    return { source: "captions", segments: inOrder(segments), notices: [] };
  }
  if (!words) return { source: "captions", segments: [], notices: [notice("captions_hidden", { count: spans.length })] };
  if (words.segments.length !== spans.length) {
    const counts = { captions: spans.length, lines: words.segments.length };
    return { ...words, notices: [...words.notices, notice("captions_differ", counts)] };
  }
  const segments = spans.map((span, index) => segment(facts, span.start, span.end, words.segments[index].text, ""));
  return { source: "captions", segments, notices: words.notices };
}

/**
 * @param {Host} ppro
 * @param {HostSequence} sequence
 * @returns {Promise<{ start: bigint, end: bigint, name: string }[]>} in time, of all caption tracks that are not muted
 */
async function captionSpans(ppro, sequence) {
  const spans = [];
  for (let index = 0; index < (await sequence.getCaptionTrackCount()); index += 1) {
    const track = await sequence.getCaptionTrack(index);
    if (await track.isMuted()) continue;
    // The published types call this an empty tuple; what comes has the methods of a track item.
    const items = /** @type {HostTrackItem[]} */ (
      /** @type {unknown} */ (track.getTrackItems(ppro.Constants.TrackItemType.CLIP, false))
    );
    for (const item of items) {
      const [start, end] = [await item.getStartTime(), await item.getEndTime()];
      spans.push({ start: BigInt(start.ticks), end: BigInt(end.ticks), name: (await item.getName()).trim() });
    }
  }
  return spans.sort((one, other) => (one.start < other.start ? -1 : one.start > other.start ? 1 : 0));
}

/**
 * @param {SequenceFacts} facts
 * @param {bigint} start
 * @param {bigint} end
 * @param {string} text
 * @param {string} character
 * @returns {Segment}
 */
function segment(facts, start, end, text, character) {
  const first = time.nearestFrame(start, facts.ticksPerFrame);
  const behind = Math.max(first + 1, time.nearestFrame(end, facts.ticksPerFrame));
  return { text, start_frame: first, end_frame: behind, ...(character ? { character } : {}) };
}

/** @param {string} code @param {Record<string, string | number>} values @returns {Notice} */
function notice(code, values) {
  return { code, values };
}

/** @param {Segment[]} segments */
function inOrder(segments) {
  return [...segments].sort((one, other) => one.start_frame - other.start_frame || one.end_frame - other.end_frame);
}

/**
 * Only lines that lie inside the sequence; one that reaches beyond its end is cut there, one outside is left out. Both are
 * said.
 * @param {SequenceFacts} facts
 * @param {Texts} found
 * @returns {Texts}
 */
function inside(facts, found) {
  const kept = found.segments.filter((one) => one.start_frame >= 0 && one.start_frame < facts.frames);
  const cut = kept.filter((one) => one.end_frame > facts.frames).length;
  const outside = found.segments.length - kept.length;
  const notices = [...found.notices];
  if (outside) notices.push(notice("lines_outside", { count: outside }));
  if (cut) notices.push(notice("lines_cut", { count: cut }));
  const segments = kept.map((one) => ({ ...one, end_frame: Math.min(one.end_frame, facts.frames) }));
  return { ...found, segments, notices };
}

module.exports = { inside, fromMarkers, fromTranscript, fromSubtitles, fromCaptions };
