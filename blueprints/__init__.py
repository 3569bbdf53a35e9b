"""Further surfaces of the app, which own no rules."""
