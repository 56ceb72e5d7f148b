// What the server says (its /v1/openapi.json), as far as the page reads it.
import type { Rate } from "./timecode.ts";

export type Verdict = "fits" | "tight" | "impossible";
export type Sync = "lip" | "on" | "off" | "vo";
export type Mode = "window" | "exact" | "ratio" | "free";
export type Source = "original" | "background" | "mix" | "dialogue";

export interface Project {
  id: string;
  name: string;
  path: string;
  out: string;
  rate: Rate;
  start_frame: number;
  frame_count: number;
  sample_rate: number;
  language: string;
  engine: string;
  characters: string[];
  film: { url: string; playable: boolean; state: "ready" | "needed" | "making" | "failed" } | null;
  has: Record<Source, boolean>;
  revision: number;
}

export interface Emotion {
  words: string;
  values: Record<string, number>;
  intensity: number;
  clip: string;
}

export interface Plan {
  start_frame: number;
  end_frame: number;
  start_sample: number;
  samples: number;
  units: number;
  natural_units: number;
  rate: number;
  verdict: Verdict;
  syllables_over: number;
  reason: string;
  borrowed_after: number;
  /** Made from what the line says now; where not, the server is about to plan again. */
  current: boolean;
}

export interface Notice {
  code: string;
  message: string;
  severity: string;
}

export interface Line {
  id: string;
  character: string;
  text: string;
  spoken: string;
  language: string;
  voice: string;
  emotion: Emotion;
  sync: Sync;
  mode: Mode;
  pace: number;
  start_frame: number;
  end_frame: number;
  place: string;
  locked: boolean;
  edited: boolean;
  stale: boolean;
  plan: Plan | null;
  /** `chosen`: by hand, else it is the newest that says the words. */
  take: { number: number; key: string; samples: number; chosen: boolean } | null;
  takes: number;
  notices: Notice[];
}

/** What PATCH takes; null takes a change back. */
export type LinePatch = {
  [K in "text" | "voice" | "emotion" | "sync" | "mode" | "pace" | "character" | "locked"]?: Line[K] | null;
};

export interface Take {
  number: number;
  key: string;
  there: boolean;
  in_use: boolean;
  text: string;
  voice: string;
  samples: number;
  audio: string;
  peaks: string;
  likeness?: number | null;
}

export interface Word {
  text: string;
  reading: string;
  doubtful: boolean;
  others: string[];
}

export interface Reading {
  spoken: string;
  words: Word[];
}

export interface Voice {
  id: string;
  language: string;
  gender: string;
  rank: number | null;
  note: string;
}

export type JobState = "queued" | "running" | "done" | "failed" | "cancelled" | "interrupted";
export type Until = "plan" | "speak" | "mix" | "export";

export interface Job {
  id: string;
  project: string;
  until: Until;
  lines: string[] | null;
  state: JobState;
  progress: { stage: string; label: string; done: number; total: number; left_s: number | null } | null;
  created: string;
  started: string | null;
  finished: string | null;
  spoken: number;
  error: { code: string; message: string; exit_code: number } | null;
  notices: Notice[];
  outputs: string[];
}

export interface Format {
  name: string;
  title: string;
}

export interface ExportFile {
  name: string;
  url: string;
  bytes: number;
}

export interface Peaks {
  sample_rate: number;
  start_sample: number;
  end_sample: number;
  min: number[];
  max: number[];
}

export interface Verified {
  ok: boolean;
  /** Lines that were compared. */
  lines: number;
  /** What is not as it was planned. */
  rows: { line: string; aspect: string; planned: string; found: string }[];
}

export interface Character {
  name: string;
  aliases: string[];
  voice: string;
  language: string;
  gain_db: number;
  pace: number;
  lines: number;
}

export type Event =
  | { type: "job"; job: Job }
  | { type: "lines"; project: string; revision: number; ids: string[] }
  | { type: "media"; project: string; name: string; state: "ready" | "failed" }
  | { type: "hello" };
