/**
 * Premiere as its published types and the notes of those who scripted it describe it, and no kinder:
 * actions are made and carried out inside `lockedAccess` only, and nothing may wait in there; ticks are strings; places
 * count from the sequence's start whatever its zero point; an overwrite needs a track that is there, an insert behind
 * the last makes one and moves what stands behind it; edits take project items, not what they were cast to; imported
 * files turn up late; a name nobody published is an error.
 */

export const TICKS = 254016000000n;
const PER_SAMPLE = TICKS / 48000n;

/** An object that has the given members and no others. */
function strict(kind, members) {
  return new Proxy(members, {
    get(target, name) {
      if (name in target || typeof name === "symbol" || name === "then" || name === "toJSON") return target[name];
      throw new TypeError(`${kind}.${String(name)} is not a member of the host's ${kind}`);
    },
    has: (target, name) => name in target,
  });
}

/** What stands behind an object that was handed out; the panel cannot see it. */
const behind = new WeakMap();

function handed(kind, members, own) {
  const object = strict(kind, members);
  behind.set(object, { kind, own });
  return object;
}

function own(object, ...kinds) {
  const known = behind.get(object);
  if (!known || !kinds.includes(known.kind)) throw new Error("Invalid parameter");
  return known.own;
}

export class FakeHost {
  constructor({ timebase = "10594584000", zero = "0", display = 110, version = 26.3, audio = [[]], video = [[]] } = {}) {
    Object.assign(this, { timebase, zero, display, version, locked: false, inTransaction: false });
    this.files = new Map(); // path → samples
    this.steps = []; // undo labels, in order
    this.refreshed = [];
    this.played = [];
    this.refuse = () => false; // label → does the host refuse the step?
    this.late = 2; // so many looks into a bin until imported files show
    this.markers = [];
    this.captions = [];
    this.transcripts = new Map(); // media path, or "sequence"
    this.root = this.bin("root", 3);
    this.video = video.map((clips, index) => ({ name: `Video ${index + 1}`, clips: clips.map((clip) => this.clip(clip)) }));
    this.audio = audio.map((clips, index) => ({ name: `Audio ${index + 1}`, clips: clips.map((clip) => this.clip(clip)), muted: false }));
    this.ppro = this.api();
  }

  bin(name, type = 2) {
    return { name, type, children: [], looks: 0 };
  }

  clip({ path = "/media/film.mov", start = 0n, end = 0n, into = 0n, speed = 1, name = "" }) {
    return { item: { name, type: 1, path }, start: BigInt(start), end: BigInt(end), into: BigInt(into), speed };
  }

  time(ticks) {
    if (typeof ticks !== "string" || !/^-?\d+$/.test(ticks)) throw new Error("Invalid parameter");
    return strict("TickTime", { ticks, seconds: Number(ticks) / Number(TICKS), ticksNumber: Number(ticks) });
  }

  action(kind, run) {
    if (!this.locked) throw new Error(`${kind}: Script action failed to execute (not inside lockedAccess)`);
    return { kind, run, lock: this.lock };
  }

  perform(actions) {
    for (const action of actions) {
      if (action.lock !== this.lock) throw new Error(`${action.kind}: the action is of another lock`);
      action.run();
    }
  }

  snapped(samples) {
    const exact = BigInt(samples) * PER_SAMPLE;
    const frame = BigInt(this.timebase);
    return ((2n * exact + frame) / (2n * frame)) * frame;
  }

  overwrite(track, item, start) {
    const end = start + this.snapped(this.files.get(item.path));
    const kept = [];
    for (const old of track.clips) {
      if (old.end <= start || old.start >= end) kept.push(old);
      else {
        if (old.start < start) kept.push({ ...old, end: start });
        if (old.end > end) kept.push({ ...old, start: end, into: old.into + end - old.start });
      }
    }
    track.clips = [...kept, { item, start, end, into: 0n, speed: 1 }].sort((a, b) => (a.start < b.start ? -1 : 1));
  }

  insert(index, item, start, limitShift) {
    if (index > this.audio.length) throw new Error("Invalid parameter");
    if (index === this.audio.length) this.audio.push({ name: `Audio ${index + 1}`, clips: [], muted: false });
    const length = this.snapped(this.files.get(item.path));
    const moved = limitShift ? [this.audio[index], this.video[0]] : [...this.audio, ...this.video];
    for (const track of moved) {
      for (const old of track.clips) {
        if (old.start >= start) Object.assign(old, { start: old.start + length, end: old.end + length });
      }
    }
    this.overwrite(this.audio[index], item, start);
  }

  end() {
    return [...this.audio, ...this.video].flatMap((track) => track.clips).reduce((far, one) => (one.end > far ? one.end : far), 0n);
  }

  projectItem(item) {
    return handed("ProjectItem", { name: item.name, type: item.type, getId: () => item.path ?? item.name }, item);
  }

  castClip(wrapped) {
    const raw = own(wrapped, "ProjectItem");
    if (raw.type !== 1) throw new Error("Invalid parameter"); // a bin is no clip
    if (!raw.path) return null;
    const members = {
      name: raw.name,
      type: raw.type,
      getMediaFilePath: async () => (raw.path === "sequence" ? "" : raw.path),
      refreshMedia: async () => {
        this.refreshed.push(raw.path);
        return this.files.has(raw.path);
      },
    };
    return handed("ClipProjectItem", members, raw);
  }

  castFolder(wrapped) {
    const raw = own(wrapped, "ProjectItem");
    const members = {
      name: raw.name,
      type: raw.type,
      getItems: async () => {
        raw.looks += 1;
        return raw.children.filter((one) => !one.since || raw.looks - one.since > this.late).map((one) => this.projectItem(one));
      },
      createBinAction: (name) => this.action("createBinAction", () => raw.children.push(this.bin(name))),
    };
    return handed("FolderItem", members, raw);
  }

  trackItem(clip) {
    const members = {
      getName: async () => clip.item.name,
      getStartTime: async () => this.time(String(clip.start)),
      getEndTime: async () => this.time(String(clip.end)),
      getInPoint: async () => this.time(String(clip.into)),
      getSpeed: async () => clip.speed,
      isSpeedReversed: async () => 0,
      getProjectItem: async () => this.projectItem(clip.item),
    };
    return handed("TrackItem", members, clip);
  }

  track(kind, track) {
    const members = {
      name: track.name,
      getTrackItems: (type, empty) => {
        if (type !== 1 || empty !== false) throw new Error("Invalid parameter");
        return track.clips.map((clip) => this.trackItem(clip));
      },
      isMuted: async () => track.muted ?? false,
    };
    const rename = (name) => this.action("createSetNameAction", () => (track.name = name));
    members.createSetNameAction = this.version >= 26.3 ? rename : undefined;
    return strict(kind, members);
  }

  at(list, index, kind) {
    if (!Number.isInteger(index) || index < 0 || index >= list.length) throw new Error("Invalid parameter");
    return this.track(kind, list[index]);
  }

  sequence() {
    return strict("Sequence", {
      name: "Reel 1",
      getTimebase: async () => this.timebase,
      getZeroPoint: async () => this.time(this.zero),
      getEndTime: async () => this.time(String(this.end())),
      getSequenceVideoTimeDisplayFormat: async () => strict("TimeDisplay", { type: this.display }),
      getVideoTrackCount: async () => this.video.length,
      getVideoTrack: async (index) => this.at(this.video, index, "VideoTrack"),
      getAudioTrackCount: async () => this.audio.length,
      getAudioTrack: async (index) => this.at(this.audio, index, "AudioTrack"),
      getCaptionTrackCount: async () => this.captions.length,
      getCaptionTrack: async (index) => this.at(this.captions, index, "CaptionTrack"),
      getProjectItem: async () => this.projectItem({ name: "Reel 1", type: 1, path: "sequence" }),
      setPlayerPosition: async (time) => {
        this.player = time.ticks;
        return true;
      },
    });
  }

  project() {
    return strict("Project", {
      name: "film.prproj",
      path: "/projects/film.prproj",
      getActiveSequence: async () => (this.closed ? null : this.sequence()),
      getRootItem: async () => this.castFolder(this.projectItem(this.root)),
      importFiles: async (paths, suppressUi, target, stills) => {
        if (suppressUi !== true || stills !== false) throw new Error("Invalid parameter");
        const bin = own(target, "ProjectItem");
        for (const path of paths.filter((one) => this.files.has(one))) {
          bin.children.push({ name: path.split("/").pop(), type: 1, path, since: bin.looks });
        }
        return true;
      },
      lockedAccess: (callback) => {
        if (this.locked) throw new Error("lockedAccess: already locked");
        this.locked = true;
        this.lock = {};
        try {
          if (callback() instanceof Promise) throw new Error("lockedAccess: the callback must not wait");
        } finally {
          this.locked = false;
        }
      },
      executeTransaction: (callback, label) => {
        if (!this.locked) throw new Error("executeTransaction: not inside lockedAccess");
        const actions = [];
        callback(strict("CompoundAction", { addAction: (action) => actions.push(action) > 0 }));
        if (this.refuse(label) || !actions.length) return false;
        this.perform(actions);
        this.steps.push(label);
        return true;
      },
    });
  }

  editor() {
    const checked = (item, time, index, action) => {
      const raw = own(item, "ProjectItem"); // what it was cast to is not taken
      const start = BigInt(time.ticks);
      if (start < 0n || !Number.isInteger(index)) throw new Error("Invalid parameter");
      return action(raw, start);
    };
    return strict("SequenceEditor", {
      createOverwriteItemAction: (item, time, video, audio) =>
        checked(item, time, audio, (raw, start) =>
          this.action("createOverwriteItemAction", () => {
            if (audio >= this.audio.length) throw new Error("Script action failed to execute: no such track");
            this.overwrite(this.audio[audio], raw, start);
          }),
        ),
      createInsertProjectItemAction: (item, time, video, audio, limitShift) =>
        checked(item, time, audio, (raw, start) =>
          this.action("createInsertProjectItemAction", () => this.insert(audio, raw, start, limitShift)),
        ),
      createRemoveItemsAction: (selection, ripple, media) =>
        this.action("createRemoveItemsAction", () => {
          if (ripple !== false || media !== 3) throw new Error("Invalid parameter");
          const gone = new Set(own(selection, "TrackItemSelection"));
          for (const track of this.audio) track.clips = track.clips.filter((clip) => !gone.has(clip));
        }),
    });
  }

  api() {
    return strict("premierepro", {
      Constants: {
        TrackItemType: { EMPTY: 0, CLIP: 1 },
        MediaType: { ANY: 0, DATA: 1, VIDEO: 2, AUDIO: 3 },
        VideoDisplayFormatType: { FPS_23_976: 110, FPS_25: 101, FPS_29_97: 102, FPS_29_97_NON_DROP: 103, FRAMES: 109 },
      },
      Project: strict("ProjectStatic", { getActiveProject: async () => (this.noProject ? null : this.project()) }),
      ProjectItem: strict("ProjectItemStatic", { cast: (item) => this.projectItem(own(item, "FolderItem", "ClipProjectItem")), TYPE_CLIP: 1, TYPE_BIN: 2, TYPE_ROOT: 3 }),
      ClipProjectItem: strict("ClipProjectItemStatic", { cast: (item) => this.castClip(item) }),
      FolderItem: strict("FolderItemStatic", { cast: (item) => this.castFolder(item) }),
      TickTime: strict("TickTimeStatic", { createWithTicks: (ticks) => this.time(ticks) }),
      SequenceEditor: strict("SequenceEditorStatic", { getEditor: () => this.editor() }),
      TrackItemSelection: strict("TrackItemSelectionStatic", {
        createEmptySelection: (callback) => {
          const items = [];
          callback(handed("TrackItemSelection", { addItem: (item) => items.push(own(item, "TrackItem")) > 0 }, items));
          return true;
        },
      }),
      Markers: strict("MarkersStatic", {
        getMarkers: async () => strict("Markers", { getMarkers: () => this.markers.map((one) => this.marker(one)) }),
      }),
      Transcript: strict("TranscriptStatic", {
        hasTranscript: (clip) => this.transcripts.has(own(clip, "ClipProjectItem").path),
        exportToJSON: async (clip) => JSON.stringify(this.transcripts.get(own(clip, "ClipProjectItem").path)),
      }),
      SourceMonitor: strict("SourceMonitorStatic", {
        openFilePath: async (path) => this.played.push(path) > 0,
        setPosition: async () => true,
        play: async () => true,
      }),
      ...(this.version >= 26.2 ? { ProjectConverter: this.converter() } : { ProjectConverter: undefined }),
    });
  }

  converter() {
    return strict("ProjectConverterStatic", {
      exportAsOpenTimelineIO: async (sequence, path) => {
        this.exported?.(path);
        return Boolean(this.exported);
      },
    });
  }

  marker({ name = "", comments = "", start, length }) {
    return strict("Marker", {
      getName: () => name,
      getComments: () => comments,
      getStart: () => this.time(String(start)),
      getDuration: () => this.time(String(length)),
    });
  }
}

/** Files in memory. */
export class FakeFiles {
  constructor(contents = {}) {
    this.contents = new Map(Object.entries(contents));
  }
  async read(path) {
    if (!this.contents.has(path)) throw new Error(`${path}: no such file`);
    return this.contents.get(path);
  }
  async write(path, text) {
    this.contents.set(path, text);
  }
  async rename(from, to) {
    this.contents.set(to, await this.read(from));
    this.contents.delete(from);
  }
  async remove(path) {
    this.contents.delete(path);
  }
  async exists(path) {
    return this.contents.has(path);
  }
  async stamp(path) {
    return this.contents.get(path) ?? "";
  }
}

/** A clock that does not wait. */
export class FakeClock {
  constructor(onSleep = () => {}) {
    Object.assign(this, { at: 1_000_000, onSleep });
  }
  async sleep(milliseconds) {
    this.at += milliseconds;
    await this.onSleep(milliseconds);
  }
  now() {
    return this.at;
  }
}
