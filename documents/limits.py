"""Limits of reading one document."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of reading; sizes in MB of 1,000,000 bytes, times in seconds.

    `file_mb` is the size of the document, `inflated_mb` what an archive may unpack to,
    `memory_mb` the address space of the process that reads, `result_mb` what it may answer.

    `cpu_s` is processor time, `cpu_s_per_mb` more of it for each MB of the file: a busy machine
    takes nothing from a document. `wall_s` may pass without an answer or a sign of progress.
    """

    file_mb: int = 100
    inflated_mb: int = 300
    memory_mb: int = 1000
    result_mb: int = 32
    cpu_s: int = 10
    cpu_s_per_mb: float = 1.0
    wall_s: int = 600

    def cpu_s_of(self, size: int) -> int:
        """The processor time that a file of that many bytes may take."""
        return self.cpu_s + round(self.cpu_s_per_mb * size / 1_000_000)
