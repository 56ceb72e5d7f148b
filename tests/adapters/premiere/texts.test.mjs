import assert from "node:assert/strict";
import test from "node:test";
import { FakeFiles, FakeHost } from "./host.mjs";
import { panel } from "./panel.mjs";

const { readSequence, exportOtio, withoutOurs } = panel("sequence");
const texts = panel("texts");
const subtitles = panel("subtitles");
const F24 = 10594584000n;
const at = (frame, perFrame = F24) => BigInt(frame) * perFrame;

async function opened(options) {
  const host = new FakeHost(options);
  const sequence = await (await host.ppro.Project.getActiveProject()).getActiveSequence();
  return { host, sequence, facts: await readSequence(host.ppro, sequence) };
}

test("a sequence tells its rate, its start timecode and its length exactly", async () => {
  const { facts } = await opened({ zero: String(at(86400)), video: [[{ end: at(240) }]], audio: [[{ end: at(240) + 1n }]] });
  assert.equal(facts.rate, "24000/1001");
  assert.equal(facts.startFrame, 86400);
  assert.equal(facts.frames, 241, "a tick beyond the last frame needs one more");
  assert.equal(facts.film, "/media/film.mov");
  assert.deepEqual(facts.notices, []);
});

test("a start between two frames is said", async () => {
  const { facts } = await opened({ zero: String(at(100) + 5n) });
  assert.deepEqual(facts.notices, [{ code: "start_off_grid", values: { frame: 100 } }]);
});

test("dropped labels are known from either kind of code, and an unknown one is said", async () => {
  const drop = async (display) => (await opened({ timebase: "8475667200", display })).facts;
  assert.equal((await drop(102)).dropFrame, true);
  assert.equal((await drop(103)).dropFrame, false);
  assert.equal((await opened({ timebase: "4237833600", display: 106 })).facts.dropFrame, true);
  assert.equal((await drop(109)).notices[0].code, "drop_frame_unknown");
  assert.equal((await opened({ display: 102 })).facts.dropFrame, false, "23.976 has no such counting");
});

test("an edited picture is no film", async () => {
  const cut = [[{ end: at(10) }, { path: "/media/b.mov", start: at(10), end: at(20) }]];
  assert.equal((await opened({ video: cut })).facts.film, null);
  assert.equal((await opened({ video: [[{ end: at(10), into: at(3) }]] })).facts.film, null);
});

test("a marker's comment is the line and its name the character", async () => {
  const { host, sequence, facts } = await opened();
  host.markers = [
    { name: "Ben", comments: "Where were you?", start: at(48), length: at(36) },
    { name: "Good morning.", start: at(12), length: at(20) },
    { name: "cut here", start: at(5), length: 0n },
    { start: at(1), length: at(1) },
  ];
  const found = await texts.fromMarkers(host.ppro, sequence, facts);
  assert.deepEqual(found.segments, [
    { text: "Good morning.", start_frame: 12, end_frame: 32 },
    { text: "Where were you?", start_frame: 48, end_frame: 84, character: "Ben" },
  ]);
  assert.deepEqual(found.notices, [{ code: "markers_without_length", values: { count: 1 } }]);
});

const word = (text, start, duration, eos = false, type = "word") => ({ text, start, duration, eos, type });
const TRANSCRIPT = {
  speakers: [{ id: "u1", name: "Anna" }],
  segments: [
    {
      speaker: "u1",
      words: [word("Good", 1, 0.2), word("morning", 1.25, 0.25), word(".", 1.5, 0, true, "punctuation"), word("我们", 2, 0.5), word("走", 2.5, 0.5, true)],
    },
  ],
};

test("the sequence's transcript gives a line a sentence, with its speaker", async () => {
  const { host, sequence, facts } = await opened({ timebase: "10584000000" });
  host.transcripts.set("sequence", TRANSCRIPT);
  const { segments } = await texts.fromTranscript(host.ppro, sequence, facts);
  assert.deepEqual(segments, [
    { text: "Good morning.", start_frame: 24, end_frame: 36, character: "Anna" },
    { text: "我们走", start_frame: 48, end_frame: 72, character: "Anna" },
  ]);
});

test("a clip's transcript stands where the clip stands, cut to what is heard of it, once for both channels", async () => {
  const f = 10584000000n;
  const clip = { path: "/media/a.wav", start: at(100, f), end: at(130, f), into: at(12, f) };
  const { host, sequence, facts } = await opened({ timebase: String(f), audio: [[clip], [clip], [{ ...clip, speed: 2 }]] });
  host.transcripts.set("/media/a.wav", TRANSCRIPT);
  const found = await texts.fromTranscript(host.ppro, sequence, facts);
  // Frames 24 to 36 of the source, of which the clip leaves out the first 12, stand at 112 to 124; the second sentence
  // would start at 48 − 12 + 100 = 136, behind the clip's end.
  assert.deepEqual(found.segments.map((one) => [one.start_frame, one.end_frame]), [[112, 124]]);
  assert.deepEqual(found.notices, [{ code: "transcript_retimed", values: { count: 1 } }]);
});

const SRT = "\ufeff1\r\n00:00:01,001 --> 00:00:02,002\r\n<i>Good morning.</i>\r\n\r\n2\r\n00:00:03,003 --> 00:00:04,004\r\n{\\an8}Where\r\nwere you?\r\n";

test("a subtitle file is read with its marks taken off", () => {
  assert.deepEqual(subtitles.parse(SRT), [
    { startMs: 1001, endMs: 2002, text: "Good morning." },
    { startMs: 3003, endMs: 4004, text: "Where\nwere you?" },
  ]);
  assert.deepEqual(subtitles.parse("WEBVTT\n\n00:01.5 --> 00:02.25 line:0\nHi"), [{ startMs: 1500, endMs: 2250, text: "Hi" }]);
  assert.throws(() => subtitles.parse("no times here"), /no subtitle/);
});

test("times of a subtitle file count from the start, or are timecode where all stand behind it", async () => {
  const { facts } = await opened({ zero: String(at(86400)) });
  const near = texts.fromSubtitles(SRT, facts);
  assert.deepEqual(near.segments.map((one) => [one.start_frame, one.end_frame]), [[24, 48], [72, 96]]);
  assert.deepEqual(near.notices, []);
  const hour = texts.fromSubtitles(SRT.replaceAll("00:00:0", "01:00:0"), { ...facts, frames: 2400 });
  // Frame 86400 is labelled 01:00:00:00, so 01:00:01,001 is 1.001 s behind it: 24 frames of 1001/24000 s.
  assert.deepEqual(hour.segments.map((one) => [one.start_frame, one.end_frame]), [[24, 48], [72, 96]]);
  assert.equal(hour.notices[0].code, "subtitles_in_timecode");
});

test("a file whose times fit in elapsed seconds alone is taken so", async () => {
  const { facts } = await opened({ zero: String(at(86400)) });
  // Elapsed, frame 86400 begins at 3603.6 s. By the label's clock the last line would end at 7.604 s of 5.005 s.
  const elapsed = SRT.replaceAll("00:00:01,001", "01:00:04,601").replaceAll("00:00:02,002", "01:00:05,602")
    .replaceAll("00:00:03,003", "01:00:06,603").replaceAll("00:00:04,004", "01:00:07,604");
  const found = texts.fromSubtitles(elapsed, { ...facts, frames: 120 });
  assert.deepEqual(found.segments.map((one) => [one.start_frame, one.end_frame]), [[24, 48], [72, 96]]);
});

test("a line up to a second before the start timecode is still timecode, and stands before the first frame", async () => {
  const { facts } = await opened({ zero: String(at(86400)) });
  const early = texts.fromSubtitles("1\n00:59:59,500 --> 01:00:01,000\nHi\n", { ...facts, frames: 2400 });
  // 0.5 s before: 11.988 frames, so frame −12; 1 s behind: 23.976, frame 24.
  assert.deepEqual(early.segments.map((one) => [one.start_frame, one.end_frame]), [[-12, 24]]);
  const before = texts.fromSubtitles("1\n00:59:58,900 --> 01:00:01,000\nHi\n", { ...facts, frames: 2400 });
  assert.deepEqual(before.notices, [], "1.1 s before it counts from the start");
});

const captionTrack = (...spans) => ({
  name: "C1",
  muted: false,
  clips: spans.map(([start, end, name = "SyntheticCaption"]) => ({ item: { name, type: 1, path: "" }, start: at(start), end: at(end), into: 0n, speed: 1 })),
});

test("captions give the exact times, a subtitle file beside them the words", async () => {
  const { host, sequence, facts } = await opened();
  host.captions = [captionTrack([23, 47], [71, 95])];
  const beside = texts.fromSubtitles(SRT, facts);
  const found = await texts.fromCaptions(host.ppro, sequence, facts, beside);
  assert.deepEqual(found.segments.map((one) => [one.text, one.start_frame, one.end_frame]), [
    ["Good morning.", 23, 47],
    ["Where\nwere you?", 71, 95],
  ]);
});

test("captions without words, or with another number of them, are said", async () => {
  const { host, sequence, facts } = await opened();
  host.captions = [captionTrack([23, 47])];
  assert.deepEqual((await texts.fromCaptions(host.ppro, sequence, facts, null)).notices, [{ code: "captions_hidden", values: { count: 1 } }]);
  const differ = await texts.fromCaptions(host.ppro, sequence, facts, texts.fromSubtitles(SRT, facts));
  assert.equal(differ.segments.length, 2);
  assert.deepEqual(differ.notices, [{ code: "captions_differ", values: { captions: 1, lines: 2 } }]);
});

test("a version that tells the words of captions is believed", async () => {
  const { host, sequence, facts } = await opened();
  host.captions = [captionTrack([23, 47, "Guten Morgen."])];
  assert.equal((await texts.fromCaptions(host.ppro, sequence, facts, null)).segments[0].text, "Guten Morgen.");
});

test("the edit comes as OTIO where the version can, and the file is taken away again", async () => {
  const { host, sequence } = await opened();
  const files = new FakeFiles();
  host.exported = (path) => files.contents.set(path, '{"OTIO_SCHEMA": "Timeline.1"}');
  assert.equal((await exportOtio(host.ppro, sequence, files, "/tmp/x.otio")).text, '{"OTIO_SCHEMA": "Timeline.1"}');
  assert.equal(files.contents.size, 0);
  host.exported = undefined;
  assert.equal((await exportOtio(host.ppro, sequence, files, "/tmp/x.otio")).notices[0].code, "otio_failed");
  const old = await opened({ version: 25.6 });
  assert.equal((await exportOtio(old.host.ppro, old.sequence, files, "/tmp/x.otio")).notices[0].code, "otio_too_old");
});

test("lines outside the sequence are left out, one that reaches beyond its end is cut there, and both are said", async () => {
  const { facts } = await opened({ video: [[{ end: at(100) }]] });
  const lines = [[-5, 10], [90, 120], [100, 110], [0, 100]].map(([start_frame, end_frame]) => ({ text: "x", start_frame, end_frame }));
  const found = texts.inside(facts, { source: "subtitles", segments: lines, notices: [] });
  assert.deepEqual(found.segments.map((one) => [one.start_frame, one.end_frame]), [[90, 100], [0, 100]]);
  assert.deepEqual(found.notices.map((one) => [one.code, one.values.count]), [["lines_outside", 2], ["lines_cut", 1]]);
});

test("tracks an earlier dub put into the sequence are no part of the film", () => {
  const clip = (target_url) => ({ OTIO_SCHEMA: "Clip.2", media_references: { DEFAULT_MEDIA: { target_url } } });
  const track = (kind, ...addresses) => ({ OTIO_SCHEMA: "Track.1", kind, children: [{ OTIO_SCHEMA: "Gap.1" }, ...addresses.map(clip)] });
  const tracks = [
    track("Video", "file://localhost/job/L0001.wav"),
    track("Audio", "file:///media/film%20take.mov"),
    track("Audio", "file://localhost/job%20%C3%BC/L0001.wav", "/job ü/L0002.wav"),
    track("Audio", "file:///job%20%C3%BC/L0001.wav", "file:///media/wild.wav"),
    track("Audio", "file:///C:/Job/L0003.wav"),
    track("Audio"),
  ];
  const ours = new Set(["/job ü/L0001.wav", "/job ü/L0002.wav", "C:/Job/L0003.wav", "/job/L0001.wav"]);
  const otio = JSON.stringify({ OTIO_SCHEMA: "Timeline.1", name: "Reel", tracks: { children: tracks } });
  const left = JSON.parse(withoutOurs(otio, (path) => ours.has(path)));
  assert.deepEqual(left.tracks.children, [tracks[0], tracks[1], tracks[3], tracks[5]]);
  assert.equal(left.name, "Reel");
  assert.equal(withoutOurs(otio, () => false), otio, "letter by letter");
});
