"""Measurements of the running program, against floors and peers taken in the same run."""
