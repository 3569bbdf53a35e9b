"""The way from the JSON files of the older app into the database, provably whole."""
