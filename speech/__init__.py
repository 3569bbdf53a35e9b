"""Text to sound: engines, voices, segments and prices, with no knowledge of users or files."""
