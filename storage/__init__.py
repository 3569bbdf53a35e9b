"""Storage on disk: the SQLite file, audio files, segments, exports, locks, the reserve."""
