/** What travels through the panel, and the server's records as far as the panel reads them. */

type Host = import("@adobe/premierepro").premierepro;
type HostProject = import("@adobe/premierepro").Project;
type HostSequence = import("@adobe/premierepro").Sequence;
type HostProjectItem = import("@adobe/premierepro").ProjectItem;
type HostClipItem = import("@adobe/premierepro").ClipProjectItem;
type HostFolder = import("@adobe/premierepro").FolderItem;
type HostAudioTrack = import("@adobe/premierepro").AudioTrack;
type HostTrackItem = import("@adobe/premierepro").AudioClipTrackItem;
type HostAction = import("@adobe/premierepro").Action;

/** Something the editor should know: `code` is looked up in words.js, `values` fill its sentence. */
interface Notice {
  code: string;
  values: Record<string, string | number>;
}

/** `ticksPerFrame` is exact. Frames count from the sequence's first, which has the timecode `startFrame`. */
interface SequenceFacts {
  name: string;
  ticksPerFrame: bigint;
  rate: string;
  dropFrame: boolean;
  startFrame: number;
  frames: number;
  film: string | null;
  notices: Notice[];
}

interface Segment {
  text: string;
  start_frame: number;
  end_frame: number;
  character?: string;
}

interface Texts {
  source: "markers" | "captions" | "transcript" | "subtitles";
  segments: Segment[];
  notices: Notice[];
}

interface PlannedClip {
  id: string;
  path: string;
  record_frame: number;
  frames: number;
  samples: number;
  text: string;
}

interface PlannedTrack {
  name: string;
  clips: PlannedClip[];
}

interface TrackPlan {
  rate: string;
  drop_frame: boolean;
  start_frame: number;
  tracks: PlannedTrack[];
}

interface PlacedClip {
  id: string;
  track: string;
  record_frame: number;
  frames: number;
}

/** `clips` is what stands in the sequence now, read back; `trouble` says everything that is not as planned. */
interface Placement {
  clips: PlacedClip[];
  placed: number;
  kept: number;
  removed: number;
  trouble: Notice[];
}

interface ServerProject {
  id: string;
  name: string;
  revision: number;
}

interface ServerLine {
  id: string;
  character: string;
  text: string;
  start_frame: number;
  end_frame: number;
  locked: boolean;
  stale: boolean;
  plan: { verdict: "fits" | "tight" | "impossible"; syllables_over: number; reason: string } | null;
  take: { number: number } | null;
  notices: { code: string; severity: string; message: string }[];
}

interface ServerJob {
  id: string;
  project: string;
  state: "queued" | "running" | "done" | "failed" | "cancelled" | "interrupted";
  progress: { stage: string; label: string; done: number; total: number; left_s: number | null };
  error: { code: string; message: string; exit_code: number } | null;
}

interface PlacedAnswer {
  ok: boolean;
  right: number;
  off: { id: string; planned_frame: number; placed_frame: number }[];
  missing: string[];
  unknown: string[];
}

/** Where the running server is, from its session file. */
interface Session {
  url: string;
  token: string;
  api: number;
  version: string;
}

/** Files by absolute path; every call rejects with an `Error` where it cannot be done. */
interface Files {
  read(path: string): Promise<string>;
  write(path: string, text: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  exists(path: string): Promise<boolean>;
  /** Changes whenever the file does; "" where there is none. */
  stamp(path: string): Promise<string>;
}

interface Answer {
  status: number;
  body: unknown;
}

interface Question {
  method: "GET" | "POST" | "PATCH";
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
}

/** One way to the server: HTTP, or files where HTTP is blocked. */
interface Transport {
  readonly name: "http" | "files";
  ask(question: Question): Promise<Answer>;
}

/** Waits, so that tests need not. */
interface Clock {
  sleep(milliseconds: number): Promise<void>;
  now(): number;
}
