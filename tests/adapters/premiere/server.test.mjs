import assert from "node:assert/strict";
import test from "node:test";
import { FakeClock, FakeFiles } from "./host.mjs";
import { panel } from "./panel.mjs";

const { connect, NotRunning, Refused } = panel("server");
const TOKEN = "a".repeat(64);
const SETTINGS = { port: 8917, session: "/state/session.json", mailbox: "/mail" };
const SESSION = JSON.stringify({ url: "http://127.0.0.1:8917", token: TOKEN, api: 1, version: "1" });
const HEALTH = { name: "dubsync", version: "1", api: 1 };

/** A web server that answers from a table and remembers what it was asked. */
function web(table) {
  const asked = [];
  const fetch = async (url, init) => {
    asked.push({ url, ...init });
    const found = table[`${init.method} ${url.replace("http://127.0.0.1:8917", "")}`];
    const [status, body] = (typeof found === "function" ? found(init) : found) ?? [404, { error: { message: "no such thing" } }];
    return { status, text: async () => (body === null ? "" : JSON.stringify(body)) };
  };
  return { asked, fetch };
}

/** Time passes only while a test says so. */
const patient = () => ({ now: () => 1e12, sleep: (ms) => (ms >= 15000 ? new Promise(() => {}) : Promise.resolve()) });
const noSocket = class {
  constructor() {
    throw new Error("not allowed");
  }
};
let number = 0;
const around = (more) => ({ settings: SETTINGS, files: new FakeFiles({ [SETTINGS.session]: SESSION }), clock: patient(), WebSocket: noSocket, newId: () => `letter-${(number += 1)}`, ...more });

/** The other side of the mailbox, as server/hosts/mailbox.py behaves. */
function mailbox(answerOf, files = new FakeFiles()) {
  const letters = [];
  files.contents.set("/mail/session.json", JSON.stringify({ api: 1, version: "1", token: "mail" }));
  const clock = new FakeClock(() => {
    for (const [path, text] of [...files.contents]) {
      const id = /^\/mail\/request-(.+)\.json$/.exec(path)?.[1];
      if (!id) continue;
      files.contents.delete(path);
      const letter = JSON.parse(text);
      letters.push(letter);
      const [status, body] = letter.token === "mail" ? answerOf(letter) : [401, { error: { message: "token" } }];
      files.contents.set(`/mail/answer-${id}.json`, JSON.stringify({ id, status, body }));
    }
  });
  return { files, letters, clock };
}

test("every request carries the token, and goes to 127.0.0.1 by its number", async () => {
  const { asked, fetch } = web({ "GET /v1/health": [200, HEALTH], "GET /v1/projects/p/lines": [200, { revision: 1, lines: [] }] });
  const { server, notices } = await connect(around({ fetch }));
  assert.deepEqual(await server.lines("p"), { revision: 1, lines: [] });
  assert.deepEqual(notices, []);
  for (const one of asked) {
    assert.equal(one.headers.Authorization, `Bearer ${TOKEN}`);
    assert.ok(one.url.startsWith("http://127.0.0.1:8917/"));
    assert.ok(!("body" in one), "a question without a body has none");
  }
});

test("a refusal of the server is its own sentence", async () => {
  const refusal = [409, { error: { code: "locked", message: "L0001 is locked.", exit_code: 3 } }];
  const { fetch } = web({ "GET /v1/health": [200, HEALTH], "PATCH /v1/projects/p/lines/L0001": refusal });
  const { server } = await connect(around({ fetch }));
  await assert.rejects(server.change("p", "L0001", { text: "x" }), (error) => {
    assert.ok(error instanceof Refused);
    assert.deepEqual([error.status, error.message], [409, "L0001 is locked."]);
    return true;
  });
});

test("a server of another version is not spoken to", async () => {
  const { fetch } = web({ "GET /v1/health": [200, { ...HEALTH, api: 2 }] });
  await assert.rejects(connect(around({ fetch })), /speaks version 2, this panel version 1/);
});

test("a session file that names another machine is not believed", async () => {
  for (const url of ["http://evil.example:8917", "http://127.0.0.1.evil.example:8917", "https://127.0.0.1:8917", "http://localhost:8917"]) {
    const files = new FakeFiles({ [SETTINGS.session]: JSON.stringify({ url, token: TOKEN }) });
    const { asked, fetch } = web({});
    await assert.rejects(connect(around({ files, fetch })), NotRunning);
    assert.equal(asked.length, 0);
  }
});

test("without any server the panel says so", async () => {
  await assert.rejects(connect(around({ files: new FakeFiles(), fetch: web({}).fetch })), NotRunning);
});

test("where HTTP is forbidden the same questions go through files", async () => {
  const answers = { health: HEALTH, change: {}, lines: { revision: 3, lines: [] } };
  const { files, letters, clock } = mailbox((letter) => [200, answers[letter.op]]);
  files.contents.set(SETTINGS.session, SESSION);
  const fetch = async () => {
    throw new Error("Permission denied");
  };
  const { server, notices } = await connect(around({ files, clock, fetch }));
  assert.equal(server.transport.name, "files");
  assert.equal(notices[0].code, "http_blocked");
  assert.equal((await server.lines("p")).revision, 3);
  await server.change("p", "L0001", { text: "x" });
  assert.deepEqual(letters.map((one) => [one.op, one.parameters, one.body]), [
    ["health", {}, null],
    ["lines", { project: "p" }, null],
    ["change", { project: "p", line: "L0001" }, { text: "x" }],
  ]);
  assert.ok(letters.every((one) => one.expires > clock.now() / 1000 && one.expires < clock.now() / 1000 + 300));
  assert.deepEqual([...files.contents.keys()].filter((path) => path.includes("answer") || path.includes("tmp")), []);
});

test("a port the panel may not speak to is said, and files are used", async () => {
  const { files, clock } = mailbox(() => [200, HEALTH]);
  files.contents.set(SETTINGS.session, SESSION.replace("8917", "40001"));
  const { asked, fetch } = web({});
  const { server, notices } = await connect(around({ files, clock, fetch }));
  assert.deepEqual(notices, [{ code: "other_port", values: { port: 40001, ours: 8917 } }]);
  assert.equal(server.transport.name, "files");
  assert.equal(asked.length, 0);
});

test("what a letter cannot ask is said before anything is written", async () => {
  const { files, clock } = mailbox(() => [200, HEALTH]);
  const { server } = await connect(around({ files, clock, fetch: web({}).fetch }));
  await assert.rejects(server.ask("GET", "/v1/projects/p/exports"), /cannot be asked through files/);
});

test("a mailbox nobody empties is given up", async () => {
  const files = new FakeFiles({ "/mail/session.json": JSON.stringify({ token: "mail" }) });
  await assert.rejects(connect(around({ files, clock: new FakeClock(), fetch: web({}).fetch })), NotRunning);
});

const JOB = { id: "j1", project: "p", state: "running", progress: { stage: "speak", label: "Speaking", done: 0, total: 2, left_s: null }, error: null };

test("a job is followed by asking, to its end", async () => {
  const states = [{ ...JOB }, { ...JOB, progress: { ...JOB.progress, done: 1 } }, { ...JOB, state: "done" }];
  const { fetch } = web({ "GET /v1/health": [200, HEALTH], "GET /v1/jobs/j1": () => [200, states.shift()] });
  const { server } = await connect(around({ fetch }));
  const seen = [];
  const end = await server.follow({ ...JOB, state: "queued" }, (job) => seen.push(`${job.state} ${job.progress.done}`));
  assert.equal(end.state, "done");
  assert.deepEqual(seen, ["queued 0", "running 0", "running 1", "done 0"]);
});

test("a socket gives its token first and brings the end at once", async () => {
  const sockets = [];
  class Socket {
    constructor(url) {
      Object.assign(this, { url, sent: [] });
      sockets.push(this);
    }
    send(text) {
      this.sent.push(text);
    }
    close() {
      this.closed = true;
    }
  }
  const { asked, fetch } = web({ "GET /v1/health": [200, HEALTH], "GET /v1/jobs/j1": [200, JOB] });
  const clock = { now: () => 0, sleep: () => new Promise(() => {}) };
  const { server } = await connect(around({ fetch, clock, WebSocket: Socket }));
  const following = server.follow(JOB, () => {});
  const [socket] = sockets;
  assert.equal(socket.url, "ws://127.0.0.1:8917/v1/events");
  socket.onopen();
  assert.deepEqual(socket.sent, [JSON.stringify({ token: TOKEN })]);
  socket.onmessage({ data: JSON.stringify({ type: "job", job: { ...JOB, id: "another", state: "done" } }) });
  socket.onmessage({ data: JSON.stringify({ type: "lines", project: "p", revision: 2, ids: [] }) });
  socket.onmessage({ data: JSON.stringify({ type: "job", job: { ...JOB, state: "failed" } }) });
  assert.equal((await following).state, "failed");
  assert.ok(socket.closed);
  assert.equal(asked.filter((one) => one.url.includes("/jobs/")).length, 0);
});

test("starting a job twice by accident starts it once: each wish has a key", async () => {
  const { asked, fetch } = web({ "GET /v1/health": [200, HEALTH], "POST /v1/projects/p/jobs": [202, JOB] });
  const { server } = await connect(around({ fetch }));
  await server.start("p", { until: "mix" });
  await server.start("p", { until: "mix" });
  const keys = asked.filter((one) => one.method === "POST").map((one) => one.headers["Idempotency-Key"]);
  assert.equal(new Set(keys).size, 2);
  assert.ok(keys.every(Boolean));
});
