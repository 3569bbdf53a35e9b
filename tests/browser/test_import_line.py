"""Scanned pages in a real browser: the worker recognises them while the page says how far it is."""

import pytest
from playwright.sync_api import expect

from tests.browser.driving import WIDTHS, address
from tests.documents.scans import chapters, needs_tesseract, scanned


@needs_tesseract
@pytest.mark.parametrize("width", WIDTHS)
def test_a_scan_leads_to_its_review_once_its_pages_are_recognised(new_page, house, width):
    page = new_page(house, width=width)
    page.goto(address(house.app, "/documents"))
    scan = {"name": "scan.pdf", "mimeType": "application/pdf", "buffer": scanned(chapters())}
    page.set_input_files("[name=file]", scan)
    page.get_by_role("button", name="Import").click()
    page.wait_for_url("**/documents/*", timeout=120_000)
    expect(page.get_by_text("was recognised from pictures")).to_be_visible()
    expect(page.get_by_text("Chapter 2").first).to_be_visible()
