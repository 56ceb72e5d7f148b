"""Takes all that was made; gives the project with new tracks, the film, subtitles and the report."""

from indextts_post.export.credentials import check_signing
from indextts_post.export.exporting import export
from indextts_post.export.formats.options import FormatOptions, SourceOrigin
from indextts_post.export.formats.registry import TARGETS
from indextts_post.export.kept import kept_dub, verify_export
from indextts_post.export.options import ExportOptions, Signing
from indextts_post.export.planned import export_plan
from indextts_post.export.records import Exported, Work
from indextts_post.export.verify import Verification

__all__ = [
    "TARGETS",
    "ExportOptions",
    "Exported",
    "FormatOptions",
    "Signing",
    "SourceOrigin",
    "Verification",
    "Work",
    "check_signing",
    "export",
    "export_plan",
    "kept_dub",
    "verify_export",
]
