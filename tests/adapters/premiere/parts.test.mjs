import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import test from "node:test";
import { FakeHost } from "./host.mjs";
import { panel } from "./panel.mjs";

const PANEL = new URL("../../../adapters/premiere/panel/", import.meta.url);
const source = (name) => readFileSync(new URL(name, PANEL), "utf-8");
const modules = readdirSync(new URL("src/", PANEL)).map((name) => `src/${name}`);

test("both languages say the same things with the same values", () => {
  const { WORDS } = panel("words");
  assert.deepEqual(Object.keys(WORDS.zh).sort(), Object.keys(WORDS.en).sort());
  const values = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((one) => one[1]).sort();
  for (const [code, text] of Object.entries(WORDS.en)) assert.deepEqual(values(WORDS.zh[code]), values(text), code);
});

test("everything the panel may say has words", () => {
  const { WORDS } = panel("words");
  const said = modules.flatMap((name) => [...source(name).matchAll(/(?:code: |notice\(|button\()"(\w+)"/g)].map((one) => one[1]));
  assert.ok(said.length > 30);
  for (const code of said) assert.ok(code in WORDS.en, code);
});

test("the manifest asks for this machine by number and for nothing wider", () => {
  const manifest = JSON.parse(source("manifest.json"));
  assert.equal(manifest.manifestVersion, 5);
  assert.ok(!Array.isArray(manifest.host), "a list of hosts is for development only");
  const { network, localFileSystem } = manifest.requiredPermissions;
  assert.deepEqual(network.domains.map((one) => one.replace(/\d+$/, "")), ["http://127.0.0.1:", "ws://127.0.0.1:"]);
  assert.equal(localFileSystem, "fullAccess");
  assert.ok(existsSync(new URL(manifest.main, PANEL)));
});

test("no module uses what UXP does not have", () => {
  for (const name of [...modules, "main.js"]) {
    const code = source(name).replace(/\/\*[\s\S]*?\*\//g, "");
    for (const word of ["EventSource", "TextDecoder", "innerHTML", "import(", "XMLHttpRequest", "eval("]) {
      assert.ok(!code.includes(word), `${name} uses ${word}`);
    }
    assert.ok(!/^(import|export) /m.test(code), `${name} is no CommonJS module`);
  }
});

/** Members of every type in Adobe's declarations, by type. */
function published() {
  const path = new URL("../../../adapters/premiere/node_modules/@adobe/premierepro/src/premierepro.d.ts", import.meta.url);
  const given = process.env.PREMIERE_TYPES ?? (existsSync(path) ? path : null);
  if (!given) return null;
  const found = {};
  for (const [, name, body] of readFileSync(given, "utf-8").matchAll(/export declare type (\w+) = \{\n([\s\S]*?)\n\};/g)) {
    found[name] = new Set([...body.matchAll(/^ {2}(?:readonly )?(\w+)[(:?]/gm)].map((one) => one[1]));
  }
  return found;
}

test("the host of these tests has no member that Adobe does not publish", async (context) => {
  const types = published();
  if (!types) return context.skip("@adobe/premierepro is not installed");
  const host = new FakeHost({ video: [[{}]], audio: [[{}]] });
  host.markers = [{ start: 0n, length: 0n }];
  const { ppro } = host;
  const project = await ppro.Project.getActiveProject();
  const sequence = await project.getActiveSequence();
  const track = await sequence.getAudioTrack(0);
  const [item] = track.getTrackItems(1, false);
  const projectItem = await item.getProjectItem();
  const objects = {
    premierepro: ppro, Project: project, Sequence: sequence, AudioTrack: track, VideoTrack: await sequence.getVideoTrack(0),
    AudioClipTrackItem: item, ProjectItem: projectItem, ClipProjectItem: ppro.ClipProjectItem.cast(projectItem),
    FolderItem: await project.getRootItem(), TickTime: ppro.TickTime.createWithTicks("0"),
    SequenceEditor: ppro.SequenceEditor.getEditor(sequence), Markers: await ppro.Markers.getMarkers(sequence),
    Marker: (await ppro.Markers.getMarkers(sequence)).getMarkers()[0],
  };
  for (const name of Object.keys(ppro)) if (types[`${name}Static`]) objects[`${name}Static`] = ppro[name];
  for (const [name, object] of Object.entries(objects)) {
    assert.ok(types[name], `${name} is not published`);
    for (const member of Object.keys(object ?? {})) assert.ok(types[name].has(member), `${name}.${member} is not published`);
  }
  assert.ok(Object.keys(objects).length > 20);
});
