"""Safe parsing of XML from strangers: no entities, files or network, bounded depth and size."""

from lxml import etree

from documents.errors import Broken

DAMAGED = "This file does not follow its format. Parts of the text may be missing."


def parse_xml(data: bytes) -> etree._Element:
    """Parse XML; small mistakes are passed over. Returns the root element; raises Broken."""
    return parse_damaged(data)[0]


def parse_damaged(data: bytes) -> tuple[etree._Element, bool]:
    """Parse XML as `parse_xml`; says, too, whether mistakes were passed over."""
    parser = _parser(recover=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Broken from error
    if root is None:
        raise Broken
    return root, any(entry.level >= etree.ErrorLevels.FATAL for entry in parser.error_log)


def is_well_formed(data: bytes) -> bool:
    """Whether XML keeps the rules, so that nothing of it was passed over."""
    try:
        etree.fromstring(data, _parser(recover=False))
    except (etree.XMLSyntaxError, ValueError):
        return False
    return True


def _parser(*, recover: bool) -> etree.XMLParser[etree._Element]:
    return etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        recover=recover,
        remove_comments=True,
        remove_pis=True,
    )
