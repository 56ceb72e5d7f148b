"""Where files that clients send are kept: the upload folder, one folder each, the same again for the same again."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from starlette.datastructures import UploadFile

from indextts_post.errors import InputError
from indextts_post.files import output_error, value_hash, whole_file, write_json
from indextts_post.server.hosts.timeline import HostTimeline, document_of

_LONGEST_NAME = 120
_BLOCK = 2**20


def plain_name(name: str, otherwise: str) -> str:
    """A file name without any folder and without what file systems do not take; its ending is kept."""
    last = re.split(r"[/\\]", name)[-1]
    clean = re.sub(r'[\x00-\x1f<>:"|?*\ud800-\udfff]', "_", last).strip(" .")
    if not clean:
        return otherwise
    stem, suffix = Path(clean).stem, Path(clean).suffix[:16]
    while len((stem + suffix).encode()) > _LONGEST_NAME:
        stem = stem[:-1]
    return stem + suffix


async def receive(folder: Path, upload: UploadFile, otherwise: str) -> Path:
    """Write an upload into `folder`, whole or not at all. Raises `OutputError`, `InputError` for an empty one."""
    path = folder / plain_name(upload.filename or "", otherwise)
    try:
        with whole_file(path) as temporary, temporary.open("wb") as file:
            written = 0
            while block := await upload.read(_BLOCK):
                written += file.write(block)
            if not written:
                raise InputError(f"{path.name}: is empty; send the file itself.")
    except OSError as error:
        raise output_error(path, error) from error
    return path


async def upload_folder(uploads: Path, timeline: UploadFile) -> Path:
    """The folder of an upload, named by what is in it."""
    digest = hashlib.sha256()
    while block := await timeline.read(_BLOCK):
        digest.update(block)
    await timeline.seek(0)
    return uploads / digest.hexdigest()[:16]


def keep_timeline(uploads: Path, program: str, host: HostTimeline) -> Path:
    """Write a host's timeline as an OTIO file; the same timeline of the same program comes to the same place."""
    document = document_of(host)
    name = plain_name(host.name, "timeline")
    folder = uploads / f"{plain_name(program, 'host')}-{value_hash([program, host.name])[:10]}"
    path = folder / f"{name}.otio"
    write_json(path, document)
    return path
