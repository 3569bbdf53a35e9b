"""Attacks on VoiceVerse: each tries what must not be possible and counts what got through."""
