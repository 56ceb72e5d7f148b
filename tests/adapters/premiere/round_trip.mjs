/**
 * The panel against a server that really runs: `node round_trip.mjs SETTINGS.json`. Premiere is the fake one, but its
 * files are those the server wrote. Prints what happened as JSON.
 */
import { randomUUID } from "node:crypto";
import { existsSync, promises as fs, readFileSync, writeFileSync } from "node:fs";
import { FakeHost } from "./host.mjs";
import { panel } from "./panel.mjs";

const { App } = panel("app");
const settings = JSON.parse(readFileSync(process.argv[2], "utf-8"));
const perFrame = 10594584000n;
const START = 86400n;

/** Samples of the WAV files the server wrote, by path. */
const written = {
  has: (path) => existsSync(path),
  get: (path) => {
    const bytes = readFileSync(path);
    for (let at = 12; at + 8 <= bytes.length; at += 8 + bytes.readUInt32LE(at + 4)) {
      if (bytes.toString("latin1", at, at + 4) === "data") return bytes.readUInt32LE(at + 4) / 3; // mono, 24 bit
    }
    throw new Error(`${path} has no samples`);
  },
};

const files = {
  read: (path) => fs.readFile(path, "utf-8"),
  write: (path, text) => fs.writeFile(path, text),
  rename: (from, to) => fs.rename(from, to),
  remove: (path) => fs.unlink(path),
  exists: async (path) => existsSync(path),
  stamp: async (path) => String((await fs.stat(path)).mtimeMs),
};

const film = [{ path: "/media/film.mov", end: 480n * perFrame, into: 5n * perFrame }];
const host = new FakeHost({ zero: String(START * perFrame), video: [film], audio: [film] });
host.files = written;
if (settings.otio) host.exported = (path) => writeFileSync(path, settings.otio);
host.markers = settings.markers.map((one) => ({ ...one, start: BigInt(one.start) * perFrame, length: BigInt(one.length) * perFrame }));

/** Counts what really came by socket. */
const heard = { hello: 0, job: 0 };
class Socket extends WebSocket {
  set onmessage(call) {
    super.onmessage = (event) => {
      const { type } = JSON.parse(event.data);
      heard[type] = (heard[type] ?? 0) + 1;
      call(event);
    };
  }
}

const seen = [];
const memory = new Map();
const app = new App(
  {
    ppro: host.ppro, files, fetch, WebSocket: Socket, settings,
    clock: { now: () => Date.now(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) },
    newId: randomUUID,
    temporary: settings.temporary,
    memory: { get: (key) => memory.get(key) ?? null, set: (key, value) => memory.set(key, value) },
    openPage: async () => {},
  },
  () => app?.job && seen.push(app.job.state),
);

const said = () => app.notices.map((one) => ({ code: one.code, ...one.values }));
const result = { heard };
await app.start();
result.transport = app.server.transport.name;
result.connected = said();
await app.doing(() => app.dub("markers", "en"));
result.dubbed = said();
result.lines = app.lines;
await app.doing(() => app.put());
result.placed = said();
result.tracks = host.audio.map((track) => ({
  name: track.name,
  clips: track.clips.map((one) => [Number(one.start / perFrame), Number((one.end - one.start) / perFrame)]),
}));
// Somebody drags a line: the server has to notice.
host.audio.at(-1).clips[0].start += 3n * perFrame;
host.audio.at(-1).clips[0].end += 3n * perFrame;
const { clips } = await app.server.trackPlan(app.project).then((plan) => ({ clips: plan.tracks.flatMap((one) => one.clips.map((clip) => ({ id: clip.id, track: one.name, record_frame: clip.record_frame, frames: clip.frames }))) }));
clips.at(-1).record_frame += 3;
result.dragged = await app.server.placed(app.project, clips);
await app.doing(() => app.put());
result.again = said();
result.states = [...new Set(seen)];
if (settings.more) {
  const [first] = app.lines;
  await app.doing(() => app.save(first.id, "Good evening to you all."));
  result.changed = { notices: said(), text: app.lines[0].text, take: app.lines[0].take };
  await app.doing(() => app.again(first.id));
  result.spoken = { notices: said(), takes: app.lines.map((line) => line.take) };
}
process.stdout.write(JSON.stringify(result));
process.exit(0);
