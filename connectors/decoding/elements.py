"""Elements: XML opened for XPath and for signatures, after the one guard that refuses what is hostile."""

from __future__ import annotations

from lxml import etree

from connectors.decoding.markup import harmless
from connectors.errors import SourceUnreadable

Element = etree._Element


def opened(text: str) -> Element:
    """Open XML as a tree of elements.

    ``SourceUnreadable`` for a DOCTYPE, for what is too large or too deep, and for what is not well formed.
    The guard reads it first; the parser itself knows no DTD, no entity but the five, and no network.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_pis=False,
        recover=False,
        encoding="utf-8",
    )
    try:
        return etree.fromstring(harmless(text), parser)
    except etree.XMLSyntaxError:
        raise SourceUnreadable(where="xml") from None


def plain(root: Element) -> Element:
    """Take the namespaces off every name, so that a declared XPath names things as they read."""
    for each in root.iter(etree.Element):
        each.tag = etree.QName(each).localname
        for name, value in list(each.attrib.items()):
            local = etree.QName(name).localname
            if local != name and local not in each.attrib:
                del each.attrib[name]
                each.set(local, value)
    etree.cleanup_namespaces(root)
    return root
