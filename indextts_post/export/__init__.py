"""Takes all that was made; gives the project with new tracks, the film, subtitles and the report."""

from indextts_post.export.exporting import export
from indextts_post.export.options import ExportOptions
from indextts_post.export.planned import export_plan
from indextts_post.export.records import Exported, Work

__all__ = ["ExportOptions", "Exported", "Work", "export", "export_plan"]
