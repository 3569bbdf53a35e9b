"""The rules: generation, synthesis, purchases, retakes, quotas, library, documents, exports, voices."""
