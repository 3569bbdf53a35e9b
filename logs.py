"""What the program writes about itself, on standard error."""

import logging

# At their most talkative they write the headers of requests and answers, and keys are among them.
CARRIERS = ("httpcore2", "httpx2", "openai", "websockets")


def start(level: str) -> None:
    """Write from that level on, such as "INFO"; of what goes over the network never headers."""
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s")
    for name in CARRIERS:
        logging.getLogger(name).setLevel(logging.INFO)
