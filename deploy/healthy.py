"""Whether VoiceVerse in this container answers: exit code 0, else 1 with one sentence."""

import sys
import urllib.error
import urllib.request
from pathlib import Path

ANSWER_S = 4.0


def main() -> int:
    """Ask /health on the port that the app is configured for."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from config import Config

    address = f"http://127.0.0.1:{Config.load().port}/health"
    try:
        with urllib.request.urlopen(address, timeout=ANSWER_S):
            return 0
    except (urllib.error.URLError, TimeoutError) as error:
        print(f"{address} does not answer well: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
