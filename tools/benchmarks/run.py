"""Run every topic, or those that are named, and hold the numbers against the targets."""

import argparse
import os
import platform
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tools.benchmarks import (
    articles,
    book,
    cases,
    crowd,
    documents,
    exports,
    first_sound,
    following,
    hearing,
    hostile,
    language,
    many,
    million,
    mutations,
    natural,
    neural,
    pages,
    peers,
    phone,
    provider,
    proxies,
    reading,
    retake,
    school,
    search,
    servers,
    size,
    sizes,
    timing,
    writes,
)
from tools.benchmarks.report import Report

TOPICS = {
    "size": size,
    "pages": pages,
    "first_sound": first_sound,
    "provider": provider,
    "natural": natural,
    "neural": neural,
    "reading": reading,
    "language": language,
    "following": following,
    "crowd": crowd,
    "many": many,
    "million": million,
    "phone": phone,
    "proxies": proxies,
    "servers": servers,
    "peers": peers,
    "school": school,
    "sizes": sizes,
    "retake": retake,
    "search": search,
    "writes": writes,
    "timing": timing,
    "hostile": hostile,
    "mutations": mutations,
    "documents": documents,
    "cases": cases,
    "articles": articles,
    "book": book,
    "exports": exports,
    "hearing": hearing,
}


def main() -> int:
    """Measure; 0 when every target was met."""
    parser = argparse.ArgumentParser(prog="python -m tools.benchmarks", description=__doc__)
    topics_help = f"of {', '.join(TOPICS)} (default: all); after articles the folder of its pages"
    parser.add_argument("topics", nargs="*", help=topics_help)
    parser.add_argument("--full", action="store_true", help="1,000,000 characters to their end")
    options = parser.parse_args()
    topics = [name for name in options.topics if name in TOPICS]
    unknown = [name for name in options.topics if name not in TOPICS]
    folder = Path(unknown.pop()) if "articles" in topics and len(unknown) == 1 else None
    if unknown or (folder and not folder.is_dir()):
        parser.error(f"no such topic: {', '.join(unknown) or folder}")
    report, started = Report(), time.monotonic()
    scratch = Path(tempfile.mkdtemp(prefix="voiceverse-bench-"))
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()}")
    try:
        for name in topics or TOPICS:
            if name == "articles":
                articles.run(report, scratch, full=options.full, folder=folder)
            else:
                TOPICS[name].run(report, scratch, full=options.full)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    all_met = report.summary()
    print(f"{(time.monotonic() - started) / 60:.1f} minutes", file=sys.stderr)
    return 0 if all_met else 1
