"""What clients send and get, as the OpenAPI document shows it. Frames count from the timeline's first frame."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from indextts_post.cast import EMOTIONS

_LARGEST = 2**31
PathText = Annotated[str, StringConstraints(min_length=1, max_length=4096, pattern=r"^[^\x00]*$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]*$")]
Words = Annotated[str, StringConstraints(max_length=20_000, pattern=r"^[^\x00]*$")]
Frame = Annotated[int, Field(ge=0, lt=_LARGEST)]
Level = Annotated[float, Field(ge=0, le=1)]
Sync = Literal["lip", "on", "off", "vo"]
Mode = Literal["window", "exact", "ratio", "free"]
Until = Literal["plan", "speak", "mix", "export"]


class Strict(BaseModel):
    """A body: keys that are not known are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid")


class ErrorBody(BaseModel):
    code: str
    message: str
    exit_code: int


class ErrorAnswer(BaseModel):
    error: ErrorBody


class Health(BaseModel):
    name: Literal["dubsync"]
    version: str
    api: Literal[1]


class OpenBody(Strict):
    """All paths lie in the folders the server may use."""

    path: PathText
    video: PathText | None = None
    background: PathText | None = None
    subtitles: PathText | None = None
    lang: Name | None = None
    cast: PathText | None = None
    engine: Name | None = None
    out: PathText | None = None


class Segment(Strict):
    """A line a host script sends."""

    text: Words
    start_frame: Frame
    end_frame: Frame
    character: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f]*$")] = ""
    emotion: Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00-\x1f]*$")] = ""


class SegmentsBody(Strict):
    """A timeline as a host script has it: `rate` like "24000/1001", `otio` the text of an .otio file.

    `subtitles` is a file the lines are in where the host cannot read them; they come after the `segments`.
    """

    host: Name
    name: Name
    rate: Annotated[str, StringConstraints(max_length=40)]
    drop_frame: bool = False
    start_frame: Annotated[int, Field(ge=0, lt=_LARGEST)] = 0
    frames: Annotated[int, Field(ge=1, lt=_LARGEST)]
    film: PathText | None = None
    lang: Name | None = None
    engine: Name | None = None
    otio: str | None = None
    subtitles: PathText | None = None
    segments: Annotated[list[Segment], Field(max_length=20_000)]


class EmotionShape(Strict):
    """Words, values by name (0 to 1), or a recording (`ref:angry.wav`) that goes before both."""

    words: Words = ""
    values: dict[Literal[EMOTIONS], Level] = {}  # type: ignore[valid-type]
    intensity: Level = 1.0
    clip: Annotated[str, StringConstraints(max_length=4096, pattern=r"^[^\x00]*$")] = ""


class Patch(Strict):
    """A change of some keys."""

    def named(self) -> dict[str, Any]:
        """What was named, whole; null is named too."""
        return {name: value for name, value in self.model_dump().items() if name in self.model_fields_set}


class LinePatch(Patch):
    """What is to be different in a line; null takes a change back, what is not named stays."""

    text: Annotated[Words, StringConstraints(min_length=1)] | None = None
    voice: Name | None = None
    emotion: EmotionShape | None = None
    sync: Sync | None = None
    mode: Mode | None = None
    pace: Annotated[float, Field(ge=0.5, le=2)] | None = None
    character: Name | None = None
    locked: bool | None = None


class CharacterPatch(Patch):
    """What is to be different in an entry of the cast; null takes the key out."""

    aliases: Annotated[list[Name], Field(max_length=100)] | None = None
    voice: Name | None = None
    language: Annotated[str, StringConstraints(min_length=2, max_length=35, pattern=r"^[A-Za-z0-9-]*$")] | None = None
    gain_db: Annotated[float, Field(ge=-40, le=20)] | None = None
    pace: Annotated[float, Field(ge=0.5, le=2)] | None = None
    emotion: EmotionShape | None = None
    sync: Sync | None = None
    mode: Mode | None = None
    gender: Literal["f", "m"] | None = None
    age: Literal["child", "adult", "old"] | None = None
    note: Words | None = None
    consent: Annotated[Words, StringConstraints(min_length=1)] | None = None


class JobBody(Strict):
    """`lines` limits what is spoken to these lines; with `again` they get another take. `targets` as `--to` has them.

    `overwrite` as the command line has it: replace exports that were changed since they were written.
    """

    until: Until
    lines: Annotated[list[Name], Field(min_length=1, max_length=20_000)] | None = None
    again: bool = False
    targets: Annotated[list[Name], Field(max_length=100)] = []
    overwrite: bool = False


class VerifyBody(Strict):
    file: PathText


class PlacedClip(Strict):
    """Where a host really put a line's file; `record_frame` counts from the timeline's first frame."""

    id: Name
    track: Words = ""
    record_frame: Annotated[int, Field(gt=-_LARGEST, lt=_LARGEST)]
    frames: Frame


class PlacedBody(Strict):
    host: Name
    clips: Annotated[list[PlacedClip], Field(max_length=100_000)]


class Rate(BaseModel):
    num: int
    den: int
    drop_frame: bool


class FilmShape(BaseModel):
    """`state`: ready, needed (a proxy is made when it is asked for), making, failed. `offset_s` is the picture's start
    in the file that `url` gives."""

    url: str
    playable: bool
    state: Literal["ready", "needed", "making", "failed"]


class Has(BaseModel):
    original: bool
    background: bool
    mix: bool
    dialogue: bool


class NoticeShape(BaseModel):
    code: str
    severity: Literal["note", "warning", "fault"]
    message: str
    line: str | None = None


class ProjectShape(BaseModel):
    id: str
    name: str
    path: str
    out: str
    rate: Rate
    start_frame: int
    frame_count: int
    sample_rate: Literal[48000]
    language: str
    engine: str
    characters: list[str]
    film: FilmShape | None
    has: Has
    revision: int
    notices: list[NoticeShape]


class ProjectsShape(BaseModel):
    projects: list[ProjectShape]


class PlanShape(BaseModel):
    """`current`: made from what the line says now; where not, the server is about to plan again."""

    start_frame: int
    end_frame: int
    start_sample: int
    samples: int
    units: int
    natural_units: int
    rate: float
    verdict: Literal["fits", "tight", "impossible"]
    syllables_over: int
    reason: str
    borrowed_after: int
    current: bool


class TakeInUse(BaseModel):
    """`chosen`: by hand; else it is what the last run used."""

    number: int
    key: str
    samples: int
    chosen: bool


class LineShape(BaseModel):
    id: str
    character: str
    text: str
    spoken: str
    language: str
    voice: str
    emotion: dict[str, Any]
    sync: Sync
    mode: Mode
    pace: float
    start_frame: int
    end_frame: int
    place: str
    locked: bool
    edited: bool
    stale: bool
    plan: PlanShape | None
    take: TakeInUse | None
    takes: int
    notices: list[NoticeShape]


class LinesShape(BaseModel):
    revision: int
    lines: list[LineShape]


class Word(BaseModel):
    text: str
    reading: str
    doubtful: bool
    others: list[str]


class ReadingShape(BaseModel):
    spoken: str
    words: list[Word]


class CharacterShape(BaseModel):
    name: str
    aliases: list[str]
    voice: str
    language: str
    gain_db: float
    pace: float
    emotion: dict[str, Any]
    sync: Sync | None
    mode: Mode | None
    lines: int


class CharactersShape(BaseModel):
    characters: list[CharacterShape]


class VoiceShape(BaseModel):
    id: str
    language: str
    gender: str
    rank: int | None
    note: str


class VoicesShape(BaseModel):
    voices: list[VoiceShape]


class ProgressShape(BaseModel):
    stage: str
    label: str
    done: int
    total: int
    left_s: float | None


class JobShape(BaseModel):
    """`spoken` counts the takes that were really synthesised. Times are ISO 8601, UTC."""

    id: str
    project: str
    until: Until
    lines: list[str] | None
    again: bool
    targets: list[str]
    state: Literal["queued", "running", "done", "failed", "cancelled", "interrupted"]
    progress: ProgressShape
    created: str
    started: str | None
    finished: str | None
    spoken: int
    error: ErrorBody | None
    notices: list[NoticeShape]
    outputs: list[str]


class JobsShape(BaseModel):
    jobs: list[JobShape]


class TakeShape(BaseModel):
    number: int
    key: str
    there: bool
    in_use: bool
    text: str
    voice: str
    samples: int
    audio: str
    peaks: str


class TakesShape(BaseModel):
    takes: list[TakeShape]


class PeaksShape(BaseModel):
    sample_rate: Literal[48000]
    start_sample: int
    end_sample: int
    min: list[int]
    max: list[int]


class FormatShape(BaseModel):
    name: str
    title: str


class FormatsShape(BaseModel):
    formats: list[FormatShape]


class FileShape(BaseModel):
    name: str
    url: str
    bytes: int


class FilesShape(BaseModel):
    files: list[FileShape]


class VerifyRow(BaseModel):
    line: str
    aspect: str
    planned: str
    found: str


class VerifyShape(BaseModel):
    ok: bool
    lines: int
    rows: list[VerifyRow]


class PlannedClip(BaseModel):
    """`path` is always the newest take of the line; `take_path` has a name of its own for each take."""

    id: str
    path: str
    take_path: str
    record_frame: int
    frames: int
    samples: int
    text: str


class PlannedTrack(BaseModel):
    name: str
    clips: list[PlannedClip]


class TrackPlanShape(BaseModel):
    rate: str
    drop_frame: bool
    start_frame: int
    tracks: list[PlannedTrack]


class OffClip(BaseModel):
    id: str
    planned_frame: int
    placed_frame: int


class PlacedShape(BaseModel):
    ok: bool
    right: int
    off: list[OffClip]
    missing: list[str]
    unknown: list[str]
