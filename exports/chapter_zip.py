"""A ZIP with an MP3 for each chapter."""

import zipfile

from exports.chapter_files import Tell, soundings
from exports.types import ExportTask
from exports.zip_stream import UniqueNames


def write(task: ExportTask, tell: Tell) -> None:
    """Write the archive at the task's target; names begin with their number."""
    names, digits = UniqueNames(), len(str(len(task.parts)))
    with zipfile.ZipFile(task.target, "w", zipfile.ZIP_STORED) as archive:
        for sounding in soundings(task, tell):
            title = sounding.part.title or task.title
            name = names.give(f"{sounding.number:0{digits}} {title}")
            entry = zipfile.ZipInfo(f"{name}.mp3")
            with archive.open(entry, "w", force_zip64=True) as file:
                for piece in sounding.pieces:
                    file.write(piece)
