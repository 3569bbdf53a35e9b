"""Encoded audio: MP3 frames, tags, slices, captions, word timing."""
