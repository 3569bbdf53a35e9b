"""Backups of all user data, made while the app runs, verified by restoring them."""
