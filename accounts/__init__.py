"""Accounts: passwords, passkeys, the second step, sessions, throttles, encrypted secrets."""
