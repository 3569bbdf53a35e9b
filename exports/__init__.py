"""Exports of audio files: other formats, chapters as files, EPUB with read-aloud."""
