"""Text on its way to a voice: segments, directives, pronunciation, speakers, normalisation."""
