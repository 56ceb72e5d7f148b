"""Names, addresses and texts made safe for other people's programs and disks."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

_WINDOWS_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(?=$|[._-])")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST = 60


def ascii_name(text: str, fallback: str = "unnamed") -> str:
    """A file name any disk takes: ASCII letters, digits, `-` and `_`; never empty, a path, or a Windows device.

    What ASCII cannot spell is left out, and a short hash of the whole keeps such names apart.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    name = re.sub(r"[^A-Za-z0-9-]+", "_", plain).strip("_-")
    spelt = all(ch.isascii() or unicodedata.combining(ch) for ch in unicodedata.normalize("NFKD", text))
    if not spelt or len(name) > _LONGEST:
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:6]
        name = f"{name[: _LONGEST - 7].rstrip('_-')}-{digest}".lstrip("-")
    return _WINDOWS_DEVICES.sub(r"\1_", name, count=1) if name else fallback


def unique_names(texts: Iterable[str], fallback: str = "unnamed") -> tuple[str, ...]:
    """`ascii_name` of each, with a number behind those that would be equal (letter case does not tell them apart)."""
    taken: set[str] = set()
    found = []
    for text in texts:
        base = name = ascii_name(text, fallback)
        number = 2
        while name.casefold() in taken:
            name, number = f"{base}_{number}", number + 1
        taken.add(name.casefold())
        found.append(name)
    return tuple(found)


def one_line(text: str) -> str:
    """Text for formats of one record a line: line breaks and control characters become spaces."""
    return " ".join("".join(" " if unicodedata.category(ch) == "Cc" else ch for ch in text).split())


def xml_text(text: str) -> str:
    """Text without the control characters XML 1.0 cannot hold."""
    return _NOT_XML.sub("", text)


def file_url(path: Path, host: str = "") -> str:
    """`file://` address, percent-encoded as UTF-8; `host` "localhost" gives the long form FCP 7 wrote."""
    posix = path.absolute().as_posix()
    return f"file://{host}{'' if posix.startswith('/') else '/'}{quote(posix, safe='/:')}"


def address_url(media: str, path: Path | None, host: str = "") -> str:
    """Address of original media for formats that want URLs: of the file where it is known, else what the user's
    document says, percent-encoded where it is not yet."""
    if path is not None:
        return file_url(path, host)
    if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]+://", media):
        return quote(media, safe="/:%?&=#@+,;~")
    return f"file://{host}{'' if media.startswith('/') else '/'}{quote(media.replace(chr(92), '/'), safe='/:')}"


def role_name(text: str) -> str:
    """A name as Final Cut allows it in a role: no `.` and no `?`, which separate its parts."""
    return xml_text(one_line(re.sub(r"[.?]", "-", text))) or "Voice"
