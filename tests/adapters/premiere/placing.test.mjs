import assert from "node:assert/strict";
import test from "node:test";
import { FakeClock, FakeHost } from "./host.mjs";
import { panel } from "./panel.mjs";

const { readSequence } = panel("sequence");
const { place } = panel("placing");
const F24 = 10594584000n;
const SAMPLES = 2002; // a frame at 23.976

const clip = (id, frame, frames, folder = "/job") => ({
  id, path: `${folder}/${id}.wav`, record_frame: frame, frames, samples: frames * SAMPLES, text: id,
});
const PLAN = {
  rate: "24000/1001",
  drop_frame: false,
  start_frame: 86400,
  tracks: [
    { name: "DX Ben", clips: [clip("L0001", 12, 36), clip("L0003", 100, 20)] },
    { name: "DX Anna", clips: [clip("L0002", 40, 30)] },
  ],
};

/** A reel with picture and production sound, which starts at one hour. */
function reel(options = {}) {
  const film = [{ end: 240n * F24 }];
  const host = new FakeHost({ zero: String(86400n * F24), video: [film], audio: [film], ...options });
  for (const track of PLAN.tracks) for (const one of track.clips) host.files.set(one.path, one.samples);
  return host;
}

async function placed(host, plan = PLAN, changed = () => true) {
  const project = await host.ppro.Project.getActiveProject();
  const sequence = await project.getActiveSequence();
  return place(host.ppro, project, sequence, await readSequence(host.ppro, sequence), plan, { clock: new FakeClock(), changed });
}

const starts = (track) => track.clips.map((one) => [one.item.name, Number(one.start / F24), Number((one.end - one.start) / F24)]);

test("every line stands on its track at its frame, counted from the sequence's start and not from its timecode", async () => {
  const host = reel();
  const result = await placed(host);
  assert.deepEqual(host.audio.map((track) => track.name), ["Audio 1", "DX Ben", "DX Anna"]);
  assert.deepEqual(starts(host.audio[1]), [["L0001.wav", 12, 36], ["L0003.wav", 100, 20]]);
  assert.deepEqual(starts(host.audio[2]), [["L0002.wav", 40, 30]]);
  assert.deepEqual(result.clips, [
    { id: "L0001", track: "DX Ben", record_frame: 12, frames: 36 },
    { id: "L0003", track: "DX Ben", record_frame: 100, frames: 20 },
    { id: "L0002", track: "DX Anna", record_frame: 40, frames: 30 },
  ]);
  assert.deepEqual([result.placed, result.kept, result.removed, result.trouble], [3, 0, 0, []]);
});

test("making a track moves nothing that was there", async () => {
  const host = reel();
  await placed(host);
  assert.deepEqual(starts(host.audio[0]), [["", 0, 240]]);
  assert.deepEqual(starts(host.video[0]), [["", 0, 240]]);
});

test("the files lie in a bin of their own, each once", async () => {
  const host = reel();
  await placed(host);
  await placed(host);
  assert.deepEqual(host.root.children.map((one) => one.name), ["dubsync"]);
  assert.deepEqual(host.root.children[0].children.map((one) => one.name), ["L0001.wav", "L0003.wav", "L0002.wav"]);
});

test("placing again changes nothing but has the host look at the files anew", async () => {
  const host = reel();
  await placed(host);
  const steps = host.steps.length;
  const again = await placed(host);
  assert.deepEqual([again.placed, again.kept, again.removed, again.trouble], [0, 3, 0, []]);
  assert.equal(host.steps.length, steps, "no step in the undo list");
  assert.deepEqual(host.refreshed, ["/job/L0001.wav", "/job/L0003.wav", "/job/L0002.wav"]);
  await placed(host, PLAN, (path) => path.includes("L0003"));
  assert.deepEqual(host.refreshed.slice(3), ["/job/L0003.wav"], "only at files that have changed");
});

test("a bin inside ours is passed over", async () => {
  const host = reel();
  await placed(host);
  host.root.children[0].children.push(host.bin("old takes"));
  assert.equal((await placed(host)).kept, 3);
});

test("a line that moved leaves nothing at its old place", async () => {
  const host = reel();
  await placed(host);
  const moved = structuredClone(PLAN);
  moved.tracks[0].clips[0].record_frame = 20;
  moved.tracks[0].clips.pop();
  const result = await placed(host, moved);
  assert.deepEqual(starts(host.audio[1]), [["L0001.wav", 20, 36]]);
  assert.deepEqual([result.placed, result.removed], [1, 2]);
});

test("somebody's clip on the track is not covered, and the line is named", async () => {
  const host = reel();
  await placed(host);
  const music = { item: { name: "wild.wav", type: 1, path: "/media/wild.wav" }, start: 200n * F24, end: 210n * F24, into: 0n, speed: 1 };
  host.audio[1].clips.push(music);
  const more = structuredClone(PLAN);
  more.tracks[0].clips.push(clip("L0004", 205, 10));
  host.files.set("/job/L0004.wav", 10 * SAMPLES);
  const result = await placed(host, more);
  assert.deepEqual(result.trouble, [{ code: "in_the_way", values: { id: "L0004", track: "DX Ben" } }]);
  assert.ok(host.audio[1].clips.includes(music));
  assert.ok(!result.clips.some((one) => one.id === "L0004"));
});

test("a file that is not there is named, and the others are placed", async () => {
  const host = reel();
  host.files.delete("/job/L0003.wav");
  const result = await placed(host);
  assert.deepEqual(result.trouble, [{ code: "file_missing", values: { path: "/job/L0003.wav" } }]);
  assert.deepEqual(result.clips.map((one) => one.id), ["L0001", "L0002"]);
});

test("a line that lands beside its frame is seen when it is read back", async () => {
  const host = reel();
  const overwrite = host.overwrite.bind(host);
  host.overwrite = (track, item, start) => overwrite(track, item, item.name === "L0003.wav" ? start + 1n : start);
  const result = await placed(host);
  assert.deepEqual(result.trouble, [{ code: "off_grid", values: { id: "L0003", frame: 100 } }]);
});

test("a line that lost its end is seen when it is read back", async () => {
  const host = reel();
  host.files.set("/job/L0003.wav", 15 * SAMPLES); // the file on disk is shorter than the plan says
  const result = await placed(host);
  assert.deepEqual(result.trouble, [{ code: "wrong_length", values: { id: "L0003", frames: 15, planned: 20 } }]);
});

test("a clip that moved on somebody's track is seen", async () => {
  const host = reel();
  const insert = host.insert.bind(host);
  host.insert = (...all) => {
    host.audio[0].clips[0].start += F24;
    insert(...all);
  };
  const codes = (await placed(host)).trouble.map((one) => `${one.code} ${one.values.track}`);
  assert.deepEqual(codes, ["other_track_changed A1"]);
});

test("a refusal of the host is an error that names the step", async () => {
  const host = reel();
  host.refuse = (label) => label.includes("lines on DX Ben");
  await assert.rejects(placed(host), /Premiere refused: dubsync: 2 lines on DX Ben/);
});

test("a plan of another rate or another start is not placed", async () => {
  await assert.rejects(placed(reel(), { ...PLAN, rate: "25/1" }), /planned at 25\/1.*runs at 24000\/1001/);
  await assert.rejects(placed(reel(), { ...PLAN, start_frame: 0 }), /starts at frame 86400.*start at 0/);
});

test("versions that cannot name tracks find theirs again by what stands on them", async () => {
  const host = reel({ version: 26.2 });
  const first = await placed(host);
  assert.deepEqual(first.trouble.map((one) => one.code), ["track_unnamed", "track_unnamed"]);
  const again = await placed(host);
  assert.deepEqual([again.placed, again.kept, host.audio.length], [0, 3, 3]);
});

test("a muted track is said, since nobody hears it", async () => {
  const host = reel();
  await placed(host);
  host.audio[2].muted = true;
  assert.deepEqual((await placed(host)).trouble, [{ code: "track_muted", values: { track: "DX Anna" } }]);
});

test("a thousand lines are placed in steps of a hundred", async () => {
  const host = reel();
  const clips = Array.from({ length: 1000 }, (_, index) => clip(`L${String(index).padStart(4, "0")}`, index * 10, 10));
  for (const one of clips) host.files.set(one.path, one.samples);
  const result = await placed(host, { ...PLAN, tracks: [{ name: "DX Ben", clips }] });
  assert.deepEqual([result.placed, result.clips.length, result.trouble], [1000, 1000, []]);
  assert.equal(host.steps.filter((step) => step === "dubsync: 100 lines on DX Ben").length, 10);
});

test("Windows names the same file in several ways", () => {
  const { key } = panel("bin");
  assert.equal(key("C:\\Job\\L0001.wav"), key("c:/job/l0001.WAV"));
  assert.notEqual(key("/Job/L0001.wav"), key("/job/L0001.wav"));
});
