"""Server processes: the web server, the worker, health, metrics and the doctor."""
