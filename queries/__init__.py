"""SQL by noun: each module holds the statements about one noun, whatever tables they touch."""
