"""Limits of reading one document."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of reading; sizes in MB of 1,000,000 bytes, times in seconds.

    `file_mb` is the size of the document, `inflated_mb` what an archive may unpack to,
    `memory_mb` the address space of the process that reads, `result_mb` what it may answer.
    """

    file_mb: int = 100
    inflated_mb: int = 300
    memory_mb: int = 1000
    result_mb: int = 32
    cpu_s: int = 15
    wall_s: int = 20
