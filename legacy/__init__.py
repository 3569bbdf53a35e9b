"""Migration of the JSON files of the older app into the database, verified in full."""
