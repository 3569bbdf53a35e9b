"""What VoiceVerse is made of: pinned packages, their licences, a bill of materials, no secrets."""
