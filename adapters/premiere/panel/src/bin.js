"use strict";
/** Takes paths of sound files; gives their items in the project's bin `dubsync`, imported where they were not there. */

const BIN = "dubsync";
/** The host returns from an import before the items can be found; so often is looked, with a pause between. */
const LOOKS = 40;
const PAUSE_MS = 100;
const AT_ONCE = 100;

/**
 * @param {Host} ppro
 * @param {HostProject} project
 * @param {Clock} clock
 * @param {string[]} paths
 * @returns {Promise<{ items: Map<string, HostProjectItem>, missing: string[], older: string[] }>} by path;
 * `missing` never appeared, `older` were there before
 */
async function itemsOf(ppro, project, clock, paths) {
  const bin = await binOf(ppro, project);
  let items = await listed(ppro, bin);
  const older = [...new Set(paths)].filter((path) => items.has(key(path)));
  const wanted = [...new Set(paths)].filter((path) => !items.has(key(path)));
  for (let first = 0; first < wanted.length; first += AT_ONCE) {
    const some = wanted.slice(first, first + AT_ONCE);
    const done = await project.importFiles(some, true, ppro.ProjectItem.cast(bin), false);
    if (!done) throw new Error(`Premiere did not import ${some.length} files, the first of them ${some[0]}`);
  }
  for (let look = 0; look < LOOKS && wanted.some((path) => !items.has(key(path))); look += 1) {
    if (look) await clock.sleep(PAUSE_MS);
    items = await listed(ppro, bin);
  }
  return { items, missing: wanted.filter((path) => !items.has(key(path))), older };
}

/**
 * The bin at the top of the project, made where there is none.
 * @param {Host} ppro
 * @param {HostProject} project
 * @returns {Promise<HostFolder>}
 */
async function binOf(ppro, project) {
  const root = await project.getRootItem();
  const there = await binIn(ppro, root);
  if (there) return there;
  act(project, "dubsync: bin", () => [root.createBinAction(BIN, false)]);
  const made = await binIn(ppro, root);
  if (!made) throw new Error(`Premiere did not make the bin ${BIN}`);
  return made;
}

/**
 * Which files are ours: those that lie in the bin already. Makes no bin.
 * @param {Host} ppro
 * @param {HostProject} project
 * @returns {Promise<(path: string) => boolean>}
 */
async function ours(ppro, project) {
  const bin = await binIn(ppro, await project.getRootItem());
  const items = bin ? await listed(ppro, bin) : new Map();
  return (path) => items.has(key(path));
}

/** @param {Host} ppro @param {HostFolder} root @returns {Promise<HostFolder | null>} */
async function binIn(ppro, root) {
  const found = (await root.getItems()).find((item) => item.name === BIN && item.type === ppro.ProjectItem.TYPE_BIN);
  return found ? ppro.FolderItem.cast(found) : null;
}

/** @param {Host} ppro @param {HostFolder} bin @returns {Promise<Map<string, HostProjectItem>>} */
async function listed(ppro, bin) {
  const items = new Map();
  for (const item of await bin.getItems()) {
    if (item.type === ppro.ProjectItem.TYPE_BIN) continue;
    const clip = ppro.ClipProjectItem.cast(item);
    const path = clip ? await clip.getMediaFilePath() : "";
    if (path) items.set(key(path), item);
  }
  return items;
}

/**
 * The file a path names: Windows does not tell large from small letters, and has two kinds of slashes.
 * @param {string} path
 */
function key(path) {
  return /^[A-Za-z]:[\\/]|^\\\\/.test(path) ? path.replace(/\\/g, "/").toLowerCase() : path.normalize("NFC");
}

/**
 * Do actions as one step that can be undone. They are made inside the lock, as 26.3 demands, and nothing waits in there.
 * @param {HostProject} project
 * @param {string} label of the step in the Edit menu
 * @param {() => HostAction[]} make
 * @throws {Error} where the host refuses
 */
function act(project, label, make) {
  let done = false;
  /** @type {unknown} */
  let reason = "";
  project.lockedAccess(() => {
    done = project.executeTransaction((compound) => {
      try {
        for (const action of make()) compound.addAction(action);
      } catch (error) {
        reason = error; // kept, since a host need not let it through
        throw error;
      }
    }, label);
  });
  if (!done) throw new Error(`Premiere refused: ${label}${reason ? ` (${reason})` : ""}`);
}

module.exports = { itemsOf, ours, key, act };
