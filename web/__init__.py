"""Flask as everything above shares it: access, answers, forms, headers, uploads, files for browsers."""
