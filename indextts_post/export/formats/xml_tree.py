"""XML written plainly: a tree from nested calls, indented, without the white space that would be read as text."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from indextts_post.export.formats.names import xml_text
from indextts_post.files import write_text

Element = ElementTree.Element


def element(tag: str, *children: Element | str, **attributes: object) -> Element:
    """An element; `None` attributes are left out, a trailing `_` in their names too (`in_` → `in`)."""
    node = Element(tag)
    for name, value in attributes.items():
        if value is not None:
            node.set(name.rstrip("_"), xml_text(str(value)))
    for child in children:
        if isinstance(child, str):
            node.text = (node.text or "") + xml_text(child)
        else:
            node.append(child)
    return node


def write_xml(path: Path, root: Element, doctype: str = "", mixed: frozenset[str] = frozenset()) -> None:
    """Write a document, whole or not at all. `mixed` names elements whose text white space belongs to."""
    ElementTree.indent(root, " ")
    for node in root.iter():
        if node.tag in mixed:
            node.text = node.text if node.text and node.text.strip() else None
            for child in node:
                child.tail = None
    head = '<?xml version="1.0" encoding="UTF-8"?>\n' + (f"<!DOCTYPE {doctype}>\n" if doctype else "")
    write_text(path, head + ElementTree.tostring(root, encoding="unicode") + "\n")
