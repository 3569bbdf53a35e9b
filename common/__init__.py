"""What every room may use: errors with a sentence, log lines, addresses, paths, stored JSON."""
