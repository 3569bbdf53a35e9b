"""Encoded sound: MP3 frames, tags, slices, captions, times of words."""
