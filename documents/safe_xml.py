"""Safe parsing of XML from strangers: no entities, files or network, bounded depth and size."""

from lxml import etree

from documents.errors import Broken


def parse_xml(data: bytes) -> etree._Element:
    """Parse XML; small mistakes are passed over. Returns the root element; raises Broken."""
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Broken from error
    if root is None:
        raise Broken
    return root
