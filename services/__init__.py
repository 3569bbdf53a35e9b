"""The rules: what may be spoken, bought, kept, changed and exported, and in which order."""
