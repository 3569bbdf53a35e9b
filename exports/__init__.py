"""What a piece can be kept as: other sound formats, chapters as files, a book that reads itself."""
