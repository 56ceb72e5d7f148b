"""The options of a job, once for all commands that take them, and their way into frozen `Settings`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

import typer

if TYPE_CHECKING:
    from indextts_post.project import Settings

ProjectFile = Annotated[Path, typer.Argument(metavar="FILE", help="Timeline or subtitle file.", show_default=False)]
SyncClassName = Annotated[
    Literal["lip", "on", "off", "vo"], typer.Option(help="How tightly lines are held where nothing says so.")
]
MinRate = Annotated[str, typer.Option(help="Slowest pace of natural ever.")]
MaxRate = Annotated[str, typer.Option(help="Fastest pace of natural ever.")]
Prefer = Annotated[str, typer.Option(help="Preferred window of pace.", metavar="MIN-MAX")]
Loudness = Annotated[str, typer.Option(help="Loudness: web, ebu-r128, atsc-a85, netflix.")]
LikenessMode = Annotated[
    Literal["quick", "full"], typer.Option(help="Look-alikes of recordings (kokoro): in seconds, or in minutes.")
]
Listen = Annotated[
    bool, typer.Option("--listen", help="A recogniser hears every take; misheard lines are told and tried again.")
]
PREFERRED = "0.9-1.2"
Made = TypeVar("Made")


@dataclass
class Check:
    """Options become values; what is wrong with any of them is collected in `wrong` and said together."""

    wrong: list[str] = field(default_factory=list)

    def exact(self, option: str, value: str) -> Fraction:
        try:
            return Fraction(value.strip())
        except (ValueError, ZeroDivisionError):
            self.wrong.append(f"--{option} must be a number like 0.9 or 9/10, not {value!r}")
            return Fraction(1)

    def rates(
        self, prefer: str, min_rate: str, max_rate: str
    ) -> tuple[tuple[Fraction, Fraction], tuple[Fraction, Fraction]]:
        """The preferred window of pace and the hard one. The preferred one as it is by default ends where that ends."""
        low, _, high = prefer.partition("-")
        preferred = self.exact("prefer", low), self.exact("prefer", high)
        hard = self.exact("min-rate", min_rate), self.exact("max-rate", max_rate)
        if prefer == PREFERRED:
            preferred = max(preferred[0], hard[0]), min(preferred[1], hard[1])
        return preferred, hard

    def made(self, make: Callable[[], Made], option: str = "") -> Made | None:
        """What `make` gives; None where it raises, and `wrong` has its words.

        Words of a `ValueError` do not name an option, so it has to be the value of `option` that was wrong.
        """
        from indextts_post.errors import OptionError

        try:
            return make()
        except OptionError as error:
            self.wrong.append(str(error))
        except ValueError as error:
            if not option:
                raise
            self.wrong.append(f"--{option}: {error}.")
        return None


@dataclass(frozen=True)
class Wish:
    """Settings of the job, and how the terminal is to be served."""

    settings: Settings
    dry_run: bool
    quiet: bool
    as_json: bool


def parsed(
    project: ProjectFile,
    *,
    out: Annotated[Path | None, typer.Option(help="Folder for the dub.")] = None,
    video: Annotated[Path | None, typer.Option(help="The film; one of the same name is found.")] = None,
    background: Annotated[
        Path | None, typer.Option(help="Sound under the dialogue (M&E) instead of the film's.")
    ] = None,
    subtitles: Annotated[Path | None, typer.Option(help="Subtitle file with the lines of the timeline.")] = None,
    lang: Annotated[str, typer.Option(help="Language spoken (zh, en, ja …); else taken from the letters.")] = "",
    cast: Annotated[Path | None, typer.Option(help="Who sounds how; cast.toml beside the project by default.")] = None,
    consent: Annotated[
        str, typer.Option(help="Who allows the recordings that voices are taken from.", metavar="WORDS")
    ] = "",
    fps: Annotated[str, typer.Option(help="Frame rate where the file has none: 25, 23.976, '29.97 DF'.")] = "",
    start_timecode: Annotated[str, typer.Option(help="Timecode of the first frame.", metavar="HH:MM:SS:FF")] = "",
    tc_origin: Annotated[
        Literal["auto", "zero", "timeline"], typer.Option(help="What subtitle times count from.")
    ] = "auto",
    encoding: Annotated[str, typer.Option(help="Code page of the subtitles; detected by default.")] = "",
    dialogue_tracks: Annotated[
        list[str] | None, typer.Option(help="Track with the original dialogue (repeatable).", metavar="NAME")
    ] = None,
    voice_engine: Annotated[str, typer.Option(help="Speech engine: kokoro, indextts2, metronome.")] = "kokoro",
    models: Annotated[Path | None, typer.Option(help="Folder with models.", envvar="DUBSYNC_MODELS")] = None,
    device: Annotated[Literal["auto", "cpu", "cuda", "mps"], typer.Option(help="Where the voice runs.")] = "auto",
    precision: Annotated[str, typer.Option(help="Number format of the voice: auto, fp32, bf16, q8 …")] = "auto",
    threads: Annotated[int, typer.Option(help="Processor cores for the voice; 0 takes all.", min=0)] = 0,
    likeness: LikenessMode = "quick",
    seed: Annotated[int, typer.Option(help="What a voice draws at random follows from this.")] = 0,
    listen: Listen = False,
    candidates: Annotated[
        int, typer.Option(help="Most candidates of a line: drawn at once (indextts2), tried with --listen.", min=1)
    ] = 3,
    sync: SyncClassName = "on",
    mode: Annotated[
        Literal["window", "exact", "ratio", "free"], typer.Option(help="What decides a line's length.")
    ] = "window",
    ratio: Annotated[str, typer.Option(help="Pace of natural in ratio mode, 0.75 to 1.25.")] = "1",
    min_rate: MinRate = "0.75",
    max_rate: MaxRate = "1.3",
    prefer: Prefer = PREFERRED,
    borrow_after: Annotated[str, typer.Option(help="Most silence a line takes after it, seconds.")] = "3",
    borrow_before: Annotated[str, typer.Option(help="Most silence a line takes before it, seconds.")] = "0",
    min_gap: Annotated[str, typer.Option(help="Silence left before the next line, seconds.")] = "0.08",
    profile: Loudness = "web",
    duck: Annotated[float, typer.Option(help="How far the original goes down under speech, dB.")] = 15.0,
    attack: Annotated[int, typer.Option(help="How fast it goes down, ms.")] = 80,
    release: Annotated[int, typer.Option(help="How fast it comes back, ms.")] = 400,
    original: Annotated[
        Literal["mute", "keep"], typer.Option(help="The original dialogue tracks in the timeline.")
    ] = "mute",
    url_style: Annotated[
        Literal["relative", "bare", "file"], typer.Option(help="How media are addressed in the timeline.")
    ] = "relative",
    burn_in: Annotated[bool, typer.Option("--burn-in", help="Burn the new subtitles into the picture.")] = False,
    soft_subs: Annotated[bool, typer.Option("--soft-subs", help="Add the new subtitles as a track.")] = False,
    film: Annotated[bool, typer.Option(help="Write the film with the dub in it.")] = True,
    to: Annotated[
        str, typer.Option(help="Further formats, with commas: fcpxml,xmeml,aaf … (dubsync formats).", metavar="FORMATS")
    ] = "",
    origin: Annotated[
        Literal["auto", "zero", "absolute"], typer.Option(help="Line files in these: from 0, or stamped (bext).")
    ] = "auto",
    aaf_link: Annotated[bool, typer.Option("--aaf-link", help="AAF points to the WAV files.")] = False,
    handles: Annotated[int, typer.Option(help="Frames of silence around BWF stems.", min=0)] = 0,
    two_pop: Annotated[bool, typer.Option("--two-pop", help="A 2-pop before BWF stems.")] = False,
    c2pa_cert: Annotated[
        Path | None, typer.Option(help="Certificate that signs film and mix (Content Credentials).", metavar="PEM")
    ] = None,
    c2pa_key: Annotated[Path | None, typer.Option(help="Its private key.", metavar="PEM")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what stands in the way.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Odd input and misfits are errors.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan; speak and write nothing.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> Wish:
    """All options become one frozen record; what is wrong with them is said together."""
    from indextts_post.cast import CastOptions
    from indextts_post.errors import OptionError
    from indextts_post.export import ExportOptions, FormatOptions, Signing, SourceOrigin
    from indextts_post.mix import MixOptions, profile_named
    from indextts_post.plan import PlanOptions
    from indextts_post.project import Settings, default_cast, default_out
    from indextts_post.synthesis import EngineOptions
    from indextts_post.timebase import frame_rate
    from indextts_post.timeline import LengthMode, ReadOptions, SyncClass, TcOrigin

    check = Check()
    rates = check.rates(prefer, min_rate, max_rate)
    borrowed = check.exact("borrow-after", borrow_after), check.exact("borrow-before", borrow_before)
    gap, pace = check.exact("min-gap", min_gap), check.exact("ratio", ratio)
    planning = None if check.wrong else check.made(lambda: PlanOptions(*rates, *borrowed, gap, ratio=pace))
    rate = check.made(lambda: frame_rate(fps), "fps") if fps else None
    mixing = check.made(
        lambda: MixOptions(
            profile_named(profile), duck_db=duck, attack_ms=attack, release_ms=release, lookahead_ms=attack
        )
    )
    formats = FormatOptions(
        origin=None if origin == "auto" else SourceOrigin(origin),
        aaf_embed=not aaf_link,
        handles=handles,
        two_pop=two_pop,
    )
    exporting = check.made(
        lambda: ExportOptions(
            original=original,
            url_style=url_style,
            burn_in=burn_in,
            soft_subtitles=soft_subs,
            film=film,
            targets=tuple(name.strip() for name in to.split(",") if name.strip()),
            formats=formats,
            signing=Signing(c2pa_cert, c2pa_key) if c2pa_cert and c2pa_key else None,
        )
    )
    if (c2pa_cert is None) != (c2pa_key is None):
        check.wrong.append("--c2pa-cert and --c2pa-key belong together; only 1 of the 2 is given.")
    if planning is None or mixing is None or exporting is None or check.wrong:
        raise OptionError("\n".join(check.wrong))
    settings = Settings(
        project=project,
        out=out or default_out(project),
        cast_file=cast or default_cast(project),
        video=video,
        background=background,
        engine=voice_engine,
        engine_options=EngineOptions(
            models_dir=models,
            device=device,
            precision=precision,
            threads=threads,
            candidates=candidates,
            likeness=likeness,
        ),
        read=ReadOptions(
            subtitles=subtitles,
            tc_origin=None if tc_origin == "auto" else TcOrigin(tc_origin),
            rate=rate,
            start_timecode=start_timecode or None,
            language=lang or None,
            encoding=encoding or None,
            dialogue_tracks=tuple(dialogue_tracks or ()),
        ),
        cast=CastOptions(lang, SyncClass(sync), LengthMode(mode), consent.strip()),
        plan=planning,
        mix=mixing,
        export=exporting,
        seed=seed,
        overwrite=overwrite,
        strict=strict,
        listen=listen,
    )
    return Wish(settings, dry_run, quiet, as_json)
