"use strict";
/** Shows an `App` with the few elements UXP knows. It keeps nothing but what the editor is typing. */

const SOURCES = ["markers", "transcript", "captions", "subtitles"];
const LANGUAGES = ["", "en", "zh", "ja", "ko", "es", "fr", "hi", "it", "pt"];
/** A list of 1,500 lines is built in parts: UXP lays out every element there is. */
const AT_ONCE = 60;

/**
 * @param {Document} document
 * @param {string} name
 * @param {Record<string, string>} attributes
 * @param {(Node | string)[]} [inside]
 * @returns {any}
 */
function element(document, name, attributes, inside = []) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  for (const part of inside) made.appendChild(typeof part === "string" ? document.createTextNode(part) : part);
  return made;
}

class View {
  /**
   * @param {Document} document
   * @param {any} root
   * @param {import("./app.js").App} app
   * @param {import("./words.js").Say} say
   * @param {() => Promise<string | null>} chooseSubtitles text of a file the editor chooses, or null
   */
  constructor(document, root, app, say, chooseSubtitles) {
    this.document = document;
    this.root = root;
    this.app = app;
    this.say = say;
    this.chooseSubtitles = chooseSubtitles;
    this.shown = AT_ONCE;
    /** @type {Record<string, any>} */
    this.buttons = {};
    /** Words that were typed and not yet saved, by line. @type {Map<string, string>} */
    this.drafts = new Map();
    /** The lines that are drawn; while they stay the same, nobody is disturbed at typing. @type {ServerLine[] | null} */
    this.drawn = null;
    this.build();
  }

  /** The parts that stay: controls, notices, lines. */
  build() {
    const { document, say } = this;
    this.source = element(document, "select", { "aria-label": say("source") }, SOURCES.map((one) => this.option(one, say(`source_${one}`))));
    this.language = element(document, "select", { "aria-label": say("language") }, LANGUAGES.map((one) => this.option(one, one || say("language_auto"))));
    this.source.value = SOURCES[0];
    this.language.value = "";
    this.buttons = {
      file: this.button("choose_file", () => this.file()),
      dub: this.button("dub", () => this.app.doing(() => this.app.dub(this.source.value, this.language.value))),
      put: this.button("place", () => this.app.doing(() => this.app.put())),
      cancel: this.button("cancel", () => this.app.cancel()),
      page: this.button("open_page", () => this.app.doing(() => this.app.page())),
    };
    this.progress = element(document, "progress", { max: "1", value: "0" });
    this.notices = element(document, "div", { class: "notices", role: "status", "aria-live": "polite" });
    this.list = element(document, "div", { class: "lines", role: "list" });
    const choices = element(document, "div", { class: "row" }, [this.source, this.buttons.file, this.language]);
    const actions = element(document, "div", { class: "row" }, [this.buttons.dub, this.buttons.cancel, this.buttons.put, this.buttons.page]);
    const title = element(document, "h1", {}, [say("title")]);
    for (const part of [title, choices, actions, this.progress, this.notices, this.list]) this.root.appendChild(part);
  }

  /** @param {string} value @param {string} label */
  option(value, label) {
    return element(this.document, "option", { value }, [label]);
  }

  /** @param {string} word @param {() => unknown} pressed */
  button(word, pressed) {
    const made = element(this.document, "button", { type: "button" }, [this.say(word)]);
    made.addEventListener("click", pressed);
    return made;
  }

  async file() {
    const text = await this.chooseSubtitles();
    if (text === null) return;
    this.app.subtitles = text;
    if (this.source.value !== "captions") this.source.value = "subtitles";
  }

  /** Bring everything to what the app knows now. */
  render() {
    const { app } = this;
    const running = app.job !== null && ["queued", "running"].includes(app.job.state);
    this.enable(this.buttons.dub, !app.busy && app.server !== null);
    this.enable(this.buttons.put, !app.busy && app.project !== null);
    this.enable(this.buttons.cancel, running);
    this.enable(this.buttons.page, app.server !== null && app.server.session !== null);
    const { done, total } = app.job?.progress ?? { done: 0, total: 0 };
    this.progress.setAttribute("max", String(Math.max(total, 1)));
    this.progress.setAttribute("value", String(running ? done : 0));
    this.refill(this.notices, this.sentences(running).map((text) => element(this.document, "p", {}, [text])));
    if (this.drawn === app.lines) return;
    this.drawn = app.lines;
    this.refill(this.list, this.rows());
  }

  /** @param {boolean} running @returns {string[]} */
  sentences(running) {
    const { app, say } = this;
    const said = app.notices.map((one) => say(one.code, one.values));
    if (running && app.job) {
      const { label, done, total } = app.job.progress;
      said.push(total ? say("progress", { label, done, total }) : say(`state_${app.job.state}`));
    }
    return said;
  }

  rows() {
    const rows = this.app.lines.slice(0, this.shown).map((line) => this.row(line));
    if (this.app.lines.length > this.shown) {
      const more = element(this.document, "button", { type: "button", class: "more" }, [`… ${this.app.lines.length - this.shown}`]);
      more.addEventListener("click", () => {
        this.shown += AT_ONCE;
        this.drawn = null;
        this.render();
      });
      rows.push(more);
    }
    return rows;
  }

  /** @param {ServerLine} line */
  row(line) {
    const { document, app, say } = this;
    const verdict = line.plan?.verdict ?? "none";
    const signs = [say(`verdict_${verdict}`), ...(line.stale ? [say("stale")] : []), ...(line.locked ? [say("locked")] : [])];
    const head = element(document, "div", { class: "head" }, [`${app.timecode(line)}  ${line.character}  ${signs.join(", ")}`]);
    const text = element(document, "textarea", { "aria-label": line.id }, []);
    text.value = this.drafts.get(line.id) ?? line.text;
    text.addEventListener("input", () => this.drafts.set(line.id, text.value));
    const buttons = [
      this.button("show", () => app.doing(() => app.show(line))),
      this.button("play", () => app.doing(() => app.play(line.id))),
      this.button("again", () => app.doing(() => app.again(line.id))),
      this.button("save", () => app.doing(() => this.save(line.id, text.value))),
    ];
    this.enable(buttons[1], line.take !== null);
    for (const one of [buttons[2], buttons[3], text]) this.enable(one, !line.locked);
    const said = line.notices.map((one) => element(document, "p", { class: one.severity }, [one.message]));
    return element(document, "div", { class: `line ${verdict}`, role: "listitem" }, [head, text, element(document, "div", { class: "row" }, buttons), ...said]);
  }

  /** What was typed is forgotten only once the server has it. @param {string} line @param {string} text */
  async save(line, text) {
    await this.app.save(line, text, () => this.drafts.delete(line));
  }

  /** @param {any} control @param {boolean} on */
  enable(control, on) {
    if (on) control.removeAttribute("disabled");
    else control.setAttribute("disabled", "");
  }

  /** @param {any} holder @param {Node[]} parts */
  refill(holder, parts) {
    while (holder.firstChild) holder.removeChild(holder.firstChild);
    for (const part of parts) holder.appendChild(part);
  }
}

module.exports = { View };
