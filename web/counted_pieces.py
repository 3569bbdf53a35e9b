"""What the library's scripts say about a number of pieces, a sentence for each number."""

from flask_babel import ngettext

COUNTED = {
    "ticked_forms": lambda n: ngettext("%(n)s piece", "%(n)s pieces", n, n="%(n)s"),
    "shown_forms": lambda n: ngettext("%(n)s piece found.", "%(n)s pieces found.", n, n="%(n)s"),
    "shown_first_forms": lambda n: ngettext(
        "The first piece is shown.", "The first %(n)s pieces are shown.", n, n="%(n)s"
    ),
    "deleted_forms": lambda n: ngettext(
        "%(n)s piece is in the bin.", "%(n)s pieces are in the bin.", n, n="%(n)s"
    ),
    "moved_forms": lambda n: ngettext(
        "%(n)s piece is in “%(group)s” now.",
        "%(n)s pieces are in “%(group)s” now.",
        n,
        n="%(n)s",
        group="%(group)s",
    ),
    "finished_forms": lambda n: ngettext(
        "Marked %(n)s piece as finished.", "Marked %(n)s pieces as finished.", n, n="%(n)s"
    ),
    "unheard_forms": lambda n: ngettext(
        "Marked %(n)s piece as not listened.",
        "Marked %(n)s pieces as not listened.",
        n,
        n="%(n)s",
    ),
    "queued_forms": lambda n: ngettext(
        "%(n)s piece waits in the queue.", "%(n)s pieces wait in the queue.", n, n="%(n)s"
    ),
}
