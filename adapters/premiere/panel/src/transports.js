"use strict";
/**
 * Two ways to the server with the same questions and answers: HTTP on this machine, and letters in a folder where the
 * system lets no plug-in speak plain HTTP. The folder's side is `server/hosts/mailbox.py`.
 */

const TIMEOUT_MS = 15000;
const LETTER_LIFE_S = 120;
const LOOK_MS = 100;

/** Nobody answers any more: not a no, but silence. */
class Unreachable extends Error {}

/** What a letter may ask for: a request of the HTTP interface, its parameters by name. */
const OPERATIONS = [
  { op: "health", method: "GET", path: /^\/v1\/health$/ },
  { op: "segments", method: "POST", path: /^\/v1\/projects\/segments$/ },
  { op: "project", method: "GET", path: /^\/v1\/projects\/(?<project>[^/]+)$/ },
  { op: "lines", method: "GET", path: /^\/v1\/projects\/(?<project>[^/]+)\/lines$/ },
  { op: "change", method: "PATCH", path: /^\/v1\/projects\/(?<project>[^/]+)\/lines\/(?<line>[^/]+)$/ },
  { op: "job", method: "POST", path: /^\/v1\/projects\/(?<project>[^/]+)\/jobs$/ },
  { op: "job-state", method: "GET", path: /^\/v1\/jobs\/(?<job>[^/]+)$/ },
  { op: "cancel", method: "POST", path: /^\/v1\/jobs\/(?<job>[^/]+)\/cancel$/ },
  { op: "track-plan", method: "GET", path: /^\/v1\/projects\/(?<project>[^/]+)\/track-plan$/ },
  { op: "placed", method: "POST", path: /^\/v1\/projects\/(?<project>[^/]+)\/placed$/ },
];

/**
 * @param {{ url: string, token: string, fetch: typeof fetch, clock: Clock }} way
 * @returns {Transport}
 */
function overHttp({ url, token, fetch, clock }) {
  return {
    name: "http",
    async ask({ method, path, body, headers = {} }) {
      const own = { Authorization: `Bearer ${token}`, "Content-Type": "application/json", ...headers };
      const sent = body === undefined ? null : JSON.stringify(body);
      const late = clock.sleep(TIMEOUT_MS).then(() => {
        throw new Unreachable(`${url} does not answer`);
      });
      late.catch(() => {}); // the answer came first: nobody waits for this any more
      // Some versions hand a body of "null" on where there should be none.
      const init = sent === null ? { method, headers: own } : { method, headers: own, body: sent };
      const asked = fetch(url + path, /** @type {any} */ (init)).catch((/** @type {unknown} */ error) => {
        throw new Unreachable(String(error));
      });
      const response = await Promise.race([asked, late]);
      const text = await response.text();
      return { status: response.status, body: text ? JSON.parse(text) : null };
    },
  };
}

/**
 * @param {{ folder: string, files: Files, clock: Clock, newId: () => string }} way
 * @returns {Transport}
 */
function overFiles({ folder, files, clock, newId }) {
  return {
    name: "files",
    async ask(question) {
      const { op, parameters } = operationOf(question);
      const id = newId();
      if (!(await files.exists(`${folder}/session.json`))) throw new Unreachable("dubsync has stopped");
      const session = JSON.parse(await files.read(`${folder}/session.json`));
      const expires = clock.now() / 1000 + LETTER_LIFE_S;
      const letter = { id, token: session.token, expires, op, parameters, body: question.body ?? null, reply: "json" };
      // Whole or not at all: the other side must never read half a letter.
      await files.write(`${folder}/letter-${id}.tmp`, JSON.stringify(letter));
      await files.rename(`${folder}/letter-${id}.tmp`, `${folder}/request-${id}.json`);
      return answerTo(id, folder, files, clock);
    },
  };
}

/** @param {Question} question */
function operationOf({ method, path }) {
  for (const known of OPERATIONS) {
    const found = known.method === method ? known.path.exec(path) : null;
    if (found) return { op: known.op, parameters: { ...found.groups } };
  }
  throw new Error(`${method} ${path} cannot be asked through files. Use the page in the browser for it.`);
}

/**
 * @param {string} id
 * @param {string} folder
 * @param {Files} files
 * @param {Clock} clock
 * @returns {Promise<Answer>}
 */
async function answerTo(id, folder, files, clock) {
  const path = `${folder}/answer-${id}.json`;
  for (const end = clock.now() + LETTER_LIFE_S * 1000; clock.now() < end; await clock.sleep(LOOK_MS)) {
    if (!(await files.exists(path))) continue;
    const answer = JSON.parse(await files.read(path));
    await files.remove(path);
    if (answer.id !== id) throw new Error(`The answer to ${id} is for ${answer.id}`);
    return { status: answer.status, body: answer.body };
  }
  throw new Unreachable("dubsync does not answer. Is `dubsync serve` still running?");
}

module.exports = { overHttp, overFiles, OPERATIONS, Unreachable };
