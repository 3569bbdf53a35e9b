"""People: accounts, passwords, passkeys, the second step, throttles, sealed secrets."""
