"""Files on the disk: the SQLite file itself, sound, exports, locks, the reserve."""
