"""SQL by noun: each module holds the statements of one table or view of the tables."""
