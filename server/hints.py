"""Hints that the web process sends to its worker, a byte each; all else goes by the database."""

WORK = b"\n"  # there is work
WARM = b"w"  # somebody is about to ask for speech
RESTART = b"r"  # for the supervisor itself: end all processes and start the program anew
