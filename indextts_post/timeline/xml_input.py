"""XML of the user's files, parsed without trusting it: entities and external references are refused."""

from __future__ import annotations

from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from indextts_post.errors import TimelineError

MAX_DEPTH = 400
"""Elements inside one another: a title in a compound clip in a multicam stands about 30 deep."""


def parse(content: bytes | str, path: Path) -> Element:
    """Root element. Raises `TimelineError` for broken XML, entity declarations, and absurd nesting."""
    try:
        root: Element = defusedxml.ElementTree.fromstring(content, forbid_dtd=False, forbid_entities=True)
    except DefusedXmlException as error:
        raise TimelineError(
            f"{path}: declares XML entities, which no editing program writes; refused. Export it again."
        ) from error
    except ParseError as error:
        line, column = error.position
        raise TimelineError(f"{path}:{line}: broken XML at column {column} (cut off?). Export it again.") from error
    except (ValueError, LookupError, RecursionError, MemoryError) as error:
        raise TimelineError(f"{path}: cannot be read as XML ({error}). Export it again, as UTF-8.") from error
    _check_depth(root, path)
    return root


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
