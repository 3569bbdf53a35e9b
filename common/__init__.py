"""Common helpers of all packages: errors, logs, IP addresses, paths, stored JSON."""
