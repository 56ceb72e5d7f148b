"use strict";
/** Takes the session file of a running `dubsync serve`; gives its interface as far as the panel uses it. */

const { overHttp, overFiles } = require("./transports.js");

const API = 1;
const ENDED = ["done", "failed", "cancelled", "interrupted"];
/** A poll tells everything a socket tells, only later; with a socket it is the safety net. */
const POLL_MS = 1000;
const POLL_BESIDE_SOCKET_MS = 10000;

/** The server answered, and the answer is no. */
class Refused extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Nobody is there: no session file, or one of a server that ended. */
class NotRunning extends Error {}

/**
 * Find the server, over HTTP where that is allowed, else through files.
 * @param {{ settings: { port: number, session: string, mailbox: string }, files: Files, clock: Clock,
 *   fetch: typeof fetch, WebSocket: typeof WebSocket, newId: () => string }} around
 * @returns {Promise<{ server: Server, notices: Notice[] }>}
 * @throws {NotRunning} where no server runs
 */
async function connect(around) {
  const { settings, files } = around;
  const session = await sessionOf(files, settings.session);
  /** @type {Notice[]} */
  const notices = [];
  if (session && portOf(session.url) !== settings.port) {
    notices.push({ code: "other_port", values: { port: portOf(session.url), ours: settings.port } });
  } else if (session) {
    const transport = overHttp({ ...around, url: session.url, token: session.token });
    const reason = await answers(transport);
    if (!reason) return { server: new Server(transport, session, around), notices };
    notices.push({ code: "http_blocked", values: { reason } });
  }
  const transport = overFiles({ ...around, folder: settings.mailbox });
  if (!(await files.exists(`${settings.mailbox}/session.json`))) throw new NotRunning(notices.length ? notices[0].code : "");
  const reason = await answers(transport);
  if (reason) throw new NotRunning(reason);
  return { server: new Server(transport, session, around), notices };
}

/** @param {Files} files @param {string} path @returns {Promise<Session | null>} */
async function sessionOf(files, path) {
  if (!(await files.exists(path))) return null;
  const found = JSON.parse(await files.read(path));
  // Only this machine is spoken to, whatever a file says.
  return /^http:\/\/127\.0\.0\.1:\d+$/.test(found.url) ? found : null;
}

/** @param {string} url */
function portOf(url) {
  return Number(url.split(":")[2]);
}

/**
 * @param {Transport} transport
 * @returns {Promise<string>} why not, or ""
 * @throws {Error} where a server answers that speaks another version
 */
async function answers(transport) {
  let answer;
  try {
    answer = await transport.ask({ method: "GET", path: "/v1/health" });
  } catch (error) {
    return String(error);
  }
  if (answer.status !== 200) return `status ${answer.status}`;
  const { api, version } = /** @type {any} */ (answer.body);
  if (api !== API) {
    throw new Error(`dubsync ${version} speaks version ${api}, this panel version ${API}. Run: dubsync plugin install premiere`);
  }
  return "";
}

class Server {
  /**
   * @param {Transport} transport
   * @param {Session | null} session
   * @param {{ clock: Clock, WebSocket: typeof WebSocket, newId: () => string }} around
   */
  constructor(transport, session, { clock, WebSocket, newId }) {
    this.transport = transport;
    this.session = session;
    this.clock = clock;
    this.WebSocket = WebSocket;
    this.newId = newId;
  }

  /**
   * @param {Question["method"]} method
   * @param {string} path
   * @param {unknown} [body]
   * @param {Record<string, string>} [headers]
   * @returns {Promise<any>}
   */
  async ask(method, path, body, headers) {
    const answer = await this.transport.ask({ method, path, body, headers });
    if (answer.status < 400) return answer.body;
    const said = /** @type {any} */ (answer.body)?.error?.message;
    throw new Refused(answer.status, said ?? `dubsync answered ${answer.status} to ${method} ${path}`);
  }

  /**
   * @param {SequenceFacts} facts
   * @param {Segment[]} segments
   * @param {{ otio: string | null, language: string }} more
   * @returns {Promise<ServerProject>}
   */
  send(facts, segments, { otio, language }) {
    return this.ask("POST", "/v1/projects/segments", {
      host: "premiere",
      name: facts.name,
      rate: facts.rate,
      drop_frame: facts.dropFrame,
      start_frame: facts.startFrame,
      frames: facts.frames,
      ...(facts.film ? { film: facts.film } : {}),
      ...(otio ? { otio } : {}),
      ...(language ? { lang: language } : {}),
      segments,
    });
  }

  /** @param {string} project @returns {Promise<ServerProject>} */
  project(project) {
    return this.ask("GET", `/v1/projects/${project}`);
  }

  /** @param {string} project @returns {Promise<{ revision: number, lines: ServerLine[] }>} */
  lines(project) {
    return this.ask("GET", `/v1/projects/${project}/lines`);
  }

  /** @param {string} project @returns {Promise<TrackPlan>} */
  trackPlan(project) {
    return this.ask("GET", `/v1/projects/${project}/track-plan`);
  }

  /** @param {string} project @param {string} line @param {Record<string, unknown>} changes @returns {Promise<ServerLine>} */
  change(project, line, changes) {
    return this.ask("PATCH", `/v1/projects/${project}/lines/${line}`, changes);
  }

  /** @param {string} project @param {Record<string, unknown>} wish @returns {Promise<ServerJob>} */
  start(project, wish) {
    return this.ask("POST", `/v1/projects/${project}/jobs`, wish, { "Idempotency-Key": this.newId() });
  }

  /** @param {string} job @returns {Promise<ServerJob>} */
  cancel(job) {
    return this.ask("POST", `/v1/jobs/${job}/cancel`);
  }

  /** @param {string} project @param {PlacedClip[]} clips @returns {Promise<PlacedAnswer>} */
  placed(project, clips) {
    return this.ask("POST", `/v1/projects/${project}/placed`, { host: "premiere", clips });
  }

  /**
   * Follow a job to its end: by the socket where there is one, and by asking now and then in any case.
   * @param {ServerJob} job
   * @param {(job: ServerJob) => void} show
   * @returns {Promise<ServerJob>}
   */
  async follow(job, show) {
    let newest = job;
    const news = this.listen(job.id, (heard) => {
      newest = heard;
      show(newest);
    });
    try {
      show(newest);
      while (!ENDED.includes(newest.state)) {
        await Promise.race([news.next(), this.clock.sleep(news.open() ? POLL_BESIDE_SOCKET_MS : POLL_MS)]);
        if (ENDED.includes(newest.state)) break;
        newest = await this.ask("GET", `/v1/jobs/${job.id}`);
        show(newest);
      }
      return newest;
    } finally {
      news.close();
    }
  }

  /**
   * @param {string} job
   * @param {(job: ServerJob) => void} heard
   * @returns {{ open: () => boolean, next: () => Promise<void>, close: () => void }} `next` resolves where the job ended
   */
  listen(job, heard) {
    const never = { open: () => false, next: () => new Promise(() => {}), close: () => {} };
    if (this.transport.name !== "http" || !this.session) return never;
    let open = false;
    let ended = () => {};
    const end = /** @type {Promise<void>} */ (new Promise((resolve) => (ended = () => resolve())));
    const { token } = this.session;
    try {
      const socket = new this.WebSocket(`${this.session.url.replace("http", "ws")}/v1/events`, []);
      socket.onopen = () => {
        open = true;
        socket.send(JSON.stringify({ token }));
      };
      socket.onmessage = ({ data }) => {
        const message = JSON.parse(String(data));
        if (message.type !== "job" || message.job.id !== job) return;
        heard(message.job);
        if (ENDED.includes(message.job.state)) ended();
      };
      socket.onerror = socket.onclose = () => {
        open = false;
      };
      return { open: () => open, next: () => end, close: () => socket.close() };
    } catch {
      return never; // a host without sockets, or one that forbids this one: asking now and then does
    }
  }
}

module.exports = { connect, Server, Refused, NotRunning, ENDED };
