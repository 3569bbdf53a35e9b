"""Backups: everything that people have, taken while they work, proven by restoring it."""
