"""XML of the user's files, parsed without trusting it: entities are refused, size and depth are bounded.

Two passes of the same C parser: the first only looks for entity declarations (the ground of entity bombs and of
references to other files), the second builds the tree. Python's own wrapper for this is ten times slower on a feature.
"""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn
from xml.etree.ElementTree import Element, ParseError, fromstring
from xml.parsers import expat

from indextts_post.errors import TimelineError

MAX_DEPTH = 400
"""Elements inside one another: a title in a compound clip in a multicam stands about 30 deep."""
MAX_TAGS = 4_000_000
"""A feature with every effect has some hundred thousand; each element takes about 200 bytes."""


class _EntityError(Exception):
    """Stops the first pass."""


def parse(content: bytes | str, path: Path) -> Element:
    """Root element. Raises `TimelineError` for broken XML, entity declarations, and absurd size or nesting."""
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    if data.count(b"<") > MAX_TAGS:
        raise TimelineError(f"{path}: has more than {MAX_TAGS} XML tags; refused. Export the sequence alone.")
    try:
        _refuse_entities(data)
        root = fromstring(data)
    except _EntityError as error:
        raise TimelineError(
            f"{path}: declares XML entities, which no editing program writes; refused. Export it again."
        ) from error
    except (ParseError, expat.ExpatError) as error:
        line, column = (error.lineno, error.offset) if isinstance(error, expat.ExpatError) else error.position
        raise TimelineError(f"{path}:{line}: broken XML at column {column} (cut off?). Export it again.") from error
    except (ValueError, LookupError, RecursionError) as error:
        raise TimelineError(f"{path}: cannot be read as XML ({error}). Export it again, as UTF-8.") from error
    _check_depth(root, path)
    return root


def _refuse_entities(data: bytes) -> None:
    def refuse(*_: object) -> NoReturn:
        raise _EntityError

    parser = expat.ParserCreate()
    parser.EntityDeclHandler = refuse
    parser.UnparsedEntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    parser.Parse(data, True)


def local(element: Element) -> str:
    """Tag without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Element, name: str) -> str | None:
    """Attribute by its name without namespace."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return value
    return None


def _check_depth(root: Element, path: Path) -> None:
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise TimelineError(f"{path}: elements stand more than {MAX_DEPTH} deep in one another; refused.")
        level = [child for element in level for child in element]
