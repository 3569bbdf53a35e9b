"""Files and web pages to chapters of plain text, with no knowledge of users, SQL or the web."""
