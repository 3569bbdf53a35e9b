"""What the library's scripts say about a number of pieces, a sentence for each number."""

from flask_babel import ngettext

COUNTED = {
    "ticked_forms": lambda n: ngettext("%(n)s piece", "%(n)s pieces", n, n="%(n)s"),
    "shown_forms": lambda n: ngettext("%(n)s piece found.", "%(n)s pieces found.", n, n="%(n)s"),
    "shown_first_forms": lambda n: ngettext(
        "Showing the first piece.", "Showing the first %(n)s pieces.", n, n="%(n)s"
    ),
    "deleted_forms": lambda n: ngettext(
        "%(n)s piece moved to the bin.", "%(n)s pieces moved to the bin.", n, n="%(n)s"
    ),
    "moved_forms": lambda n: ngettext(
        "%(n)s piece moved to “%(group)s”.",
        "%(n)s pieces moved to “%(group)s”.",
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
        "%(n)s piece added to the queue.", "%(n)s pieces added to the queue.", n, n="%(n)s"
    ),
}
