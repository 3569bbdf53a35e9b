"""Cases of what stands beside an article without saying so by the usual names, and of odd pages."""

from tests.documents.cases import Case
from tests.documents.cases.web import ONE, OTHER, RAIN, SAID, STORY, THREE, TWO, page

SAYS = f"<p>Ann says:</p><p>{OTHER}</p>"
CONSENT = f"<h2>Wir verwenden Cookies</h2><p>{OTHER}</p><p>{RAIN}</p>"
LAYOUT = (
    '<center><table><tr><td colspan=2><img src=a alt="Logo"></td></tr><tr><td><font size=1>'
    "<a href=a>Home</a><br><a href=b>News</a></font></td><td><font size=+2>The Lamp</font>"
    f"<p><font>{ONE}<p>{TWO}<p>{THREE}</font></td></tr></table></center>"
)
PREFIXED = (
    '<?xml version="1.0"?><x:html xmlns:x="http://www.w3.org/1999/xhtml"><x:head><x:title>The Lamp'
    f"</x:title></x:head><x:body><x:h1>The Lamp</x:h1><x:p>{ONE}</x:p><x:p>{TWO}</x:p></x:body>"
    "</x:html>"
)
ICONS = f"<h1>The Lamp</h1><p>\ue001</p><p>›</p>{STORY}<p>* * *</p><p>| ▶</p><p>The end.</p>"
NUMBERED = (
    "<ol><li><nav>Menu</nav></li><li><figure><img alt='A lamp'></figure><p>Two</p></li></ol>"
    "<p>On.</p>"
)


def comments(heading: str) -> Case:
    """A case of comments that nothing but a heading tells of."""
    made = page(f"<div><h1>The Lamp</h1>{STORY}<h2>{heading}</h2>{SAYS}</div>")
    return Case(
        "Beside an article",
        f"comments under: {heading}",
        "page.html",
        lambda: made,
        holds=SAID,
        lacks=(OTHER,),
        shown=(("comment", OTHER),),
    )


def consent(attributes: str) -> Case:
    """A case of a box that asks for consent, and is longer than the text."""
    return Case(
        "Beside an article",
        f"consent in {attributes}",
        "page.html",
        lambda: page(
            f"<div {attributes}>{CONSENT * 3}</div><article><h1>The Lamp</h1>{STORY}</article>"
        ),
        holds=SAID,
        lacks=(OTHER, "Cookies"),
        shown=(("navigation", OTHER),),
    )


CASES = [
    *map(
        comments,
        (
            "3 Comments",
            "Comments (3)",
            "Comments",
            "2 Kommentare",
            "Kommentare",
            "Leave a Reply",
            "3 responses to The Lamp",
            "Un commentaire",
            "12 комментариев",
        ),
    ),
    Case(
        "No article",
        "a chapter about comments",
        "page.html",
        lambda: page(
            f"<h1>Python</h1>{STORY}<h2>Comments</h2><p>{OTHER}</p><h2>Names</h2><p>{RAIN}</p>"
        ),
        holds=(*SAID, OTHER, RAIN),
    ),
    *map(
        consent,
        (
            'id="usercentrics-root"',
            'id="CybotCookiebotDialog"',
            'class="qc-cmp2-container"',
            'id="didomi-host"',
            'id="sp_message_container_12"',
            'class="cc-window"',
            'id="BorlabsCookieBox"',
        ),
    ),
    Case(
        "Beside an article",
        "a prompt to pay at the end of a short text",
        "page.html",
        lambda: page(
            f'<article><h1>The Lamp</h1><p>{ONE}</p><div class="c-paywall"><h2>Weiterlesen</h2>'
            f"<p>{OTHER}</p></div></article>"
        ),
        holds=(ONE,),
        lacks=(OTHER,),
        shown=(("navigation", OTHER),),
    ),
    Case("Odd markup", "layout of long ago", "page.html", lambda: page(LAYOUT), holds=SAID),
    Case(
        "Odd markup",
        "XHTML with prefixes",
        "page.xhtml",
        lambda: PREFIXED,
        spoken=f"The Lamp\n\n{ONE}\n\n{TWO}",
        title="The Lamp",
    ),
    Case(
        "Odd markup",
        "icons and arrows alone",
        "page.html",
        lambda: page(ICONS),
        lacks=("\ue001", "›", "▶"),
        holds=(*SAID, "The end."),
        shown=(("navigation", "▶"), ("bullet", "* * *")),
    ),
    Case(
        "Odd markup",
        "numbers of items without a text",
        "page.html",
        lambda: page(NUMBERED),
        spoken="2. Two\n\nOn.",
    ),
    Case(
        "Odd markup",
        "an initial as an image",
        "page.html",
        lambda: page(f'<h1>The Lamp</h1><p><img alt="S" src="s.png">he was away.</p>{STORY}'),
        holds=("She was away.",),
    ),
]
