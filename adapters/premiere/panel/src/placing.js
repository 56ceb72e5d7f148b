"use strict";
/**
 * Takes a track plan; gives the lines on tracks of their own, read back from the host. What already stands right is left,
 * what an earlier placing left behind is taken away, and nothing that is not ours is touched: a line that would cover
 * somebody's clip is not placed but named.
 */

const time = require("./time.js");
const { act, itemsOf, key } = require("./bin.js");

const AT_ONCE = 100;
/** Track items have no wish for a picture track; the host wants a number all the same. */
const NO_PICTURE = 0;

/**
 * @param {Host} ppro
 * @param {HostProject} project
 * @param {HostSequence} sequence
 * @param {SequenceFacts} facts
 * @param {TrackPlan} plan
 * @param {{ clock: Clock, changed: (path: string) => boolean }} more `changed` tells which files are not what they were
 *   when they were last placed
 * @returns {Promise<Placement>}
 * @throws {Error} where plan and sequence do not belong together, or the host refuses
 */
async function place(ppro, project, sequence, facts, plan, { clock, changed }) {
  checkTimebase(facts, plan);
  const planned = plan.tracks.filter((track) => track.clips.length);
  const { items, missing, older } = await itemsOf(ppro, project, clock, planned.flatMap((track) => track.clips.map((clip) => clip.path)));
  const before = await others(ppro, sequence, planned);
  /** @type {Placement} */
  const result = { clips: [], placed: 0, kept: 0, removed: 0, trouble: missing.map((path) => notice("file_missing", { path })) };
  await refresh(ppro, items, older.filter(changed), result);
  for (const track of planned) {
    const index = await trackFor(ppro, project, sequence, track, items, result);
    if (index === null) continue;
    await fill(ppro, project, sequence, facts, { track, index, items }, result);
    result.clips.push(...(await readBack(ppro, sequence, facts, track, index, result)));
  }
  const after = await others(ppro, sequence, planned);
  for (const [name, stood] of before) {
    if (after.get(name) !== stood) result.trouble.push(notice("other_track_changed", { track: name }));
  }
  return result;
}

/**
 * A line that was spoken again lies under the same name: the host has to look at the file anew.
 * @param {Host} ppro
 * @param {Map<string, HostProjectItem>} items
 * @param {string[]} older
 * @param {Placement} result
 */
async function refresh(ppro, items, older, result) {
  for (const path of older) {
    const clip = ppro.ClipProjectItem.cast(/** @type {HostProjectItem} */ (items.get(key(path))));
    if (!(await clip.refreshMedia())) result.trouble.push(notice("not_refreshed", { path }));
  }
}

/** @param {SequenceFacts} facts @param {TrackPlan} plan */
function checkTimebase(facts, plan) {
  if (!time.sameRate(facts.rate, plan.rate)) {
    throw new Error(`The lines were planned at ${plan.rate} frames a second, this sequence runs at ${facts.rate}. Send it again.`);
  }
  if (facts.startFrame !== plan.start_frame) {
    const [now, then] = [facts.startFrame, plan.start_frame];
    throw new Error(`The sequence starts at frame ${now}, the lines were planned for a start at ${then}. Send it again.`);
  }
}

/**
 * The audio track of that name; else one that already holds lines of this plan's track (versions before 26.3 cannot name
 * tracks); else a new one.
 * @param {Host} ppro
 * @param {HostProject} project
 * @param {HostSequence} sequence
 * @param {PlannedTrack} planned
 * @param {Map<string, HostProjectItem>} items
 * @param {Placement} result
 * @returns {Promise<number | null>} index from 0; null where none of its files could be imported
 */
async function trackFor(ppro, project, sequence, planned, items, result) {
  const there = await trackNamed(ppro, sequence, planned);
  if (there !== null) return there;
  const first = planned.clips.map((clip) => items.get(key(clip.path))).find(Boolean);
  return first ? newTrack(ppro, project, sequence, planned.name, first, result) : null;
}

/** @param {Host} ppro @param {HostSequence} sequence @param {PlannedTrack} planned @returns {Promise<number | null>} */
async function trackNamed(ppro, sequence, planned) {
  const paths = new Set(planned.clips.map((clip) => key(clip.path)));
  let holding = null;
  for (let index = 0; index < (await sequence.getAudioTrackCount()); index += 1) {
    const track = await sequence.getAudioTrack(index);
    if (track.name === planned.name) return index;
    const held = await Promise.all(clipsOf(ppro, track).map((item) => pathOf(ppro, item)));
    if (held.some((path) => paths.has(path))) holding ??= index;
  }
  return holding;
}

/**
 * A new audio track behind all others. Only an insert makes one, and an insert moves what stands behind it: so it is done
 * at the sequence's end, where nothing stands, and the clip taken away again.
 * @param {Host} ppro
 * @param {HostProject} project
 * @param {HostSequence} sequence
 * @param {string} name
 * @param {HostProjectItem} item
 * @param {Placement} result
 * @returns {Promise<number>}
 */
async function newTrack(ppro, project, sequence, name, item, result) {
  const index = await sequence.getAudioTrackCount();
  const end = await sequence.getEndTime();
  const editor = ppro.SequenceEditor.getEditor(sequence);
  act(project, `dubsync: track ${name}`, () => [editor.createInsertProjectItemAction(item, end, NO_PICTURE, index, true)]);
  if ((await sequence.getAudioTrackCount()) !== index + 1) throw new Error(`Premiere made no track for ${name}`);
  const track = await sequence.getAudioTrack(index);
  remove(ppro, project, sequence, clipsOf(ppro, track), `dubsync: track ${name}`);
  if (typeof track.createSetNameAction === "function") {
    act(project, `dubsync: name ${name}`, () => [/** @type {HostAction} */ (track.createSetNameAction(name))]);
  } else {
    result.trouble.push(notice("track_unnamed", { track: name, number: index + 1 }));
  }
  return index;
}

/**
 * Bring one track to what is planned.
 * @param {Host} ppro
 * @param {HostProject} project
 * @param {HostSequence} sequence
 * @param {SequenceFacts} facts
 * @param {{ track: PlannedTrack, index: number, items: Map<string, HostProjectItem> }} job
 * @param {Placement} result
 */
async function fill(ppro, project, sequence, facts, job, result) {
  const stands = await standing(ppro, await sequence.getAudioTrack(job.index), facts);
  const right = (/** @type {Standing} */ at, /** @type {PlannedClip} */ clip) =>
    at.path === key(clip.path) && at.exact && at.frame === clip.record_frame && at.frames === clip.frames;
  const ours = stands.filter((at) => job.items.has(at.path));
  const left = ours.filter((at) => !job.track.clips.some((clip) => right(at, clip)));
  if (left.length) remove(ppro, project, sequence, left.map((at) => at.item), `dubsync: old lines of ${job.track.name}`);
  result.removed += left.length;
  const foreign = stands.filter((at) => !job.items.has(at.path));
  const open = job.track.clips.filter((clip) => !ours.some((at) => right(at, clip)));
  result.kept += job.track.clips.length - open.length;
  const free = open.filter((clip) => job.items.has(key(clip.path)) && isFree(clip, job.track, foreign, result));
  for (let first = 0; first < free.length; first += AT_ONCE) {
    overwrite(ppro, project, sequence, facts, job, free.slice(first, first + AT_ONCE));
  }
  result.placed += free.length;
}

/**
 * @param {PlannedClip} clip
 * @param {PlannedTrack} track
 * @param {Standing[]} foreign
 * @param {Placement} result
 */
function isFree(clip, track, foreign, result) {
  const end = clip.record_frame + clip.frames;
  const inTheWay = foreign.some((at) => at.frame < end && clip.record_frame < at.frame + at.frames);
  if (inTheWay) result.trouble.push(notice("in_the_way", { id: clip.id, track: track.name }));
  return !inTheWay;
}

/**
 * @param {Host} ppro
 * @param {HostProject} project
 * @param {HostSequence} sequence
 * @param {SequenceFacts} facts
 * @param {{ track: PlannedTrack, index: number, items: Map<string, HostProjectItem> }} job
 * @param {PlannedClip[]} clips
 */
function overwrite(ppro, project, sequence, facts, job, clips) {
  const editor = ppro.SequenceEditor.getEditor(sequence);
  act(project, `dubsync: ${clips.length} lines on ${job.track.name}`, () =>
    clips.map((clip) => {
      const item = /** @type {HostProjectItem} */ (job.items.get(key(clip.path)));
      const at = ppro.TickTime.createWithTicks(time.frameToTicks(clip.record_frame, facts.ticksPerFrame));
      return editor.createOverwriteItemAction(item, at, NO_PICTURE, job.index);
    }),
  );
}

/**
 * @param {Host} ppro
 * @param {HostProject} project
 * @param {HostSequence} sequence
 * @param {HostTrackItem[]} gone
 * @param {string} label
 */
function remove(ppro, project, sequence, gone, label) {
  const editor = ppro.SequenceEditor.getEditor(sequence);
  let done = false;
  ppro.TrackItemSelection.createEmptySelection((selection) => {
    for (const item of gone) selection.addItem(item, true);
    act(project, label, () => [editor.createRemoveItemsAction(selection, false, ppro.Constants.MediaType.AUDIO, false)]);
    done = true;
  });
  if (!done) throw new Error(`Premiere refused: ${label}`);
}

/**
 * @typedef {{ item: HostTrackItem, path: string, frame: number, frames: number, exact: boolean }} Standing
 * One clip as it stands; `exact` where it starts with a frame.
 */

/**
 * @param {Host} ppro
 * @param {HostAudioTrack} track
 * @param {SequenceFacts} facts
 * @returns {Promise<Standing[]>}
 */
async function standing(ppro, track, facts) {
  const found = [];
  for (const item of clipsOf(ppro, track)) {
    const start = BigInt((await item.getStartTime()).ticks);
    const end = BigInt((await item.getEndTime()).ticks);
    const at = time.frameAt(start, facts.ticksPerFrame);
    const frames = time.nearestFrame(end - start, facts.ticksPerFrame);
    found.push({ item, path: await pathOf(ppro, item), frame: at.frame, frames, exact: at.beyond === 0n });
  }
  return found;
}

/**
 * What stands on a track of ours now, by line; what is off, cut or doubled is named.
 * @param {Host} ppro
 * @param {HostSequence} sequence
 * @param {SequenceFacts} facts
 * @param {PlannedTrack} planned
 * @param {number} index
 * @param {Placement} result
 * @returns {Promise<PlacedClip[]>}
 */
async function readBack(ppro, sequence, facts, planned, index, result) {
  const track = await sequence.getAudioTrack(index);
  const byPath = new Map(planned.clips.map((clip) => [key(clip.path), clip]));
  /** @type {PlacedClip[]} */
  const found = [];
  for (const at of await standing(ppro, track, facts)) {
    const clip = byPath.get(at.path);
    if (!clip) continue;
    if (!at.exact) result.trouble.push(notice("off_grid", { id: clip.id, frame: at.frame }));
    if (at.frames !== clip.frames) {
      result.trouble.push(notice("wrong_length", { id: clip.id, frames: at.frames, planned: clip.frames }));
    }
    if (found.some((one) => one.id === clip.id)) result.trouble.push(notice("twice", { id: clip.id }));
    found.push({ id: clip.id, track: planned.name, record_frame: at.frame, frames: at.frames });
  }
  if (await track.isMuted()) result.trouble.push(notice("track_muted", { track: planned.name }));
  return found;
}

/**
 * All that stands on tracks which are not ours, as one text a track: to see afterwards that nothing moved.
 * @param {Host} ppro
 * @param {HostSequence} sequence
 * @param {PlannedTrack[]} planned
 * @returns {Promise<Map<string, string>>}
 */
async function others(ppro, sequence, planned) {
  const paths = new Set(planned.flatMap((track) => track.clips.map((clip) => key(clip.path))));
  const seen = new Map();
  for (let index = 0; index < (await sequence.getVideoTrackCount()); index += 1) {
    const track = await sequence.getVideoTrack(index);
    seen.set(`V${index + 1}`, await shape(track.getTrackItems(ppro.Constants.TrackItemType.CLIP, false)));
  }
  for (let index = 0; index < (await sequence.getAudioTrackCount()); index += 1) {
    const track = await sequence.getAudioTrack(index);
    const items = clipsOf(ppro, track);
    const held = await Promise.all(items.map((item) => pathOf(ppro, item)));
    const ours = planned.some((one) => one.name === track.name) || held.some((path) => paths.has(path));
    if (!ours) seen.set(`A${index + 1}`, await shape(items));
  }
  return seen;
}

/** @param {{ getStartTime(): Promise<{ ticks: string }>, getEndTime(): Promise<{ ticks: string }> }[]} items */
async function shape(items) {
  const spans = await Promise.all(
    items.map(async (item) => `${(await item.getStartTime()).ticks}-${(await item.getEndTime()).ticks}`),
  );
  return spans.join(" ");
}

/** @param {Host} ppro @param {HostAudioTrack} track */
function clipsOf(ppro, track) {
  return track.getTrackItems(ppro.Constants.TrackItemType.CLIP, false);
}

/** @param {Host} ppro @param {HostTrackItem} item @returns {Promise<string>} "" for what has no file */
async function pathOf(ppro, item) {
  const clip = ppro.ClipProjectItem.cast(await item.getProjectItem());
  return clip ? key((await clip.getMediaFilePath()) || "") : "";
}

/** @param {string} code @param {Record<string, string | number>} values @returns {Notice} */
function notice(code, values) {
  return { code, values };
}

module.exports = { place };
