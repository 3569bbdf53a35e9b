"""British English as it is read aloud."""

ROWS = (
    ("dates", "5/12/87", "the fifth of December, nineteen eighty-seven"),
    ("dates", "5/12/1987", "the fifth of December, nineteen eighty-seven"),
    ("dates", "Mon 5 May", "Monday the fifth of May"),
    ("dates", "12/25/2026", "the twenty-fifth of December, twenty twenty-six"),
)
