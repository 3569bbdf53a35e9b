"""The engines that turn text into sound, one module each."""
