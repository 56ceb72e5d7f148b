"use strict";
/** Puts the panel together from what UXP and Premiere offer; the only file that knows where all of it comes from. */

const fs = /** @type {any} */ (require("fs"));
const os = require("os");
const uxp = /** @type {any} */ (require("uxp"));
const ppro = require("premierepro");
const { App } = require("./src/app.js");
const { View } = require("./src/view.js");
const { sayer } = require("./src/words.js");

const UTF8 = { encoding: "utf-8" };

/** @type {Files} */
const files = {
  read: (path) => fs.readFile(path, UTF8),
  write: (path, text) => fs.writeFile(path, text, UTF8),
  rename: (from, to) => fs.rename(from, to),
  remove: (path) => fs.unlink(path),
  exists: async (path) => {
    try {
      await fs.lstat(path);
      return true;
    } catch {
      return false; // a path that cannot be looked at is, for the panel, not there
    }
  },
  stamp: async (path) => {
    try {
      const { mtimeMs, mtime, size } = await fs.lstat(path);
      return `${Number(mtimeMs ?? mtime)} ${size}`;
    } catch {
      return "";
    }
  },
};

/** @type {Clock} */
const clock = {
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  now: () => Date.now(),
};

/** @returns {Promise<string | null>} */
async function chooseSubtitles() {
  const chosen = await uxp.storage.localFileSystem.getFileForOpening({ types: ["srt", "vtt"] });
  return chosen ? chosen.read({ format: uxp.storage.formats.utf8 }) : null;
}

async function main() {
  const settings = JSON.parse(await fs.readFile("plugin:/settings.json", UTF8));
  const folder = await uxp.storage.localFileSystem.getTemporaryFolder();
  const app = new App(
    {
      ppro,
      files,
      clock,
      fetch,
      WebSocket,
      settings,
      newId: () => crypto.randomUUID(),
      temporary: `${folder.nativePath}/dubsync-sequence.otio`,
      memory: { get: (key) => localStorage.getItem(key), set: (key, value) => localStorage.setItem(key, value) },
      openPage: (url) => uxp.shell.openExternal(url, "dubsync"),
    },
    () => view.render(),
  );
  const locale = uxp.host?.uiLocale ?? /** @type {any} */ (os).locale ?? "en";
  const view = new View(document, document.getElementById("panel"), app, sayer(locale), chooseSubtitles);
  view.render();
  await app.start();
  await app.watch();
}

main().catch((error) => {
  console.error(error);
  const root = document.getElementById("panel");
  root.appendChild(document.createTextNode(String(error)));
});
