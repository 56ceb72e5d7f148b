"use strict";
/** Takes the active sequence; gives its rate, start timecode and length in exact numbers, and its edit as OTIO. */

const time = require("./time.js");

/** ExtendScript's codes of the same setting, which some versions of the host return: 29.97 and 59.94 with dropped labels. */
const DROP_CODES = [102, 106];
const NON_DROP_CODES = [103, 107];

/**
 * @param {Host} ppro
 * @param {HostSequence} sequence
 * @returns {Promise<SequenceFacts>}
 */
async function readSequence(ppro, sequence) {
  const perFrame = time.ticksPerFrame(await sequence.getTimebase());
  const zero = BigInt((await sequence.getZeroPoint()).ticks);
  const end = BigInt((await sequence.getEndTime()).ticks);
  const start = time.frameAt(zero, perFrame);
  const dropFrame = await countsWithDroppedLabels(ppro, sequence, perFrame);
  /** @type {Notice[]} */
  const notices = start.beyond ? [{ code: "start_off_grid", values: { frame: start.frame } }] : [];
  if (dropFrame === null) notices.push({ code: "drop_frame_unknown", values: {} });
  return {
    name: sequence.name,
    ticksPerFrame: perFrame,
    rate: time.rateOf(perFrame),
    dropFrame: dropFrame === true,
    startFrame: start.frame,
    frames: Number((end + perFrame - 1n) / perFrame),
    film: await filmOf(ppro, sequence),
    notices,
  };
}

/**
 * @param {Host} ppro
 * @param {HostSequence} sequence
 * @param {bigint} perFrame
 * @returns {Promise<boolean | null>} null where the host shows no timecode (feet, frames) at a rate that has both countings
 */
async function countsWithDroppedLabels(ppro, sequence, perFrame) {
  if (!["30000/1001", "60000/1001"].includes(time.rateOf(perFrame))) return false;
  const shown = (await sequence.getSequenceVideoTimeDisplayFormat()).type;
  const formats = ppro.Constants.VideoDisplayFormatType;
  if (shown === formats.FPS_29_97 || DROP_CODES.includes(shown)) return true;
  return shown === formats.FPS_29_97_NON_DROP || NON_DROP_CODES.includes(shown) ? false : null;
}

/**
 * The film, where the picture is one whole file from the sequence's first frame; null for anything that was edited.
 * @param {Host} ppro
 * @param {HostSequence} sequence
 * @returns {Promise<string | null>}
 */
async function filmOf(ppro, sequence) {
  const found = [];
  for (let index = 0; index < (await sequence.getVideoTrackCount()); index += 1) {
    const track = await sequence.getVideoTrack(index);
    found.push(...track.getTrackItems(ppro.Constants.TrackItemType.CLIP, false));
  }
  if (found.length !== 1) return null;
  const starts = [await found[0].getStartTime(), await found[0].getInPoint()];
  const speed = await found[0].getSpeed();
  if (speed !== 1 || starts.some((at) => at.ticks !== "0")) return null;
  const item = ppro.ClipProjectItem.cast(await found[0].getProjectItem());
  return item ? (await item.getMediaFilePath()) || null : null;
}

/**
 * The edit as OTIO text, or null with the reason in `notices`: versions before 26.2 cannot export it by script.
 * @param {Host} ppro
 * @param {HostSequence} sequence
 * @param {Files} files
 * @param {string} path where the host may write for a moment
 * @returns {Promise<{ text: string | null, notices: Notice[] }>}
 */
async function exportOtio(ppro, sequence, files, path) {
  const converter = ppro.ProjectConverter;
  if (typeof converter?.exportAsOpenTimelineIO !== "function") {
    return { text: null, notices: [{ code: "otio_too_old", values: {} }] };
  }
  try {
    if (!(await converter.exportAsOpenTimelineIO(sequence, path, true))) throw new Error("Premiere said no");
    const text = await files.read(path);
    JSON.parse(text);
    return { text, notices: [] };
  } catch (error) {
    return { text: null, notices: [{ code: "otio_failed", values: { reason: String(error) } }] };
  } finally {
    if (await files.exists(path)) await files.remove(path);
  }
}

/**
 * The edit without the tracks an earlier dub put there: they are no part of the film.
 * @param {string} otio
 * @param {(path: string) => boolean} isOurs
 * @returns {string} the very same text where there is none of ours in it
 */
function withoutOurs(otio, isOurs) {
  const document = JSON.parse(otio);
  const all = document.tracks?.children ?? [];
  const kept = all.filter((/** @type {any} */ track) => {
    const clips = (track.children ?? []).filter((/** @type {any} */ one) => /^Clip\./.test(one.OTIO_SCHEMA));
    return track.kind !== "Audio" || !clips.length || !clips.every((/** @type {any} */ clip) => isOurs(mediaPath(clip)));
  });
  if (kept.length === all.length) return otio;
  return JSON.stringify({ ...document, tracks: { ...document.tracks, children: kept } });
}

/** @param {any} clip @returns {string} "" for a clip without media */
function mediaPath(clip) {
  const media = clip.media_reference ?? clip.media_references?.[clip.active_media_reference_key ?? "DEFAULT_MEDIA"];
  const address = media?.target_url ?? "";
  if (!address.startsWith("file:")) return address;
  return decodeURIComponent(address.replace(/^file:\/\/(localhost)?/, "")).replace(/^\/(?=[A-Za-z]:)/, "");
}

module.exports = { readSequence, exportOtio, withoutOurs };
